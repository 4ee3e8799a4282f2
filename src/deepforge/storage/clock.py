"""The clock of stores that are given none."""

from datetime import UTC, datetime

__all__ = ["utc_now"]


def utc_now() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)
