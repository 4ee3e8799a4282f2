"""The journal of an attempt: which ranges of its files became which event number.

An event is cut once: its range is journaled, then it is sent. A host that is started again cuts the same ranges to the same
numbers, so that the server, which skips numbers that it has, gets each byte and each point exactly once. One JSON object a
line; a line that a crash has cut off is not there.
"""

import os
from pathlib import Path

import msgspec
from msgspec import Struct

from deepforge.model.hosting import Ended

__all__ = ["Acknowledged", "ConsoleCut", "EndedAs", "Entry", "FeedbackCut", "Journal", "StartedAs"]


class StartedAs(Struct, frozen=True, kw_only=True, tag_field="entry", tag="started"):
    number: int
    pid: int


class ConsoleCut(Struct, frozen=True, kw_only=True, tag_field="entry", tag="console"):
    """Bytes of the console from `start` up to `end`."""

    number: int
    start: int
    end: int


class FeedbackCut(Struct, frozen=True, kw_only=True, tag_field="entry", tag="feedback"):
    """Bytes of the spool from `start` up to `end`."""

    number: int
    start: int
    end: int


class EndedAs(Struct, frozen=True, kw_only=True, tag_field="entry", tag="ended"):
    number: int
    ended: Ended


class Acknowledged(Struct, frozen=True, kw_only=True, tag_field="entry", tag="acknowledged"):
    through: int


Entry = StartedAs | ConsoleCut | FeedbackCut | EndedAs | Acknowledged


class Journal:
    """The journal at a path; `entries` are those that were there when it was opened."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.entries, whole = _read(path)
        if path.exists() and path.stat().st_size != whole:
            os.truncate(path, whole)
        self._size = whole

    def append(self, *entries: Entry, durable: bool = False) -> None:
        """Write entries down. Raises `OSError` when there is no space; then nothing of them is in the journal."""
        data = b"".join(msgspec.json.encode(entry) + b"\n" for entry in entries)
        try:
            with self._path.open("ab") as file:
                file.write(data)
                file.flush()
                if durable:
                    os.fsync(file.fileno())
        except OSError:
            if self._path.exists():
                os.truncate(self._path, self._size)
            raise
        self._size += len(data)


def _read(path: Path) -> tuple[list[Entry], int]:
    """All whole entries, and how many bytes they take."""
    if not path.exists():
        return [], 0
    entries: list[Entry] = []
    size = 0
    for line in path.read_bytes().splitlines(keepends=True):
        if not line.endswith(b"\n"):
            break
        try:
            entries.append(msgspec.json.decode(line, type=Entry))
        except (msgspec.DecodeError, msgspec.ValidationError):
            break
        size += len(line)
    return entries, size
