"""The messages between the server and a worker host, and what an attempt is. `docs/spec/worker.md` has the rules."""

from msgspec import Struct, field

from deepforge.ids import AttemptId, ExecutionId, JobId, ProjectId, RecordId, WorkerId
from deepforge.model.artifact import BlobInfo
from deepforge.model.execution import Cause, StoredOutput
from deepforge.model.feedback import FeedbackRecord
from deepforge.model.interface import Interface, Port
from deepforge.model.records import Record, Reference, Value

__all__ = [
    "LARGEST_FRAME",
    "PROTOCOL",
    "Ack",
    "Adopted",
    "AttemptEvent",
    "AttemptSpec",
    "Cancel",
    "Console",
    "ConsoleWritten",
    "Ended",
    "FeedbackWritten",
    "Heartbeat",
    "HostMessage",
    "InputFile",
    "Lease",
    "Register",
    "Registered",
    "Rejected",
    "Report",
    "Resources",
    "ServerOrder",
    "Started",
    "Stop",
    "Stored",
]

PROTOCOL = 1
"""The version of this protocol; a host with another one is refused with a sentence."""
LARGEST_FRAME = 8 * 1024 * 1024
"""Bytes: a larger message ends the connection, so none is sent."""


class Resources(Struct, frozen=True, kw_only=True):
    """What a host offers. `memory` in bytes."""

    cpus: int
    memory: int
    gpus: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    slots: int = 2
    """How many attempts at a time."""


class InputFile(Struct, frozen=True, kw_only=True):
    """An input of an attempt: a blob, and the data type that reads it."""

    type: str
    blob: BlobInfo


class AttemptSpec(Struct, frozen=True, kw_only=True):
    """Everything that an attempt needs; the host makes a directory of plain Python from it (`docs/spec/attempt.md`).

    `records` are the operation, all data types, layer definitions and modules of the project, and the architectures (with
    layers and links) that the references need.
    """

    attempt: AttemptId
    fence: int
    job: JobId
    execution: ExecutionId
    project: ProjectId
    name: str
    operation: RecordId
    interface: Interface
    records: tuple[Record, ...]
    attributes: dict[str, Value] = field(default_factory=dict)
    references: dict[str, Reference] = field(default_factory=dict)
    inputs: dict[str, InputFile] = field(default_factory=dict)
    outputs: tuple[Port, ...] = ()
    seed: int = 0


class Adopted(Struct, frozen=True, kw_only=True):
    """An attempt that the host has in its directory; events up to `acknowledged` were acknowledged as far as it knows."""

    attempt: AttemptId
    fence: int
    acknowledged: int


class Register(Struct, frozen=True, kw_only=True, tag_field="type", tag="register"):
    """The first message of a host. `shared_blobs`: the host sees the server's blob directory on its own disk.

    `framework` is the version of its torch, empty if it does not say.
    """

    worker: WorkerId
    name: str
    protocol: int
    version: str
    resources: Resources
    adopted: tuple[Adopted, ...] = ()
    shared_blobs: bool = False
    framework: str = ""


class Heartbeat(Struct, frozen=True, kw_only=True, tag_field="type", tag="heartbeat"):
    """Every few seconds: the host lives. `zygote` says whether its warm process is ready."""

    zygote: bool = False


class Started(Struct, frozen=True, kw_only=True, tag_field="event", tag="started"):
    """The runner exists."""

    pid: int


class ConsoleWritten(Struct, frozen=True, kw_only=True, tag_field="event", tag="console"):
    """Bytes of the attempt's console from `offset` on."""

    offset: int
    data: bytes


class FeedbackWritten(Struct, frozen=True, kw_only=True, tag_field="event", tag="feedback"):
    """Feedback in order."""

    records: tuple[FeedbackRecord, ...]


class Ended(Struct, frozen=True, kw_only=True, tag_field="event", tag="ended"):
    """The runner has ended, all of its console and feedback has been reported, and its outputs (if it succeeded) are stored.

    `cause` is None exactly for success.
    """

    exit_code: int | None = None
    signal: int | None = None
    cause: Cause | None = None
    outputs: tuple[StoredOutput, ...] = ()
    duration: float = 0.0


AttemptEvent = Started | ConsoleWritten | FeedbackWritten | Ended


class Report(Struct, frozen=True, kw_only=True, tag_field="type", tag="report"):
    """Events of one attempt, numbered from `first` (1 is the attempt's first event), contiguous."""

    attempt: AttemptId
    fence: int
    first: int
    events: tuple[AttemptEvent, ...]


HostMessage = Register | Heartbeat | Report


class Registered(Struct, frozen=True, kw_only=True, tag_field="type", tag="registered"):
    """Welcome. `drop` are adopted attempts that the server no longer wants (end them and delete their directories)."""

    worker: WorkerId
    heartbeat_seconds: float
    drop: tuple[AttemptId, ...] = ()
    blob_dir: str = ""
    """The server's blob directory, for a host on the same disk; empty otherwise."""


class Lease(Struct, frozen=True, kw_only=True, tag_field="type", tag="lease"):
    """Run this attempt."""

    spec: AttemptSpec


class Cancel(Struct, frozen=True, kw_only=True, tag_field="type", tag="cancel"):
    """Stop the attempt: SIGINT, `grace` seconds, SIGKILL; then report that it ended (cause "canceled")."""

    attempt: AttemptId
    fence: int
    grace: float


class Ack(Struct, frozen=True, kw_only=True, tag_field="type", tag="ack"):
    """Events up to number `through` are stored durably; the host may forget them, and the directory after `Ended`."""

    attempt: AttemptId
    through: int


class Rejected(Struct, frozen=True, kw_only=True, tag_field="type", tag="rejected"):
    """The host is not welcome (wrong protocol, unknown token); it says so and ends."""

    code: str
    message: str


class Stop(Struct, frozen=True, kw_only=True, tag_field="type", tag="stop"):
    """The server asks the host to end when idle."""


ServerOrder = Registered | Lease | Cancel | Ack | Rejected | Stop


class Stored(Struct, frozen=True, kw_only=True):
    """What storing a report did: all events up to `through` are durable; `fresh` are those that had not been there before.

    In `fresh`, pictures have their blob and no bytes.
    """

    through: int
    fresh: tuple[AttemptEvent, ...] = ()


class Console(Struct, frozen=True, kw_only=True):
    """Bytes of an attempt's console from `offset` on; `end` is how many there are in all."""

    offset: int
    data: bytes
    end: int
