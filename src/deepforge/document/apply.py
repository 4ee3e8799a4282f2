"""One transaction applied to a document: ``apply(document, transaction) -> (document, diff)``, pure, whole or not at all.

The order is put, patch, text, remove; then the rules of structure are asked. A violation raises `Refused` with its code.
"""

from collections import Counter
from typing import Any

import msgspec
from msgspec.structs import fields, replace

from deepforge.document.changes import MAX_SECTIONS, ChangeSet, refuse_sections
from deepforge.document.rules import Outcome, check_outcome
from deepforge.document.units import check_text
from deepforge.errors import Refused
from deepforge.ids import RECORD_ID, RecordId
from deepforge.model.document import Change, Diff, Document, Patch, TextChange, TextEdit, Transaction
from deepforge.model.records import TEXT_FIELDS, Record

__all__ = ["MAX_EDITS", "MAX_PARTS", "apply", "check_size", "read_transaction", "text_field", "text_of"]

MAX_PARTS = 10_000
"""Of one transaction."""
MAX_EDITS = 100
"""Of one text in one transaction; a client composes what it types."""

_GONE = "Somebody else may have removed it; its text is kept here to be copied."
_SHAPE = "Reload the page; if it happens again, the program has a fault."


def apply(document: Document, transaction: Transaction) -> tuple[Document, Diff]:
    """The document one version later, and what changed. Raises `Refused` (DF100-DF111); `document` stays as it is."""
    check_size(transaction)
    work = _Work(document)
    for record in transaction.put:
        work.put(record)
    for patch in transaction.patch:
        work.patch(patch)
    for edit in transaction.text:
        work.text(edit)
    for id in transaction.remove:
        work.remove(id)
    diff = work.diff()
    check_outcome(Outcome(work.records, diff.changes))
    return Document(version=document.version + 1, records=work.records), diff


def check_size(transaction: Transaction) -> None:
    """Raises `Refused` (DF111) if a transaction has too many parts, too many of one text, or too many sections."""
    parts = len(transaction.put) + len(transaction.patch) + len(transaction.text) + len(transaction.remove)
    if parts > MAX_PARTS:
        raise Refused(f"An edit has at most {MAX_PARTS:,} parts.", code="DF111", hint="Make it in several steps.")
    for id, count in Counter(edit.id for edit in transaction.text).items():
        if count > MAX_EDITS:
            message = f"An edit changes one text at most {MAX_EDITS} times."
            raise Refused(message, code="DF111", hint="Join the changes into one.", where=id)
    if sum(len(edit.changes) for edit in transaction.text) > MAX_SECTIONS:
        raise refuse_sections()


def read_transaction(data: object) -> Transaction:
    """A transaction from plain JSON values. Raises `Refused` (DF100) if it is none."""
    try:
        return msgspec.convert(data, Transaction)
    except msgspec.ValidationError as error:
        raise Refused(f"The edit is not valid: {error}.", code="DF100", hint=_SHAPE) from error


def text_of(record: Record) -> str | None:
    """The text of a record that changes by change sets; None for kinds that have none."""
    field = text_field(record)
    if field is None:
        return None
    text: str = getattr(record, field)
    return text


def text_field(record: Record) -> str | None:
    """The name of the field that holds it."""
    kind = record.__struct_config__.tag
    return TEXT_FIELDS.get(kind) if isinstance(kind, str) else None


class _Work:
    """The records as they become, and what was touched, in order."""

    def __init__(self, document: Document) -> None:
        self.before = document.records
        self.records = dict(document.records)
        self.touched: dict[RecordId, None] = {}
        self.changes: dict[RecordId, ChangeSet] = {}

    def put(self, record: Record) -> None:
        there = self.records.get(record.id)
        if there is None:
            if not RECORD_ID.fullmatch(record.id):
                raise Refused("A new record has an illegal id.", code="DF100", hint=_SHAPE, where=record.id)
            check_text(text_of(record) or "", record.id)
        elif there.__class__ is not record.__class__ or text_of(there) != text_of(record):
            raise Refused(
                f"Record {record.id} is there already, and is of another kind or has another text.",
                code="DF109",
                hint="Change its text by a text edit; give a new record a new id.",
                where=record.id,
            )
        self._set(record)

    def patch(self, patch: Patch) -> None:
        record = self._there(patch.id)
        types = {field.name: field.type for field in fields(record)}
        values: dict[str, Any] = {}
        for name in (*patch.fields, *patch.entries, *patch.without):
            if name in ("id", "kind", text_field(record)) or name not in types:
                raise Refused(
                    f"The field {name[:50]!r} of record {patch.id} cannot be set.", code="DF100", hint=_SHAPE, where=patch.id
                )
        for name, value in patch.fields.items():
            values[name] = _value(patch.id, name, value, types[name])
        for name in dict.fromkeys((*patch.entries, *patch.without)):
            now = values.get(name, getattr(record, name))
            if not isinstance(now, dict):
                raise Refused(
                    f"The field {name!r} of record {patch.id} has no entries.", code="DF100", hint=_SHAPE, where=patch.id
                )
            entries = _value(patch.id, name, patch.entries.get(name, {}), types[name])
            out = patch.without.get(name, ())
            values[name] = {key: value for key, value in {**now, **entries}.items() if key not in out}
        self._set(replace(record, **values))

    def text(self, edit: TextEdit) -> None:
        record = self._there(edit.id)
        field = text_field(record)
        if field is None:
            raise Refused(f"Record {edit.id} has no text.", code="DF109", hint=_SHAPE, where=edit.id)
        changes = ChangeSet.parse(edit.changes, edit.id)
        text = changes.apply(getattr(record, field), edit.id)
        check_text(text, edit.id)
        earlier = self.changes.get(edit.id)
        self.changes[edit.id] = changes if earlier is None else earlier.compose(changes)
        self._set(replace(record, **{field: text}))

    def remove(self, id: RecordId) -> None:
        self._there(id)
        self.touched[id] = None
        del self.records[id]

    def diff(self) -> Diff:
        changes = tuple(
            Change(id=id, before=self.before.get(id), after=self.records.get(id))
            for id in self.touched
            if self.before.get(id) != self.records.get(id)
        )
        return Diff(changes=changes, text=tuple(self._text_changes()))

    def _text_changes(self) -> list[TextChange]:
        made: list[TextChange] = []
        for id, changes in self.changes.items():
            before, after = self.before.get(id), self.records.get(id)
            text = None if before is None or after is None else text_of(before)
            if text is not None and not changes.empty:
                made.append(TextChange(id=id, changes=changes.json(), inverse=changes.invert(text).json()))
        return made

    def _there(self, id: RecordId) -> Record:
        record = self.records.get(id)
        if record is None:
            raise Refused("What this edit changes is not there any more.", code="DF101", hint=_GONE, where=id)
        return record

    def _set(self, record: Record) -> None:
        self.touched[record.id] = None
        self.records[record.id] = record


def _value(id: RecordId, name: str, value: object, type: Any) -> Any:  # noqa: ANN401
    try:
        return msgspec.convert(value, type)
    except (msgspec.ValidationError, RecursionError) as error:
        raise Refused(
            f"The field {name!r} of record {id} cannot be this: {error}.", code="DF100", hint=_SHAPE, where=id
        ) from error
