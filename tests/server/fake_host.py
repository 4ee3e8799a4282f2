"""A worker host that speaks the protocol and computes nothing: what its attempts do is told to it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

import httpx
import msgspec
from blake3 import blake3
from websockets.asyncio.client import ClientConnection, connect

from deepforge.ids import AttemptId, BlobHash, WorkerId
from deepforge.model.artifact import BlobInfo
from deepforge.model.execution import Cause, StoredOutput
from deepforge.model.hosting import (
    PROTOCOL,
    Ack,
    Adopted,
    AttemptEvent,
    AttemptSpec,
    Cancel,
    ConsoleWritten,
    Ended,
    HostMessage,
    Lease,
    Register,
    Registered,
    Report,
    Resources,
    ServerOrder,
    Started,
)
from tests.server.harness import SECONDS, Running

Behaviour = Callable[["FakeHost", AttemptSpec], Coroutine[None, None, None]]


class FakeHost:
    """Connected; every leased attempt is given to `behaviour` in a task of its own."""

    def __init__(self, socket: ClientConnection, http: httpx.AsyncClient, behaviour: Behaviour) -> None:
        self.socket = socket
        self.registered: Registered | None = None
        self.specs: dict[AttemptId, AttemptSpec] = {}
        self.canceled: dict[AttemptId, asyncio.Event] = {}
        self.acks: dict[AttemptId, int] = {}
        self.orders: list[ServerOrder] = []
        self._http = http
        self._behaviour = behaviour
        self._numbers: dict[AttemptId, int] = {}
        self._changed = asyncio.Condition()

    async def send(self, message: HostMessage) -> None:
        await self.socket.send(msgspec.msgpack.encode(message))

    async def receive(self) -> ServerOrder:
        async with asyncio.timeout(SECONDS):
            data = await self.socket.recv()
        assert isinstance(data, bytes)
        order: ServerOrder = msgspec.msgpack.decode(data, type=ServerOrder)
        return order

    async def work(self) -> None:
        """Follow the server's orders until the connection ends."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                order = await self.receive()
                self.orders.append(order)
                match order:
                    case Lease(spec=spec):
                        self.specs[spec.attempt] = spec
                        self.canceled[spec.attempt] = asyncio.Event()
                        tasks.create_task(self._behaviour(self, spec))
                    case Cancel(attempt=attempt) if attempt in self.canceled:
                        self.canceled[attempt].set()
                    case Ack(attempt=attempt, through=through):
                        self.acks[attempt] = through
                async with self._changed:
                    self._changed.notify_all()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the server has ordered enough."""
        async with asyncio.timeout(SECONDS), self._changed:
            await self._changed.wait_for(condition)

    async def report(self, spec: AttemptSpec, *events: AttemptEvent) -> None:
        first = self._numbers.get(spec.attempt, 0) + 1
        self._numbers[spec.attempt] = first + len(events) - 1
        await self.send(Report(attempt=spec.attempt, fence=spec.fence, first=first, events=events))

    def reported(self, spec: AttemptSpec, through: int) -> None:
        """Events up to this number were reported before."""
        self._numbers[spec.attempt] = through

    async def store(self, data: bytes) -> BlobInfo:
        digest = blake3(data).hexdigest()
        response = await self._http.put(f"/api/blobs/{digest}", content=data)
        assert response.status_code == 200, response.text
        return msgspec.json.decode(response.content, type=BlobInfo)

    async def outputs(self, spec: AttemptSpec) -> tuple[StoredOutput, ...]:
        ports = spec.outputs or spec.interface.outputs
        return tuple(
            [
                StoredOutput(name=port.name, type=port.type, blob=await self.store(f"{spec.name}.{port.name}".encode()))
                for port in ports
            ]
        )


async def succeed(host: FakeHost, spec: AttemptSpec) -> None:
    """Print a line, store the outputs, end well."""
    text = f'##### Running "{spec.name}" Operation #####\n'.encode()
    await host.report(spec, Started(pid=1), ConsoleWritten(offset=0, data=text))
    await host.report(spec, Ended(exit_code=0, outputs=await host.outputs(spec)))


async def fail(host: FakeHost, spec: AttemptSpec) -> None:
    """Raise, as the user's code would."""
    cause = Cause(kind="exception", message="KeyError: 'labels'", file=f"operations/{spec.name}.py", line=3)
    await host.report(spec, Started(pid=1), Ended(exit_code=1, cause=cause))


async def wait_for_cancel(host: FakeHost, spec: AttemptSpec) -> None:
    """Run until it is stopped."""
    await host.report(spec, Started(pid=1))
    await host.canceled[spec.attempt].wait()
    await host.report(spec, Ended(signal=2, cause=Cause(kind="canceled", message="Stopped.")))


async def begin(host: FakeHost, spec: AttemptSpec) -> None:
    """Begin, and say nothing more."""
    await host.report(spec, Started(pid=1))


NOTHING_BLOB = BlobHash("0" * 64)


@asynccontextmanager
async def fake_host(
    server: Running,
    behaviour: Behaviour = succeed,
    *,
    worker: str = "host-1",
    slots: int = 2,
    adopted: tuple[Adopted, ...] = (),
    protocol: int = PROTOCOL,
) -> AsyncIterator[FakeHost]:
    """A registered host that works until the block ends."""
    bearer = {"Authorization": f"Bearer {server.info.worker_token}"}
    url = server.url.replace("http", "ws", 1) + "/api/workers/live"
    async with (
        httpx.AsyncClient(base_url=server.url, trust_env=False, headers=bearer, timeout=SECONDS) as http,
        connect(url, additional_headers=bearer, max_size=None, proxy=None) as socket,
    ):
        host = FakeHost(socket, http, behaviour)
        resources = Resources(cpus=2, memory=2**30, slots=slots)
        register = Register(
            worker=WorkerId(worker), name=worker, protocol=protocol, version="0", resources=resources, adopted=adopted
        )
        await host.send(register)
        order = await host.receive()
        assert isinstance(order, Registered)
        host.registered = order
        work = asyncio.create_task(host.work())
        try:
            yield host
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
