"""Change sets: CodeMirror's own answers (golden file), the law of convergence, and what is refused."""

# mypy: disable-error-code="arg-type, dict-item"
# Ids are plain strings here: no test reads anything out of them.

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepforge.document.changes import ChangeSet
from deepforge.document.units import units
from deepforge.errors import Refused

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "changesets.json").read_text("utf-8"))
TEXTS = st.text(alphabet="ab\né中😀𝛼", max_size=12)


@pytest.mark.parametrize("case", GOLDEN, ids=[case["name"] for case in GOLDEN])
def test_changes_are_what_codemirror_makes_of_them(case: dict[str, Any]) -> None:
    a, b = ChangeSet.parse(case["a"]), ChangeSet.parse(case["b"])
    made = {
        "name": case["name"],
        "text": case["text"],
        "a": a.json(),
        "b": b.json(),
        "composed": a.compose(b.map(a)).json(),
        "a_over_b": a.map(b, before=True).json(),
        "b_over_a": b.map(a).json(),
        "text_after": b.map(a).apply(a.apply(case["text"])),
        "a_inverse": a.invert(case["text"]).json(),
        "b_composed": b.compose(a.map(b, before=True)).json(),
    }
    assert made == case


@st.composite
def change_of(draw: st.DrawFn, text: str) -> ChangeSet:
    """A random change of `text`, in whole characters."""
    edits: list[tuple[int, int, str]] = []
    at = 0
    offsets = [units(text[:index]) for index in range(len(text) + 1)]
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(at, len(text)))
        end = draw(st.integers(start, len(text)))
        edits.append((offsets[start], offsets[end], draw(TEXTS)))
        at = end
    return ChangeSet.replace(text, edits)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, ChangeSet, ChangeSet]:
    text = draw(TEXTS)
    return text, draw(change_of(text)), draw(change_of(text))


@given(pairs())
def test_two_changes_converge_in_either_order(pair: tuple[str, ChangeSet, ChangeSet]) -> None:
    text, a, b = pair
    one, other = a.compose(b.map(a)), b.compose(a.map(b, before=True))
    assert one.apply(text) == other.apply(text) == b.map(a).apply(a.apply(text)) == a.map(b, before=True).apply(b.apply(text))


@given(pairs())
def test_an_inverse_takes_a_change_back(pair: tuple[str, ChangeSet, ChangeSet]) -> None:
    text, a, _ = pair
    assert a.invert(text).apply(a.apply(text)) == text
    assert a.invert(text).invert(a.apply(text)) == a


@given(st.data())
def test_composing_is_doing_both(data: st.DataObject) -> None:
    text = data.draw(TEXTS)
    a = data.draw(change_of(text))
    b = data.draw(change_of(a.apply(text)))
    assert a.compose(b).apply(text) == b.apply(a.apply(text))
    assert (a.compose(b).length, a.compose(b).new_length) == (units(text), units(b.apply(a.apply(text))))


@given(pairs())
def test_json_is_read_back(pair: tuple[str, ChangeSet, ChangeSet]) -> None:
    _, a, _ = pair
    assert ChangeSet.parse(json.loads(json.dumps(a.json()))) == a


def test_changes_are_carried_over_one_after_another_since_their_composition_puts_text_elsewhere() -> None:
    mine = ChangeSet.replace("abcd", [(2, 2, "Y")])
    deleted, written = ChangeSet.replace("abcd", [(1, 3, "")]), ChangeSet.replace("ad", [(1, 1, "X")])
    assert mine.map(deleted).map(written).apply("aXd") == "aXYd"
    assert mine.map(deleted.compose(written)).apply("aXd") == "aYXd"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("x", "DF109"),
        ({"a": 1}, "DF109"),
        ([-1], "DF109"),
        ([True], "DF109"),
        ([1.5], "DF109"),
        ([[]], "DF109"),
        ([["1"]], "DF109"),
        ([[True, "x"]], "DF109"),
        ([[0, 1]], "DF109"),
        ([[0, "a\nb"]], "DF109"),
        ([[0, "a\rb"]], "DF109"),
        ([[0, "\ud800"]], "DF109"),
        ([None], "DF109"),
        ([10**9], "DF109"),
        ([600_000, 600_000], "DF111"),
        ([[0, "x" * 1_000_001]], "DF111"),
        ([1] * 10_001, "DF111"),
    ],
    ids=str,
)
def test_what_is_no_change_set_is_refused(data: object, code: str) -> None:
    with pytest.raises(Refused) as caught:
        ChangeSet.parse(data)
    assert (caught.value.code, caught.value.hint != "") == (code, True)


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("abc", [2]),
        ("abc", [4]),
        ("a😀b", [2, [0, "x"], 2]),
        ("a😀b", [1, [1], 2]),
        ("a😀b", [2, [1], 1]),
        ("😀", [[1, "x"], 1]),
    ],
)
def test_a_change_that_does_not_fit_or_splits_a_character_is_refused(text: str, data: object) -> None:
    with pytest.raises(Refused) as caught:
        ChangeSet.parse(data).apply(text)
    assert caught.value.code == "DF109"


def test_a_long_text_with_smiles_changes_fast() -> None:
    text = "x = '😀'\n" * 100_000
    rng = random.Random(1)
    places = sorted(rng.sample(range(100_000), 1_000))
    a = ChangeSet.replace(text, [(9 * place, 9 * place + 1, "yy") for place in places])
    b = ChangeSet.replace(text, [(9 * place, 9 * place, "z") for place in places])
    start = time.perf_counter()
    done = b.map(a).apply(a.apply(text))
    assert time.perf_counter() - start < 5.0
    assert units(done) == units(text) + 2_000


def test_composing_many_cuts_of_a_long_insertion_is_fast() -> None:
    long = "中" * 500_000
    first = ChangeSet.replace("", [(0, 0, long)])
    second = ChangeSet.replace(long, [(place, place + 1, "") for place in range(0, 100_000, 2)])
    start = time.perf_counter()
    assert first.compose(second).apply("") == second.apply(long)
    assert time.perf_counter() - start < 5.0
