"""The journal of an attempt: which ranges of its files became which event number.

An event is cut once: its range is journaled, then it is sent. A host that is started again cuts the same ranges to the same
numbers, so that the server, which skips numbers that it has, gets each byte and each point exactly once. One JSON object a
line; a line that a crash has cut off is not there.

The first line is always a `Kept`. A journal that has grown is replaced by one such line as soon as the server has everything.
"""

import os
import stat
import weakref
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct, field

from deepforge.model.hosting import Ended
from deepforge.worker.durable import write_durably
from deepforge.worker.untrusted import UNREADABLE

__all__ = ["Acknowledged", "ConsoleCut", "EndedAs", "Entry", "FeedbackCut", "Journal", "JournalBroken", "Kept", "StartedAs"]


class JournalBroken(Exception):
    """The journal is not one that a host wrote."""


class Kept(Struct, frozen=True, kw_only=True, tag_field="entry", tag="kept"):
    """The server has all events up to `through`, made of so many bytes of console and spool; of each line so many points."""

    through: int = 0
    started: bool = False
    console: int = 0
    spool: int = 0
    counts: dict[int, int] = field(default_factory=dict)


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


Entry = Kept | StartedAs | ConsoleCut | FeedbackCut | EndedAs | Acknowledged


class Journal:
    """The journal at a path. It is held open, so that the attempt's own code cannot put anything else in its place.

    Raises `OSError` and `JournalBroken` if there is something else already.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = _opened(path)
        self._closing = weakref.finalize(self, os.close, self._file)
        self._entries, self.size = _read(self._file)
        if os.fstat(self._file).st_size != self.size:
            os.ftruncate(self._file, self.size)

    def begin(self) -> None:
        """Write the first line of a new journal."""
        if not self.size:
            self.append(Kept())

    def take(self) -> list[Entry]:
        """The entries that were there when it was opened; given once."""
        entries, self._entries = self._entries, []
        return entries

    def append(self, *entries: Entry, durable: bool = False) -> None:
        """Write entries down. Raises `OSError` when there is no space; then nothing of them is in the journal."""
        data = memoryview(_lines(entries))
        left = data
        try:
            while left:
                left = left[os.write(self._file, left) :]
            if durable:
                os.fsync(self._file)
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._file, self.size)
            raise
        self.size += len(data)

    def replace(self, kept: Kept) -> None:
        """Begin again from here. Raises `OSError` and `JournalBroken`; then it goes on as it was."""
        data = _lines((kept,))
        write_durably(self._path, data)
        file = _opened(self._path)
        self._closing()
        self._file = file
        self._closing = weakref.finalize(self, os.close, self._file)
        self.size = len(data)


def _opened(path: Path) -> int:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o644)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise JournalBroken("the journal is not a file")
    return file


def _lines(entries: tuple[Entry, ...]) -> bytes:
    return b"".join(msgspec.json.encode(entry) + b"\n" for entry in entries)


def _read(file: int) -> tuple[list[Entry], int]:
    """All whole entries, and how many bytes they take."""
    entries: list[Entry] = []
    size = 0
    with os.fdopen(os.dup(file), "rb") as lines:
        for line in lines:
            if not line.endswith(b"\n"):
                break
            try:
                entries.append(msgspec.json.decode(line, type=Entry))
            except UNREADABLE:
                break
            size += len(line)
    return entries, size
