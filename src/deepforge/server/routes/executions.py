"""Executions: run, look, stop, run again, rename, delete; and who computes."""

from typing import Annotated

from litestar import delete, get, patch, post
from litestar.params import Parameter

from deepforge.ids import ExecutionId, ProjectId, RecordId
from deepforge.model.execution import Execution, Snapshot
from deepforge.model.project import ExecutionChange, ExecutionPage, NewExecution, Restart, Workers
from deepforge.server.caller import Caller
from deepforge.server.names import checked_name
from deepforge.server.services import Services

__all__ = ["HANDLERS"]

_ONE = "/api/executions/{execution:str}"
Limit = Annotated[int, Parameter(ge=1, le=1000)]


@get("/api/projects/{project:str}/executions", operation_id="listExecutions", summary="Newest first")
async def list_executions(
    services: Services,
    project: ProjectId,
    pipeline: RecordId | None = None,
    cursor: str | None = None,
    limit: Limit = 100,
) -> ExecutionPage:
    await services.projects.known(project)
    return await services.stores.executions.page(project, pipeline=pipeline, cursor=cursor, limit=limit)


@post("/api/projects/{project:str}/executions", operation_id="createExecution", summary="Run a pipeline")
async def create_execution(services: Services, caller: Caller, project: ProjectId, data: NewExecution) -> Execution:
    return await services.runs.start(project, data, caller.person)


@get(_ONE, operation_id="getExecution")
async def get_execution(services: Services, execution: ExecutionId) -> Execution:
    return await services.stores.executions.get(execution)


@get(f"{_ONE}/snapshot", operation_id="getSnapshot", summary="The pinned plan and records of an execution")
async def get_snapshot(services: Services, execution: ExecutionId) -> Snapshot:
    return await services.stores.executions.snapshot(execution)


@patch(_ONE, operation_id="changeExecution", summary="Rename an execution")
async def change_execution(services: Services, execution: ExecutionId, data: ExecutionChange) -> Execution:
    return await services.dispatcher.rename(execution, checked_name(data.name))


@delete(_ONE, operation_id="deleteExecution", summary="Delete an execution; a running one is stopped first")
async def delete_execution(services: Services, execution: ExecutionId) -> None:
    await services.dispatcher.remove(execution)


@post(f"{_ONE}/stop", operation_id="stopExecution", status_code=200)
async def stop_execution(services: Services, caller: Caller, execution: ExecutionId) -> Execution:
    return await services.dispatcher.stop(execution, by=caller.person.name)


@post(f"{_ONE}/restart", operation_id="restartExecution", summary="Run the pinned plan again, as a new execution")
async def restart_execution(services: Services, caller: Caller, execution: ExecutionId, data: Restart) -> Execution:
    return await services.dispatcher.restart(execution, data.key, author=caller.person.name)


@get("/api/workers", operation_id="listWorkers", summary="Who computes, and what waits")
async def list_workers(services: Services) -> Workers:
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
