"""The socket to the server: registers, says what happened, hears what to do; comes back for ever with growing pauses."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Protocol

import msgspec
import websockets
from websockets.asyncio.client import ClientConnection, connect

from deepforge.errors import Unauthorized
from deepforge.model.hosting import LARGEST_FRAME, Heartbeat, HostMessage, Register, Registered, Rejected, ServerOrder

__all__ = ["Connection", "Hosting"]

_LOG = logging.getLogger(__name__)
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
_NO_SESSION = 4401


class Hosting(Protocol):
    """What the connection asks of the host."""

    def register(self) -> Register: ...

    def registered(self, welcome: Registered) -> None: ...

    def reports(self) -> Iterable[bytes]:
        """The reports that are to be sent now, attempt by attempt, each as one message."""
        ...

    def obey(self, order: ServerOrder) -> None: ...

    def heartbeat(self) -> Heartbeat: ...


class Connection:
    """Keeps the host in contact with its server."""

    def __init__(self, url: str, token: str, host: Hosting) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"}
        self._host = host
        self._wake = asyncio.Event()

    def notify(self) -> None:
        """There is something to report."""
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled. Raises `Unauthorized` when the server does not want this host."""
        pause = _FIRST_PAUSE
        while True:
            try:
                async with connect(
                    self._url,
                    additional_headers=self._headers,
                    max_size=LARGEST_FRAME,
                    compression=None,
                    proxy=None,
                    open_timeout=10,
                ) as socket:
                    await self._greet(socket)
                    pause = _FIRST_PAUSE
                    await self._talk(socket)
            except websockets.InvalidStatus as refused:
                _refuse(refused.response.status_code)
            except websockets.ConnectionClosed as closed:
                _refuse(closed.rcvd.code if closed.rcvd is not None else 0)
            except (OSError, TimeoutError, websockets.WebSocketException) as error:
                _LOG.info("no contact with %s: %s", self._url, error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _greet(self, socket: ClientConnection) -> None:
        await _send(socket, self._host.register())
        answer = await _receive(socket)
        if isinstance(answer, Rejected):
            raise Unauthorized(answer.message, code=answer.code)
        if not isinstance(answer, Registered):
            raise websockets.ProtocolError("the server did not answer the registration")
        self._pause = answer.heartbeat_seconds
        self._host.registered(answer)

    async def _talk(self, socket: ClientConnection) -> None:
        tasks = [asyncio.create_task(work(socket)) for work in (self._listen, self._tell, self._beat)]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self, socket: ClientConnection) -> None:
        while True:
            order = await _receive(socket)
            if isinstance(order, Rejected):
                raise Unauthorized(order.message, code=order.code)
            self._host.obey(order)

    async def _tell(self, socket: ClientConnection) -> None:
        while True:
            self._wake.clear()
            for report in self._host.reports():
                await socket.send(report)
            await self._wake.wait()

    async def _beat(self, socket: ClientConnection) -> None:
        while True:
            await asyncio.sleep(self._pause)
            await _send(socket, self._host.heartbeat())


async def _send(socket: ClientConnection, message: HostMessage) -> None:
    await socket.send(msgspec.msgpack.encode(message))


async def _receive(socket: ClientConnection) -> ServerOrder:
    data = await socket.recv(decode=False)
    try:
        order: ServerOrder = msgspec.msgpack.decode(data, type=ServerOrder)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise websockets.ProtocolError(f"the server sent what this worker does not understand: {error}") from None
    return order


def _refuse(status: int) -> None:
    if status in (401, 403, _NO_SESSION):
        raise Unauthorized(
            f"The server does not accept this worker ({status}).",
            hint="Start it with the server's worker token in DEEPFORGE_WORKER_TOKEN.",
        )
    _LOG.info("no contact: the server answered %s", status)
