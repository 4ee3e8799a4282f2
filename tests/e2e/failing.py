"""Operations that fail, each in its own way, and pipelines of them."""

from deepforge.model.records import Record
from tests.e2e.workshop import node, operations, pipeline, wire

__all__ = ["FAILING", "FILLS", "STEPS", "TRAINING"]

STEPS = 400
"""How many lines and points a training writes."""

_RAISES = '''"""Looks for labels where there are none."""

from deepforge import Number


def look(table):
    return table["labels"]


def raises() -> Number:
    print("about to look")
    return look({})
'''
_LEAVES = """import os

from deepforge import Number


def leaves() -> Number:
    print("leaving", flush=True)
    os._exit(0)
"""
_CRASHES = """import ctypes

from deepforge import Number


def crashes() -> Number:
    print("crashing", flush=True)
    ctypes.string_at(0)
    return 0.0
"""
_MISTYPED = """from deepforge import Dataset


def mistyped() -> Dataset:
    return "no dataset"
"""
_INCOMPLETE = """from typing import NamedTuple

from deepforge import Number


class Pair(NamedTuple):
    first: Number
    second: Number


def incomplete() -> Pair:
    return {"first": 1.0}
"""
_LOOPS = """from deepforge import Number


def loops() -> Number:
    print("round and round", flush=True)
    while True:
        pass
"""
_TALKS = """from deepforge import Number


def talks() -> Number:
    for number in range(200_000):
        print("line", number)
    return 1.0
"""
_TRAINS = f"""import time

import deepforge
from deepforge import Number


def trains() -> Number:
    line = deepforge.Graph("Training").line("loss")
    for step in range({STEPS}):
        print("step", step, flush=True)
        line.add(step, 1 / (1 + step))
        time.sleep(0.02)
    return 1.0
"""
_QUICK = """from deepforge import Number


def quick() -> Number:
    raise ValueError("the branch that fails")
"""
_PATIENT = """import time

from deepforge import Number


def patient() -> Number:
    time.sleep(3)
    print("done all the same")
    return 1.0
"""
_FILLS = """from deepforge import Number


def fills() -> Number:
    with open("large", "wb") as file:
        for _ in range(64):
            file.write(bytes(1 << 20))
    return 1.0
"""
_MODEST = """from deepforge import Number


def modest() -> Number:
    return 1.0
"""
_AFTER = """from deepforge import Number


def after(data: Number) -> Number:
    return data
"""

_SINGLE = {
    "raises": _RAISES,
    "leaves": _LEAVES,
    "crashes": _CRASHES,
    "mistyped": _MISTYPED,
    "incomplete": _INCOMPLETE,
    "loops": _LOOPS,
    "talks": _TALKS,
}
_WIDE = (
    *pipeline("wide", node("wide", "quick"), node("wide", "patient"), node("wide", "after")),
    wire("wide", "patient", "after"),
)
TRAINING: tuple[Record, ...] = (*operations(trains=_TRAINS), *pipeline("trains", node("trains", "trains")))
FILLS: tuple[Record, ...] = (
    *operations(fills=_FILLS, modest=_MODEST),
    *pipeline("fills", node("fills", "fills")),
    *pipeline("modest", node("modest", "modest")),
)
FAILING: tuple[Record, ...] = (
    *operations(**_SINGLE, quick=_QUICK, patient=_PATIENT, after=_AFTER),
    *(record for name in _SINGLE for record in pipeline(name, node(name, name))),
    *_WIDE,
)
