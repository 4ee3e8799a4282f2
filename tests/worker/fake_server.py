"""A small server that speaks the worker protocol, in a thread of its own: what the host talks to in these tests.

It stores events as the real one must: by number, skipping those that it has, refusing gaps.
"""

import asyncio
import base64
import contextlib
import struct
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import blake3
import msgspec
import uvicorn

from deepforge.ids import AttemptId, BlobHash, WorkerId
from deepforge.model.artifact import BlobInfo
from deepforge.model.feedback import FeedbackRecord, Points
from deepforge.model.hosting import (
    Ack,
    AttemptEvent,
    AttemptSpec,
    Cancel,
    ConsoleWritten,
    Ended,
    FeedbackWritten,
    Heartbeat,
    HostMessage,
    Lease,
    Register,
    Registered,
    Report,
    ServerOrder,
    Started,
)

TOKEN = "worker-token-of-the-test"
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class _Uvicorn(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class FakeServer:
    """`url` is where it listens. What it was told is in `events`, `registers`, `reports`; `wait` waits for it."""

    def __init__(self, blob_dir: Path | None = None, worker_dir: Path | None = None) -> None:
        self.blobs: dict[str, bytes] = {}
        self.events: dict[str, list[AttemptEvent]] = {}
        self.registers: list[Register] = []
        self.heartbeats: list[Heartbeat] = []
        self.reports: list[Report] = []
        self.requests: list[str] = []
        self.acknowledging = True
        self.drop: tuple[AttemptId, ...] = ()
        self._blob_dir = blob_dir
        self._worker_dir = worker_dir
        self._changed = threading.Condition()
        self._orders: asyncio.Queue[ServerOrder | None] | None = None
        self._loop = asyncio.new_event_loop()
        config = uvicorn.Config(self._app, port=0, interface="asgi3", lifespan="off", log_level="warning", ws="websockets-sansio")
        self._server = _Uvicorn(config)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.port = 0

    def __enter__(self) -> "FakeServer":
        self._thread.start()
        self.wait(lambda: self._server.started)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self.disconnect()
        self._server.should_exit = True
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait(self, condition: Callable[[], object], seconds: float = 60.0) -> None:
        """Until the condition holds; it is looked at again whenever something comes."""
        end = time.monotonic() + seconds
        with self._changed:
            while not condition():
                assert time.monotonic() < end, "what the test waits for did not happen"
                self._changed.wait(0.05)

    def lease(self, spec: AttemptSpec) -> None:
        self._order(Lease(spec=spec))

    def cancel(self, spec: AttemptSpec, grace: float) -> None:
        self._order(Cancel(attempt=spec.attempt, fence=spec.fence, grace=grace))

    def acknowledge(self, spec: AttemptSpec) -> None:
        self._order(Ack(attempt=spec.attempt, through=len(self.events[spec.attempt])))

    def disconnect(self) -> None:
        """Close the host's socket."""
        if self._orders is not None:
            orders = self._orders
            self._loop.call_soon_threadsafe(orders.put_nowait, None)

    def ended(self, spec: AttemptSpec, seconds: float = 60.0) -> Ended:
        """How the attempt ended; waits for it."""
        self.wait(lambda: any(isinstance(event, Ended) for event in self.of(spec)), seconds)
        last = self.of(spec)[-1]
        assert isinstance(last, Ended)
        return last

    def of(self, spec: AttemptSpec) -> list[AttemptEvent]:
        return self.events.get(spec.attempt, [])

    def started(self, spec: AttemptSpec) -> int:
        """The runner's pid; waits for it."""
        self.wait(lambda: any(isinstance(event, Started) for event in self.of(spec)))
        return next(event.pid for event in self.of(spec) if isinstance(event, Started))

    def console(self, spec: AttemptSpec) -> str:
        """All of the console; the offsets must be contiguous."""
        text = b""
        for event in self.of(spec):
            if isinstance(event, ConsoleWritten):
                assert event.offset == len(text)
                text += event.data
        return text.decode()

    def feedback(self, spec: AttemptSpec) -> list[FeedbackRecord]:
        return [record for event in self.of(spec) if isinstance(event, FeedbackWritten) for record in event.records]

    def points(self, spec: AttemptSpec) -> dict[int, list[tuple[float, float]]]:
        """All points by line; their counts must be contiguous."""
        lines: dict[int, list[tuple[float, float]]] = {}
        for record in self.feedback(spec):
            if isinstance(record, Points):
                line = lines.setdefault(record.line, [])
                assert record.first == len(line)
                line += struct.iter_unpack("<dd", base64.b64decode(record.points))
        return lines

    def add_blob(self, data: bytes) -> BlobInfo:
        info = BlobInfo(hash=BlobHash(blake3.blake3(data).hexdigest()), size=len(data))
        self.blobs[info.hash] = data
        if self._blob_dir is not None:
            path = self._blob_dir / info.hash[:2] / info.hash[2:]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            path.chmod(0o444)
        return info

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._server.serve())
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def _order(self, order: ServerOrder) -> None:
        self.wait(lambda: self._orders is not None)
        orders = self._orders
        assert orders is not None
        self._loop.call_soon_threadsafe(orders.put_nowait, order)

    async def _app(self, scope: Message, receive: Receive, send: Send) -> None:
        authorized = (b"authorization", f"Bearer {TOKEN}".encode()) in scope["headers"]
        if scope["type"] == "websocket":
            await receive()
            if not authorized:
                await send({"type": "websocket.close", "code": 4401})
                return
            await send({"type": "websocket.accept"})
            await self._talk(receive, send)
        else:
            await self._http(scope, receive, send, authorized=authorized)

    async def _talk(self, receive: Receive, send: Send) -> None:
        orders: asyncio.Queue[ServerOrder | None] = asyncio.Queue()
        telling = asyncio.create_task(self._tell(orders, send))
        try:
            while (message := await receive())["type"] == "websocket.receive":
                self._take(msgspec.msgpack.decode(message["bytes"], type=HostMessage), orders)
        finally:
            if self._orders is orders:
                self._orders = None
            telling.cancel()

    async def _tell(self, orders: asyncio.Queue[ServerOrder | None], send: Send) -> None:
        while (order := await orders.get()) is not None:
            await send({"type": "websocket.send", "bytes": msgspec.msgpack.encode(order)})
        await send({"type": "websocket.close", "code": 1001})

    def _take(self, message: HostMessage, orders: asyncio.Queue[ServerOrder | None]) -> None:
        with self._changed:
            match message:
                case Register():
                    self.registers.append(message)
                    blob_dir = str(self._blob_dir or "")
                    orders.put_nowait(Registered(worker=WorkerId("w"), heartbeat_seconds=0.2, drop=self.drop, blob_dir=blob_dir))
                    self._orders = orders
                case Heartbeat():
                    self.heartbeats.append(message)
                case Report():
                    self._report(message, orders)
            self._changed.notify_all()

    def _report(self, report: Report, orders: asyncio.Queue[ServerOrder | None]) -> None:
        self.reports.append(report)
        events = self.events.setdefault(report.attempt, [])
        assert report.first <= len(events) + 1, "a gap"
        for number, event in enumerate(report.events, report.first):
            if number <= len(events):
                assert events[number - 1] == event, f"event {number} is not what it was"
            else:
                events.append(event)
        if self.acknowledging:
            orders.put_nowait(Ack(attempt=report.attempt, through=len(events)))

    async def _http(self, scope: Message, receive: Receive, send: Send, *, authorized: bool) -> None:
        body = b""
        more = True
        while more:
            part = await receive()
            body += part.get("body", b"")
            more = part.get("more_body", False)
        query = scope["query_string"].decode()
        blob = scope["path"].rpartition("/")[2]
        self.requests.append(f"{scope['method']} {blob[:8]} {query.partition('=')[0]}".strip())
        status, answer = (401, b"") if not authorized else self._blob(scope["method"], blob, query, body)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": answer})

    def _blob(self, method: str, blob: str, query: str, body: bytes) -> tuple[int, bytes]:
        if method == "GET":
            return (200, self.blobs[blob]) if blob in self.blobs else (404, b"no such blob")
        if query.startswith("adopt="):
            if self._worker_dir is None:
                return 400, b"not on this disk"
            path = Path(query.removeprefix("adopt=").replace("%2F", "/"))
            assert path.is_relative_to(self._worker_dir)
            body = path.read_bytes()
        info = self.add_blob(body)
        return (200, msgspec.json.encode(info)) if info.hash == blob else (400, b"wrong hash")
