"""The worker socket (`docs/spec/worker.md`): MessagePack frames between a host and the dispatcher; and outputs taken over."""

import asyncio
import logging
import os
import re
import stat
from pathlib import Path

import msgspec
from litestar.exceptions import WebSocketDisconnect

from deepforge import __version__
from deepforge.dispatch.dispatcher import Dispatcher
from deepforge.dispatch.hosts import Host
from deepforge.errors import DeepForgeError, Forbidden, NotFound
from deepforge.ids import RECORD_ID, BlobHash
from deepforge.model.artifact import BlobInfo
from deepforge.model.hosting import PROTOCOL, Heartbeat, HostMessage, Register, Rejected, Report, ServerOrder
from deepforge.server.asgi import Socket
from deepforge.server.frames import CloseCode, Closed, next_frame
from deepforge.server.stores import Stores

__all__ = ["adopt", "serve_host"]

logger = logging.getLogger(__name__)
_FIRST_SECONDS = 10.0
_decoder: msgspec.msgpack.Decoder[HostMessage] = msgspec.msgpack.Decoder(HostMessage)
_encode = msgspec.msgpack.Encoder().encode


class SocketLink:
    """The connection to a host: orders leave in order, by a task of their own, so that nobody waits for a slow host."""

    def __init__(self) -> None:
        self.orders: asyncio.Queue[ServerOrder | None] = asyncio.Queue()

    def send(self, order: ServerOrder) -> None:
        self.orders.put_nowait(order)

    def close(self) -> None:
        self.orders.put_nowait(None)


async def serve_host(socket: Socket, dispatcher: Dispatcher) -> None:
    """One connection of a worker host, from its registration to its end."""
    await socket.accept()
    link = SocketLink()
    sender = asyncio.create_task(_send_orders(socket, link))
    try:
        await _receive(socket, dispatcher, link)
    except WebSocketDisconnect:
        pass
    except Closed as closed:
        link.close()
        await _finish(sender)
        await socket.close(code=closed.code, reason=closed.reason)
    finally:
        sender.cancel()
        await asyncio.gather(sender, return_exceptions=True)


async def _receive(socket: Socket, dispatcher: Dispatcher, link: SocketLink) -> None:
    host = await _registered(socket, dispatcher, link)
    try:
        while True:
            message = await _next(socket)
            match message:
                case Heartbeat():
                    await dispatcher.heard(host)
                case Report():
                    await _take(dispatcher, host, message)
                case Register():
                    raise Closed(CloseCode.INVALID, "registered twice")
    finally:
        dispatcher.disconnect(link, host)


async def _registered(socket: Socket, dispatcher: Dispatcher, link: SocketLink) -> Host:
    try:
        async with asyncio.timeout(_FIRST_SECONDS):
            message = await _next(socket)
    except TimeoutError:
        raise Closed(CloseCode.INVALID, "no registration") from None
    if not isinstance(message, Register):
        raise Closed(CloseCode.INVALID, "not registered")
    if message.protocol != PROTOCOL:
        ours = f"The server speaks version {PROTOCOL} of the worker protocol (DeepForge {__version__})"
        text = f"{ours}, this worker {message.protocol}."
        link.send(Rejected(code="protocol", message=f"{text} Install the same version on both machines."))
        raise Closed(CloseCode.INVALID, "protocol")
    if not RECORD_ID.fullmatch(message.worker):
        raise Closed(CloseCode.INVALID, "worker id")
    return await dispatcher.connect(link, message)


async def _take(dispatcher: Dispatcher, host: Host, report: Report) -> None:
    if report.first < 1 or not report.events:
        raise Closed(CloseCode.INVALID, "events are numbered from 1")
    try:
        await dispatcher.report(host, report)
    except Forbidden:
        logger.warning("Worker %s reported on attempt %s, which it has not got", host.worker, report.attempt)
        raise Closed(CloseCode.FORBIDDEN, "not leased") from None
    except DeepForgeError as error:
        code = CloseCode.FAULT if error.status >= 500 else CloseCode.INVALID
        logger.warning("A report of worker %s was refused: %s", host.worker, error)
        raise Closed(code, error.code) from None


async def _next(socket: Socket) -> HostMessage:
    frame = await next_frame(socket)
    if isinstance(frame, str):
        raise Closed(CloseCode.INVALID, "binary frames only")
    try:
        return _decoder.decode(frame)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise Closed(CloseCode.INVALID, "not a message") from None


async def _send_orders(socket: Socket, link: SocketLink) -> None:
    while (order := await link.orders.get()) is not None:
        await socket.send_data(_encode(order), mode="binary")


async def _finish(sender: "asyncio.Task[None]") -> None:
    """What was to be said before the end is said, unless the host does not listen."""
    await asyncio.wait([sender], timeout=1.0)


async def adopt(stores: Stores, worker_dir: Path, path: str, blob: BlobHash) -> BlobInfo:
    """Take over an output by a link: only a regular file below the server's own worker directory, reached without links.

    Raises `NotFound` for anything else, so that nothing is said about other files.
    """
    found = await asyncio.to_thread(_inside, worker_dir, path)
    return await stores.blobs.adopt(found, expected=blob)


def _inside(worker_dir: Path, given: str) -> Path:
    nothing = NotFound("There is no such output.", code="no-output")
    if "\0" in given or not re.fullmatch(r"/[^\n]+", given):
        raise nothing
    path = Path(given)
    try:
        root, real = worker_dir.resolve(strict=True), path.parent.resolve(strict=True) / path.name
        if ".." in path.parts or not real.is_relative_to(root) or not stat.S_ISREG(os.lstat(real).st_mode):
            raise nothing
    except OSError:
        raise nothing from None
    return real
