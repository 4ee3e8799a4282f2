"""The messages of the live socket of an open project: from the client, and to it. `docs/spec/live.md` has the rules."""

from datetime import datetime

from msgspec import Struct, field

from deepforge.ids import (
    ArtifactId,
    AttemptId,
    BranchName,
    ClientId,
    ExecutionId,
    JobId,
    PersonId,
    ProjectId,
    RecordId,
    TransactionId,
)
from deepforge.model.artifact import Artifact
from deepforge.model.document import Diff, Transaction, Version
from deepforge.model.execution import Execution, Job
from deepforge.model.feedback import Feedback, FeedbackRecord
from deepforge.model.interface import Interface, Mark, TypeInfo
from deepforge.model.project import ApiError, Person
from deepforge.model.records import Record

__all__ = [
    "Analysis",
    "ArtifactRemoved",
    "ArtifactSaved",
    "ClientMessage",
    "Committed",
    "Edit",
    "ExecutionChanged",
    "ExecutionRemoved",
    "FeedbackCame",
    "Hello",
    "JobChanged",
    "Left",
    "LogCame",
    "PeopleHere",
    "Place",
    "Presence",
    "PresenceMoved",
    "ProjectChanged",
    "RefusedEdit",
    "ServerMessage",
    "Unwatch",
    "Watch",
    "Watching",
    "Welcome",
]


class Hello(Struct, frozen=True, kw_only=True, tag_field="type", tag="hello"):
    """The first message. With `epoch` and `version` of what the client holds, only what came after is sent."""

    client: ClientId
    epoch: str | None = None
    version: int | None = None


class Edit(Struct, frozen=True, kw_only=True, tag_field="type", tag="edit"):
    """A transaction made on version `base` (its text edits are mapped from there). Sent again after a reconnect."""

    base: int
    transaction: Transaction


class Place(Struct, frozen=True, kw_only=True):
    """Where somebody is: the screen, its record, what is selected, and the pointer in the graph's own coordinates."""

    screen: str = ""
    record: RecordId | None = None
    selection: tuple[RecordId, ...] = ()
    pointer: tuple[float, float] | None = None


class Presence(Struct, frozen=True, kw_only=True, tag_field="type", tag="presence"):
    """The client moved. At most 20 a second; the server keeps the newest."""

    place: Place


class Watch(Struct, frozen=True, kw_only=True, tag_field="type", tag="watch"):
    """Send the console (from byte `log_offset`) and the feedback of a job's newest attempt, now and as it comes."""

    job: JobId
    log_offset: int = 0


class Unwatch(Struct, frozen=True, kw_only=True, tag_field="type", tag="unwatch"):
    job: JobId


ClientMessage = Hello | Edit | Presence | Watch | Unwatch


class PeopleHere(Struct, frozen=True, kw_only=True):
    """One open tab of somebody."""

    client: ClientId
    person: Person
    place: Place


class Welcome(Struct, frozen=True, kw_only=True, tag_field="type", tag="welcome"):
    """The answer to hello: either the whole document (`records`), or the versions that the client missed (`missed`).

    `epoch` changes when the server's copy was restored from a backup: then the client takes `records` and resends its queue.
    """

    project: ProjectId
    project_name: str
    branch: BranchName
    epoch: str
    version: int
    client: ClientId
    person: Person
    people: tuple[PeopleHere, ...]
    records: tuple[Record, ...] | None = None
    missed: tuple[Version, ...] | None = None


class Committed(Struct, frozen=True, kw_only=True, tag_field="type", tag="committed"):
    """A transaction is durable as version `version`. Goes to everybody, its author included: that is the acknowledgement.

    `repeated`: the transaction had been committed before (a resend); nothing changed now.
    """

    version: int
    transaction: TransactionId
    client: ClientId
    author: PersonId
    author_name: str
    label: str
    time: datetime
    diff: Diff
    repeated: bool = False


class RefusedEdit(Struct, frozen=True, kw_only=True, tag_field="type", tag="refused"):
    """A transaction broke a rule; nothing of it was applied."""

    transaction: TransactionId
    error: ApiError


class PresenceMoved(Struct, frozen=True, kw_only=True, tag_field="type", tag="presence"):
    """Somebody came or moved."""

    client: ClientId
    person: Person
    place: Place


class Left(Struct, frozen=True, kw_only=True, tag_field="type", tag="left"):
    client: ClientId


class Analysis(Struct, frozen=True, kw_only=True, tag_field="type", tag="analysis"):
    """What is derived from the document at `version`: always whole. `pending` names definitions not yet read."""

    version: int
    interfaces: dict[RecordId, Interface] = field(default_factory=dict)
    types: tuple[TypeInfo, ...] = ()
    marks: tuple[Mark, ...] = ()
    pending: tuple[RecordId, ...] = ()


class ExecutionChanged(Struct, frozen=True, kw_only=True, tag_field="type", tag="execution"):
    """An execution began or changed: the whole of it."""

    execution: Execution


class JobChanged(Struct, frozen=True, kw_only=True, tag_field="type", tag="job"):
    """One job changed (progress, out of contact): the whole of it."""

    job: Job


class ExecutionRemoved(Struct, frozen=True, kw_only=True, tag_field="type", tag="execution_removed"):
    execution: ExecutionId


class ArtifactSaved(Struct, frozen=True, kw_only=True, tag_field="type", tag="artifact"):
    """An artifact came or was renamed."""

    artifact: Artifact


class ArtifactRemoved(Struct, frozen=True, kw_only=True, tag_field="type", tag="artifact_removed"):
    artifact: ArtifactId


class ProjectChanged(Struct, frozen=True, kw_only=True, tag_field="type", tag="project"):
    """The project was renamed (or removed: `name` is None, and the socket closes)."""

    name: str | None


class Watching(Struct, frozen=True, kw_only=True, tag_field="type", tag="watching"):
    """The state of a watched job at this moment; sent first, and again when a new attempt begins.

    Everything later follows in order.
    """

    job: JobId
    attempt: AttemptId | None
    feedback: Feedback | None


class LogCame(Struct, frozen=True, kw_only=True, tag_field="type", tag="log"):
    """Console output of a watched job: `text` begins at byte `offset` and ends before byte `next` of the attempt's console."""

    job: JobId
    attempt: AttemptId
    offset: int
    next: int
    text: str


class FeedbackCame(Struct, frozen=True, kw_only=True, tag_field="type", tag="feedback"):
    """New feedback of a watched job, in order."""

    job: JobId
    attempt: AttemptId
    records: tuple[FeedbackRecord, ...]


ServerMessage = (
    Welcome
    | Committed
    | RefusedEdit
    | PresenceMoved
    | Left
    | Analysis
    | ExecutionChanged
    | JobChanged
    | ExecutionRemoved
    | ArtifactSaved
    | ArtifactRemoved
    | ProjectChanged
    | Watching
    | LogCame
    | FeedbackCame
)
