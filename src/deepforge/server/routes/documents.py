"""Documents: what a branch holds, its versions, edits by programs, and what is derived from it."""

from typing import Annotated

from litestar import get, post
from litestar.params import Parameter

from deepforge.ids import BranchName, ClientId, ProjectId
from deepforge.model.analysis import Catalogue
from deepforge.model.document import Version
from deepforge.model.live import Analysis, Committed, Edit
from deepforge.model.project import DocumentAt
from deepforge.server.caller import Caller
from deepforge.server.services import Services

__all__ = ["HANDLERS"]

_BRANCH = "/api/projects/{project:str}/branches/{branch:str}"
Number = Annotated[int, Parameter(ge=0, le=2**53)]


@get(f"{_BRANCH}/document", operation_id="getDocument", summary="The newest document, or the one at a version")
async def get_document(services: Services, project: ProjectId, branch: BranchName, version: Number | None = None) -> DocumentAt:
    return await services.documents.shown(project, branch, version)


@get(f"{_BRANCH}/versions", operation_id="listVersions", summary="All versions after one, in order")
async def list_versions(services: Services, project: ProjectId, branch: BranchName, after: Number = 0) -> list[Version]:
    return await services.documents.since(project, branch, after)


@post(f"{_BRANCH}/transactions", operation_id="commitTransaction", summary="Edit the document", status_code=200)
async def commit_transaction(services: Services, caller: Caller, project: ProjectId, branch: BranchName, data: Edit) -> Committed:
    return await services.documents.edit(project, branch, data, client=ClientId("rest"), person=caller.person)


@get(f"{_BRANCH}/analysis", operation_id="getAnalysis", summary="What the code says; waits until all of it is read")
async def get_analysis(services: Services, project: ProjectId, branch: BranchName) -> Analysis:
    return await services.analyses.settled(project, branch)


@get("/api/catalogue", operation_id="getCatalogue", summary="Layers, criterions and optimizers of the installed torch")
async def get_catalogue(services: Services) -> Catalogue:
    return await services.analyst.catalogue()


HANDLERS = (get_document, list_versions, commit_transaction, get_analysis, get_catalogue)
