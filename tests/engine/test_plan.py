"""The plan of the sample pipeline, whole; its order; what refuses it."""

# mypy: disable-error-code="arg-type, dict-item"
# Ids are plain strings here: no test reads anything out of them.

import random

import pytest

from deepforge.engine.plan import plan
from deepforge.errors import NotFound, Refused
from deepforge.model.document import Document
from deepforge.model.execution import JobPlan, Plan, Save, SourceArtifact, SourceJob
from deepforge.model.interface import Interface, Mark, Port, Severity
from deepforge.model.records import Input, Node, Operation, OperationRef, Pipeline, Record, Wire
from tests.engine import samples
from tests.engine.samples import blob, changed, document, wire

SOURCE = SourceArtifact(artifact="art", name="digits", type="Pictures", blob=blob("a"))


def planned(made: Document) -> Plan:
    return plan(made, "p", samples.INTERFACES, samples.TYPES, samples.ARTIFACTS)


def places(error: Refused) -> list[tuple[str, str]]:
    return [(mark.code, mark.where.record) for mark in error.marks if isinstance(mark, Mark)]


def test_a_plan_pins_all_that_decides() -> None:
    assert planned(document()) == Plan(
        pipeline="p",
        jobs=(
            JobPlan(
                node="n-load",
                name="load",
                operation="load",
                interface=samples.LOAD,
                inputs={"raw": SOURCE},
                outputs=(Port(name="data", type="Pictures", variable="T"),),
            ),
            JobPlan(
                node="n-train",
                name="train",
                operation="train",
                interface=samples.TRAIN,
                attributes={"rate": 1.0, "epochs": 3, "optimizer": "sgd", "shuffle": True, "label": None},
                references=samples.NET,
                inputs={"data": SourceJob(node="n-load", output="data")},
                outputs=samples.TRAIN.outputs,
                saves=(Save(output="net", node="out", name="trained"),),
            ),
            JobPlan(
                node="n-test",
                name="evaluate",
                operation="test",
                interface=samples.TEST,
                inputs={"net": SourceJob(node="n-train", output="net"), "data": SourceJob(node="n-load", output="data")},
                outputs=samples.TEST.outputs,
            ),
        ),
        passes=((SOURCE, Save(output="data", node="copy", name="copied")),),
    )
    assert isinstance(planned(document()).jobs[1].attributes["rate"], float)


def test_the_order_depends_on_names_and_ids_only() -> None:
    expected = planned(document())
    for seed in range(20):
        records = list(document().records.items())
        random.Random(seed).shuffle(records)
        assert planned(Document(version=7, records=dict(records))) == expected


def test_a_plan_is_refused_with_every_error_as_a_mark() -> None:
    with pytest.raises(Refused) as caught:
        planned(document(changed("in", target=Input()), changed("n-train", attributes={})))
    error = caught.value
    assert places(error) == [("DF211", "in"), ("DF216", "n-train")]
    assert (error.code, error.where) == ("DF211", "in")
    assert error.message == '"Train" cannot run: The Input that feeds "raw" and "data" has no artifact. (1 more)'


def test_DF217_nothing_to_run_is_an_error_when_it_is_run() -> None:
    empty = document(Pipeline(id="p2", name="empty"))
    with pytest.raises(Refused) as caught:
        plan(empty, "p2", samples.INTERFACES, samples.TYPES, samples.ARTIFACTS)
    assert [(mark.code, mark.severity) for mark in caught.value.marks if isinstance(mark, Mark)] == [("DF217", Severity.ERROR)]


def test_other_pipelines_do_not_refuse_this_one() -> None:
    assert len(planned(document(Pipeline(id="p2", name="empty"))).jobs) == 3


def test_DF220_an_operation_that_was_not_read_refuses() -> None:
    with pytest.raises(Refused) as caught:
        plan(document(), "p", {"load": samples.LOAD}, samples.TYPES, samples.ARTIFACTS, readable={"load", "train", "test"})
    assert places(caught.value) == [("DF220", "n-train"), ("DF220", "n-test")]


def test_an_unknown_pipeline_is_not_found() -> None:
    with pytest.raises(NotFound):
        plan(document(), "ghost", samples.INTERFACES, samples.TYPES, samples.ARTIFACTS)


def test_one_output_saved_twice_and_wired_on() -> None:
    made = document(wire("w9", "n-load", "data", "copy", "data"), without=("w6",))
    assert planned(made).jobs[0].saves == (Save(output="data", node="copy", name="copied"),)


def test_five_hundred_operations_are_planned() -> None:
    pass_on = Interface(
        operation="op", name="op", inputs=(Port(name="a"), Port(name="b", optional=True)), outputs=(Port(name="out"),)
    )
    nodes = [Node(id=f"n{n:03}", pipeline="p", target=OperationRef(operation="op")) for n in range(500)]
    wires = [
        Wire(id=f"a{n}", pipeline="p", source=f"n{n:03}", output="out", target=f"n{n + 1:03}", input="a") for n in range(499)
    ]
    wires += [
        Wire(id=f"b{n}", pipeline="p", source=f"n{n:03}", output="out", target=f"n{n + 2:03}", input="b") for n in range(498)
    ]
    start: list[Record] = [Node(id="in", pipeline="p", target=Input(artifact="art")), wire("first", "in", "data", "n000", "a")]
    records: list[Record] = [Pipeline(id="p", name="long"), Operation(id="op", name="op", code=""), *nodes, *wires, *start]
    made = Document(records={record.id: record for record in records})
    found = plan(made, "p", {"op": pass_on}, samples.TYPES, samples.ARTIFACTS)
    assert [job.node for job in found.jobs] == [node.id for node in nodes]
