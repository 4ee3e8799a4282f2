"""What happens to an execution, as the engine is told of it. Times come inside: the engine knows no clock.

An event about an attempt names its job, its id and its fence. One of an attempt that is not the newest of its job, or of
a job that has ended, changes nothing.
"""

from msgspec import Struct

from deepforge.ids import ArtifactId, AttemptId, JobId, WorkerId
from deepforge.model.execution import Cause, Progress, StoredOutput, Time

__all__ = [
    "ArtifactWasSaved",
    "AttemptEvent",
    "Back",
    "Began",
    "Ended",
    "Event",
    "Fingerprinted",
    "Leased",
    "Lost",
    "OutOfContact",
    "Progressed",
    "Restarted",
    "Returned",
    "Started",
    "StopAsked",
    "Succeeded",
]


class Began(Struct, frozen=True, kw_only=True):
    """The execution is stored: its first jobs may be queued."""

    time: Time


class Leased(Struct, frozen=True, kw_only=True):
    """A queued job was given to a host as a new attempt. Tell the engine first, send the lease when the attempt is there:
    the engine gives it its number and fence (``run.job(job).attempts[-1]``)."""

    time: Time
    job: JobId
    attempt: AttemptId
    worker: WorkerId
    worker_name: str = ""
    fingerprint: str = ""


class Started(Struct, frozen=True, kw_only=True):
    """The attempt's runner exists."""

    time: Time
    job: JobId
    attempt: AttemptId
    fence: int


class Progressed(Struct, frozen=True, kw_only=True):
    """A loop under `deepforge.progress` advanced."""

    time: Time
    job: JobId
    attempt: AttemptId
    fence: int
    progress: Progress


class Succeeded(Struct, frozen=True, kw_only=True):
    """The attempt's runner ended well, and every output is stored and checked."""

    time: Time
    job: JobId
    attempt: AttemptId
    fence: int
    outputs: tuple[StoredOutput, ...] = ()
    exit_code: int | None = 0


class Ended(Struct, frozen=True, kw_only=True):
    """The attempt ended without success."""

    time: Time
    job: JobId
    attempt: AttemptId
    fence: int
    cause: Cause
    exit_code: int | None = None
    signal: int | None = None


class OutOfContact(Struct, frozen=True, kw_only=True):
    """Nothing was heard of the attempt's host for a while; it may compute on."""

    time: Time
    job: JobId
    attempt: AttemptId
    fence: int


class Back(Struct, frozen=True, kw_only=True):
    """The attempt's host is in contact again, and has the attempt."""

    time: Time
    job: JobId
    attempt: AttemptId
    fence: int


class Lost(Struct, frozen=True, kw_only=True):
    """The attempt is given up: its host said that it is gone, its lease ended, or a person said so."""

    time: Time
    job: JobId
    attempt: AttemptId
    fence: int
    reason: str = "Its worker was not heard of again."


class Returned(Struct, frozen=True, kw_only=True):
    """The attempt never began (its lease did not arrive, or the host has not got it): the job is queued again."""

    time: Time
    job: JobId
    attempt: AttemptId
    fence: int


class StopAsked(Struct, frozen=True, kw_only=True):
    """A person asked to stop the execution."""

    time: Time
    by: str = ""


class Restarted(Struct, frozen=True, kw_only=True):
    """The server came up again with this unfinished execution; what it queued and ordered in memory is gone."""

    time: Time


class Fingerprinted(Struct, frozen=True, kw_only=True):
    """What decides a queued job's outcome, as a hash (`fingerprint.py`)."""

    job: JobId
    fingerprint: str


class ArtifactWasSaved(Struct, frozen=True, kw_only=True):
    """An artifact that an effect asked for is there."""

    artifact: ArtifactId


AttemptEvent = Started | Progressed | Succeeded | Ended | OutOfContact | Back | Lost | Returned
"""Events of one attempt; each has `job`, `attempt` and `fence`."""

Event = Began | Leased | AttemptEvent | StopAsked | Restarted | Fingerprinted | ArtifactWasSaved
