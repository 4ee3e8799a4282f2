"""What waits to be sent to one browser: bounded, so that a slow reader costs no memory and holds up nobody."""

import asyncio
from collections import deque

import msgspec

from deepforge.model.live import ServerMessage
from deepforge.server.frames import CloseCode, Closed

__all__ = ["Outbox", "encoded"]

_MESSAGES = 4000
_BYTES = 64 * 1024 * 1024
_ROOMY_BYTES = 1024 * 1024
_encode = msgspec.json.Encoder().encode


def encoded(message: ServerMessage) -> bytes:
    """The message as the socket sends it."""
    return _encode(message)


class Outbox:
    """Messages in order. One that does not fit ends the connection: the client comes back and is told what it missed."""

    def __init__(self) -> None:
        self._messages: deque[bytes] = deque()
        self._bytes = 0
        self._changed = asyncio.Event()
        self._closed: Closed | None = None

    def put(self, message: ServerMessage | bytes) -> None:
        """Add a message, or its encoded bytes."""
        data = message if isinstance(message, bytes) else _encode(message)
        if self._closed is not None:
            return
        if self._bytes + len(data) > _BYTES or len(self._messages) >= _MESSAGES:
            self._messages.clear()
            self.close(CloseCode.SLOW, "reads too slowly")
            return
        self._messages.append(data)
        self._bytes += len(data)
        self._changed.set()

    def close(self, code: CloseCode, reason: str = "") -> None:
        """End the connection when what is in it has been sent."""
        self._closed = self._closed or Closed(code, reason)
        self._changed.set()

    async def next(self) -> bytes:
        """The next message. Raises `Closed` after the last."""
        while not self._messages:
            if self._closed is not None:
                raise self._closed
            self._changed.clear()
            await self._changed.wait()
        data = self._messages.popleft()
        self._bytes -= len(data)
        self._changed.set()
        return data

    async def room(self) -> None:
        """Wait until little is left to send."""
        while self._bytes > _ROOMY_BYTES and self._closed is None:
            self._changed.clear()
            await self._changed.wait()
