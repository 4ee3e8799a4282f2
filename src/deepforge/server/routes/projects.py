"""Seeds and projects."""

from litestar import delete, get, patch, post
from litestar.params import JSONBody

from deepforge.model.project import Branch, NewProject, Project, ProjectChange, Seed
from deepforge.server.given import AProject, TheCaller, TheServices

__all__ = ["HANDLERS"]


@get("/api/seeds", operation_id="listSeeds", summary="What a project can start from")
async def list_seeds(services: TheServices) -> list[Seed]:
    return await services.projects.seeds()


@get("/api/projects", operation_id="listProjects", summary="All projects, the newest change first")
async def list_projects(services: TheServices) -> list[Project]:
    return await services.projects.all()


@post("/api/projects", operation_id="createProject", summary="Make a project from a seed or as a copy")
async def create_project(services: TheServices, caller: TheCaller, data: JSONBody[NewProject]) -> Project:
    return await services.projects.create(data, caller.person)


@get("/api/projects/{project:str}", operation_id="getProject")
async def get_project(services: TheServices, project: AProject) -> Project:
    return await services.projects.get(project)


@patch("/api/projects/{project:str}", operation_id="changeProject", summary="Rename a project")
async def change_project(services: TheServices, project: AProject, data: JSONBody[ProjectChange]) -> Project:
    return await services.projects.rename(project, data.name)


@delete("/api/projects/{project:str}", operation_id="deleteProject", summary="Delete a project and all that belongs to it")
async def delete_project(services: TheServices, project: AProject) -> None:
    await services.projects.remove(project)


@get("/api/projects/{project:str}/branches", operation_id="listBranches")
async def list_branches(services: TheServices, project: AProject) -> list[Branch]:
    return await services.projects.branches(project)


HANDLERS = (list_seeds, list_projects, create_project, get_project, change_project, delete_project, list_branches)
