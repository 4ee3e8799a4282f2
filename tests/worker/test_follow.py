"""Events are cut from the files of an attempt once and for all."""

import random
import shutil
from pathlib import Path

import msgspec
import pytest

from deepforge.feedback.spool import HEADER_SIZE, LENGTH, LENGTH_OFFSET, MAGIC, Kind, Spool
from deepforge.model.feedback import ImageChanged, Points
from deepforge.model.hosting import LARGEST_FRAME, AttemptEvent, Ended, FeedbackWritten, Report
from deepforge.worker.attempt import AttemptDirectory
from deepforge.worker.decode import LARGEST_RECORD, Decoder, SpoolBroken
from deepforge.worker.follow import LARGEST_REPORT, EventLog
from deepforge.worker.journal import Acknowledged, ConsoleCut, Journal
from tests.worker.attempts import attempt


def directory(tmp_path: Path) -> AttemptDirectory:
    return AttemptDirectory.create(tmp_path, attempt(""))


def everything(log: EventLog) -> list[AttemptEvent]:
    """All events that wait, as reports would carry them."""
    events: list[AttemptEvent] = []
    while True:
        first, part = log.after(log.acknowledged + len(events))
        if not part:
            return events
        assert first == log.acknowledged + len(events) + 1
        events += part


@pytest.mark.parametrize("seed", range(8))
def test_any_number_of_restarts_gives_the_same_events(tmp_path: Path, seed: int) -> None:
    """One log lives through everything; another is opened anew again and again, and forgets what was acknowledged."""
    chance = random.Random(seed)
    where = directory(tmp_path)
    spool = Spool(where.spool)
    log = EventLog(where)
    log.start(42)
    seen: dict[int, AttemptEvent] = {}
    for _ in range(60):
        with where.console.open("ab") as console:
            console.write(chance.randbytes(chance.choice([0, 1, 100, 70_000])))
        for _ in range(chance.choice([0, 1, 50, 5000])):
            spool.point(chance.randint(1, 3), chance.random(), chance.random())
        if chance.random() < 0.3:
            spool.record(Kind.IMAGE, {"image": 1, "width": 1, "height": 1}, chance.randbytes(chance.choice([10, 300_000])))
        if chance.random() < 0.3:
            log = EventLog(where)
        log.cut()
        for number, event in enumerate(everything(log), log.acknowledged + 1):
            assert seen.setdefault(number, event) == event
        if chance.random() < 0.5:
            log.acknowledge(chance.randint(log.acknowledged, log.last))
    log.end(Ended(exit_code=0))
    assert EventLog(where).ended == Ended(exit_code=0)
    assert EventLog(where).last == log.last
    spool.close()


def test_a_journal_line_that_was_cut_off_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = Journal(path)
    journal.append(ConsoleCut(number=1, start=0, end=5), Acknowledged(through=1))
    whole = path.read_bytes()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        count = whole[:cut].count(b"\n")
        assert len(Journal(path).take()) == count
        assert path.read_bytes().count(b"\n") == count
    shutil.rmtree(tmp_path)


def test_reports_stay_small_and_a_large_picture_goes_alone(tmp_path: Path) -> None:
    where = directory(tmp_path)
    spool = Spool(where.spool)
    where.console.write_bytes(b"x" * 1_000_000)
    spool.record(Kind.IMAGE, {"image": 1, "width": 1, "height": 1}, b"y" * 3_000_000)
    log = EventLog(where)
    while log.cut():
        pass
    number = 0
    sizes = []
    while (report := log.after(number))[1]:
        number = report[0] + len(report[1]) - 1
        sizes.append(
            sum(len(event.data) for event in report[1] if not isinstance(event, FeedbackWritten) and hasattr(event, "data"))
        )
    assert sum(sizes) == 1_000_000
    assert max(sizes) <= LARGEST_REPORT
    assert log.drained
    spool.close()


def test_what_is_not_acknowledged_is_not_kept_in_memory_without_end(tmp_path: Path) -> None:
    where = directory(tmp_path)
    where.console.write_bytes(b"x" * 20_000_000)
    log = EventLog(where)
    while log.cut():
        pass
    assert log.last < 100
    assert not log.drained
    log.acknowledge(log.last)
    assert log.cut()


def test_pictures_are_joined_to_the_newest(tmp_path: Path) -> None:
    where = directory(tmp_path)
    spool = Spool(where.spool)
    for step in range(100):
        spool.record(Kind.IMAGE, {"image": 1, "title": f"step {step}", "width": 1, "height": 1}, b"png%d" % step)
    spool.record(Kind.IMAGE, {"image": 1, "title": "done"})
    log = EventLog(where)
    log.cut()
    (event,) = everything(log)
    assert event == FeedbackWritten(records=(ImageChanged(image=1, title="done", png="cG5nOTk=", width=1, height=1),))
    spool.close()


