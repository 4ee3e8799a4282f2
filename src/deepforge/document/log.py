"""The newest versions of a branch, in memory: for clients that come back, stale edits and repeated transactions."""

from collections import deque

from deepforge.ids import TransactionId
from deepforge.model.document import Version

__all__ = ["RecentVersions"]


class RecentVersions:
    """At most `limit` versions, one after another without a gap."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._versions: deque[Version] = deque()
        self._by_transaction: dict[TransactionId, Version] = {}

    def add(self, version: Version) -> None:
        """Add the next version; the oldest goes when there are too many."""
        self._versions.append(version)
        self._by_transaction[version.transaction] = version
        if len(self._versions) > self._limit:
            oldest = self._versions.popleft()
            if self._by_transaction.get(oldest.transaction) is oldest:
                del self._by_transaction[oldest.transaction]

    def find(self, transaction: TransactionId) -> Version | None:
        """The version that a transaction became."""
        return self._by_transaction.get(transaction)

    def since(self, version: int, *, newest: int) -> tuple[Version, ...] | None:
        """All after `version`; None if some of them are not here, or if there is no such version yet."""
        count = newest - version
        if count < 0 or count > len(self._versions):
            return None
        return tuple(self._versions)[len(self._versions) - count :]
