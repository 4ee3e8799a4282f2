"""Projects, seeds, people, sessions, workers: what REST answers with beside documents and executions."""

from datetime import datetime, timedelta

from msgspec import Struct

from deepforge.ids import (
    BranchName,
    ExecutionId,
    JobId,
    PersonId,
    ProjectId,
    RecordId,
    TransactionId,
    WorkerId,
)
from deepforge.model.artifact import Artifact
from deepforge.model.execution import Execution, Status
from deepforge.model.interface import Mark
from deepforge.model.records import Record, Value

__all__ = [
    "SESSION_LIFE",
    "ApiError",
    "ArtifactChange",
    "ArtifactPage",
    "AttributeOverride",
    "Branch",
    "CodeFile",
    "DocumentAt",
    "ExecutionChange",
    "ExecutionPage",
    "Health",
    "InputOverride",
    "JobCode",
    "Launch",
    "LinePoints",
    "LogPage",
    "NewExecution",
    "NewProject",
    "NewSession",
    "OutputOverride",
    "Person",
    "Project",
    "ProjectChange",
    "QueuedJob",
    "Restart",
    "Seed",
    "Session",
    "SessionChange",
    "Thumbnail",
    "ThumbnailNode",
    "WorkerInfo",
    "Workers",
]

SESSION_LIFE = timedelta(days=30)
"""How long a browser's session lasts from its login, in the cookie and on the server."""


class ApiError(Struct, frozen=True, kw_only=True):
    """The body of every answer that is an error. `where` names the field or thing; `marks` the places of a refused run."""

    code: str
    message: str
    hint: str = ""
    where: str = ""
    marks: tuple[Mark, ...] = ()


class Person(Struct, frozen=True, kw_only=True):
    """Who somebody is to the others: a name and a colour ("#6a4fc9"), chosen once per browser session."""

    id: PersonId
    name: str
    color: str


class Session(Struct, frozen=True, kw_only=True):
    """The session of this browser. `named` is false until the person has chosen a name."""

    person: Person
    named: bool
    version: str
    """The program's version."""


class NewSession(Struct, frozen=True, kw_only=True):
    """Log in with a launch token."""

    token: str


class SessionChange(Struct, frozen=True, kw_only=True):
    name: str
    color: str


class ThumbnailNode(Struct, frozen=True, kw_only=True):
    """A node of a drawn-small graph: `color` is a token of the design, or "io" for inputs and outputs."""

    name: str
    color: str


class Thumbnail(Struct, frozen=True, kw_only=True):
    """A graph to draw small: wires are pairs of positions in `nodes`."""

    nodes: tuple[ThumbnailNode, ...] = ()
    wires: tuple[tuple[int, int], ...] = ()


class Seed(Struct, frozen=True, kw_only=True):
    """A template that a project starts from. `thumbnail` is its largest pipeline."""

    name: str
    title: str
    description: str
    pipelines: tuple[str, ...] = ()
    operations: int = 0
    architectures: int = 0
    thumbnail: Thumbnail = Thumbnail()


class Branch(Struct, frozen=True, kw_only=True):
    name: BranchName
    version: int


class Project(Struct, frozen=True, kw_only=True):
    """A project as the list shows it."""

    id: ProjectId
    name: str
    owner: str
    seed: str
    created: datetime
    changed: datetime
    branches: tuple[Branch, ...] = ()
    pipelines: int = 0
    executions: int = 0
    running: int = 0


class NewProject(Struct, frozen=True, kw_only=True):
    """Make a project from a seed, or as a copy of another (exactly one of the two)."""

    name: str
    seed: str | None = None
    copy_of: ProjectId | None = None


class ProjectChange(Struct, frozen=True, kw_only=True):
    name: str


class DocumentAt(Struct, frozen=True, kw_only=True):
    """A branch's document at a version."""

    project: ProjectId
    branch: BranchName
    version: int
    records: tuple[Record, ...]


class AttributeOverride(Struct, frozen=True, kw_only=True):
    node: RecordId
    name: str
    value: Value


class InputOverride(Struct, frozen=True, kw_only=True):
    """Which artifact an Input node brings in, for this execution (artifact id)."""

    node: RecordId
    artifact: str


class OutputOverride(Struct, frozen=True, kw_only=True):
    node: RecordId
    name: str


class NewExecution(Struct, frozen=True, kw_only=True):
    """Run a pipeline. `key` makes the request idempotent: the same key answers with the same execution.

    `version` None means the newest; `name` None means "<pipeline>_execution_<n>".
    """

    key: TransactionId
    pipeline: RecordId
    branch: BranchName = BranchName("main")
    version: int | None = None
    name: str | None = None
    attributes: tuple[AttributeOverride, ...] = ()
    inputs: tuple[InputOverride, ...] = ()
    outputs: tuple[OutputOverride, ...] = ()


class Restart(Struct, frozen=True, kw_only=True):
    """Run an execution's pinned plan once more; `key` makes the request idempotent."""

    key: TransactionId


class Health(Struct, frozen=True, kw_only=True):
    """The server answers."""

    status: str = "ok"


class Launch(Struct, frozen=True, kw_only=True):
    """A login URL that works once."""

    url: str


class ExecutionChange(Struct, frozen=True, kw_only=True):
    name: str


class ArtifactChange(Struct, frozen=True, kw_only=True):
    name: str


class ExecutionPage(Struct, frozen=True, kw_only=True):
    """Newest first; `cursor` is None on the last page."""

    items: tuple[Execution, ...]
    cursor: str | None = None


class ArtifactPage(Struct, frozen=True, kw_only=True):
    """Newest first; `cursor` is None on the last page."""

    items: tuple[Artifact, ...]
    cursor: str | None = None


class LogPage(Struct, frozen=True, kw_only=True):
    """Console output from byte `offset` on; the next page begins at `next`. `end` is the number of bytes so far."""

    offset: int
    next: int
    end: int
    text: str


class LinePoints(Struct, frozen=True, kw_only=True):
    """Points of a line (packed), all of them or the smallest and largest of each bucket; `count` is the true number."""

    line: int
    count: int
    reduced: bool
    points: str


class CodeFile(Struct, frozen=True, kw_only=True):
    path: str
    text: str
    record: RecordId | None = None


class JobCode(Struct, frozen=True, kw_only=True):
    """The files that an attempt runs, as they lie in its directory."""

    files: tuple[CodeFile, ...]


class WorkerInfo(Struct, frozen=True, kw_only=True):
    id: WorkerId
    name: str
    connected: bool
    last_seen: datetime
    cpus: int
    memory: int
    gpus: tuple[str, ...] = ()
    running: tuple[JobId, ...] = ()


class QueuedJob(Struct, frozen=True, kw_only=True):
    job: JobId
    name: str
    execution: ExecutionId
    execution_name: str
    project: ProjectId
    status: Status
    since: datetime


class Workers(Struct, frozen=True, kw_only=True):
    """Who computes, and what waits."""

    workers: tuple[WorkerInfo, ...]
    queue: tuple[QueuedJob, ...]
