"""The two WebSockets, and the blobs of worker hosts."""

from litestar import Response, get, put, websocket
from litestar.response import Stream

from deepforge.ids import BranchName
from deepforge.model.artifact import BlobInfo
from deepforge.server.asgi import HttpRequest, Socket
from deepforge.server.downloads import download
from deepforge.server.given import ABlob, AProject, MaybeText, TheCaller, TheServices
from deepforge.server.live import serve_live
from deepforge.server.workers import adopt as adopt_output
from deepforge.server.workers import serve_host

__all__ = ["HANDLERS"]


@websocket("/api/projects/{project:str}/live")
async def live(socket: Socket, services: TheServices, caller: TheCaller, project: AProject) -> None:
    await serve_live(socket, services, caller, project, BranchName(socket.query_params.get("branch", "main")))


@websocket("/api/workers/live")
async def host(socket: Socket, services: TheServices) -> None:
    await serve_host(socket, services.dispatcher)


@get("/api/blobs/{blob:str}", operation_id="getBlob", include_in_schema=False)
async def get_blob(request: HttpRequest, services: TheServices, blob: ABlob) -> Stream | Response[bytes]:
    info = await services.stores.blobs.info(blob)
    path = await services.stores.blobs.path(blob)
    return download(path, info.size, name=blob, wanted=request.headers.get("range"))


@put("/api/blobs/{blob:str}", operation_id="putBlob", include_in_schema=False, status_code=200)
async def put_blob(request: HttpRequest, services: TheServices, blob: ABlob, adopt: MaybeText = None) -> BlobInfo:
    if adopt is not None:
        return await adopt_output(services.stores, services.settings.worker_dir, adopt, blob)
    return await services.stores.blobs.put(request.stream(), expected=blob, limit=services.settings.max_upload)


HANDLERS = (live, host, get_blob, put_blob)
