"""What every `ReportStore` does."""

import base64
import math
import random

import pytest

from deepforge.dispatch.stores import ReportStore
from deepforge.errors import Invalid, NotFound
from deepforge.ids import AttemptId
from deepforge.model.execution import Progress
from deepforge.model.feedback import (
    AxisLabels,
    Feedback,
    GraphState,
    ImageChanged,
    ImageState,
    LineCreated,
    LineState,
    ProgressChanged,
)
from deepforge.model.hosting import AttemptEvent, Console, Ended, Started, Stored
from deepforge.storage import MemoryStorage, Storage
from tests.storage.contracts_blobs import info_of
from tests.storage.things import ATTEMPT, INF, JOB, NAN, a_line, console, feedback, pack, points, unpack

PNG = b"\x89PNG not really"


def series(count: int, seed: int = 1) -> list[tuple[float, float]]:
    """A line with everything in it that can be in one."""
    chance = random.Random(seed)
    odd = [NAN, INF, -INF, -0.0, 0.0, 5.0, 5.0]
    return [(float(x), chance.choice(odd) if chance.random() < 0.2 else chance.gauss(0, 1)) for x in range(count)]


class ReportContract:
    backend = ""

    @pytest.fixture
    def reports(self, storage: MemoryStorage | Storage) -> ReportStore:
        return storage.reports

    async def test_an_attempt_that_never_reported_is_empty(self, reports: ReportStore) -> None:
        assert await reports.through(ATTEMPT) == 0
        assert await reports.feedback(JOB, ATTEMPT) == Feedback(job=JOB, attempt=ATTEMPT)
        assert await reports.console(ATTEMPT) == Console(offset=0, data=b"", end=0)
        assert await reports.append(ATTEMPT, 1, ()) == Stored(through=0)
        with pytest.raises(NotFound):
            await reports.points(ATTEMPT, 1)

    async def test_events_are_stored_once_by_number(self, reports: ReportStore) -> None:
        events: list[AttemptEvent] = [Started(pid=7), console(0, b"one\n"), console(4, b"two\n"), Ended(exit_code=0)]
        assert await reports.append(ATTEMPT, 1, events[:2]) == Stored(through=2, fresh=tuple(events[:2]))
        assert await reports.append(ATTEMPT, 1, events[:3]) == Stored(through=3, fresh=(events[2],))
        assert await reports.append(ATTEMPT, 2, events[1:3]) == Stored(through=3)
        assert await reports.append(ATTEMPT, 4, events[3:]) == Stored(through=4, fresh=(events[3],))
        assert await reports.through(ATTEMPT) == 4
        assert await reports.console(ATTEMPT) == Console(offset=0, data=b"one\ntwo\n", end=8)

    @pytest.mark.parametrize(
        ("first", "event"),
        [
            (3, console(3, b"x")),
            (0, console(3, b"x")),
            (2, console(4, b"x")),
            (2, feedback(points(1, 0, b"1234567"))),
            (2, feedback(ImageChanged(image=1, png="not base64!"))),
        ],
        ids=["event missing", "number 0", "console bytes missing", "no whole points", "no picture"],
    )
    async def test_what_does_not_fit_stores_nothing(self, reports: ReportStore, first: int, event: AttemptEvent) -> None:
        await reports.append(ATTEMPT, 1, [console(0, b"abc")])
        with pytest.raises(Invalid):
            await reports.append(ATTEMPT, first, [event])
        assert await reports.through(ATTEMPT) == 1
        assert await reports.console(ATTEMPT) == Console(offset=0, data=b"abc", end=3)
        assert await reports.feedback(JOB, ATTEMPT) == Feedback(job=JOB, attempt=ATTEMPT)

    async def test_fault_41_the_console_is_read_in_parts_of_any_bytes(self, reports: ReportStore) -> None:
        await reports.append(ATTEMPT, 1, [console(0, b"\x00\xff\r\nabcdef")])
        parts = [(0, 4), (4, 3), (7, 100), (10, 5), (99, 5), (-3, 1), (2, 0)]
        read = [(await reports.console(ATTEMPT, offset=offset, limit=limit)) for offset, limit in parts]
        assert [(part.offset, part.data) for part in read] == [
            (0, b"\x00\xff\r\n"),
            (4, b"abc"),
            (7, b"def"),
            (10, b""),
            (10, b""),
            (0, b"\x00"),
            (2, b""),
        ]
        assert {part.end for part in read} == {10}

    async def test_feedback_is_what_was_reported_last(self, reports: ReportStore, storage: MemoryStorage | Storage) -> None:
        picture = ImageChanged(image=1, title="digits", png=base64.b64encode(PNG).decode(), width=8, height=4)
        stored = await reports.append(
            ATTEMPT,
            1,
            [
                a_line(),
                feedback(AxisLabels(graph=1, x="step"), LineCreated(graph=1, line=2, name="test")),
                feedback(AxisLabels(graph=1, y="loss"), points(2, 0, pack([(0, 1), (1, NAN)]))),
                feedback(picture, ImageChanged(image=2, title="empty"), ImageChanged(image=1, title="better")),
                feedback(ProgressChanged(progress=Progress(label="epochs", done=1, total=3))),
            ],
        )
        blob = info_of(PNG).hash
        others = (ImageChanged(image=2, title="empty"), ImageChanged(image=1, title="better"))
        assert stored.fresh[3] == feedback(ImageChanged(image=1, title="digits", blob=blob, width=8, height=4), *others)
        assert (await storage.blobs.path(blob)).read_bytes() == PNG
        assert await reports.blobs() == {blob}
        lines = (LineState(line=1, name="train", count=0), LineState(line=2, name="test", count=2))
        assert await reports.feedback(JOB, ATTEMPT) == Feedback(
            job=JOB,
            attempt=ATTEMPT,
            graphs=(GraphState(graph=1, name="loss", x="step", y="loss", lines=lines),),
            images=(
                ImageState(image=1, title="better", blob=blob, width=8, height=4, revision=1),
                ImageState(image=2, title="empty"),
            ),
            progress=Progress(label="epochs", done=1, total=3),
        )

    async def test_fault_48_points_come_back_bit_for_bit(self, reports: ReportStore) -> None:
        odd = [(0.0, NAN), (1.0, INF), (2.0, -INF), (3.0, -0.0), (NAN, 1.0), (1e308, 5e-324), (2.0, float(2**70)), (1.0, 1.0)]
        await reports.append(ATTEMPT, 1, [a_line(), feedback(points(1, 0, pack(odd)))])
        assert await reports.points(ATTEMPT, 1) == (len(odd), pack(odd))
        assert await reports.points(ATTEMPT, 1, buckets=100) == (len(odd), pack(odd))

    async def test_points_of_no_line_are_left_out(self, reports: ReportStore) -> None:
        data = pack([(0, 1), (1, 2)])
        await reports.append(ATTEMPT, 1, [a_line(), feedback(points(9, 0, data)), feedback(points(1, 0, data))])
        await reports.append(ATTEMPT, 4, [feedback(points(1, 1, data))])
        assert await reports.points(ATTEMPT, 1) == (3, pack([(0, 1), (1, 2), (1, 2)]))
        with pytest.raises(NotFound):
            await reports.points(ATTEMPT, 9)

    async def test_points_in_any_portions_are_the_same_line(self, reports: ReportStore) -> None:
        line, chance, at = series(7000), random.Random(3), 0
        await reports.append(ATTEMPT, 1, [a_line()])
        number = 2
        while at < len(line):
            portion = line[at : at + chance.choice([1, 10, 100, 1023, 1024, 1025, 3000])]
            await reports.append(ATTEMPT, number, [feedback(points(1, at, pack(portion)))])
            at, number = at + len(portion), number + 1
        ranges = [(0, None), (0, 7000), (1023, 1025), (1024, 2048), (6999, 9999), (8000, None), (50, 10), (-5, 3)]
        for start, stop in ranges:
            expected = pack(line[max(start, 0) : stop]) if stop is None or stop > start else b""
            assert await reports.points(ATTEMPT, 1, start=start, stop=stop) == (len(expected) // 16, expected)

    @pytest.mark.parametrize("buckets", [1, 2, 7, 30, 100, 499, 3000])
    async def test_buckets_hold_the_smallest_and_largest_in_order_with_gaps(self, reports: ReportStore, buckets: int) -> None:
        line = series(20_000, buckets)
        await reports.append(ATTEMPT, 1, [a_line(), feedback(points(1, 0, pack(line)))])
        for start, stop in ((0, None), (0, 20_000), (777, 19_001), (1024, 1025), (64, 8256)):
            part = line[start:stop]
            count, data = await reports.points(ATTEMPT, 1, start=start, stop=stop, buckets=buckets)
            reduced = unpack(data)
            assert count == len(part)
            assert _sorted_subset(reduced, part)
            assert len(reduced) <= max(3 * buckets, 2 * buckets if count > 2 * buckets else count)
            for pick in (min, max):
                assert pick(y for _, y in reduced if y == y) == pick(y for _, y in part if y == y)
            assert any(math.isnan(y) for _, y in reduced) == any(math.isnan(y) for _, y in part)

    async def test_a_line_of_gaps_alone(self, reports: ReportStore) -> None:
        line = [(float(x), NAN) for x in range(3000)]
        await reports.append(ATTEMPT, 1, [a_line(), feedback(points(1, 0, pack(line)))])
        count, data = await reports.points(ATTEMPT, 1, buckets=3)
        assert count == 3000
        assert [math.isnan(y) for _, y in unpack(data)] == [True] * 3

    async def test_removed_attempts_are_as_if_they_had_never_been(self, reports: ReportStore) -> None:
        other = AttemptId("attempt2")
        for attempt in (ATTEMPT, other):
            await reports.append(attempt, 1, [console(0, b"abc"), a_line(), feedback(points(1, 0, pack([(0, 1)])))])
        assert await reports.attempts() == {ATTEMPT, other}
        for _ in range(2):
            await reports.remove([ATTEMPT])
        assert await reports.attempts() == {other}
        assert await reports.through(ATTEMPT) == 0
        assert await reports.console(ATTEMPT) == Console(offset=0, data=b"", end=0)
        assert await reports.points(other, 1) == (1, pack([(0, 1)]))
        await reports.append(ATTEMPT, 1, [console(0, b"new"), a_line()])
        assert await reports.console(ATTEMPT) == Console(offset=0, data=b"new", end=3)
        assert await reports.points(ATTEMPT, 1) == (0, b"")


def _sorted_subset(reduced: list[tuple[float, float]], line: list[tuple[float, float]]) -> bool:
    """Whether they are points of the line, in its order, each once (x is the position here)."""
    positions = [x for x, _ in reduced]
    by_position = {x: pack([(x, y)]) for x, y in line}
    return positions == sorted(set(positions)) and all(by_position[x] == pack([(x, y)]) for x, y in reduced)
