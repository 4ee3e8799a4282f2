"""Follows the files of an attempt and cuts them into numbered events, the same ones after a restart of the host."""

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from typing import assert_never

from deepforge.feedback.spool import HEADER_SIZE
from deepforge.model.feedback import FeedbackRecord
from deepforge.model.hosting import AttemptEvent, ConsoleWritten, Ended, FeedbackWritten, Started
from deepforge.worker.attempt import AttemptDirectory
from deepforge.worker.decode import LARGEST_RECORD, Decoder, SpoolBroken, committed_length
from deepforge.worker.journal import (
    Acknowledged,
    ConsoleCut,
    EndedAs,
    Entry,
    FeedbackCut,
    Journal,
    JournalBroken,
    Kept,
    StartedAs,
)
from deepforge.worker.untrusted import file_size, read_range

__all__ = ["LARGEST_REPORT", "EventLog"]

LARGEST_REPORT = 256 * 1024
"""Bytes of a message, about; an event that is larger goes alone."""
_LARGEST_CONSOLE = 64 * 1024
_LARGEST_FEEDBACK = 96 * 1024
_LARGEST_RANGE = _LARGEST_FEEDBACK + LARGEST_RECORD + 32
_OVERHEAD = 64
_MOST_AT_ONCE = 8
"""Pieces of each kind; some 40 ms at most, so that other attempts and the socket get their turn."""
_WINDOW = 4 * 1024 * 1024
"""Bytes of events that may wait for an acknowledgement; until then the files are the buffer."""
_MUCH = 64 * 1024
_PAUSE = 0.25
"""Seconds. While the server has not acknowledged what it was sent, and less than `_MUCH` bytes are new, no more is cut: each
event costs a line of the journal, and small ones would be most of it."""
_LONG_JOURNAL = 256 * 1024


