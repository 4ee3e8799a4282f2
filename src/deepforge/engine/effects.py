"""What the engine wants done. The shell performs effects in order.

`SaveArtifact` and `PassArtifact` may be performed twice (an artifact of one name and content is there once), so they are
performed *before* the changed execution is stored; all others after: then a crash in between loses nothing.
"""

from msgspec import Struct

from deepforge.ids import AttemptId, JobId, RecordId, WorkerId
from deepforge.model.execution import SourceArtifact, Status, StoredOutput

__all__ = ["CancelAttempt", "Effect", "EnqueueJob", "Finished", "PassArtifact", "SaveArtifact"]


class EnqueueJob(Struct, frozen=True, kw_only=True):
    """All inputs of the job are there; any host that fits may have it."""

    job: JobId


class CancelAttempt(Struct, frozen=True, kw_only=True):
    """End this attempt on its host."""

    job: JobId
    attempt: AttemptId
    fence: int
    worker: WorkerId | None


class SaveArtifact(Struct, frozen=True, kw_only=True):
    """Save a job's output as an artifact of this name, because it is wired to Output `node`."""

    job: JobId
    node: RecordId
    name: str
    output: StoredOutput


class PassArtifact(Struct, frozen=True, kw_only=True):
    """Save an artifact's content under another name: an Input node is wired straight to Output `node`."""

    node: RecordId
    name: str
    source: SourceArtifact


class Finished(Struct, frozen=True, kw_only=True):
    """The execution has ended; its jobs are out of every queue."""

    status: Status


Effect = EnqueueJob | CancelAttempt | SaveArtifact | PassArtifact | Finished
