"""Points of lines in the database: rows of `CHUNK` points, each with the extremes of its blocks and of the whole.

Drawing a long line reads the extremes (72 bytes for 1,024 points, or 72 for each 64), and the points themselves only at
the two ends of the range, where a bucket may begin or end within a block: so it is exact. The extremes of a chunk are computed
once, when it is full; until then it is the line's last, and is read itself.
"""

from collections.abc import Sequence

import numpy as np
from sqlalchemy import Select, delete, insert, select, tuple_
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

_LINES = 500
"""Lines that are handled by one statement: databases limit its parameters."""


async def add_points(connection: AsyncConnection, attempt: AttemptId, added: Sequence[tuple[int, int, bytes]]) -> None:
    """Append packed points to lines: each is (line, how many points it has, new points)."""
    for begin in range(0, len(added), _LINES):
        await _add(connection, attempt, [entry for entry in added[begin : begin + _LINES] if entry[2]])


async def _add(connection: AsyncConnection, attempt: AttemptId, added: Sequence[tuple[int, int, bytes]]) -> None:
    tails = await _take_tails(connection, attempt, [(line, count // CHUNK) for line, count, _ in added if count % CHUNK])
    size = CHUNK * POINT
    rows = []
    for line, count, new in added:
        data = tails.get(line, b"") + new
        parts = [data[begin : begin + size] for begin in range(0, len(data), size)]
        place = {"attempt": attempt, "line": line}
        rows += [place | _row(number, part) for number, part in enumerate(parts, count // CHUNK)]
    if rows:
        await connection.execute(insert(points), rows)


async def _take_tails(connection: AsyncConnection, attempt: AttemptId, chunks: Sequence[tuple[int, int]]) -> dict[int, bytes]:
    """Take out chunks that are not full; their points by line."""
    if not chunks:
        return {}
    place = (points.c.attempt == attempt, tuple_(points.c.line, points.c.chunk).in_(chunks))
    found = await connection.execute(select(points.c.line, points.c.data).where(*place))
    tails = {row.line: row.data for row in found}
    await connection.execute(delete(points).where(*place))
    return tails


def _row(chunk: int, data: bytes) -> dict[str, object]:
    if len(data) < CHUNK * POINT:
        return {"chunk": chunk, "whole": b"", "blocks": b"", "data": data}
    blocks = extremes(data, chunk * CHUNK, np.arange(0, CHUNK, BLOCK))
    whole = merge(blocks, np.zeros(1, np.intp))
    return {"chunk": chunk, "whole": pack_extremes(whole), "blocks": pack_extremes(blocks), "data": data}


async def read_points(
    connection: AsyncConnection, attempt: AttemptId, line: int, start: int, stop: int, *, count: int, buckets: int | None
) -> bytes:
    """Points `start` to `stop` of a line that has `count` of them: all, or the extremes of buckets."""
    if buckets is None or not needs_reduction(stop - start, buckets):
        return await _data(connection, attempt, line, start, stop)
    step = unit(stop - start, buckets)
    starts = edges(start, stop, buckets)
    if step == 1:
        return reduce(extremes(await _data(connection, attempt, line, start, stop), start, starts - start))
    first = -(-start // step)
    last = max(first, min(stop, count // CHUNK * CHUNK) // step)
    parts = [
        await _ends(connection, attempt, line, start, first * step, step),
        await _levels(connection, attempt, line, first, last, step),
        await _ends(connection, attempt, line, last * step, stop, step),
    ]
    positions = [*range(start, first * step, step), *range(first * step, last * step, step), *range(last * step, stop, step)]
    return reduce(merge(np.concatenate(parts), np.searchsorted(positions, starts)))


async def _ends(connection: AsyncConnection, attempt: AttemptId, line: int, start: int, stop: int, step: int) -> Floats:
    """The extremes of each `step` points of an end of the range, from the points themselves."""
    if start == stop:
        return np.empty((0, 3, 3))
    data = await _data(connection, attempt, line, start, stop)
    return extremes(data, start, np.arange(0, stop - start, step))


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
