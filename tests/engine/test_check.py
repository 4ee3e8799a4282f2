"""Each check both ways, over one sample pipeline (`samples.py`)."""

# mypy: disable-error-code="arg-type, dict-item"
# Ids are plain strings here: no test reads anything out of them.

from collections.abc import Collection
from typing import Any

import pytest
from msgspec.structs import replace

from deepforge.engine.check import check, fitting_artifacts
from deepforge.engine.checks import CHECKS
from deepforge.engine.typetree import TypeTree
from deepforge.model.interface import Interface, Severity, TypeInfo, Where
from deepforge.model.records import (
    Input,
    Node,
    Operation,
    OperationRef,
    Output,
    Pipeline,
    PipelineRef,
    Record,
    RecordRef,
    Reference,
    Resource,
    Value,
    Wire,
)
from tests.engine import samples
from tests.engine.samples import changed, document, wire


def marks(
    *records: Record, without: Collection[str] = (), interfaces: Any = samples.INTERFACES, readable: Any = None
) -> list[tuple[str, str, str]]:
    found = check(document(*records, without=without), interfaces, samples.TYPES, samples.ARTIFACTS, readable)
    assert all(mark.message.endswith(".") and mark.hint.endswith(".") for mark in found)
    return [(mark.code, mark.where.record, mark.where.name) for mark in found]


def with_attributes(**values: Value) -> Record:
    return changed("n-train", attributes={"epochs": 3, **values})


def with_reference(name: str, reference: Reference | None) -> Record:
    references = {**samples.NET, name: reference}
    return changed("n-train", references={key: value for key, value in references.items() if value is not None})


def second_pipeline() -> Pipeline:
    return Pipeline(id="p2", name="other")


Case = tuple[list[Record], tuple[str, ...], list[tuple[str, str, str]]]
CASES: dict[str, Case] = {
    "all is well": ([], (), []),
    "DF210 input not connected": ([], ("w4",), [("DF210", "n-test", "data")]),
    "DF210 optional inputs may be open": ([], (), []),
    "DF211 no artifact": ([changed("in", target=Input())], (), [("DF211", "in", "artifact")]),
    "DF211 artifact gone": ([changed("in", target=Input(artifact="old"))], (), [("DF211", "in", "artifact")]),
    "DF212 empty": ([with_reference("architecture", None)], (), [("DF212", "n-train", "architecture")]),
    "DF212 optional may be empty": ([with_reference("criterion", None)], (), []),
    "DF212 gone": ([with_reference("architecture", RecordRef(record="old"))], (), [("DF212", "n-train", "architecture")]),
    "DF212 another kind": ([with_reference("architecture", RecordRef(record="p"))], (), [("DF212", "n-train", "architecture")]),
    "DF212 another resource": (
        [with_reference("criterion", Resource(resource="Optimizer", class_name="SGD"))],
        (),
        [("DF212", "n-train", "criterion")],
    ),
    "DF212 a record for a criterion": (
        [with_reference("criterion", RecordRef(record="lenet"))],
        (),
        [("DF212", "n-train", "criterion")],
    ),
    "DF213 through a type that passes": (
        [changed("in", target=Input(artifact="num"))],
        (),
        [("DF213", "w2", "data"), ("DF213", "w4", "data")],
    ),
    "DF213 direct": (
        [wire("w9", "n-test", "accuracy", "n-train", "start")],
        ("w3",),
        [("DF210", "n-test", "net"), ("DF213", "w9", "start")],
    ),
    "DF214 output gone": ([changed("w3", output="model")], (), [("DF214", "w3", "model")]),
    "DF214 input gone": ([changed("w4", input="pictures")], (), [("DF210", "n-test", "data"), ("DF214", "w4", "pictures")]),
    "DF215 unknown attribute": ([with_attributes(speed=1)], (), [("DF215", "n-train", "speed")]),
    "DF215 too small": ([with_attributes(rate=-0.1)], (), [("DF215", "n-train", "rate")]),
    "DF215 at the limits": ([with_attributes(epochs=100, rate=0)], (), []),
    "DF215 too large": ([with_attributes(epochs=101)], (), [("DF215", "n-train", "epochs")]),
    "DF215 a float for an integer": ([with_attributes(epochs=1.5)], (), [("DF215", "n-train", "epochs")]),
    "DF215 true for an integer": ([with_attributes(epochs=True)], (), [("DF215", "n-train", "epochs")]),
    "DF215 a huge float": ([with_attributes(rate=10**400)], (), [("DF215", "n-train", "rate")]),
    "DF215 not a number": ([with_attributes(rate=float("nan"))], (), [("DF215", "n-train", "rate")]),
    "DF215 text for a number": ([with_attributes(rate="0.1")], (), [("DF215", "n-train", "rate")]),
    "DF215 no choice": ([with_attributes(optimizer="lion")], (), [("DF215", "n-train", "optimizer")]),
    "DF215 true is not 1": ([with_attributes(optimizer=True)], (), [("DF215", "n-train", "optimizer")]),
    "DF215 a choice": ([with_attributes(optimizer=1)], (), []),
    "DF215 a number for true": ([with_attributes(shuffle=1)], (), [("DF215", "n-train", "shuffle")]),
    "DF215 a number for text": ([with_attributes(label=1)], (), [("DF215", "n-train", "label")]),
    "DF215 nothing where it may be": ([with_attributes(label=None)], (), []),
    "DF215 nothing where it may not be": ([with_attributes(rate=None)], (), [("DF215", "n-train", "rate")]),
    "DF216 required": ([changed("n-train", attributes={})], (), [("DF216", "n-train", "epochs")]),
    "DF216 nothing given": ([with_attributes(epochs=None)], (), [("DF216", "n-train", "epochs")]),
    "DF217 nothing to run": ([second_pipeline()], (), [("DF217", "p2", "")]),
    "DF218 one name twice": ([changed("copy", target=Output(name="trained"))], (), [("DF218", "out", "name")]),
    "DF219 empty output": ([], ("w6",), [("DF219", "copy", "data")]),
    "DF220 a pipeline in it": (
        [second_pipeline(), Node(id="block", pipeline="p", target=PipelineRef(pipeline="p2"))],
        (),
        [("DF220", "block", ""), ("DF217", "p2", "")],
    ),
}


