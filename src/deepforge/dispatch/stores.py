"""What executions, artifacts, reports and blobs need stored. `deepforge.storage` implements these; so do in-memory twins."""

from collections.abc import AsyncIterator, Collection, Sequence
from pathlib import Path
from typing import Protocol

from deepforge.ids import ArtifactId, AttemptId, BlobHash, ExecutionId, JobId, ProjectId, RecordId, TransactionId
from deepforge.model.artifact import Artifact, BlobInfo
from deepforge.model.execution import Execution, Snapshot
from deepforge.model.feedback import Feedback
from deepforge.model.hosting import AttemptEvent, Console, Stored
from deepforge.model.project import ArtifactPage, ExecutionPage

__all__ = ["ArtifactStore", "BlobStore", "Console", "DispatchStores", "ExecutionStore", "ReportStore", "Stored"]


class ExecutionStore(Protocol):
    """Executions. What `create` and `save` return from is durable."""

    async def create(self, execution: Execution, snapshot: Snapshot, key: TransactionId) -> Execution:
        """Store a new execution; when the project already has one made with `key`, return that one instead."""
        ...

    async def made_with(self, project: ProjectId, key: TransactionId) -> Execution | None:
        """The project's execution that was made with this key, unless there is none or it was removed."""
        ...

    async def save(self, execution: Execution) -> None:
        """Replace what is stored of it. Raises `NotFound` if it was removed."""
        ...

    async def get(self, execution: ExecutionId) -> Execution: ...

    async def of_job(self, job: JobId) -> Execution:
        """The execution that has this job. Raises `NotFound`."""
        ...

    async def snapshot(self, execution: ExecutionId) -> Snapshot: ...

    async def page(
        self, project: ProjectId, *, pipeline: RecordId | None = None, cursor: str | None = None, limit: int = 100
    ) -> ExecutionPage:
        """Newest first."""
        ...

    async def names(self, project: ProjectId) -> set[str]: ...

    async def unfinished(self) -> list[Execution]:
        """All executions of all projects whose status is not final."""
        ...

    async def attempts(self, project: ProjectId | None = None) -> set[AttemptId]:
        """All attempts of the executions of a project, or of all projects."""
        ...

    async def blobs(self) -> set[BlobHash]:
        """Everything that executions refer to: outputs of their jobs, inputs that they pinned."""
        ...

    async def remove(self, execution: ExecutionId) -> None: ...


class ArtifactStore(Protocol):
    """Artifacts of projects. Changes are durable on return."""

    async def add(self, artifact: Artifact) -> Artifact:
        """Add it; if the project has one of the same name and content already, return that one (S-211)."""
        ...

    async def get(self, artifact: ArtifactId) -> Artifact: ...

    async def all(self, project: ProjectId) -> list[Artifact]:
        """Newest first."""
        ...

    async def page(self, project: ProjectId, *, cursor: str | None = None, limit: int = 100) -> ArtifactPage: ...

    async def rename(self, artifact: ArtifactId, name: str) -> Artifact: ...

    async def blobs(self) -> set[BlobHash]:
        """The contents of all artifacts of all projects."""
        ...

    async def remove(self, artifact: ArtifactId) -> None: ...


class ReportStore(Protocol):
    """What attempts report: console bytes, feedback, points. Exactly once, by event number."""

    async def append(self, attempt: AttemptId, first: int, events: Sequence[AttemptEvent]) -> Stored:
        """Store events numbered from `first`; those stored before are skipped. Raises `Invalid` on a gap."""
        ...

    async def through(self, attempt: AttemptId) -> int:
        """The number of the newest event stored; 0 if none."""
        ...

    async def feedback(self, job: JobId, attempt: AttemptId) -> Feedback: ...

    async def console(self, attempt: AttemptId, *, offset: int = 0, limit: int = 262_144) -> Console: ...

    async def points(
        self, attempt: AttemptId, line: int, *, start: int = 0, stop: int | None = None, buckets: int | None = None
    ) -> tuple[int, bytes]:
        """The true number of points in the range, and packed little-endian float64 pairs of them: all, or the smallest and
        largest y of each of `buckets` buckets, in order, with NaN kept as gaps."""
        ...

    async def attempts(self) -> set[AttemptId]:
        """Those of which anything is stored."""
        ...

    async def blobs(self) -> set[BlobHash]:
        """The pictures that reports refer to."""
        ...

    async def remove(self, attempts: Sequence[AttemptId]) -> None: ...


class BlobStore(Protocol):
    """Bytes by their blake3 hash, durable on return, mode 0444."""

    async def put(self, chunks: AsyncIterator[bytes], *, expected: BlobHash | None = None, limit: int | None = None) -> BlobInfo:
        """Store a stream. Raises `Invalid` if the hash is not the expected one, `TooLarge` over the limit; nothing is left."""
        ...

    async def adopt(self, path: Path, *, expected: BlobHash | None = None) -> BlobInfo:
        """Store a file of the same disk by a hard link (a copy elsewhere). Refuses symbolic links."""
        ...

    async def path(self, blob: BlobHash) -> Path:
        """Where its bytes lie, read-only. Raises `NotFound`."""
        ...

    async def info(self, blob: BlobHash) -> BlobInfo: ...

    async def remove(self, blob: BlobHash) -> None: ...

    async def collect(self, referenced: Collection[BlobHash], *, older_than: float = 3600.0) -> list[BlobHash]:
        """Remove blobs that nothing refers to and that nobody stored within the last `older_than` seconds; says which."""
        ...


class DispatchStores(Protocol):
    """What dispatch stores in."""

    @property
    def executions(self) -> ExecutionStore: ...

    @property
    def artifacts(self) -> ArtifactStore: ...

    @property
    def reports(self) -> ReportStore: ...

    @property
    def blobs(self) -> BlobStore: ...
