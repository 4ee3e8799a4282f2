"""A document, the edits on it, and what an edit changed.

A transaction is what a person did (one gesture, one label); a diff is what it changed, whole records before and after.
`deepforge.document.apply` makes the one into the other.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct, field

from deepforge.ids import PersonId, RecordId, TransactionId
from deepforge.model.records import Record

__all__ = [
    "Change",
    "ChangeSetJson",
    "Diff",
    "Document",
    "Patch",
    "StoredBranch",
    "TextChange",
    "TextEdit",
    "Transaction",
    "Version",
    "replay",
]

ChangeSetJson = list[Any]
"""CodeMirror's JSON of a change set: for each stretch, `n` keeps n UTF-16 units, `[n]` deletes n, `[n, "line", "line"]`
replaces n by the lines joined with LF."""
Id = Annotated[RecordId, Meta(pattern="^[A-Za-z0-9_-]{1,64}$")]


class Document(Struct, frozen=True, kw_only=True):
    """All records of one branch at one version. Treat `records` as immutable: `apply` copies it."""

    version: int = 0
    records: dict[RecordId, Record] = field(default_factory=dict)


class Patch(Struct, frozen=True, kw_only=True):
    """New values for some fields of a record (never its id, kind, or text field). `fields` holds whole field values.

    Of a field that is a map (attributes, references, parameters) single entries are set by `entries` and taken out by
    `without`, so that two people can set different entries at the same time.
    """

    id: Id
    fields: dict[str, Any] = {}
    entries: dict[str, dict[str, Any]] = {}
    """By field and key."""
    without: dict[str, tuple[str, ...]] = {}
    """Keys by field; a key that is not there is no fault."""


class TextEdit(Struct, frozen=True, kw_only=True):
    """A change set against the record's text as it is at the version that the edit was made on."""

    id: Id
    changes: ChangeSetJson


class Transaction(Struct, frozen=True, kw_only=True):
    """One edit: atomic, idempotent by id, labelled for people ("Connect data to train").

    Applied in this order: put (new records, or whole replacements of records without their text), patch, text, remove.
    """

    id: Annotated[TransactionId, Meta(pattern="^[A-Za-z0-9_-]{1,64}$")]
    label: Annotated[str, Meta(max_length=200)]
    put: tuple[Record, ...] = ()
    patch: tuple[Patch, ...] = ()
    remove: tuple[Id, ...] = ()
    text: tuple[TextEdit, ...] = ()


class Change(Struct, frozen=True, kw_only=True):
    """One record before and after; None where it was not there. Text changes are in `TextChange`, and in `after` too."""

    id: RecordId
    before: Record | None
    after: Record | None


class TextChange(Struct, frozen=True, kw_only=True):
    """How a record's text changed (already mapped to the version before this one), and its inverse."""

    id: RecordId
    changes: ChangeSetJson
    inverse: ChangeSetJson


class Diff(Struct, frozen=True, kw_only=True):
    """What a transaction changed; empty when it changed nothing."""

    changes: tuple[Change, ...] = ()
    text: tuple[TextChange, ...] = ()


class Version(Struct, frozen=True, kw_only=True):
    """One entry of a branch's log: version `version` came about by `diff`."""

    version: int
    transaction: TransactionId
    label: str
    author: PersonId
    author_name: str
    time: datetime
    diff: Diff


class StoredBranch(Struct, frozen=True, kw_only=True):
    """A branch as it was loaded. `epoch` changes when the data was restored from a backup."""

    epoch: str
    document: Document


def replay(document: Document, diffs: Iterable[Diff]) -> Document:
    """The document after diffs that were made on it, one version each. They hold whole records: nothing is applied anew."""
    records, version = dict(document.records), document.version
    for diff in diffs:
        version += 1
        for change in diff.changes:
            if change.after is None:
                records.pop(change.id, None)
            else:
                records[change.id] = change.after
    return Document(version=version, records=records)
