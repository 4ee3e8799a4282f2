"""Artifacts: list, upload, rename, delete, download."""

from typing import Annotated

from litestar import Response, delete, get, patch, put
from litestar.params import Parameter
from litestar.response import Stream

from deepforge.ids import ArtifactId, ProjectId
from deepforge.model.artifact import Artifact
from deepforge.model.project import ArtifactChange, ArtifactPage
from deepforge.server.asgi import HttpRequest
from deepforge.server.caller import Caller
from deepforge.server.downloads import download
from deepforge.server.services import Services

__all__ = ["HANDLERS"]

_OF_PROJECT = "/api/projects/{project:str}/artifacts"
_ONE = "/api/artifacts/{artifact:str}"
Limit = Annotated[int, Parameter(ge=1, le=1000)]


@get(_OF_PROJECT, operation_id="listArtifacts", summary="Newest first")
async def list_artifacts(services: Services, project: ProjectId, cursor: str | None = None, limit: Limit = 100) -> ArtifactPage:
    await services.projects.known(project)
    return await services.stores.artifacts.page(project, cursor=cursor, limit=limit)


@put(_OF_PROJECT, operation_id="uploadArtifact", summary="Upload raw bytes as an artifact", status_code=201)
async def upload_artifact(
    request: HttpRequest,
    services: Services,
    caller: Caller,
    project: ProjectId,
    name: str,
    data_type: Annotated[str, Parameter(query="type")] = "Data",
) -> Artifact:
    return await services.artifacts.upload(project, name, data_type, request.stream(), person=caller.person)


@get(_ONE, operation_id="getArtifact")
async def get_artifact(services: Services, artifact: ArtifactId) -> Artifact:
    return await services.stores.artifacts.get(artifact)


@patch(_ONE, operation_id="changeArtifact", summary="Rename an artifact")
async def change_artifact(services: Services, artifact: ArtifactId, data: ArtifactChange) -> Artifact:
    return await services.artifacts.rename(artifact, data.name)


@delete(_ONE, operation_id="deleteArtifact")
async def delete_artifact(services: Services, artifact: ArtifactId) -> None:
    await services.artifacts.remove(artifact)


@get(
    f"{_ONE}/content", operation_id="downloadArtifact", summary="The bytes of an artifact", media_type="application/octet-stream"
)
async def download_artifact(request: HttpRequest, services: Services, artifact: ArtifactId) -> Stream | Response[None]:
    found = await services.stores.artifacts.get(artifact)
    path = await services.stores.blobs.path(found.blob.hash)
    return download(path, found.blob.size, name=found.name, wanted=request.headers.get("range"))


HANDLERS = (list_artifacts, upload_artifact, get_artifact, change_artifact, delete_artifact, download_artifact)
