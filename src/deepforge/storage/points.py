"""Points of a line as bytes: chunks of fixed size, the extremes of each block and chunk, and exact reduction to buckets.

A line is a sequence of (x, y) pairs, packed as little-endian float64. It is cut into chunks of `CHUNK` points; with each
chunk stand the extremes of each of its blocks of `BLOCK` points, so that a long line is drawn from the extremes alone
(two levels of a min/max pyramid; the third is the points themselves).

The extremes of some points are three entries (position, x, y): the first smallest y, the first largest y, and the first
NaN; position is the index in the line, -1 where there is none. Infinities are ordinary values here, NaN never is.
"""

import base64
import binascii

import numpy as np
from numpy.typing import NDArray

from deepforge.errors import Invalid

__all__ = [
    "BLOCK",
    "CHUNK",
    "POINT",
    "Floats",
    "edges",
    "extremes",
    "merge",
    "needs_reduction",
    "pack_extremes",
    "reduce",
    "unit",
    "unpack",
    "unpack_extremes",
]

Floats = NDArray[np.float64]
POINT = 16
"""Bytes of a point."""
BLOCK = 64
CHUNK = 1024
_ENTRY = np.dtype("<f8")


def unpack(points: str) -> bytes:
    """The bytes of base64-packed points. Raises `Invalid` when they are not whole pairs of float64."""
    try:
        data = base64.b64decode(points, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("Points are not valid base64.", code="bad-points") from None
    if len(data) % POINT:
        raise Invalid("Points are not whole pairs of float64.", code="bad-points")
    return data


def extremes(data: bytes, first: int, starts: NDArray[np.intp]) -> Floats:
    """The extremes of the stretches of packed points that begin at `starts` (offsets in `data`, ascending, from 0).

    `first` is the position of the first point in its line. Returns (stretches, 3, 3).
    """
    pairs = np.frombuffer(data, _ENTRY).reshape(-1, 2)
    positions = np.arange(first, first + len(pairs), dtype=np.float64)
    gap = np.isnan(pairs[:, 1])
    entries = np.column_stack([positions, pairs])
    result = np.empty((len(starts), 3, 3))
    result[:, 0] = _pick(entries, np.where(gap, np.inf, pairs[:, 1]), ~gap, starts)
    result[:, 1] = _pick(entries, np.where(gap, np.inf, -pairs[:, 1]), ~gap, starts)
    result[:, 2] = _pick(entries, np.zeros(len(pairs)), gap, starts)
    return result


def merge(parts: Floats, starts: NDArray[np.intp]) -> Floats:
    """The extremes of stretches of extremes: `parts` is (n, 3, 3), `starts` where each stretch begins."""
    result = np.empty((len(starts), 3, 3))
    for kind, key in enumerate((parts[:, 0, 2], -parts[:, 1, 2], np.zeros(len(parts)))):
        result[:, kind] = _pick(parts[:, kind], key, parts[:, kind, 0] >= 0, starts)
    return result


def _pick(entries: Floats, key: Floats, there: NDArray[np.bool_], starts: NDArray[np.intp]) -> Floats:
    """Of each stretch the first entry with the smallest key among those that are there; (-1, NaN, NaN) if none is."""
    key = np.where(there, key, np.inf)
    lengths = np.diff(np.append(starts, len(entries)))
    least = np.repeat(np.minimum.reduceat(key, starts), lengths)
    index = np.where(there & (key == least), np.arange(len(entries)), len(entries))
    chosen = np.minimum.reduceat(index, starts)
    found = chosen < len(entries)
    result = np.full((len(starts), 3), np.nan)
    result[:, 0] = -1
    result[found] = entries[chosen[found]]
    return result


def pack_extremes(parts: Floats) -> bytes:
    return parts.astype(_ENTRY).tobytes()


def unpack_extremes(data: bytes) -> Floats:
    return np.frombuffer(data, _ENTRY).reshape(-1, 3, 3)


def needs_reduction(count: int, buckets: int | None) -> bool:
    """Whether `count` points are more than two for each bucket (fewer are given as they are)."""
    return buckets is not None and count > 2 * max(buckets, 1)


def unit(count: int, buckets: int) -> int:
    """What bucket edges are multiples of: the largest of chunk, block and point that a bucket holds twice."""
    size = count / max(buckets, 1)
    return next(step for step in (CHUNK, BLOCK, 1) if size >= 2 * step or step == 1)


def edges(start: int, stop: int, buckets: int) -> NDArray[np.intp]:
    """Where buckets of [start, stop) begin: `start`, then multiples of `unit`, about evenly."""
    step = unit(stop - start, buckets)
    even = np.linspace(start, stop, max(buckets, 1), endpoint=False)
    inner = (np.round(even[1:] / step) * step).astype(np.intp)
    return np.unique(np.concatenate([np.array([start], np.intp), inner[(inner > start) & (inner < stop)]]))


def reduce(buckets: Floats) -> bytes:
    """Packed points of the extremes of buckets: of each the smallest, the largest and the gap, in their order in the line."""
    entries = buckets.reshape(-1, 3)
    entries = entries[entries[:, 0] >= 0]
    _, kept = np.unique(entries[:, 0], return_index=True)
    return np.ascontiguousarray(entries[kept, 1:]).astype(_ENTRY).tobytes()
