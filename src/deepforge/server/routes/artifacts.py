"""Artifacts: list, upload, rename, delete, download."""

from typing import Annotated

from litestar import Response, delete, get, patch, put
from litestar.params import FromQuery, JSONBody, QueryParameter
from litestar.response import Stream

from deepforge.model.artifact import Artifact
from deepforge.model.project import ArtifactChange, ArtifactPage
from deepforge.server.asgi import HttpRequest
from deepforge.server.downloads import download
from deepforge.server.given import AnArtifact, AProject, MaybeText, PageLimit, TheCaller, TheServices

__all__ = ["HANDLERS"]

_OF_PROJECT = "/api/projects/{project:str}/artifacts"
_ONE = "/api/artifacts/{artifact:str}"


@get(_OF_PROJECT, operation_id="listArtifacts", summary="Newest first")
async def list_artifacts(
    services: TheServices, project: AProject, cursor: MaybeText = None, limit: PageLimit = 100
) -> ArtifactPage:
    await services.projects.known(project)
    return await services.stores.artifacts.page(project, cursor=cursor, limit=limit)


@put(_OF_PROJECT, operation_id="uploadArtifact", summary="Upload raw bytes as an artifact", status_code=201)
async def upload_artifact(
    request: HttpRequest,
    services: TheServices,
    caller: TheCaller,
    project: AProject,
    name: FromQuery[str],
    data_type: Annotated[str, QueryParameter(name="type")] = "Data",
) -> Artifact:
    return await services.artifacts.upload(project, name, data_type, request.stream(), person=caller.person)


@get(_ONE, operation_id="getArtifact")
async def get_artifact(services: TheServices, artifact: AnArtifact) -> Artifact:
    return await services.stores.artifacts.get(artifact)


@patch(_ONE, operation_id="changeArtifact", summary="Rename an artifact")
async def change_artifact(services: TheServices, artifact: AnArtifact, data: JSONBody[ArtifactChange]) -> Artifact:
    return await services.artifacts.rename(artifact, data.name)


@delete(_ONE, operation_id="deleteArtifact")
async def delete_artifact(services: TheServices, artifact: AnArtifact) -> None:
    await services.artifacts.remove(artifact)


@get(
    f"{_ONE}/content", operation_id="downloadArtifact", summary="The bytes of an artifact", media_type="application/octet-stream"
)
async def download_artifact(request: HttpRequest, services: TheServices, artifact: AnArtifact) -> Stream | Response[bytes]:
    found = await services.stores.artifacts.get(artifact)
    path = await services.stores.blobs.path(found.blob.hash)
    return download(path, found.blob.size, name=found.name, wanted=request.headers.get("range"))


HANDLERS = (list_artifacts, upload_artifact, get_artifact, change_artifact, delete_artifact, download_artifact)
