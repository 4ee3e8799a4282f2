"""Graphs outside of a runner: values are kept, nothing is written, and what is no number is refused."""

import statistics
import time
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from deepforge.feedback import Graph, progress
from deepforge.feedback.channel import CHANNEL
from deepforge.feedback.spool import HEADER_SIZE
from deepforge.model.execution import Progress
from deepforge.model.feedback import AxisLabels, FeedbackRecord, GraphCreated, LineCreated, Points, ProgressChanged
from deepforge.worker.decode import Decoder, committed_length

NUMBERS: list[tuple[object, float]] = [
    (1, 1.0),
    (-2.5, -2.5),
    (Fraction(1, 4), 0.25),
    (Decimal("0.5"), 0.5),
    (np.float32(0.5), 0.5),
    (np.int64(7), 7.0),
    (np.array([[3.0]]), 3.0),
    (torch.tensor(2), 2.0),
    (torch.tensor([1.5], requires_grad=True), 1.5),
    (torch.tensor(0.5, dtype=torch.bfloat16), 0.5),
    (10**400, float("inf")),
    (-(10**400), float("-inf")),
]
OTHERS: list[object] = ["1", None, True, 1j, [1], (), b"1", np.array([1, 2]), torch.tensor([1, 2]), torch.tensor(True), object]


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "spool"
    CHANNEL.open(path)
    yield path
    opened = CHANNEL.spool
    CHANNEL.silence()
    assert opened is not None
    opened.close()


def records(path: Path) -> tuple[FeedbackRecord, ...]:
    data = path.read_bytes()
    return Decoder().decode(data[HEADER_SIZE : committed_length(data)])[0]


@pytest.mark.parametrize(("value", "number"), NUMBERS, ids=repr)
def test_S114_numbers_are_added(value: object, number: float) -> None:
    line = Graph("loss").line("train")
    line.add(value, value)
    assert line.points == [(number, number)]


@pytest.mark.parametrize("value", OTHERS, ids=repr)
def test_S114_what_is_no_number_is_refused(value: object) -> None:
    line = Graph("loss").line("train")
    with pytest.raises(TypeError) as error:
        line.add(1, value)
    assert str(error.value) == f"adding point (1, {value!s}) to train failed: expected (number, number)"
    assert line.points == []


def test_S111_S112_S113_S115_graphs_lines_and_labels_are_reported(spool: Path) -> None:
    first = Graph("loss")
    train, test = first.line("train"), first.line("test")
    first.xlabel("epoch")
    second = Graph("accuracy")
    second.ylabel("percent")
    train.add(1, 2)
    test.add(3.0, 4.0)
    one, two, three, four = first._id, train._id, test._id, second._id
    assert len({one, two, three, four}) == 4
    assert records(spool) == (
        GraphCreated(graph=one, name="loss"),
        LineCreated(graph=one, line=two, name="train"),
        LineCreated(graph=one, line=three, name="test"),
        AxisLabels(graph=one, x="epoch"),
        GraphCreated(graph=four, name="accuracy"),
        AxisLabels(graph=four, y="percent"),
        Points(line=two, first=0, points="AAAAAAAA8D8AAAAAAAAAQA=="),
        Points(line=three, first=0, points="AAAAAAAACEAAAAAAAAAQQA=="),
    )


@pytest.mark.parametrize("y", [0.5, 1, np.float32(0.5), torch.tensor(0.5)], ids=["float", "int", "numpy", "tensor"])
def test_S114_a_point_costs_at_most_five_microseconds(spool: Path, y: object) -> None:
    line = Graph("loss").line("train")
    rounds = []
    for _ in range(9):
        began = time.perf_counter()
        for step in range(5_000):
            line.add(step, y)
        rounds.append((time.perf_counter() - began) / 5_000)
    print(f"a point: {statistics.median(rounds) * 1e6:.2f} us")
    assert min(rounds) <= 5e-6  # the least, because other programs of this machine only ever add to it


def test_progress_passes_items_on_and_says_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(progress([3, 1, 2], "epochs")) == [3, 1, 2]
    assert list(progress(iter("ab"))) == ["a", "b"]
    assert capsys.readouterr().err.splitlines() == ["epochs: 0/3", "epochs: 3/3", "progress: 0", "progress: 2"]


TOTALS: dict[str, tuple[object, int | None]] = {
    "more than a message can carry": (2**64, 2**53),
    "endless": (float("inf"), 2**53),
    "a float": (10.0, 10),
    "less than nothing": (-5, 0),
    "no number": (float("nan"), None),
    "a text": ("many", None),
}


@pytest.mark.parametrize("name", TOTALS)
def test_a_total_is_told_as_a_whole_number(spool: Path, name: str) -> None:
    total, told = TOTALS[name]
    assert list(progress("ab", "letters", total=total)) == ["a", "b"]  # type: ignore[arg-type]
    assert records(spool) == (ProgressChanged(progress=Progress(label="letters", done=2, total=told)),)
