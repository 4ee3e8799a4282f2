"""Time, handed in, so that tests need not wait."""

import time
from datetime import UTC, datetime
from typing import Protocol

__all__ = ["Clock", "SystemClock"]


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """In UTC; for people and records."""
        ...

    def monotonic(self) -> float:
        """Seconds that never jump; for timers."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()
