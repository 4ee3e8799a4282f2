"""Stores in memory: the same contracts as the durable ones, for tests and for runs that keep nothing.

The stores of one `Memory` see each other, as tables of one database do: removing a project removes what belongs to it.
"""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from deepforge.ids import (
    ArtifactId,
    AttemptId,
    BlobHash,
    BranchName,
    ExecutionId,
    JobId,
    ProjectId,
    RecordId,
    TransactionId,
    new_id,
)
from deepforge.model.artifact import Artifact
from deepforge.model.document import Document, StoredBranch, Version, replay
from deepforge.model.execution import Execution, Snapshot
from deepforge.model.project import ArtifactPage, ExecutionPage, Project
from deepforge.storage import missing
from deepforge.storage.paging import page_limit, read_cursor, write_cursor
from deepforge.storage.references import outputs_of, pinned_by

__all__ = [
    "Memory",
    "MemoryArtifactStore",
    "MemoryDocumentStore",
    "MemoryExecutionStore",
]


class MemoryBranch:
    """One branch: its log and its snapshots by version."""

    def __init__(self, document: Document) -> None:
        self.epoch = new_id()
        self.snapshots = {document.version: document}
        self.log: list[Version] = []

    @property
    def newest(self) -> int:
        return self.log[-1].version if self.log else min(self.snapshots)


class Memory:
    """What the stores in memory hold together. Dictionaries keep the order of making."""

    def __init__(self) -> None:
        self.branches: dict[tuple[ProjectId, BranchName], MemoryBranch] = {}
        self.executions: dict[ExecutionId, Execution] = {}
        self.snapshots: dict[ExecutionId, Snapshot] = {}
        self.keys: dict[tuple[ProjectId, TransactionId], ExecutionId] = {}
        self.artifacts: dict[ArtifactId, Artifact] = {}
        self.projects: dict[ProjectId, Project] = {}
        self.numbers: dict[str, int] = {}
        self.made = 0

    def number(self, thing: str) -> None:
        """Give a new thing its place in the order of making."""
        self.made += 1
        self.numbers[thing] = self.made

    def page(self, things: Iterable[str], cursor: str | None, limit: int) -> tuple[list[str], str | None]:
        """A page of ids, newest first, and the cursor of the next one."""
        before = read_cursor(cursor)
        ids = [thing for thing in things if before is None or self.numbers[thing] < before]
        ids.sort(key=self.numbers.__getitem__, reverse=True)
        size = page_limit(limit)
        return ids[:size], write_cursor(self.numbers[ids[size - 1]]) if len(ids) > size else None


class MemoryDocumentStore:
    """`DocumentStore` in memory."""

    def __init__(self, memory: Memory | None = None) -> None:
        self._branches = (memory or Memory()).branches

    async def create(self, project: ProjectId, branch: BranchName, document: Document) -> None:
        if (project, branch) in self._branches:
            raise missing.branch_exists(branch)
        self._branches[project, branch] = MemoryBranch(document)

    async def load(self, project: ProjectId, branch: BranchName, *, version: int | None = None) -> StoredBranch:
        stored = self._branch(project, branch)
        wanted = stored.newest if version is None else version
        known = [number for number in stored.snapshots if number <= wanted]
        if not known or wanted > stored.newest:
            raise missing.no_version(wanted)
        document = stored.snapshots[max(known)]
        after = (entry.diff for entry in stored.log if document.version < entry.version <= wanted)
        return StoredBranch(epoch=stored.epoch, document=replay(document, after))

    async def append(self, project: ProjectId, branch: BranchName, versions: Sequence[Version]) -> None:
        stored = self._branch(project, branch)
        missing.check_order(stored.newest, versions)
        stored.log.extend(versions)

    async def since(self, project: ProjectId, branch: BranchName, version: int) -> list[Version]:
        return [entry for entry in self._branch(project, branch).log if entry.version > version]

    async def find(self, project: ProjectId, branch: BranchName, transaction: TransactionId) -> Version | None:
        log = self._branch(project, branch).log
        return next((entry for entry in log if entry.transaction == transaction), None)

    async def snapshot(self, project: ProjectId, branch: BranchName, document: Document) -> None:
        self._branch(project, branch).snapshots[document.version] = document

    def _branch(self, project: ProjectId, branch: BranchName) -> MemoryBranch:
        stored = self._branches.get((project, branch))
        if stored is None:
            raise missing.no_branch(project, branch)
        return stored


