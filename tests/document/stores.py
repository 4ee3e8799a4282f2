"""A store that fails when told to: before it keeps anything, or after (then only its answer is lost)."""

from collections.abc import Sequence

from deepforge.ids import BranchName, ProjectId
from deepforge.model.document import Document, Version
from deepforge.storage.memory import Memory, MemoryDocumentStore

__all__ = ["BRANCH", "PROJECT", "FailingStore", "new_store"]

PROJECT = ProjectId("project")
BRANCH = BranchName("main")


class FailingStore(MemoryDocumentStore):
    """`fail` is "", "before" or "after"; `groups` has the size of each append that was kept."""

    def __init__(self, memory: Memory | None = None) -> None:
        super().__init__(memory)
        self.fail = ""
        self.groups: list[int] = []
        self.snapshots: list[int] = []

    async def append(self, project: ProjectId, branch: BranchName, versions: Sequence[Version]) -> None:
        if self.fail == "before":
            raise OSError("The disk is full.")
        await super().append(project, branch, versions)
        self.groups.append(len(versions))
        if self.fail == "after":
            raise OSError("The connection was lost.")

    async def snapshot(self, project: ProjectId, branch: BranchName, document: Document) -> None:
        self.snapshots.append(document.version)
        await super().snapshot(project, branch, document)


async def new_store(document: Document | None = None) -> FailingStore:
    store = FailingStore()
    await store.create(PROJECT, BRANCH, document or Document())
    return store
