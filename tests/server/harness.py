"""A real server on a free port, a browser's session with it, and a worker host that only pretends to compute."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect

from deepforge.ids import ClientId, TransactionId, new_id
from deepforge.model.document import Transaction
from deepforge.model.live import ClientMessage, Committed, Edit, Hello, ServerMessage, Welcome
from deepforge.model.project import NewProject, Project
from deepforge.server.composition import gated_application, open_services
from deepforge.server.info import ServerInfo
from deepforge.server.listen import listening, run_server
from deepforge.server.services import Services
from deepforge.server.stores import Stores
from deepforge.settings import Settings
from deepforge.storage.memory_storage import MemoryStorage

T = TypeVar("T")
SECONDS = 20.0


def settings_in(directory: Path, **changes: Any) -> Settings:
    plain = {"data_dir": directory, "blob_dir": directory / "blob", "worker_dir": directory / "worker", "port": 0}
    return Settings(**{**plain, **changes})


@dataclass
class Running:
    """A server that runs, and clients of it."""

    url: str
    info: ServerInfo
    services: Services
    settings: Settings
    anonymous: httpx.AsyncClient
    browser: httpx.AsyncClient
    owner: httpx.AsyncClient
    stop: Callable[[], object]
    stopped: asyncio.Event

    async def get(self, path: str, kind: type[T], **query: Any) -> T:
        response = await self.browser.get(path, params=query)
        assert response.status_code == 200, response.text
        return msgspec.json.decode(response.content, type=kind)

    async def post(self, path: str, body: object, kind: type[T], status: int = 201) -> T:
        response = await self.browser.post(path, content=msgspec.json.encode(body), headers={"Content-Type": "application/json"})
        assert response.status_code == status, response.text
        return msgspec.json.decode(response.content, type=kind)

    async def project(self, name: str = "demo", seed: str = "digits") -> Project:
        return await self.post("/api/projects", NewProject(name=name, seed=seed), Project)

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.browser.cookies.items())

    @asynccontextmanager
    async def live(self, project: str, **hello: Any) -> AsyncIterator["Tab"]:
        """An open tab that has been welcomed."""
        async with self.socket(f"/api/projects/{project}/live?branch=main") as socket:
            tab = Tab(socket)
            await tab.send(Hello(client=tab.client, **hello))
            tab.welcome = await tab.receive(Welcome)
            yield tab

    @asynccontextmanager
    async def socket(
        self, path: str, *, cookie: str | None = None, origin: str | None = "own", **more: Any
    ) -> AsyncIterator[ClientConnection]:
        headers = {"Cookie": self.cookie if cookie is None else cookie}
        own = self.url if origin == "own" else origin
        url = self.url.replace("http", "ws", 1) + path
        async with connect(url, additional_headers=headers, origin=own, max_size=None, proxy=None, **more) as socket:  # type: ignore[arg-type]
            yield socket


@dataclass
class Tab:
    """One browser tab on the live socket: everything that came, in order."""

    socket: ClientConnection
    client: ClientId = field(default_factory=lambda: ClientId(new_id()))
    welcome: Welcome | None = None
    came: list[ServerMessage] = field(default_factory=list)

    async def send(self, message: ClientMessage) -> None:
        await self.socket.send(msgspec.json.encode(message).decode())

    async def receive(self, kind: type[T], wanted: Callable[[T], bool] = lambda _: True) -> T:
        """The next message of this kind that is wanted; the others are kept in `came`."""
        async with asyncio.timeout(SECONDS):
            while True:
                message = msgspec.json.decode(await self.socket.recv(), type=ServerMessage)
                self.came.append(message)
                if isinstance(message, kind) and wanted(message):
                    return message

    async def send_edit(self, base: int, label: str = "Edit", **parts: Any) -> Transaction:
        transaction = Transaction(id=TransactionId(new_id()), label=label, **parts)
        await self.send(Edit(base=base, transaction=transaction))
        return transaction

    async def edit(self, base: int, label: str = "Edit", **parts: Any) -> Committed:
        """Edit, and wait until it is committed."""
        transaction = await self.send_edit(base, label, **parts)
        return await self.receive(Committed, lambda one: one.transaction == transaction.id)


@asynccontextmanager
async def running(settings: Settings, stores: Stores | None = None) -> AsyncIterator[Running]:
    """A server over memory (or other stores) until the block ends, and a browser that has logged in."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    ready = asyncio.Event()
    with listening(settings) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        info = ServerInfo(url=url, pid=0, token=secrets.token_urlsafe(32), worker_token=secrets.token_urlsafe(32), version="0")
        async with open_services(settings, stores or MemoryStorage(), info) as services:
            app = gated_application(services, info)
            task = asyncio.create_task(run_server(app, listener, max_frame=settings.max_frame, on_ready=ready.set))
            await ready.wait()
            try:
                stopped = asyncio.Event()
                task.add_done_callback(lambda _: stopped.set())
                async with _clients(url, info) as (anonymous, browser, owner):
                    yield Running(url, info, services, settings, anonymous, browser, owner, task.cancel, stopped)
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def _clients(url: str, info: ServerInfo) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient, httpx.AsyncClient]]:
    """A stranger, a browser that has logged in, and the owner's program."""
    bearer = {"Authorization": f"Bearer {info.token}"}
    async with _client(url, {}) as anonymous, _client(url, {"Origin": url}) as browser, _client(url, bearer) as owner:
        launch = (await owner.post("/api/launch")).json()["url"]
        assert (await browser.get("/?" + launch.partition("?")[2])).status_code == 303
        yield anonymous, browser, owner


def _client(url: str, headers: dict[str, str]) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, trust_env=False, verify=False, timeout=SECONDS, headers=headers)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition, with a deadline."""
    async with asyncio.timeout(SECONDS):
        while not condition():  # noqa: ASYNC110  # what is waited for is elsewhere, and knows of no event
            await asyncio.sleep(0.01)
