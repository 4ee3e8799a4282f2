"""Executions, their jobs and attempts: what is stored of them and what browsers see.

`Execution` is small enough to send whenever something in it changes; what never changes (the pinned graph, the code) is in
`Snapshot`, fetched once.
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field

from deepforge.ids import ArtifactId, AttemptId, BlobHash, BranchName, ExecutionId, JobId, ProjectId, RecordId, WorkerId
from deepforge.model.artifact import BlobInfo, Preview
from deepforge.model.interface import Interface, Port
from deepforge.model.records import Record, Reference, Value

__all__ = [
    "Attempt",
    "Cause",
    "Execution",
    "InputSource",
    "Job",
    "JobPlan",
    "Plan",
    "Progress",
    "Save",
    "Snapshot",
    "SourceArtifact",
    "SourceJob",
    "Status",
    "StoredOutput",
    "Time",
]

Time = datetime
"""An instant, in UTC; a name for it, so that the engine can state times without knowing a clock."""


class Status(StrEnum):
    """Of executions and jobs alike. The last three are final."""

    PENDING = "pending"
    QUEUED = "queued"
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def final(self) -> bool:
        return self in (Status.SUCCESS, Status.FAILED, Status.CANCELED)


class SourceArtifact(Struct, frozen=True, kw_only=True, tag_field="kind", tag="artifact"):
    """An input that comes from an artifact; the plan pins its content."""

    artifact: ArtifactId
    name: str
    type: str
    blob: BlobInfo


class SourceJob(Struct, frozen=True, kw_only=True, tag_field="kind", tag="job"):
    """An input that comes from an output of an earlier job of the same execution (by node)."""

    node: RecordId
    output: str


InputSource = SourceArtifact | SourceJob


class Save(Struct, frozen=True, kw_only=True):
    """An output that is saved as an artifact of this name, because it is wired to an Output node."""

    output: str
    node: RecordId
    name: str


class JobPlan(Struct, frozen=True, kw_only=True):
    """Everything that decides what one job computes, at the pinned version."""

    node: RecordId
    name: str
    operation: RecordId
    interface: Interface
    attributes: dict[str, Value] = field(default_factory=dict)
    """All of them: the node's values over the defaults."""
    references: dict[str, Reference] = field(default_factory=dict)
    inputs: dict[str, InputSource] = field(default_factory=dict)
    outputs: tuple[Port, ...] = ()
    saves: tuple[Save, ...] = ()


class Plan(Struct, frozen=True, kw_only=True):
    """The jobs of an execution in an order in which each comes after those it needs.

    `passes` are artifacts wired straight from an Input to an Output node: saved under the name, nothing is run.
    """

    pipeline: RecordId
    jobs: tuple[JobPlan, ...]
    passes: tuple[tuple[SourceArtifact, Save], ...] = ()


class StoredOutput(Struct, frozen=True, kw_only=True):
    """An output of a job, stored and checked."""

    name: str
    type: str
    blob: BlobInfo
    preview: Preview | None = None


class Cause(Struct, frozen=True, kw_only=True):
    """Why a job did not succeed.

    `kind`: "exception" (the user's code raised), "signal", "exit", "outputs", "inputs", "lost", "canceled", "no-space",
    "memory", "internal". `message` is one sentence ("KeyError: 'labels'"); `file` and `line` point into the user's code;
    `traceback` is the user's own.
    """

    kind: str
    message: str
    hint: str = ""
    file: str = ""
    line: int | None = None
    record: RecordId | None = None
    traceback: str = ""


class Progress(Struct, frozen=True, kw_only=True):
    """How far a loop under `deepforge.progress` is; `total` is None when unknown."""

    label: str
    done: int
    total: int | None = None


class Attempt(Struct, frozen=True, kw_only=True):
    """One try of a job on one worker. `fence` grows with each attempt of the job: only the newest may change it."""

    id: AttemptId
    number: int
    fence: int
    status: Status
    worker: WorkerId | None = None
    worker_name: str = ""
    started: datetime | None = None
    ended: datetime | None = None
    exit_code: int | None = None
    signal: int | None = None
    cause: Cause | None = None


class Job(Struct, frozen=True, kw_only=True):
    """One operation of an execution."""

    id: JobId
    execution: ExecutionId
    node: RecordId
    name: str
    status: Status
    cached: bool = False
    out_of_contact: bool = False
    started: datetime | None = None
    ended: datetime | None = None
    progress: Progress | None = None
    cause: Cause | None = None
    fingerprint: str = ""
    outputs: tuple[StoredOutput, ...] = ()
    attempts: tuple[Attempt, ...] = ()


class Execution(Struct, frozen=True, kw_only=True):
    """A run of a pipeline at a pinned version of its project. `cause` names the job that made it fail."""

    id: ExecutionId
    project: ProjectId
    branch: BranchName
    version: int
    pipeline: RecordId
    pipeline_name: str
    name: str
    status: Status
    created: datetime
    author: str = ""
    started: datetime | None = None
    ended: datetime | None = None
    cause: str = ""
    jobs: tuple[Job, ...] = ()
    artifacts: tuple[ArtifactId, ...] = ()
    """What it saved so far."""
    stopping: bool = False
    """Somebody asked to stop it; attempts that run are being ended."""


class Snapshot(Struct, frozen=True, kw_only=True):
    """What an execution pinned: the plan, and the records that it needs (pipeline, nodes, wires, definitions, architectures)."""

    execution: ExecutionId
    plan: Plan
    records: tuple[Record, ...]
    artifacts: dict[RecordId, SourceArtifact] = field(default_factory=dict)
    """By Input node."""
    code_hash: BlobHash | None = None
