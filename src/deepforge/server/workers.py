"""The worker socket."""
from litestar.connection import WebSocket

from deepforge.server.services import Services


async def serve_host(socket: WebSocket, services: Services) -> None:
    await socket.accept()
