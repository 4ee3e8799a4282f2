"""The spool: what was added is there, exactly, whenever the writer dies."""

import base64
import math
import multiprocessing
import os
import signal
import statistics
import struct
import threading
import time
from pathlib import Path

import pytest

from deepforge.feedback.channel import Channel
from deepforge.feedback.spool import HEADER_SIZE, Kind, Spool
from deepforge.model.feedback import FeedbackRecord, GraphCreated, Points
from deepforge.worker.decode import Decoder, committed_length


def read(path: Path) -> tuple[FeedbackRecord, ...]:
    data = path.read_bytes()
    records, taken = Decoder().decode(data[HEADER_SIZE : committed_length(data)])
    assert taken == committed_length(data) - HEADER_SIZE
    return records


def pairs(record: FeedbackRecord) -> list[tuple[float, float]]:
    assert isinstance(record, Points)
    return list(struct.iter_unpack("<dd", base64.b64decode(record.points)))


def test_an_empty_spool_has_no_records(tmp_path: Path) -> None:
    Spool(tmp_path / "spool").close()
    assert read(tmp_path / "spool") == ()


def test_points_are_exact_and_many(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    values = [math.nan, math.inf, -math.inf, -0.0, 5e-324, 1.7976931348623157e308, 0.1]
    spool.record(Kind.GRAPH, {"graph": 1, "name": "grün \udcff 'x\""})
    for step in range(100_000):
        spool.point(2, step, values[step % len(values)])
    spool.close()
    graph, points = read(tmp_path / "spool")
    assert graph == GraphCreated(graph=1, name="grün ? 'x\"")
    expected = [struct.pack("<dd", step, values[step % len(values)]) for step in range(100_000)]
    assert [struct.pack("<dd", *pair) for pair in pairs(points)] == expected


def test_threads_lose_no_point(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")

    def add() -> None:
        for step in range(20_000):
            spool.point(1, step, 1.0)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (points,) = read(tmp_path / "spool")
    assert len(pairs(points)) == 80_000
    spool.close()


def _write_for_ever(path: Path) -> None:
    spool = Spool(path)
    step = 0
    while True:
        spool.point(1, step, -step)
        if step % 1000 == 0:
            spool.record(Kind.GRAPH, {"graph": step, "name": "x" * (step % 97)}, b"y" * (step % 1013))
        step += 1


@pytest.mark.parametrize("after", [1_000, 50_000, 400_000, 1_000_000])
def test_a_kill_at_any_moment_leaves_a_readable_prefix(tmp_path: Path, after: int) -> None:
    path = tmp_path / "spool"
    writer = multiprocessing.get_context("spawn").Process(target=_write_for_ever, args=(path,), daemon=True)
    writer.start()
    deadline = time.monotonic() + 30
    length = 0
    while length < after:
        assert time.monotonic() < deadline
        found = _length(path)
        assert found >= length, "the length was torn"
        length = found
    os.kill(writer.pid or 0, signal.SIGKILL)
    writer.join()
    points = next(record for record in read(path) if isinstance(record, Points))
    assert pairs(points) == [(float(step), float(-step)) for step in range(len(pairs(points)))]
    writer.close()


def _length(path: Path) -> int:
    try:
        with path.open("rb") as file:
            head = file.read(HEADER_SIZE)
    except FileNotFoundError:
        return 0
    return committed_length(head) if head[:1] not in (b"", b"\0") else 0


def test_a_forked_process_does_not_write_over_its_parent(tmp_path: Path) -> None:
    channel = Channel()
    channel.open(tmp_path / "spool")
    channel.silence()
    assert channel.spool is None


def test_a_point_costs_at_most_five_microseconds(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    rounds = []
    for _ in range(9):
        began = time.perf_counter()
        for step in range(10_000):
            spool.point(1, step, 0.5)
        rounds.append((time.perf_counter() - began) / 10_000)
    spool.close()
    print(f"a point: {statistics.median(rounds) * 1e6:.2f} us")
    assert min(rounds) <= 5e-6
