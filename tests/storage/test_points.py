"""Reduction of lines: exact in every bucket, and the same on disk as in memory."""

import math
import random
from itertools import pairwise

import pytest

from deepforge.errors import Invalid
from deepforge.settings import Settings
from deepforge.storage import MemoryStorage, open_storage
from deepforge.storage.points import BLOCK, CHUNK, edges, unpack
from tests.storage.contracts_reports import series
from tests.storage.things import ATTEMPT, a_line, feedback, pack, points

Pair = tuple[float, float]


def expected(line: list[Pair], start: int, stop: int, buckets: int) -> bytes:
    """Plainly: of each bucket the first smallest, the first largest and the first gap, in order."""
    if stop - start <= 2 * buckets:
        return pack(line[start:stop])
    kept: set[int] = set()
    for begin, end in pairwise([*edges(start, stop, buckets).tolist(), stop]):
        numbers = [index for index in range(begin, end) if not math.isnan(line[index][1])]
        gaps = [index for index in range(begin, end) if math.isnan(line[index][1])]
        kept.update(gaps[:1])
        if numbers:
            kept.add(min(numbers, key=lambda index: (line[index][1], index)))
            kept.add(min(numbers, key=lambda index: (-line[index][1], index)))
    return pack(line[index] for index in sorted(kept))


@pytest.mark.parametrize("count", [1, CHUNK - 1, CHUNK, CHUNK + BLOCK, 9 * CHUNK, 9 * CHUNK + 700, 40_000])
async def test_every_bucket_is_exact_on_disk_and_in_memory(settings: Settings, count: int) -> None:
    chance, line = random.Random(count), series(count, count)
    events = [a_line(), feedback(points(1, 0, pack(line)))]
    memory = MemoryStorage()
    async with open_storage(settings) as storage:
        for each in (memory, storage):
            await each.reports.append(ATTEMPT, 1, events)
        for _ in range(40):
            start = chance.choice([0, chance.randrange(count)])
            stop = chance.choice([count, chance.randrange(start, count + 1)])
            buckets = chance.choice([1, 2, 3, 5, 17, 100, 1000])
            wanted = (stop - start, expected(line, start, stop, buckets))
            for each in (memory, storage):
                assert await each.reports.points(ATTEMPT, 1, start=start, stop=stop, buckets=buckets) == wanted


@pytest.mark.parametrize(
    ("start", "stop", "buckets", "begins"),
    [
        (0, 10, 3, [0, 3, 7]),
        (5, 10, 2, [5, 8]),
        (0, 1000, 2, [0, 512]),
        (100, 900, 4, [100, 320, 512, 704]),
        (0, 10 * CHUNK, 2, [0, 5 * CHUNK]),
        (1, 10 * CHUNK, 5, [1, 2 * CHUNK, 4 * CHUNK, 6 * CHUNK, 8 * CHUNK]),
        (3, 4, 0, [3]),
    ],
)
def test_buckets_begin_where_the_stored_extremes_do(start: int, stop: int, buckets: int, begins: list[int]) -> None:
    assert edges(start, stop, buckets).tolist() == begins


@pytest.mark.parametrize("text", ["A", "AAAA", "not base64", "é"])
def test_what_is_no_points_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        unpack(text)
