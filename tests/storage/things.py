"""Things to store, with whatever a test does not care about filled in."""

import asyncio
import base64
import struct
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime

from deepforge.ids import (
    ArtifactId,
    AttemptId,
    BlobHash,
    BranchName,
    ExecutionId,
    JobId,
    PersonId,
    ProjectId,
    RecordId,
    TransactionId,
)
from deepforge.model.artifact import Artifact, BlobInfo
from deepforge.model.document import Change, Diff, Document, Version
from deepforge.model.execution import Execution, Job, Plan, Snapshot, Status
from deepforge.model.feedback import FeedbackRecord, GraphCreated, LineCreated, Points
from deepforge.model.hosting import AttemptEvent, ConsoleWritten, FeedbackWritten
from deepforge.model.project import Project
from deepforge.model.records import Pipeline, Record

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PROJECT = ProjectId("project")
MAIN = BranchName("main")
ATTEMPT = AttemptId("attempt1")
JOB = JobId("job1")
NAN, INF = float("nan"), float("inf")


def pipeline(name: str, id: str = "p") -> Pipeline:
    return Pipeline(id=RecordId(id), name=name)


def document(*records: Record, version: int = 0) -> Document:
    return Document(version=version, records={record.id: record for record in records})


def version(number: int, before: Record | None, after: Record | None, transaction: str | None = None) -> Version:
    record = after or before
    assert record is not None
    return Version(
        version=number,
        transaction=TransactionId(transaction or f"t{number}"),
        label=f"Edit {number}",
        author=PersonId("ada"),
        author_name="Ada",
        time=NOW,
        diff=Diff(changes=(Change(id=record.id, before=before, after=after),)),
    )


def renames(first: int, count: int) -> list[Version]:
    """Versions that give the pipeline "p" the name of their number."""
    return [version(number, pipeline(f"name{number - 1}"), pipeline(f"name{number}")) for number in range(first, first + count)]


def execution(
    id: str, status: Status = Status.PENDING, *, project: str = PROJECT, name: str = "", pipeline: str = "p", jobs: int = 1
) -> Execution:
    made = tuple(
        Job(
            id=JobId(f"{id}-job{number}"),
            execution=ExecutionId(id),
            node=RecordId(f"n{number}"),
            name=f"n{number}",
            status=status,
        )
        for number in range(jobs)
    )
    return Execution(
        id=ExecutionId(id),
        project=ProjectId(project),
        branch=MAIN,
        version=1,
        pipeline=RecordId(pipeline),
        pipeline_name=pipeline,
        name=name or id,
        status=status,
        created=NOW,
        jobs=made,
    )


def snapshot(id: str) -> Snapshot:
    plan = Plan(pipeline=RecordId("p"), jobs=())
    return Snapshot(execution=ExecutionId(id), plan=plan, records=(Pipeline(id=RecordId("p"), name="train"),))


def artifact(id: str, *, name: str = "data", blob: str = "0" * 64, project: str = PROJECT) -> Artifact:
    return Artifact(
        id=ArtifactId(id),
        project=ProjectId(project),
        name=name,
        type="Tensor",
        blob=BlobInfo(hash=BlobHash(blob), size=3),
        created=NOW,
    )


def project(id: str = PROJECT, *, name: str = "digits", owner: str = "ada", changed: datetime = NOW) -> Project:
    return Project(id=ProjectId(id), name=name, owner=owner, seed="digits", created=NOW, changed=changed)


def pack(pairs: Iterable[tuple[float, float]]) -> bytes:
    return b"".join(struct.pack("<dd", x, y) for x, y in pairs)


def unpack(data: bytes) -> list[tuple[float, float]]:
    return list(struct.iter_unpack("<dd", data))


def points(line: int, first: int, data: bytes) -> Points:
    return Points(line=line, first=first, points=base64.b64encode(data).decode())


def feedback(*records: FeedbackRecord) -> FeedbackWritten:
    return FeedbackWritten(records=records)


def a_line(line: int = 1) -> AttemptEvent:
    """A graph with a line in it."""
    return feedback(GraphCreated(graph=1, name="loss"), LineCreated(graph=1, line=line, name="train"))


def console(offset: int, data: bytes) -> ConsoleWritten:
    return ConsoleWritten(offset=offset, data=data)


async def stream(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        await asyncio.sleep(0)
        yield chunk
