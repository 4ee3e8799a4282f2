"""What changes a fingerprint, and what does not."""

# mypy: disable-error-code="arg-type, dict-item"
# Ids are plain strings here: no test reads anything out of them.

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from deepforge.engine.fingerprint import fingerprint
from deepforge.engine.plan import plan
from deepforge.model.execution import JobPlan
from deepforge.model.records import Layer, LayerClass, Module, Operation, Pipeline, Record, RecordRef
from tests.engine import samples

JOB = plan(samples.document(), "p", samples.INTERFACES, samples.TYPES, samples.ARTIFACTS).jobs[1]
TRAIN = Operation(id="train", name="train", code="def train(): ...\n")
LAYER = Layer(id="l", architecture="lenet", target=LayerClass(name="ReLU"))
RECORDS = (TRAIN, LAYER, Module(id="m", name="m", code="x = 1\n"))
INPUTS = {"data": ("Dataset", "a" * 64)}


def of(
    job: JobPlan = JOB,
    records: Sequence[Record] = RECORDS,
    inputs: Any = None,
    framework: str = "2.13.0",
    seed: int = 0,
) -> str:
    return fingerprint(job, records, INPUTS if inputs is None else inputs, framework, seed)


def test_a_fingerprint_is_the_same_in_every_version_of_the_program() -> None:
    assert of() == "c8bfcefeac6bc1ec8d2cd1c98af19cae24b35a64d0132f10916330cc79ebe33f"


@pytest.mark.parametrize(
    "changed",
    [
        {"records": (replace(TRAIN, code="def train(): pass\n"), *RECORDS[1:])},
        {"records": (TRAIN, replace(LAYER, target=LayerClass(name="Tanh")), RECORDS[2])},
        {"records": (*RECORDS[:2], Module(id="m", name="m", code="x = 2\n"))},
        {"records": RECORDS[:2]},
        {"job": replace(JOB, attributes={**JOB.attributes, "rate": 0.5})},
        {"job": replace(JOB, references={"architecture": RecordRef(record="other")})},
        {"inputs": {"data": ("Dataset", "b" * 64)}},
        {"inputs": {"data": ("Pictures", "a" * 64)}},
        {"inputs": {}},
        {"framework": "2.14.0"},
        {"seed": 1},
    ],
)
def test_what_decides_changes_it(changed: dict[str, Any]) -> None:
    assert of(**changed) != of()


@pytest.mark.parametrize(
    "changed",
    [
        {"records": RECORDS[::-1]},
        {"records": (replace(TRAIN, color="teal"), *RECORDS[1:])},
        {"records": (*RECORDS, Pipeline(id="p", name="p"))},
        {"job": replace(JOB, name="other", node="other", saves=())},
        {"job": replace(JOB, attributes=dict(reversed(JOB.attributes.items())))},
    ],
)
def test_what_decides_nothing_does_not(changed: dict[str, Any]) -> None:
    assert of(**changed) == of()
