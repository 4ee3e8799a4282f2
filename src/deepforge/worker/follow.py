"""Follows the files of an attempt and cuts them into numbered events, the same ones after a restart of the host."""

import os
from collections import deque
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import assert_never

from deepforge.feedback.spool import HEADER_SIZE
from deepforge.model.feedback import FeedbackRecord
from deepforge.model.hosting import AttemptEvent, ConsoleWritten, Ended, FeedbackWritten, Started
from deepforge.worker.attempt import AttemptDirectory
from deepforge.worker.decode import Decoder, SpoolBroken, committed_length
from deepforge.worker.journal import Acknowledged, ConsoleCut, EndedAs, FeedbackCut, Journal, StartedAs

__all__ = ["LARGEST_REPORT", "EventLog"]

LARGEST_REPORT = 256 * 1024
"""Bytes of a message, about; an event that is larger goes alone."""
_LARGEST_CONSOLE = 64 * 1024
_LARGEST_FEEDBACK = 96 * 1024
_LARGEST_RECORD = 16 * 1024 * 1024
_OVERHEAD = 64
_MOST_AT_ONCE = 8
"""Pieces of each kind; some 40 ms at most, so that other attempts and the socket get their turn."""
_WINDOW = 4 * 1024 * 1024
"""Bytes of events that may wait for an acknowledgement; until then the files are the buffer."""


class EventLog:
    """The events of one attempt: those not yet acknowledged in memory, the rest in the files."""

    def __init__(self, directory: AttemptDirectory) -> None:
        self._directory = directory
        self._journal = Journal(directory.journal)
        self._decoder = Decoder()
        self._waiting: deque[tuple[int, AttemptEvent, int]] = deque()
        self._waiting_size = 0
        self._console_end = 0
        self._spool_end = HEADER_SIZE
        self._broken = ""
        self.last = 0
        """The number of the newest event."""
        self.acknowledged = 0
        self.started = False
        self.ended: Ended | None = None
        self._restore()

    @property
    def spool_problem(self) -> str:
        """Why the spool is not followed any more; empty as long as it is."""
        return self._broken

    def start(self, pid: int) -> None:
        """The runner exists."""
        if not self.started:
            self._journal.append(StartedAs(number=self.last + 1, pid=pid))
            self.started = True
            self._add(Started(pid=pid), 16)

    def cut(self) -> bool:
        """Make some events of what is new in the files; False if there was nothing, or if too much waits for acknowledgement.

        Raises `OSError` when the journal cannot be written; nothing is lost, and the call can be repeated.
        """
        found = False
        for _ in range(_MOST_AT_ONCE):
            if self._waiting_size >= _WINDOW or not (self._cut_console() | self._cut_feedback()):
                break
            found = True
        return found

    @property
    def drained(self) -> bool:
        """Everything that is in the files now has become events."""
        return self._console_end >= _size(self._directory.console) and self._spool_end >= self._spool_length()

    def end(self, ended: Ended) -> None:
        """The last event."""
        self._journal.append(EndedAs(number=self.last + 1, ended=ended), durable=True)
        self.ended = ended
        self._add(ended, 1024)

    def acknowledge(self, through: int) -> None:
        """Forget what the server has."""
        if through <= self.acknowledged:
            return
        self.acknowledged = min(through, self.last)
        with suppress(OSError):  # no space: a later host sends again what the server will skip
            self._journal.append(Acknowledged(through=self.acknowledged))
        self._forget()

    def after(self, number: int) -> tuple[int, tuple[AttemptEvent, ...]]:
        """The first number, and events after `number` that go in one report; none if there are none."""
        chosen: list[AttemptEvent] = []
        first, room = 0, LARGEST_REPORT
        sent = number - self._waiting[0][0] + 1 if self._waiting else 0
        for each, event, size in islice(self._waiting, max(0, sent), None):
            if chosen and size > room:
                break
            first = first or each
            chosen.append(event)
            room -= size
        return first, tuple(chosen)

    def _add(self, event: AttemptEvent, size: int) -> None:
        self.last += 1
        self._waiting.append((self.last, event, size + _OVERHEAD))
        self._waiting_size += size + _OVERHEAD

    def _cut_console(self) -> bool:
        size = _size(self._directory.console)
        if size <= self._console_end:
            return False
        start, end = self._console_end, min(size, self._console_end + _LARGEST_CONSOLE)
        self._journal.append(ConsoleCut(number=self.last + 1, start=start, end=end))
        self._console_end = end
        self._add(ConsoleWritten(offset=start, data=_range(self._directory.console, start, end)), end - start)
        return True

    def _cut_feedback(self) -> bool:
        length = self._spool_length()
        if length <= self._spool_end:
            return False
        start = self._spool_end
        try:
            records, taken = self._decode(start, length)
        except SpoolBroken as error:
            self._broken = str(error)
            return False
        self._journal.append(FeedbackCut(number=self.last + 1, start=start, end=start + taken))
        self._spool_end = start + taken
        self._add(FeedbackWritten(records=records), taken)
        return True

    def _decode(self, start: int, length: int) -> tuple[tuple[FeedbackRecord, ...], int]:
        """One event's worth of records; only for a large picture is more read than usual."""
        usual = min(length, start + 2 * _LARGEST_FEEDBACK)
        try:
            return self._decoder.decode(_range(self._directory.spool, start, usual), _LARGEST_FEEDBACK)
        except SpoolBroken:
            if usual == length:
                raise
        large = min(length, start + _LARGEST_FEEDBACK + _LARGEST_RECORD)
        return self._decoder.decode(_range(self._directory.spool, start, large), _LARGEST_FEEDBACK)

    def _spool_length(self) -> int:
        """Up to where the spool can be read: never behind what was cut, never beyond the file."""
        if self._broken or not self._directory.spool.exists():
            return self._spool_end
        try:
            length = committed_length(_range(self._directory.spool, 0, HEADER_SIZE))
        except SpoolBroken as error:
            if _size(self._directory.spool) > 0 and self._directory.ended() is not None:
                self._broken = str(error)
            return self._spool_end
        return max(self._spool_end, min(length, _size(self._directory.spool)))

    def _restore(self) -> None:
        """Cut what the journal says, as it says."""
        entries = self._journal.entries
        self.acknowledged = max((entry.through for entry in entries if isinstance(entry, Acknowledged)), default=0)
        for entry in entries:
            match entry:
                case StartedAs(pid=pid):
                    self.started = True
                    self._add(Started(pid=pid), 16)
                case ConsoleCut(start=start, end=end):
                    self._console_end = end
                    wanted = entry.number > self.acknowledged
                    data = _range(self._directory.console, start, end) if wanted else b""
                    self._add(ConsoleWritten(offset=start, data=data), end - start)
                case FeedbackCut(start=start, end=end):
                    self._spool_end = end
                    records, _ = self._decoder.decode(_range(self._directory.spool, start, end))
                    self._add(FeedbackWritten(records=records), end - start)
                case EndedAs(ended=ended):
                    self.ended = ended
                    self._add(ended, 1024)
                case Acknowledged():
                    pass
                case _:
                    assert_never(entry)
            self._forget()

    def _forget(self) -> None:
        while self._waiting and self._waiting[0][0] <= self.acknowledged:
            self._waiting_size -= self._waiting.popleft()[2]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _range(path: Path, start: int, end: int) -> bytes:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.pread(descriptor, end - start, start)
    finally:
        os.close(descriptor)
