"""`deepforge.progress`: how far a loop is."""

import math
import sys
import time
from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

from deepforge.feedback.channel import CHANNEL
from deepforge.feedback.number import as_number
from deepforge.feedback.spool import Kind

__all__ = ["progress"]

Item = TypeVar("Item")
_SPOOL_PAUSE = 0.05
_PRINT_PAUSE = 1.0
_MOST = 2**53
"""What a browser counts exactly; larger totals are told as this one."""


def progress(iterable: Iterable[Item], label: str = "", total: int | None = None) -> Iterator[Item]:
    """Pass the items on, reporting how many are done.

    `total` is taken from `len(iterable)` where it has one. Reported at most 20 times a second; outside a runner a line is
    printed on standard error at most once a second.
    """
    if total is None and isinstance(iterable, Sized):
        total = len(iterable)
    meter = _Meter(str(label)[:200], _count(total))
    meter.report(0)
    done = 0
    try:
        for item in iterable:
            yield item
            done += 1
            meter.moved(done)
    finally:
        meter.report(done)


def _count(total: object) -> int | None:
    """The total as a whole number that can be told on; None for what is no number."""
    number = None if total is None else as_number(total)
    return None if number is None or math.isnan(number) else int(min(max(number, 0), _MOST))


class _Meter:
    def __init__(self, label: str, total: int | None) -> None:
        self._label = label
        self._total = total
        self._next = 0.0

    def moved(self, done: int) -> None:
        if time.monotonic() >= self._next:
            self.report(done)

    def report(self, done: int) -> None:
        spool = CHANNEL.spool
        self._next = time.monotonic() + (_PRINT_PAUSE if spool is None else _SPOOL_PAUSE)
        if spool is None:
            of = f"/{self._total}" if self._total is not None else ""
            sys.stderr.write(f"{self._label or 'progress'}: {done}{of}\n")
        else:
            spool.record(Kind.PROGRESS, {"label": self._label, "done": done, "total": self._total})