BROKEN: dict[str, bytes] = {
    "an unknown kind": b"\x09" + bytes(15),
    "a record that is cut off": b"\x02\0\0\0",
    "a record longer than the spool": b"\x02\0\0\0" + (1000).to_bytes(4, "little") + bytes(8),
    "a text that is no JSON": b"\x02\0\0\0" + (8).to_bytes(4, "little") + bytes(8) + b"{{{{{{{{",
    "a name that is no text": b"\x02\0\0\0" + (24).to_bytes(4, "little") + bytes(8) + b'{"graph": 1, "name": 12}',
    "an absurd length": b"\x05\0\0\0" + b"\xff" * 12,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_spool_that_user_code_broke_ends_feedback_not_the_host(tmp_path: Path, name: str) -> None:
    with pytest.raises(SpoolBroken):
        Decoder().decode(BROKEN[name])
    where = directory(tmp_path)
    data = MAGIC + bytes(HEADER_SIZE - 8) + BROKEN[name]
    where.spool.write_bytes(data)
    with where.spool.open("r+b") as file:
        file.seek(LENGTH_OFFSET)
        file.write(LENGTH.pack(len(data)))
    log = EventLog(where)
    log.cut()
    assert (log.last, log.drained, bool(log.spool_problem)) == (0, True, True)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_while_the_server_is_behind_small_pieces_wait_a_moment(tmp_path: Path) -> None:
    where, clock = directory(tmp_path), Clock()
    log = EventLog(where, clock)

    def write(count: int) -> None:
        with where.console.open("ab") as console:
            console.write(b"x" * count)

    write(1)
    assert log.cut()
    write(1)
    assert (log.cut(), log.drained) == (False, False)
    clock.now += 0.25
    assert log.cut()
    write(70_000)
    assert log.cut()
    write(1)
    assert not log.cut()
    log.acknowledge(log.last)
    assert (log.cut(), log.drained) == (True, True)


def test_the_journal_of_a_long_run_stays_short_and_nothing_is_counted_twice(tmp_path: Path) -> None:
    where, clock = directory(tmp_path), Clock()
    spool = Spool(where.spool)
    log = EventLog(where, clock)
    log.start(42)
    longest = 0
    for step in range(6000):
        spool.point(1, step, step)
        with where.console.open("ab") as console:
            console.write(b"x")
        assert log.cut()
        log.acknowledge(log.last)
        longest = max(longest, where.journal.stat().st_size)
    assert longest < 300 * 1024
    spool.point(1, 6000.0, 0.0)
    for same in (EventLog(where, clock), log):
        assert (same.last, same.acknowledged, same.started) == (12_001, 12_001, True)
    log.cut()
    again = EventLog(where, clock)
    assert again.after(12_001) == log.after(12_001)
    (event,) = again.after(12_001)[1]
    assert isinstance(event, FeedbackWritten)
    (points,) = event.records
    assert isinstance(points, Points)
    assert points.first == 6000
    spool.close()


NUMBERS: dict[str, tuple[Kind, dict[str, object]]] = {
    "a graph": (Kind.GRAPH, {"graph": 10**23, "name": "x"}),
    "a total": (Kind.PROGRESS, {"label": "", "done": 1, "total": 2**64}),
    "less than nothing": (Kind.PROGRESS, {"label": "", "done": -1}),
    "a width": (Kind.IMAGE, {"image": 1, "width": 2**53 + 1}),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_that_cannot_be_told_on_ends_feedback(tmp_path: Path, name: str) -> None:
    where = directory(tmp_path)
    spool = Spool(where.spool)
    spool.record(*NUMBERS[name])
    log = EventLog(where)
    log.cut()
    assert (log.last, bool(log.spool_problem)) == (0, True)
    spool.close()


def test_the_largest_record_fits_in_a_message_and_a_larger_one_ends_feedback(tmp_path: Path) -> None:
    where = directory(tmp_path)
    spool = Spool(where.spool)
    text = len('{"image": 1, "title": "t"}')
    for _ in range(3000):
        spool.point(1, 0.5, 0.5)
    spool.record(Kind.IMAGE, {"image": 1, "title": "t"}, b"y" * (LARGEST_RECORD - text))
    spool.record(Kind.IMAGE, {"image": 1, "title": "t"}, b"y" * (LARGEST_RECORD - text + 1))
    log = EventLog(where)
    while log.cut():
        pass
    number, events = log.after(0)
    assert number == 1
    assert len(msgspec.msgpack.encode(Report(attempt=where.spec.attempt, fence=1, first=1, events=events))) < LARGEST_FRAME
    assert len(events[0].records if isinstance(events[0], FeedbackWritten) else ()) == 2
    log.acknowledge(log.last)
    log.cut()
    assert log.spool_problem
    spool.close()
