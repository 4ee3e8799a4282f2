"""The worker socket (`docs/spec/worker.md`): MessagePack frames between a host and the dispatcher; and outputs taken over."""

import asyncio
import logging
import os
import re
import stat
from contextlib import suppress
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
from deepforge.server.frames import CloseCode, Closed, first_end, next_frame
from deepforge.server.stores import Stores

__all__ = ["adopt", "serve_host"]

logger = logging.getLogger(__name__)
_FIRST_SECONDS = 10.0
_LAST_SECONDS = 1.0
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
    """One connection of a worker host, from its registration to its end: the host's, ours, or that of `link.close`."""
    await socket.accept()
    link = SocketLink()
    try:
        await first_end(_send_orders(socket, link), _receive(socket, dispatcher, link))
        closed = Closed(CloseCode.GOING_AWAY, "connected again")
    except WebSocketDisconnect:
        return
    except Closed as error:
        closed = error
        await _finish(socket, link)
    await socket.close(code=closed.code, reason=closed.reason)


async def _receive(socket: Socket, dispatcher: Dispatcher, link: SocketLink) -> None:
    host = await _registered(socket, dispatcher, link)
    try:
        while True:
            message = await _next(socket)
            # What is being stored is stored to the end, also when the connection is given up meanwhile.
            await asyncio.shield(_take(dispatcher, host, message))
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
    try:
        return await dispatcher.connect(link, message)
    except DeepForgeError as error:
        logger.warning("Worker %s could not be connected: %s", message.worker, error)
        raise _closed(error) from None


async def _take(dispatcher: Dispatcher, host: Host, message: HostMessage) -> None:
    try:
        match message:
            case Heartbeat():
                await dispatcher.heard(host)
            case Report(first=first, events=events):
                if first < 1 or not events:
                    raise Closed(CloseCode.INVALID, "events are numbered from 1")
                await dispatcher.report(host, message)
            case Register():
                raise Closed(CloseCode.INVALID, "registered twice")
    except Forbidden as error:
        logger.warning("Worker %s reported on an attempt that it has not got: %s", host.worker, error)
        raise Closed(CloseCode.FORBIDDEN, "not leased") from None
    except DeepForgeError as error:
        logger.warning("A message of worker %s was refused: %s", host.worker, error)
        raise _closed(error) from None


def _closed(error: DeepForgeError) -> Closed:
    return Closed(CloseCode.FAULT if error.status >= 500 else CloseCode.INVALID, error.code)


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


async def _finish(socket: Socket, link: SocketLink) -> None:
    """What was to be said before the end is said, unless the host does not listen."""
    link.close()
    with suppress(TimeoutError, WebSocketDisconnect, RuntimeError):
        async with asyncio.timeout(_LAST_SECONDS):
            await _send_orders(socket, link)


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
