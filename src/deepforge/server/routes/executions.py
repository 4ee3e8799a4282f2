"""Executions: run, look, stop, run again, rename, delete; and who computes."""

from litestar import delete, get, patch, post
from litestar.params import JSONBody

from deepforge.model.execution import Execution, Snapshot
from deepforge.model.project import ExecutionChange, ExecutionPage, NewExecution, Restart, Workers
from deepforge.server.given import AnExecution, AProject, MaybeRecord, MaybeText, PageLimit, TheCaller, TheServices
from deepforge.server.names import checked_name

__all__ = ["HANDLERS"]

_ONE = "/api/executions/{execution:str}"


@get("/api/projects/{project:str}/executions", operation_id="listExecutions", summary="Newest first")
async def list_executions(
    services: TheServices,
    project: AProject,
    pipeline: MaybeRecord = None,
    cursor: MaybeText = None,
    limit: PageLimit = 100,
) -> ExecutionPage:
    await services.projects.known(project)
    return await services.dispatcher.page(project, pipeline=pipeline, cursor=cursor, limit=limit)


@post("/api/projects/{project:str}/executions", operation_id="createExecution", summary="Run a pipeline")
async def create_execution(
    services: TheServices, caller: TheCaller, project: AProject, data: JSONBody[NewExecution]
) -> Execution:
    return await services.runs.start(project, data, caller.person)


@get(_ONE, operation_id="getExecution")
async def get_execution(services: TheServices, execution: AnExecution) -> Execution:
    return await services.dispatcher.execution(execution)


@get(f"{_ONE}/snapshot", operation_id="getSnapshot", summary="The pinned plan and records of an execution")
async def get_snapshot(services: TheServices, execution: AnExecution) -> Snapshot:
    return await services.stores.executions.snapshot(execution)


@patch(_ONE, operation_id="changeExecution", summary="Rename an execution")
async def change_execution(services: TheServices, execution: AnExecution, data: JSONBody[ExecutionChange]) -> Execution:
    return await services.dispatcher.rename(execution, checked_name(data.name))


@delete(_ONE, operation_id="deleteExecution", summary="Delete an execution; a running one is stopped first")
async def delete_execution(services: TheServices, execution: AnExecution) -> None:
    await services.dispatcher.remove(execution)


@post(f"{_ONE}/stop", operation_id="stopExecution", status_code=200)
async def stop_execution(services: TheServices, caller: TheCaller, execution: AnExecution) -> Execution:
    return await services.dispatcher.stop(execution, by=caller.person.name)


@post(f"{_ONE}/restart", operation_id="restartExecution", summary="Run the pinned plan again, as a new execution")
async def restart_execution(
    services: TheServices, caller: TheCaller, execution: AnExecution, data: JSONBody[Restart]
) -> Execution:
    return await services.dispatcher.restart(execution, data.key, author=caller.person.name)


@get("/api/workers", operation_id="listWorkers", summary="Who computes, and what waits")
async def list_workers(services: TheServices) -> Workers:
    return services.dispatcher.workers()


HANDLERS = (
    list_executions,
    create_execution,
    get_execution,
    get_snapshot,
    change_execution,
    delete_execution,
    stop_execution,
    restart_execution,
    list_workers,
)
