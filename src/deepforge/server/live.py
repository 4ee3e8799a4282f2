"""The live socket."""
from litestar.connection import WebSocket

from deepforge.ids import BranchName, ProjectId
from deepforge.server.services import Services


async def serve_live(socket: WebSocket, services: Services, project: ProjectId, branch: BranchName) -> None:
    await socket.accept()
