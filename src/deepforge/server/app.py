"""The web application: routes, what they are given, and how errors become JSON."""

from typing import Any

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig
from litestar.types import Scope

from deepforge.server.answers import EXCEPTION_HANDLERS
from deepforge.server.caller import Caller
from deepforge.server.gate import CALLER, same_route
from deepforge.server.routes import HANDLERS
from deepforge.server.services import Services

__all__ = ["application", "described"]


def provide_services(state: State) -> Services:
    services: Services = state.services
    return services


def provide_caller(scope: Scope) -> Caller:
    caller: Caller = scope[CALLER]  # type: ignore[literal-required]
    return caller


def application(services: Services) -> Litestar:
    """The application over its services. The gate goes around it (`gate.py`)."""
    return _litestar(State({"services": services}), None)


def described() -> dict[str, Any]:
    """Its OpenAPI document, which needs no services."""
    return _litestar(State(), OpenAPIConfig(title="DeepForge", version="0")).openapi_schema.to_schema()


def _litestar(state: State, openapi: OpenAPIConfig | None) -> Litestar:
    return Litestar(
        route_handlers=HANDLERS,
        state=state,
        middleware=[same_route],
        dependencies={
            "services": Provide(provide_services, sync_to_thread=False),
            "caller": Provide(provide_caller, sync_to_thread=False),
        },
        exception_handlers=EXCEPTION_HANDLERS,
        openapi_config=openapi,
        request_max_body_size=None,
        logging_config=None,
    )
