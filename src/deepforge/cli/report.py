"""What `deepforge run --json` prints: one execution as one JSON object."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from deepforge.cli.follow import Console
from deepforge.ids import ArtifactId, ExecutionId, JobId
from deepforge.model.artifact import Artifact, BlobInfo
from deepforge.model.execution import Cause, Execution, Job, Status, StoredOutput

__all__ = ["ExecutionReport", "JobReport", "SavedReport", "report"]

_CONSOLE_LINES = 100


class SavedReport(Struct, frozen=True, kw_only=True):
    """An artifact that the execution saved."""

    id: ArtifactId
    name: str
    type: str
    blob: BlobInfo


class JobReport(Struct, frozen=True, kw_only=True):
    """One job. `duration` in seconds, None where it never ran; `console` is the last 100 lines of its output."""

    id: JobId
    name: str
    status: Status
    cached: bool
    started: datetime | None
    ended: datetime | None
    duration: float | None
    cause: Cause | None
    outputs: tuple[StoredOutput, ...]
    console: str


class ExecutionReport(Struct, frozen=True, kw_only=True):
    """An execution with its jobs. `duration` in seconds."""

    id: ExecutionId
    name: str
    project: str
    pipeline: str
    version: int
    status: Status
    created: datetime
    started: datetime | None
    ended: datetime | None
    duration: float | None
    cause: str
    jobs: tuple[JobReport, ...]
    artifacts: tuple[SavedReport, ...]


def report(
    execution: Execution, *, project: str, consoles: Mapping[JobId, Console], artifacts: Iterable[Artifact]
) -> ExecutionReport:
    """The report of an execution. `artifacts` are those of its project."""
    return ExecutionReport(
        id=execution.id,
        name=execution.name,
        project=project,
        pipeline=execution.pipeline_name,
        version=execution.version,
        status=execution.status,
        created=execution.created,
        started=execution.started,
        ended=execution.ended,
        duration=_seconds(execution),
        cause=execution.cause,
        jobs=tuple(_job(job, consoles.get(job.id)) for job in execution.jobs),
        artifacts=tuple(
            SavedReport(id=artifact.id, name=artifact.name, type=artifact.type, blob=artifact.blob)
            for artifact in artifacts
            if artifact.id in execution.artifacts
        ),
    )


def _job(job: Job, console: Console | None) -> JobReport:
    return JobReport(
        id=job.id,
        name=job.name,
        status=job.status,
        cached=job.cached,
        started=job.started,
        ended=job.ended,
        duration=_seconds(job),
        cause=job.cause,
        # Previews are for the screen, and may be pictures.
        outputs=tuple(StoredOutput(name=output.name, type=output.type, blob=output.blob) for output in job.outputs),
        console="" if console is None else "\n".join(console.tail.split("\n")[-_CONSOLE_LINES:]),
    )


def _seconds(thing: Job | Execution) -> float | None:
    if thing.started is None or thing.ended is None:
        return None
    return (thing.ended - thing.started).total_seconds()
