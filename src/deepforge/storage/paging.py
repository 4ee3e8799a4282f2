"""Opaque cursors of lists: a place in the order of making, so that nothing is skipped or doubled while others add."""

import base64
import binascii

from sqlalchemy import ColumnElement, Select
from sqlalchemy.ext.asyncio import AsyncConnection

from deepforge.errors import Invalid

__all__ = ["LARGEST_PAGE", "page_limit", "page_of", "read_cursor", "write_cursor"]

LARGEST_PAGE = 1000


def write_cursor(number: int) -> str:
    """The cursor of what comes after number `number`."""
    return base64.urlsafe_b64encode(b"%d" % number).decode()


def read_cursor(cursor: str | None) -> int | None:
    """The number in a cursor; None for none. Raises `Invalid` for what is not a cursor."""
    if cursor is None:
        return None
    try:
        text = base64.b64decode(cursor, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        text = b""
    if not text.isdigit() or len(text) > 18:
        raise Invalid("This is not a place in the list.", code="bad-cursor", hint="Begin again without a cursor.")
    return int(text)


def page_limit(limit: int) -> int:
    """A page holds at least one and at most `LARGEST_PAGE`."""
    return min(max(limit, 1), LARGEST_PAGE)


async def page_of(
    connection: AsyncConnection, query: Select[int, bytes], number: ColumnElement[int], *, cursor: str | None, limit: int
) -> tuple[list[bytes], str | None]:
    """What `query` (of numbers and bodies) finds, newest first: a page of bodies, and the cursor of the next one."""
    before, size = read_cursor(cursor), page_limit(limit)
    if before is not None:
        query = query.where(number < before)
    rows = (await connection.execute(query.order_by(number.desc()).limit(size + 1))).all()
    return [body for _, body in rows[:size]], write_cursor(rows[size - 1][0]) if len(rows) > size else None
