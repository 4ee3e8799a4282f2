"""The composition root: opens what the server consists of, in order, listens, and closes it again, all within seconds.

Nothing else makes these objects, and nothing of them lives in a module.
"""

import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from deepforge import __version__
from deepforge.dispatch.clock import SystemClock
from deepforge.dispatch.dispatcher import Dispatcher, DispatchSettings
from deepforge.dispatch.events import Events
from deepforge.errors import Forbidden, Invalid
from deepforge.server.analysis import Analyses
from deepforge.server.analyst import Analyst
from deepforge.server.app import application
from deepforge.server.artifacts import Artifacts
from deepforge.server.collection import Collection
from deepforge.server.documents import Documents
from deepforge.server.gate import Gate
from deepforge.server.info import ServerFile, ServerInfo, lasting_token
from deepforge.server.jobs import Jobs
from deepforge.server.listen import LOOPBACK, listening, own_hosts, own_origins, run_server
from deepforge.server.policy import check_table
from deepforge.server.projects import Projects
from deepforge.server.runs import Runs
from deepforge.server.seeds import Seeds, seeds_directory
from deepforge.server.services import Services
from deepforge.server.sessions import Sessions
from deepforge.server.static_client import StaticClient
from deepforge.server.stores import Stores
from deepforge.settings import Settings
from deepforge.storage.sql_storage import open_storage

__all__ = ["gated_application", "open_services", "serve"]


async def serve(settings: Settings, *, on_ready: Callable[[ServerInfo], None]) -> None:
    """Run a server until SIGTERM, SIGINT or cancellation; `on_ready` is called once it listens.

    Raises `Broken` when the port or the data directory cannot be used, `Forbidden` for an address that other machines
    reach unless `settings.allow_remote`, `Invalid` for a database that it does not work with.
    """
    check_address(settings)
    check_database(settings)
    with ServerFile(settings.data_dir) as file, listening(settings) as listener:
        info = _info(settings, listener)
        async with (
            open_storage(settings, database_url=settings.database_url) as storage,
            open_services(settings, storage, info) as services,
        ):

            def ready() -> None:
                file.write(info)
                on_ready(info)

            await run_server(gated_application(services, info), listener, max_frame=settings.max_frame, on_ready=ready)


def check_address(settings: Settings) -> None:
    """Raises `Forbidden` for an address that other machines reach, unless that was asked for."""
    if settings.host in LOOPBACK or settings.allow_remote:
        return
    raise Forbidden(
        f"{settings.host} can be reached from other machines, and whoever logs in can run code on this one.",
        code="remote-address",
        hint="Add --allow-remote if you want that, and put a proxy with TLS in front of it.",
    )


def check_database(settings: Settings) -> None:
    """Raises `Invalid` where a MongoDB is named, unless the database that is to be used is named, too."""
    if settings.mongo_uri and not settings.database_url:
        raise Invalid(
            "MONGO_URI is set, but DeepForge keeps its data in an embedded database now, or in PostgreSQL, and not in MongoDB.",
            code="mongo",
            hint="Unset MONGO_URI to use the embedded database, or name a PostgreSQL database in DEEPFORGE_DATABASE_URL.",
        )


def _info(settings: Settings, listener: socket.socket) -> ServerInfo:
    host, port = listener.getsockname()[:2]
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # what is listened on is no address to call
    return ServerInfo(
        url=f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}",
        pid=os.getpid(),
        token=secrets.token_urlsafe(32),
        worker_token=lasting_token(settings.data_dir / "worker-token"),
        version=__version__,
    )


@asynccontextmanager
async def open_services(settings: Settings, stores: Stores, info: ServerInfo) -> AsyncIterator[Services]:
    """Every object of the server over its stores."""
    clock, events = SystemClock(), Events()
    public = settings.public_url.rstrip("/") or info.url
    timing = DispatchSettings(
        lease_seconds=settings.lease_seconds,
        contact_seconds=settings.contact_seconds,
        grace_seconds=settings.grace_seconds,
        blob_dir=str(settings.blob_dir),
    )
    async with AsyncExitStack() as stack:
        documents = await stack.enter_async_context(Documents(stores.documents, stores.projects, clock))
        analyst = await stack.enter_async_context(Analyst(settings.data_dir / "catalogue.json"))
        dispatcher = await stack.enter_async_context(Dispatcher(stores, events=events, clock=clock, settings=timing))
        await stack.enter_async_context(Collection(stores, clock))
        analyses = Analyses(stores, documents, analyst, events)
        yield Services(
            settings=settings,
            stores=stores,
            events=events,
            sessions=Sessions(
                stores.sessions,
                url=public,
                port=urlsplit(info.url).port or 0,
                secure=public.startswith("https:"),
                token=info.token,
                worker_token=info.worker_token,
            ),
            projects=Projects(stores, documents, dispatcher, events, clock, Seeds(seeds_directory())),
            documents=documents,
            analyst=analyst,
            analyses=analyses,
            artifacts=Artifacts(stores, events, clock, max_upload=settings.max_upload),
            dispatcher=dispatcher,
            runs=Runs(stores, documents, analyses, dispatcher),
            jobs=Jobs(stores, dispatcher, analyst),
            client=StaticClient(Path(__file__).parent / "static"),
        )


def gated_application(services: Services, info: ServerInfo) -> Gate:
    """The application behind its gate. Raises `Broken` if a route has no row in the policy."""
    app = application(services)
    check_table(app.routes)
    settings = services.settings
    return Gate(
        app,
        services.sessions,
        hosts=own_hosts(settings, info.url),
        origins=own_origins(settings, info.url),
        max_body=settings.max_body,
        max_upload=settings.max_upload,
    )
