"""Undo: the inverse of what a transaction changed, on the document as it is now.

A record that it made is removed, one that it removed is put back, changed fields get their old values (values by key where
a field holds several), text changes are taken back where others have not changed them. Parts that somebody else has
changed since, or that would break a rule, are left out, and named.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import fields

from deepforge.document.apply import apply, text_field
from deepforge.document.changes import ChangeSet
from deepforge.errors import Refused
from deepforge.ids import RecordId, TransactionId
from deepforge.model.document import Change, Diff, Document, Patch, TextChange, TextEdit, Transaction
from deepforge.model.records import Record

__all__ = ["Inverse", "inverse"]


class Inverse(Struct, frozen=True, kw_only=True):
    """The transaction (empty if nothing can be undone), and the records of which some part was left out."""

    transaction: Transaction
    left_out: tuple[RecordId, ...] = ()


def inverse(diff: Diff, later: Sequence[Diff], document: Document, *, id: TransactionId, label: str) -> Inverse:
    """Undo `diff` on `document`, which came about by `diff` and then `later`."""
    parts, left_out = _parts(diff, later, document)
    transaction = _joined(parts, id, label)
    try:
        apply(document, transaction)
    except Refused:
        parts, broken = _legal(parts, document, id, label)
        left_out += broken
        transaction = _joined(parts, id, label)
    return Inverse(transaction=transaction, left_out=tuple(dict.fromkeys(left_out)))


Part = Transaction
"""The undoing of one record."""


def _parts(diff: Diff, later: Sequence[Diff], document: Document) -> tuple[list[Part], list[RecordId]]:
    parts: list[Part] = []
    left_out: list[RecordId] = []
    texts = {text.id: text for text in diff.text}
    for change in reversed(diff.changes):
        after = [other for one in later for other in one.changes if other.id == change.id]
        part, whole = _undone(change, texts.get(change.id), after, later, document.records.get(change.id))
        if not whole:
            left_out.append(change.id)
        if part is not None:
            parts.append(part)
    return parts, left_out


def _undone(
    change: Change, text: TextChange | None, after: list[Change], later: Sequence[Diff], now: Record | None
) -> tuple[Part | None, bool]:
    """The part that undoes one record, and whether that is all of it."""
    if change.before is None:
        if after:
            return None, now is None
        return _part(remove=(change.id,)), True
    if change.after is None:
        if after or now is not None:
            return None, False
        return _part(put=(change.before,)), True
    if now is None or any(other.before is None or other.after is None for other in after):
        return None, False
    patch, whole = _fields_back(change.before, change.after, after, now)
    edit = _text_back(text, later) if text is not None else None
    if not patch.fields and edit is None:
        return None, whole
    return _part(patch=(patch,) if patch.fields else (), text=(edit,) if edit is not None else ()), whole


def _part(**parts: Any) -> Part:  # noqa: ANN401
    return Transaction(id=TransactionId("part"), label="", **parts)


def _fields_back(before: Record, changed: Record, after: list[Change], now: Record) -> tuple[Patch, bool]:
    values: dict[str, Any] = {}
    whole = True
    for field in fields(before):
        name = field.name
        old, new = getattr(before, name), getattr(changed, name)
        if old == new or name == text_field(before):
            continue
        steps = [(getattr(one.before, name), getattr(one.after, name)) for one in after]
        if isinstance(old, dict):
            back, kept = _keys_back(old, new, steps, getattr(now, name))
            whole = whole and kept
            if back != getattr(now, name):
                values[name] = back
        elif any(a != b for a, b in steps):
            whole = False
        else:
            values[name] = old
    return Patch(id=now.id, fields=values), whole


def _keys_back(
    old: dict[str, Any], new: dict[str, Any], steps: list[tuple[dict[str, Any], dict[str, Any]]], now: dict[str, Any]
) -> tuple[dict[str, Any], bool]:
    """A field of several values: those back that this change changed, and no later one."""
    gone = object()
    back, whole = dict(now), True
    for key in {**old, **new}:
        was = old.get(key, gone)
        if was == new.get(key, gone):
            continue
        if any(a.get(key, gone) != b.get(key, gone) for a, b in steps):
            whole = False
        elif was is gone:
            back.pop(key, None)
        else:
            back[key] = was
    return back, whole


def _text_back(text: TextChange, later: Sequence[Diff]) -> TextEdit | None:
    """The inverse, carried over what was changed later: what others wrote stays, what they deleted does not come back."""
    changes = ChangeSet.parse(text.inverse)
    for diff in later:
        for other in diff.text:
            if other.id == text.id:
                changes = changes.map(ChangeSet.parse(other.changes))
    return None if changes.empty else TextEdit(id=text.id, changes=changes.json())


def _legal(parts: list[Part], document: Document, id: TransactionId, label: str) -> tuple[list[Part], list[RecordId]]:
    """The parts that the rules allow together: each is tried beside those before it, as long as any more fits."""
    kept: list[Part] = []
    waiting = parts
    progress = True
    while progress:
        progress, refused = False, []
        for part in waiting:
            try:
                apply(document, _joined([*kept, part], id, label))
            except Refused:
                refused.append(part)
            else:
                kept.append(part)
                progress = True
        waiting = refused
    return kept, [_record(part) for part in waiting]


def _record(part: Part) -> RecordId:
    if part.remove:
        return part.remove[0]
    return next(one.id for one in (*part.put, *part.patch, *part.text))


def _joined(parts: list[Part], id: TransactionId, label: str) -> Transaction:
    return Transaction(
        id=id,
        label=label,
        put=tuple(one for part in parts for one in part.put),
        patch=tuple(one for part in parts for one in part.patch),
        remove=tuple(one for part in parts for one in part.remove),
        text=tuple(one for part in parts for one in part.text),
    )
