"""A client's optimistic copy, as the browser keeps it: what is confirmed, what is pending, what is shown."""

from msgspec.structs import replace

from deepforge.document.apply import apply
from deepforge.document.changes import ChangeSet
from deepforge.document.subscription import CatchUp
from deepforge.errors import Refused
from deepforge.ids import TransactionId
from deepforge.model.document import Diff, Document, TextEdit, Transaction, replay
from deepforge.model.live import Committed, Edit

__all__ = ["Replica"]


class Replica:
    """`confirmed` with `pending` applied is `shown`."""

    def __init__(self) -> None:
        self.epoch: str | None = None
        self.confirmed = Document()
        self.pending: list[Transaction] = []

    @property
    def shown(self) -> Document:
        document = self.confirmed
        for transaction in self.pending:
            try:
                document, _ = apply(document, transaction)
            except Refused:
                continue
        return document

    def edit(self, transaction: Transaction) -> None:
        """Apply at once, if the rules allow it, and queue it."""
        apply(self.shown, transaction)
        self.pending.append(transaction)

    def head(self) -> Edit | None:
        """What is to be sent next; one at a time."""
        return Edit(base=self.confirmed.version, transaction=self.pending[0]) if self.pending else None

    def catch_up(self, state: CatchUp) -> None:
        """After (re)connecting: the versions that were missed, or everything anew."""
        if state.missed is None:
            assert state.records is not None
            ours = self.confirmed.version
            self.confirmed = Document(version=state.version, records={record.id: record for record in state.records})
            if ours != state.version:
                self.pending = [replace(one, text=()) for one in self.pending]
        for version in state.missed or ():
            self.take(version.version, version.transaction, version.diff)
        self.epoch = state.epoch
        assert self.confirmed.version == state.version

    def committed(self, committed: Committed) -> None:
        self.take(committed.version, committed.transaction, committed.diff)

    def take(self, version: int, transaction: TransactionId, diff: Diff) -> None:
        if version <= self.confirmed.version:
            self.pending = [one for one in self.pending if one.id != transaction]
            return
        assert version == self.confirmed.version + 1, "versions come in order, without a gap"
        own = bool(self.pending) and self.pending[0].id == transaction
        self.confirmed = replay(self.confirmed, [diff])
        if own:
            mine = self.pending.pop(0)
            if mine.text:
                assert {text.id: text.changes for text in diff.text} == _text_of(mine), "both carried it over the same way"
        else:
            self._rebase(diff)

    def refused(self, transaction: TransactionId) -> None:
        """It goes to what was not applied, with the text edits that were made on top of it."""
        if any(one.id == transaction for one in self.pending):
            self.pending = [replace(one, text=()) for one in self.pending if one.id != transaction]

    def _rebase(self, diff: Diff) -> None:
        theirs = {text.id: ChangeSet.parse(text.changes) for text in diff.text}
        rebased: list[Transaction] = []
        for transaction in self.pending:
            edits: list[TextEdit] = []
            for edit in transaction.text:
                mine, other = ChangeSet.parse(edit.changes), theirs.get(edit.id)
                if other is not None and mine.length == other.length:
                    theirs[edit.id] = other.map(mine, before=True)
                    edit = TextEdit(id=edit.id, changes=mine.map(other).json())
                edits.append(edit)
            rebased.append(replace(transaction, text=tuple(edits)))
        self.pending = rebased


def _text_of(transaction: Transaction) -> dict[str, list[object]]:
    """The changes of text that change anything, in normal form."""
    changes = {edit.id: ChangeSet.parse(edit.changes) for edit in transaction.text}
    return {id: change.json() for id, change in changes.items() if not change.empty}
