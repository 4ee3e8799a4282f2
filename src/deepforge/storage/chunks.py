"""Points of lines in the database: rows of `CHUNK` points, each with the extremes of its blocks and of the whole.

Drawing a long line reads the extremes (72 bytes for 1,024 points, or 72 for each 64), and the points themselves only at
the two ends of the range, where a bucket may begin or end within a block: so it is exact.
"""

import numpy as np
from sqlalchemy import Select, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import ColumnElement

from deepforge.ids import AttemptId
from deepforge.storage.points import (
    BLOCK,
    CHUNK,
    POINT,
    Floats,
    edges,
    extremes,
    merge,
    needs_reduction,
    pack_extremes,
    reduce,
    unit,
    unpack_extremes,
)
from deepforge.storage.tables import points

__all__ = ["add_points", "read_points"]


async def add_points(connection: AsyncConnection, attempt: AttemptId, line: int, count: int, data: bytes) -> None:
    """Append packed points to a line that has `count` of them."""
    if not data:
        return
    chunk, within = divmod(count, CHUNK)
    if within:
        tail = (await connection.execute(_rows(points.c.data, attempt, line, chunk, chunk + 1))).scalar_one()
        data = tail + data
        place = (points.c.attempt == attempt, points.c.line == line, points.c.chunk == chunk)
        await connection.execute(delete(points).where(*place))
    size = CHUNK * POINT
    parts = [data[begin : begin + size] for begin in range(0, len(data), size)]
    place_of = {"attempt": attempt, "line": line}
    await connection.execute(insert(points), [place_of | _row(number, part) for number, part in enumerate(parts, chunk)])


def _row(chunk: int, data: bytes) -> dict[str, object]:
    first, count = chunk * CHUNK, len(data) // POINT
    blocks = extremes(data, first, np.arange(0, count, BLOCK))
    whole = merge(blocks, np.zeros(1, np.intp))
    return {"chunk": chunk, "whole": pack_extremes(whole), "blocks": pack_extremes(blocks), "data": data}


async def read_points(
    connection: AsyncConnection, attempt: AttemptId, line: int, start: int, stop: int, buckets: int | None
) -> bytes:
    """Points `start` to `stop` of a line that has that many: all, or the extremes of buckets."""
    if buckets is None or not needs_reduction(stop - start, buckets):
        return await _data(connection, attempt, line, start, stop)
    step = unit(stop - start, buckets)
    starts = edges(start, stop, buckets)
    if step == 1:
        return reduce(extremes(await _data(connection, attempt, line, start, stop), start, starts - start))
    first, last = -(-start // step), stop // step
    head, tail = (start, first * step), (last * step, stop)
    parts = [
        await _ends(connection, attempt, line, *head),
        await _levels(connection, attempt, line, first, last, step),
        await _ends(connection, attempt, line, *tail),
    ]
    positions = np.concatenate([[start] * len(parts[0]), np.arange(first, last) * step, [tail[0]] * len(parts[2])])
    return reduce(merge(np.concatenate(parts), np.searchsorted(positions, starts)))


async def _ends(connection: AsyncConnection, attempt: AttemptId, line: int, start: int, stop: int) -> Floats:
    """The extremes of the points between an end of the range and the next edge of a block; none if it is one."""
    if start == stop:
        return np.empty((0, 3, 3))
    data = await _data(connection, attempt, line, start, stop)
    return extremes(data, start, np.zeros(1, np.intp))


async def _levels(connection: AsyncConnection, attempt: AttemptId, line: int, first: int, last: int, step: int) -> Floats:
    """The stored extremes of blocks or chunks (`step` points each) number `first` to `last`."""
    if step == CHUNK:
        rows = await connection.execute(_rows(points.c.whole, attempt, line, first, last))
        return unpack_extremes(b"".join(rows.scalars()))
    each = CHUNK // step
    begin, end = first // each, -(-last // each)
    rows = await connection.execute(_rows(points.c.blocks, attempt, line, begin, end))
    return unpack_extremes(b"".join(rows.scalars()))[first - begin * each : last - begin * each]


async def _data(connection: AsyncConnection, attempt: AttemptId, line: int, start: int, stop: int) -> bytes:
    begin, end = start // CHUNK, -(-stop // CHUNK)
    data = b"".join((await connection.execute(_rows(points.c.data, attempt, line, begin, end))).scalars())
    return data[(start - begin * CHUNK) * POINT : (stop - begin * CHUNK) * POINT]


def _rows(column: ColumnElement[bytes], attempt: AttemptId, line: int, begin: int, end: int) -> Select[bytes]:
    """A column of the chunks number `begin` to `end`, in order."""
    place = (points.c.attempt == attempt, points.c.line == line)
    between = (points.c.chunk >= begin, points.c.chunk < end)
    return select(column).where(*place, *between).order_by(points.c.chunk)
