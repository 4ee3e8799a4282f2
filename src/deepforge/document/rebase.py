"""A stale transaction brought to the newest version: its text edits are carried over what was changed meanwhile."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from deepforge.document.apply import check_size
from deepforge.document.changes import ChangeSet
from deepforge.document.units import refuse_change
from deepforge.ids import RecordId
from deepforge.model.document import Diff, TextEdit, Transaction

__all__ = ["FARTHEST", "effort", "rebase"]

FARTHEST = 2_000_000
"""Sections of change sets that are walked through at most to carry one transaction over what it missed (about 4 s)."""


def rebase(transaction: Transaction, missed: Iterable[Diff]) -> Transaction:
    """The transaction as if it had been made after `missed`; where both insert at one place, theirs comes first.

    Everything but text stays as it stands. Raises `Refused` (DF109) if a text was replaced as a whole meanwhile (its
    record removed and put back), if the change does not fit the text that it says it was made on, or if carrying it over
    would take more than `FARTHEST`. The missed changes are not composed first: a client maps over one after another, and
    where a place was deleted and then written at, the composition would put its text on the other side.
    """
    if not transaction.text:
        return transaction
    check_size(transaction)
    edits = _by_record(transaction)
    walked = 0
    for diff in missed:
        for change in diff.changes:
            if change.id in edits and (change.before is None or change.after is None):
                raise refuse_change("The text was removed or replaced by somebody else meanwhile.", change.id)
        for theirs in diff.text:
            mine = edits.get(theirs.id)
            if mine is not None:
                walked += len(mine.sections) + len(theirs.changes)
                if walked > FARTHEST:
                    raise refuse_change("The change has too many parts to be carried over what others did meanwhile.", theirs.id)
                edits[theirs.id] = mine.map(ChangeSet.parse(theirs.changes, theirs.id))
    return replace(transaction, text=tuple(TextEdit(id=id, changes=changes.json()) for id, changes in edits.items()))


def effort(transaction: Transaction, missed: Sequence[Diff]) -> int:
    """The sections that `rebase` walks through at most, roughly: whether it is worth a thread."""
    sections = sum(len(edit.changes) for edit in transaction.text)
    return sections * (len(missed) + len(transaction.text)) + sum(len(text.changes) for diff in missed for text in diff.text)


def _by_record(transaction: Transaction) -> dict[RecordId, ChangeSet]:
    """One change set for each record: those of one record follow each other."""
    edits: dict[RecordId, ChangeSet] = {}
    for edit in transaction.text:
        changes = ChangeSet.parse(edit.changes, edit.id)
        earlier = edits.get(edit.id)
        edits[edit.id] = changes if earlier is None else earlier.compose(changes)
    return edits
