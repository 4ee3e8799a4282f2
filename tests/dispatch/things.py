"""A clock that is moved by hand, a link that keeps what it was to send, and a small pipeline."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from deepforge.dispatch.dispatcher import Dispatcher, DispatchSettings
from deepforge.dispatch.events import Events, ProjectEvent
from deepforge.dispatch.hosts import Host
from deepforge.dispatch.launch import RunRequest
from deepforge.ids import BlobHash, ProjectId, RecordId, TransactionId, WorkerId, new_id
from deepforge.model.artifact import BlobInfo
from deepforge.model.document import Document
from deepforge.model.execution import Execution, StoredOutput
from deepforge.model.hosting import (
    PROTOCOL,
    Ack,
    Adopted,
    AttemptEvent,
    AttemptSpec,
    Cancel,
    Lease,
    Register,
    Registered,
    Report,
    Resources,
    ServerOrder,
)
from deepforge.model.interface import Interface, Port, TypeInfo
from deepforge.model.project import NewExecution
from deepforge.model.records import Node, Operation, OperationRef, Output, Pipeline, Record, Wire
from deepforge.storage.memory_storage import MemoryStorage

PROJECT = ProjectId("project")
MAKE, USE = RecordId("op-make"), RecordId("op-use")
TYPES = (TypeInfo(name="Data", base=""), TypeInfo(name="Number", base="Data"))
NUMBER, RESULT = Port(name="number", type="Number"), Port(name="result", type="Number")
INTERFACES = {
    MAKE: Interface(operation=MAKE, name="make", outputs=(NUMBER,)),
    USE: Interface(operation=USE, name="use", inputs=(NUMBER,), outputs=(RESULT,)),
}
SECONDS = 10.0


def pipeline() -> Document:
    """make -> use -> an Output called "answer"."""
    p = RecordId("p")
    records: tuple[Record, ...] = (
        Pipeline(id=p, name="chain"),
        Operation(id=MAKE, name="make", code="def make(): ..."),
        Operation(id=USE, name="use", code="def use(number): ..."),
        Node(id=RecordId("n1"), pipeline=p, target=OperationRef(operation=MAKE)),
        Node(id=RecordId("n2"), pipeline=p, target=OperationRef(operation=USE)),
        Node(id=RecordId("n3"), pipeline=p, target=Output(name="answer")),
        Wire(id=RecordId("w1"), pipeline=p, source=RecordId("n1"), output="number", target=RecordId("n2"), input="number"),
        Wire(id=RecordId("w2"), pipeline=p, source=RecordId("n2"), output="result", target=RecordId("n3"), input="data"),
    )
    return Document(version=7, records={record.id: record for record in records})


class HandClock:
    """Moves when it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds


class Link:
    """The server's end of a connection to a host; tests read what was sent."""

    def __init__(self) -> None:
        self.orders: list[ServerOrder] = []
        self.closed = False

    def send(self, order: ServerOrder) -> None:
        self.orders.append(order)

    def close(self) -> None:
        self.closed = True

    def of(self, kind: type[Any]) -> list[Any]:
        return [order for order in self.orders if isinstance(order, kind)]

    @property
    def specs(self) -> list[AttemptSpec]:
        return [order.spec for order in self.of(Lease)]

    @property
    def registered(self) -> Registered:
        (found,) = self.of(Registered)
        assert isinstance(found, Registered)
        return found

    def acked(self, spec: AttemptSpec) -> int:
        return max((order.through for order in self.of(Ack) if order.attempt == spec.attempt), default=0)

    def canceled(self, spec: AttemptSpec) -> bool:
        return any(order.attempt == spec.attempt for order in self.of(Cancel))


def registration(worker: str = "w", *, slots: int = 2, adopted: tuple[Adopted, ...] = (), framework: str = "") -> Register:
    return Register(
        worker=WorkerId(worker),
        name=worker,
        protocol=PROTOCOL,
        version="0",
        resources=Resources(cpus=2, memory=1, slots=slots),
        adopted=adopted,
        framework=framework,
    )


class World:
    """A dispatcher over memory; everything that listeners heard."""

    def __init__(self, storage: MemoryStorage, clock: HandClock, **settings: float) -> None:
        self.storage = storage
        self.clock = clock
        self.events = Events()
        self.heard: list[ProjectEvent] = []
        plain = DispatchSettings(lease_seconds=600, contact_seconds=30, grace_seconds=10)
        self.dispatcher = Dispatcher(storage, events=self.events, clock=clock, settings=replace(plain, **settings))

    async def start(self, key: str | None = None, *, more: tuple[Record, ...] = ()) -> Execution:
        """Run the small pipeline of a document that has `more` records."""
        document = pipeline()
        document = replace(document, records={**document.records, **{record.id: record for record in more}})
        return await self.dispatcher.start(
            RunRequest(
                project=PROJECT,
                document=document,
                new=NewExecution(key=TransactionId(key or new_id()), pipeline=RecordId("p")),
                interfaces=INTERFACES,
                types=TYPES,
                artifacts=(),
                readable=frozenset(INTERFACES),
                author="Ada",
            )
        )

    async def connect(
        self, worker: str = "w", *, slots: int = 2, adopted: tuple[Adopted, ...] = (), framework: str = ""
    ) -> tuple[Link, Host]:
        link = Link()
        register = registration(worker, slots=slots, adopted=adopted, framework=framework)
        return link, await self.dispatcher.connect(link, register)

    async def report(self, host: Host, spec: AttemptSpec, first: int, *events: AttemptEvent) -> None:
        await self.dispatcher.report(host, Report(attempt=spec.attempt, fence=spec.fence, first=first, events=events))

    async def output(self, name: str, data: bytes = b"1") -> StoredOutput:
        async def chunks() -> AsyncIterator[bytes]:
            yield data

        return StoredOutput(name=name, type="Number", blob=await self.storage.blobs.put(chunks()))

    async def now(self, execution: Execution) -> Execution:
        return await self.storage.executions.get(execution.id)


NO_BLOB = BlobInfo(hash=BlobHash("0" * 64), size=1)


@asynccontextmanager
async def world(storage: MemoryStorage | None = None, clock: HandClock | None = None) -> AsyncIterator[World]:
    """A dispatcher that runs; another one over the same storage is the server after a restart."""
    made = World(storage or MemoryStorage(), clock or HandClock())
    with made.events.of_project(PROJECT, made.heard.append):
        async with made.dispatcher:
            yield made


async def until(condition: Callable[[], object]) -> None:
    """Let the dispatcher's tasks run until the condition holds."""
    async with asyncio.timeout(SECONDS):
        while not condition():  # noqa: ASYNC110  # what is waited for is elsewhere, and knows of no event
            await asyncio.sleep(0)
