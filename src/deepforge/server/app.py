"""The web application: routes, what they are given, and how errors become JSON."""

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig

from deepforge.server.caller import Caller
from deepforge.server.routes import HANDLERS
from deepforge.server.services import Services

__all__ = ["application"]


def provide_services(state: State) -> Services:
    services: Services = state.services
    return services


def provide_caller(request: Request) -> Caller:
    caller: Caller = request.scope["deepforge.caller"]
    return caller


def application(services: Services | None) -> Litestar:
    """The application over its services (None: only to describe it). The gate goes around it (`gate.py`)."""
    return Litestar(
        route_handlers=HANDLERS,
        state=State({"services": services}),
        dependencies={
            "services": Provide(provide_services, sync_to_thread=False),
            "caller": Provide(provide_caller, sync_to_thread=False),
        },
        openapi_config=OpenAPIConfig(title="DeepForge", version="0", path="/openapi-unused"),
        request_max_body_size=None,
        logging_config=None,
    )