class EventLog:
    """The events of one attempt: those not yet acknowledged in memory, the rest in the files.

    Raises `JournalBroken` and `OSError` when it cannot be known which events were sent.
    """

    def __init__(self, directory: AttemptDirectory, clock: Callable[[], float] = time.monotonic) -> None:
        self._directory = directory
        self._clock = clock
        self._rest_until = 0.0
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
        if self._waiting and self._clock() < self._rest_until and self._new() < _MUCH:
            return False
        found = False
        for _ in range(_MOST_AT_ONCE):
            if self._waiting_size >= _WINDOW or not (self._cut_console() | self._cut_feedback()):
                break
            found = True
        if found:
            self._rest_until = self._clock() + _PAUSE
        return found

    @property
    def drained(self) -> bool:
        """Everything that is in the files now has become events."""
        return self._new() == 0

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
        with suppress(OSError, JournalBroken):  # no space: a later host sends again what the server will skip
            self._journal.append(Acknowledged(through=self.acknowledged))
            if self.acknowledged == self.last and self.ended is None and self._journal.size > _LONG_JOURNAL:
                self._journal.replace(self._kept())
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

    def _new(self) -> int:
        """Bytes in the files that are not events yet."""
        return max(0, file_size(self._directory.console) - self._console_end) + self._spool_length() - self._spool_end

    def _kept(self) -> Kept:
        return Kept(
            through=self.last,
            started=self.started,
            console=self._console_end,
            spool=self._spool_end,
            counts=self._decoder.counts,
        )

    def _add(self, event: AttemptEvent, size: int) -> None:
        self.last += 1
        self._waiting.append((self.last, event, size + _OVERHEAD))
        self._waiting_size += size + _OVERHEAD

    def _cut_console(self) -> bool:
        size = file_size(self._directory.console)
        if size <= self._console_end:
            return False
        start, end = self._console_end, min(size, self._console_end + _LARGEST_CONSOLE)
        event = self._written(start, end)
        self._journal.append(ConsoleCut(number=self.last + 1, start=start, end=end))
        self._console_end = end
        self._add(event, end - start)
        return True

    def _written(self, start: int, end: int) -> ConsoleWritten:
        """Bytes of the console. Those that its own code has taken away are zeros: the server must find none missing."""
        data = read_range(self._directory.console, start, end) or b""
        return ConsoleWritten(offset=start, data=data.ljust(end - start, b"\0"))

    def _cut_feedback(self) -> bool:
        length = self._spool_length()
        if length <= self._spool_end:
            return False
        start = self._spool_end
        counts = self._decoder.counts
        try:
            records, taken = self._decode(start, length)
            self._journal.append(FeedbackCut(number=self.last + 1, start=start, end=start + taken))
        except SpoolBroken as error:
            self._broken = str(error)
            return False
        except OSError:
            self._decoder = Decoder(counts)
            raise
        self._spool_end = start + taken
        self._add(FeedbackWritten(records=records), taken)
        return True

    def _decode(self, start: int, length: int) -> tuple[tuple[FeedbackRecord, ...], int]:
        """One event's worth of records; only for a large picture is more read than usual."""
        usual = min(length, start + 2 * _LARGEST_FEEDBACK)
        try:
            return self._decoder.decode(self._spooled(start, usual), _LARGEST_FEEDBACK)
        except SpoolBroken:
            if usual == length:
                raise
        large = min(length, start + _LARGEST_RANGE)
        return self._decoder.decode(self._spooled(start, large), _LARGEST_FEEDBACK)

    def _spooled(self, start: int, end: int) -> bytes:
        data = read_range(self._directory.spool, start, end) or b""
        if len(data) < end - start:
            raise SpoolBroken("a part of the spool is gone")
        return data

    def _spool_length(self) -> int:
        """Up to where the spool can be read: never behind what was cut, never beyond the file."""
        size = 0 if self._broken else file_size(self._directory.spool)
        if not size:
            return self._spool_end
        try:
            length = committed_length(read_range(self._directory.spool, 0, HEADER_SIZE) or b"")
        except SpoolBroken as error:
            if self._directory.ended() is not None:
                self._broken = str(error)
            return self._spool_end
        return max(self._spool_end, min(length, size))

    def _restore(self) -> None:
        """Cut what the journal says, as it says."""
        entries = self._journal.take()
        if not entries or not isinstance(entries[0], Kept):
            raise JournalBroken("the journal has lost its beginning")
        acknowledged = max((entry.through for entry in entries if isinstance(entry, Acknowledged)), default=0)
        self.last = entries[0].through
        self.acknowledged = max(self.last, acknowledged)
        for entry in entries:
            self._again(entry)
            self._forget()
        if self.acknowledged > self.last:
            raise JournalBroken("the journal has lost its end")

    def _again(self, entry: Entry) -> None:
        if not isinstance(entry, Kept | Acknowledged) and entry.number != self.last + 1:
            raise JournalBroken("the journal has lost a part")
        match entry:
            case Kept(started=started, console=console, spool=spool, counts=counts):
                self.started, self._console_end, self._spool_end = started, console, max(spool, HEADER_SIZE)
                self._decoder = Decoder(counts)
            case StartedAs(pid=pid):
                self.started = True
                self._add(Started(pid=pid), 16)
            case ConsoleCut(start=start, end=end):
                _check(start, end, self._console_end, _LARGEST_CONSOLE)
                self._console_end = end
                wanted = entry.number > self.acknowledged
                self._add(self._written(start, end) if wanted else ConsoleWritten(offset=start, data=b""), end - start)
            case FeedbackCut(start=start, end=end):
                _check(start, end, self._spool_end, _LARGEST_RANGE)
                self._spool_end = end
                self._add(FeedbackWritten(records=self._records(start, end)), end - start)
            case EndedAs(ended=ended):
                self.ended = ended
                self._add(ended, 1024)
            case Acknowledged():
                pass
            case _:
                assert_never(entry)

    def _records(self, start: int, end: int) -> tuple[FeedbackRecord, ...]:
        """The same records as when they were cut; none if code of the attempt has written over them since."""
        if self._broken:
            return ()
        try:
            return self._decoder.decode(self._spooled(start, end))[0]
        except SpoolBroken as error:
            self._broken = str(error)
            return ()

    def _forget(self) -> None:
        while self._waiting and self._waiting[0][0] <= self.acknowledged:
            self._waiting_size -= self._waiting.popleft()[2]


def _check(start: int, end: int, expected: int, largest: int) -> None:
    if start != expected or not 0 < end - start <= largest:
        raise JournalBroken("the journal has a range that was never cut")
