"""The newest versions of a branch, in memory: for clients that come back, stale edits and repeated transactions."""

from collections import deque

from deepforge.document.apply import text_of
from deepforge.ids import TransactionId
from deepforge.model.document import Version

__all__ = ["RecentVersions"]


class RecentVersions:
    """At most `limit` versions, one after another without a gap, and about `budget` characters of text in them at most.

    The ids of the newest `limit` transactions are known in any case.
    """

    def __init__(self, limit: int, *, budget: int = 50_000_000) -> None:
        self._limit = limit
        self._budget = budget
        self._characters = 0
        self._versions: deque[Version] = deque()
        self._by_transaction: dict[TransactionId, Version | None] = {}

    def add(self, version: Version) -> None:
        """Add the next version; the oldest go when there are too many."""
        self._versions.append(version)
        self._characters += _characters(version)
        self._by_transaction[version.transaction] = version
        if len(self._by_transaction) > self._limit:
            del self._by_transaction[next(iter(self._by_transaction))]
        while len(self._versions) > self._limit or (self._characters > self._budget and self._versions):
            oldest = self._versions.popleft()
            self._characters -= _characters(oldest)
            if oldest.transaction in self._by_transaction:
                self._by_transaction[oldest.transaction] = None

    def knows(self, transaction: TransactionId) -> bool:
        """Whether it is one of the newest transactions, at hand or not."""
        return transaction in self._by_transaction

    def find(self, transaction: TransactionId) -> Version | None:
        """The version that a transaction became, if it is at hand."""
        return self._by_transaction.get(transaction)

    def since(self, version: int, *, newest: int) -> tuple[Version, ...] | None:
        """All after `version`; None if some of them are not here, or if there is no such version yet."""
        count = newest - version
        if count < 0 or count > len(self._versions):
            return None
        return tuple(self._versions)[len(self._versions) - count :]


def _characters(version: Version) -> int:
    """Of the texts in a version: all else in it is small."""
    records = [record for change in version.diff.changes for record in (change.before, change.after) if record is not None]
    return sum(len(text_of(record) or "") for record in records)