class MemoryExecutionStore:
    """`ExecutionStore` in memory."""

    def __init__(self, memory: Memory | None = None) -> None:
        self._memory = memory or Memory()

    async def create(self, execution: Execution, snapshot: Snapshot, key: TransactionId) -> Execution:
        known = self._memory.keys.get((execution.project, key))
        if known is not None:
            return self._memory.executions[known]
        self._memory.keys[execution.project, key] = execution.id
        self._memory.executions[execution.id] = execution
        self._memory.snapshots[execution.id] = snapshot
        self._memory.number(execution.id)
        return execution

    async def made_with(self, project: ProjectId, key: TransactionId) -> Execution | None:
        known = self._memory.keys.get((project, key))
        return None if known is None else self._memory.executions[known]

    async def save(self, execution: Execution) -> None:
        await self.get(execution.id)
        self._memory.executions[execution.id] = execution

    async def get(self, execution: ExecutionId) -> Execution:
        stored = self._memory.executions.get(execution)
        if stored is None:
            raise missing.no_execution(execution)
        return stored

    async def of_job(self, job: JobId) -> Execution:
        for execution in self._memory.executions.values():
            if any(each.id == job for each in execution.jobs):
                return execution
        raise missing.no_job(job)

    async def snapshot(self, execution: ExecutionId) -> Snapshot:
        await self.get(execution)
        return self._memory.snapshots[execution]

    async def page(
        self, project: ProjectId, *, pipeline: RecordId | None = None, cursor: str | None = None, limit: int = 100
    ) -> ExecutionPage:
        ids = [each.id for each in self._of(project) if pipeline is None or each.pipeline == pipeline]
        found, after = self._memory.page(ids, cursor, limit)
        return ExecutionPage(items=tuple(self._memory.executions[ExecutionId(each)] for each in found), cursor=after)

    async def names(self, project: ProjectId) -> set[str]:
        return {execution.name for execution in self._of(project)}

    async def unfinished(self) -> list[Execution]:
        return [execution for execution in self._memory.executions.values() if not execution.status.final]

    async def attempts(self, project: ProjectId | None = None) -> set[AttemptId]:
        found = self._memory.executions.values() if project is None else self._of(project)
        return {attempt.id for execution in found for job in execution.jobs for attempt in job.attempts}

    async def blobs(self) -> set[BlobHash]:
        outputs = {blob for execution in self._memory.executions.values() for blob in outputs_of(execution)}
        return outputs.union(*(pinned_by(snapshot) for snapshot in self._memory.snapshots.values()))

    async def remove(self, execution: ExecutionId) -> None:
        self._memory.executions.pop(execution, None)
        self._memory.snapshots.pop(execution, None)
        for place in [place for place, made in self._memory.keys.items() if made == execution]:
            del self._memory.keys[place]

    def _of(self, project: ProjectId) -> list[Execution]:
        return [execution for execution in self._memory.executions.values() if execution.project == project]


class MemoryArtifactStore:
    """`ArtifactStore` in memory."""

    def __init__(self, memory: Memory | None = None) -> None:
        self._memory = memory or Memory()

    async def add(self, artifact: Artifact) -> Artifact:
        for known in await self.all(artifact.project):
            if (known.name, known.blob.hash) == (artifact.name, artifact.blob.hash):
                return known
        self._memory.artifacts[artifact.id] = artifact
        self._memory.number(artifact.id)
        return artifact

    async def get(self, artifact: ArtifactId) -> Artifact:
        stored = self._memory.artifacts.get(artifact)
        if stored is None:
            raise missing.no_artifact(artifact)
        return stored

    async def all(self, project: ProjectId) -> list[Artifact]:
        found = [artifact for artifact in self._memory.artifacts.values() if artifact.project == project]
        return sorted(found, key=lambda artifact: self._memory.numbers[artifact.id], reverse=True)

    async def page(self, project: ProjectId, *, cursor: str | None = None, limit: int = 100) -> ArtifactPage:
        found, after = self._memory.page([each.id for each in await self.all(project)], cursor, limit)
        return ArtifactPage(items=tuple(self._memory.artifacts[ArtifactId(each)] for each in found), cursor=after)

    async def rename(self, artifact: ArtifactId, name: str) -> Artifact:
        renamed = replace(await self.get(artifact), name=name)
        self._memory.artifacts[artifact] = renamed
        return renamed

    async def blobs(self) -> set[BlobHash]:
        return {artifact.blob.hash for artifact in self._memory.artifacts.values()}

    async def remove(self, artifact: ArtifactId) -> None:
        self._memory.artifacts.pop(artifact, None)
