"""Makes a new execution: plan at the pinned version, a name of its own, a snapshot of all that it needs."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from deepforge.dispatch.clock import Clock
from deepforge.dispatch.pinned import overridden, pinned_artifacts, pinned_records
from deepforge.dispatch.stores import ExecutionStore
from deepforge.engine.plan import plan
from deepforge.engine.run import Run, begin
from deepforge.errors import NotFound
from deepforge.ids import BranchName, ExecutionId, JobId, ProjectId, RecordId, new_id
from deepforge.model.artifact import Artifact
from deepforge.model.document import Document
from deepforge.model.execution import Plan, Snapshot
from deepforge.model.interface import Interface, TypeInfo
from deepforge.model.project import NewExecution
from deepforge.model.records import Pipeline

__all__ = ["Launcher", "RunRequest"]


class RunRequest(Struct, frozen=True, kw_only=True):
    """A pipeline to run, with what was read from the code at that version; `readable` operations have no errors in it."""

    project: ProjectId
    document: Document
    new: NewExecution
    interfaces: Mapping[RecordId, Interface]
    types: Sequence[TypeInfo]
    artifacts: Sequence[Artifact]
    readable: frozenset[RecordId]
    author: str = ""


class Launcher:
    """Prepares executions; storing and beginning them is the dispatcher's."""

    def __init__(self, executions: ExecutionStore, clock: Clock) -> None:
        self._executions = executions
        self._clock = clock

    async def prepare(self, request: RunRequest) -> tuple[Run, Snapshot]:
        """A new execution. Raises `NotFound` without such a pipeline, `Refused` with marks when it cannot run."""
        new = request.new
        document = overridden(request.document, new)
        pipeline = document.records.get(new.pipeline)
        if not isinstance(pipeline, Pipeline):
            raise NotFound("There is no such pipeline at this version.", where=new.pipeline)
        planned = plan(document, new.pipeline, request.interfaces, request.types, request.artifacts, request.readable)
        run = await self._begin(
            planned,
            project=request.project,
            branch=new.branch,
            version=document.version,
            pipeline_name=pipeline.name,
            name=new.name,
            author=request.author,
        )
        records = pinned_records(document, planned)
        artifacts = pinned_artifacts(records, planned)
        return run, Snapshot(execution=run.execution.id, plan=planned, records=records, artifacts=artifacts)

    async def prepare_again(self, execution: ExecutionId, *, author: str) -> tuple[Run, Snapshot]:
        """A new execution of an old one's pinned plan."""
        old = await self._executions.get(execution)
        snapshot = await self._executions.snapshot(execution)
        run = await self._begin(
            snapshot.plan,
            project=old.project,
            branch=old.branch,
            version=old.version,
            pipeline_name=old.pipeline_name,
            name=None,
            author=author,
        )
        return run, Snapshot(
            execution=run.execution.id, plan=snapshot.plan, records=snapshot.records, artifacts=snapshot.artifacts
        )

    async def _begin(
        self,
        planned: Plan,
        *,
        project: ProjectId,
        branch: BranchName,
        version: int,
        pipeline_name: str,
        name: str | None,
        author: str,
    ) -> Run:
        return begin(
            planned,
            id=ExecutionId(new_id()),
            project=project,
            branch=branch,
            version=version,
            pipeline_name=pipeline_name,
            name=name or _unused(pipeline_name, await self._executions.names(project)),
            created=self._clock.now(),
            job_ids=[JobId(new_id()) for _ in planned.jobs],
            author=author,
        )


def _unused(pipeline: str, names: set[str]) -> str:
    """``<pipeline>_execution_<n>``, with the smallest n that is free."""
    number = 1
    while f"{pipeline}_execution_{number}" in names:
        number += 1
    return f"{pipeline}_execution_{number}"
