"""What both WebSockets share: frames in, and the codes with which a connection ends."""

import asyncio
from collections.abc import Coroutine
from enum import IntEnum

from litestar.exceptions import WebSocketDisconnect

from deepforge.server.asgi import Socket

__all__ = ["CloseCode", "Closed", "first_end", "next_frame"]


class CloseCode(IntEnum):
    """Why the server ended a connection (`docs/spec/live.md`)."""

    GOING_AWAY = 1001
    INVALID = 4400
    NO_SESSION = 4401
    FORBIDDEN = 4403
    NOT_FOUND = 4404
    SLOW = 4408
    FAULT = 4500


class Closed(Exception):
    """End the connection with this code; the reason is for people who look at it."""

    def __init__(self, code: CloseCode, reason: str = "") -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


async def next_frame(socket: Socket) -> str | bytes:
    """The next frame. Raises `WebSocketDisconnect` at the end of the connection."""
    message = await socket.receive()
    if message["type"] == "websocket.receive":
        text, data = message.get("text"), message.get("bytes")
        return text if text is not None else data or b""
    raise WebSocketDisconnect(detail="the other side ended it")


async def first_end(*parts: Coroutine[None, None, None]) -> None:
    """Run all until one ends; what it raised is raised, the others are cancelled."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
