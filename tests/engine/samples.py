"""A small pipeline of three operations, with what code says of them, and helpers to change it."""

# mypy: disable-error-code="arg-type, dict-item"
# Ids are plain strings here: no test reads anything out of them.

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from deepforge.model.artifact import Artifact, BlobInfo
from deepforge.model.document import Document
from deepforge.model.execution import JobPlan, Plan, Save, SourceJob, StoredOutput
from deepforge.model.interface import Attribute, AttributeKind, Interface, Port, ReferencePort, TypeInfo
from deepforge.model.records import (
    Architecture,
    Input,
    Node,
    Operation,
    OperationRef,
    Output,
    Pipeline,
    Record,
    RecordRef,
    Resource,
    Wire,
)

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def at(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


def blob(letter: str) -> BlobInfo:
    return BlobInfo(hash=letter * 64, size=10)


TYPES = (
    TypeInfo(name="Data", base=""),
    TypeInfo(name="Tensor", base="Data"),
    TypeInfo(name="Dataset", base="Data"),
    TypeInfo(name="Pictures", base="Dataset", record="pictures"),
    TypeInfo(name="Model", base="Data"),
    TypeInfo(name="Number", base="Data"),
)
LOAD = Interface(
    operation="load",
    name="load",
    inputs=(Port(name="raw", type="Data", variable="T"),),
    outputs=(Port(name="data", type="Data", variable="T"),),
)
TRAIN = Interface(
    operation="train",
    name="train",
    inputs=(Port(name="data", type="Dataset"), Port(name="start", type="Model", optional=True)),
    outputs=(Port(name="net", type="Model"),),
    attributes=(
        Attribute(name="rate", kind=AttributeKind.FLOAT, default=0.01, minimum=0.0),
        Attribute(name="epochs", kind=AttributeKind.INTEGER, required=True, minimum=1, maximum=100),
        Attribute(name="optimizer", kind=AttributeKind.CHOICE, default="sgd", choices=("sgd", "adam", 1)),
        Attribute(name="shuffle", kind=AttributeKind.BOOLEAN, default=True),
        Attribute(name="label", kind=AttributeKind.STRING, default=None, optional=True),
    ),
    references=(
        ReferencePort(name="architecture", resource="Architecture"),
        ReferencePort(name="criterion", resource="Criterion", optional=True),
    ),
)
TEST = Interface(
    operation="test",
    name="test",
    inputs=(Port(name="net", type="Model"), Port(name="data", type="Dataset")),
    outputs=(Port(name="accuracy", type="Number"),),
)
INTERFACES = {one.operation: one for one in (LOAD, TRAIN, TEST)}
PICTURES = Artifact(id="art", project="pr", name="digits", type="Pictures", blob=blob("a"), created=START)
NUMBER = Artifact(id="num", project="pr", name="seven", type="Number", blob=blob("b"), created=START)
ARTIFACTS = {one.id: one for one in (PICTURES, NUMBER)}
NET = {"architecture": RecordRef(record="lenet"), "criterion": Resource(resource="Criterion", class_name="NLLLoss")}


def wire(id: str, source: str, output: str, target: str, input: str) -> Wire:
    return Wire(id=id, pipeline="p", source=source, output=output, target=target, input=input)


RECORDS: tuple[Record, ...] = (
    Pipeline(id="p", name="Train"),
    *(Operation(id=id, name=id, code=f"def {id}(): ...\n") for id in INTERFACES),
    Architecture(id="lenet", name="LeNet"),
    Node(id="in", pipeline="p", target=Input(artifact="art")),
    Node(id="n-load", pipeline="p", target=OperationRef(operation="load")),
    Node(id="n-train", pipeline="p", target=OperationRef(operation="train"), attributes={"epochs": 3, "rate": 1}, references=NET),
    Node(id="n-test", pipeline="p", target=OperationRef(operation="test"), name="evaluate"),
    Node(id="out", pipeline="p", target=Output(name="trained")),
    Node(id="copy", pipeline="p", target=Output(name="copied")),
    wire("w1", "in", "data", "n-load", "raw"),
    wire("w2", "n-load", "data", "n-train", "data"),
    wire("w3", "n-train", "net", "n-test", "net"),
    wire("w4", "n-load", "data", "n-test", "data"),
    wire("w5", "n-train", "net", "out", "data"),
    wire("w6", "in", "data", "copy", "data"),
)


def document(*changed: Record, without: Collection[str] = ()) -> Document:
    """The sample's document with some records changed or added, and others left out."""
    records = {record.id: record for record in (*RECORDS, *changed) if record.id not in without}
    return Document(version=7, records=records)


def changed(id: str, **fields: Any) -> Record:
    return replace(next(record for record in RECORDS if record.id == id), **fields)


def plan_of(edges: Mapping[str, Sequence[str]], saves: Sequence[tuple[str, Save]] = ()) -> Plan:
    """A plan of jobs in this order: ``{"b": ["a"]}`` means that b needs a's output."""
    jobs = [
        JobPlan(
            node=node,
            name=node,
            operation="op",
            interface=Interface(operation="op", name="op"),
            inputs={f"i{number}": SourceJob(node=needed, output="out") for number, needed in enumerate(needs)},
            outputs=(Port(name="out", type="Tensor"),),
            saves=tuple(save for save_node, save in saves if save_node == node),
        )
        for node, needs in edges.items()
    ]
    return Plan(pipeline="p", jobs=tuple(jobs))


def stored(letter: str = "c") -> StoredOutput:
    return StoredOutput(name="out", type="Tensor", blob=blob(letter))
