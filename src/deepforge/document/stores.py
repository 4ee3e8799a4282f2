"""What a room needs stored. `deepforge.storage` implements this; so does the in-memory twin."""

from collections.abc import Sequence
from typing import Protocol

from deepforge.ids import BranchName, ProjectId, TransactionId
from deepforge.model.document import Document, StoredBranch, Version

__all__ = ["DocumentStore", "StoredBranch"]


class DocumentStore(Protocol):
    """The log of each branch. What `append` and `create` return from is durable (fsync)."""

    async def create(self, project: ProjectId, branch: BranchName, document: Document) -> None:
        """Begin a branch with this document. Raises `Conflict` if it exists."""
        ...

    async def load(self, project: ProjectId, branch: BranchName, *, version: int | None = None) -> StoredBranch:
        """The newest document (or the one at `version`): snapshot plus the log after it. Raises `NotFound`."""
        ...

    async def append(self, project: ProjectId, branch: BranchName, versions: Sequence[Version]) -> None:
        """Add to the log. Raises `Conflict` when the first does not follow the newest version that is stored."""
        ...

    async def since(self, project: ProjectId, branch: BranchName, version: int) -> list[Version]:
        """All versions after `version`, in order."""
        ...

    async def find(self, project: ProjectId, branch: BranchName, transaction: TransactionId) -> Version | None:
        """The version that this transaction became, if it was committed."""
        ...

    async def snapshot(self, project: ProjectId, branch: BranchName, document: Document) -> None:
        """Store the whole document, so that loading need not replay what came before it."""
        ...
