"""The types of ASGI, and of the framework's request and socket without their parameters, which nothing here uses."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar.connection import Request, WebSocket

__all__ = ["App", "HttpRequest", "Message", "Receive", "Scope", "Send", "Socket"]

Message = dict[str, Any]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[..., Awaitable[None]]

HttpRequest = Request[Any, Any, Any]
Socket = WebSocket[Any, Any, Any]
