"""A document from a snapshot and the log after it. Pure."""

from collections.abc import Iterable

from deepforge.model.document import Document, Version

__all__ = ["replay"]


def replay(document: Document, versions: Iterable[Version]) -> Document:
    """The document after these versions, which follow it in order. Diffs hold whole records, so nothing is applied anew."""
    records = dict(document.records)
    number = document.version
    for version in versions:
        number = version.version
        for change in version.diff.changes:
            if change.after is None:
                records.pop(change.id, None)
            else:
                records[change.id] = change.after
    return Document(version=number, records=records)
