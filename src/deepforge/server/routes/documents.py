"""Documents: what a branch holds, its versions, edits by programs, and what is derived from it."""

from litestar import get, post
from litestar.params import JSONBody

from deepforge.ids import ClientId
from deepforge.model.analysis import Catalogue
from deepforge.model.document import Version
from deepforge.model.live import Analysis, Committed, Edit
from deepforge.model.project import DocumentAt
from deepforge.server.given import ABranch, AProject, Count, MaybeCount, TheCaller, TheServices

__all__ = ["HANDLERS"]

_BRANCH = "/api/projects/{project:str}/branches/{branch:str}"


@get(f"{_BRANCH}/document", operation_id="getDocument", summary="The newest document, or the one at a version")
async def get_document(services: TheServices, project: AProject, branch: ABranch, version: MaybeCount = None) -> DocumentAt:
    return await services.documents.shown(project, branch, version)


@get(f"{_BRANCH}/versions", operation_id="listVersions", summary="All versions after one, in order")
async def list_versions(services: TheServices, project: AProject, branch: ABranch, after: Count = 0) -> list[Version]:
    return await services.documents.since(project, branch, after)


@post(f"{_BRANCH}/transactions", operation_id="commitTransaction", summary="Edit the document", status_code=200)
async def commit_transaction(
    services: TheServices, caller: TheCaller, project: AProject, branch: ABranch, data: JSONBody[Edit]
) -> Committed:
    return await services.documents.edit(project, branch, data, client=ClientId("rest"), person=caller.person)


@get(f"{_BRANCH}/analysis", operation_id="getAnalysis", summary="What the code says; waits until all of it is read")
async def get_analysis(services: TheServices, project: AProject, branch: ABranch) -> Analysis:
    return await services.analyses.settled(project, branch)


@get("/api/catalogue", operation_id="getCatalogue", summary="Layers, criterions and optimizers of the installed torch")
async def get_catalogue(services: TheServices) -> Catalogue:
    return await services.analyst.catalogue()


HANDLERS = (get_document, list_versions, commit_transaction, get_analysis, get_catalogue)