@pytest.mark.parametrize(("records", "without", "expected"), CASES.values(), ids=CASES)
def test_checks_say_where_a_run_would_be_refused(
    records: list[Record], without: tuple[str, ...], expected: list[tuple[str, str, str]]
) -> None:
    assert marks(*records, without=without) == expected


def test_I067_a_value_that_kind_choices_or_limits_refuse_is_marked() -> None:
    refused = [(record, found) for name, (record, _, found) in CASES.items() if name.startswith("DF215") and found]
    assert len(refused) >= 10
    assert all(marks(*record) == found for record, found in refused)


def test_every_check_has_cases() -> None:
    assert {code for code, _ in CHECKS} == {name.split()[0] for name in CASES if name.startswith("DF")}


def test_DF220_an_operation_with_errors_says_nothing_else() -> None:
    assert marks(readable={"load", "test"}) == [("DF220", "n-train", "")]
    assert marks(changed("n-train", attributes={"epochs": 0}), without=("w2",), readable={"load", "test"}) == [
        ("DF220", "n-train", "")
    ]


def test_an_operation_that_is_being_read_says_nothing() -> None:
    interfaces = {"load": samples.LOAD, "test": samples.TEST}
    assert marks(interfaces=interfaces, readable={"load", "test", "train"}) == []


def test_a_warning_is_a_warning() -> None:
    (mark,) = check(document(second_pipeline()), samples.INTERFACES, samples.TYPES, samples.ARTIFACTS.values())
    assert (mark.severity, mark.where) == (Severity.WARNING, Where(record="p2"))


@pytest.mark.parametrize(
    ("given", "wanted", "fits"),
    [
        ("Pictures", "Dataset", True),
        ("Pictures", "Data", True),
        ("Dataset", "Pictures", False),
        ("Data", "Dataset", False),
        ("Unknown", "Data", True),
        ("Unknown", "Unknown", True),
        ("Unknown", "Dataset", False),
        ("A", "C", False),
    ],
)
def test_I063_subtypes_fit(given: str, wanted: str, fits: bool) -> None:
    circle = (TypeInfo(name="A", base="B"), TypeInfo(name="B", base="A"))
    assert TypeTree((*samples.TYPES, *circle)).fits(given, wanted) is fits


def test_S041_an_input_lists_the_artifacts_that_fit_every_port() -> None:
    given = (samples.INTERFACES, samples.TYPES, samples.ARTIFACTS)
    assert fitting_artifacts(document(), "in", *given) == (samples.PICTURES, samples.NUMBER)
    direct = document(wire("w9", "in", "data", "n-test", "data"), without=("w4",))
    assert fitting_artifacts(direct, "in", *given) == (samples.PICTURES,)
    assert fitting_artifacts(document(), "n-test", *given) == ()


def test_marks_of_a_large_document_take_milliseconds() -> None:
    interface = Interface(operation="op", name="op", inputs=samples.LOAD.inputs, outputs=samples.LOAD.outputs)
    nodes = [Node(id=f"n{n}", pipeline="p", target=OperationRef(operation="op")) for n in range(2_000)]
    wires = [Wire(id=f"x{n}", pipeline="p", source=f"n{n}", output="data", target=f"n{n + 1}", input="raw") for n in range(1_999)]
    large = document(
        Operation(id="op", name="op", code=""), *nodes, *wires, without=[record.id for record in samples.RECORDS[5:]]
    )
    found = check(replace(large, version=1), {**samples.INTERFACES, "op": interface}, samples.TYPES, ())
    assert [mark.code for mark in found] == ["DF210"]
