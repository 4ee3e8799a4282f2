"""Attempts for tests, made from an operation's source."""

from deepforge.code.read import read_definition
from deepforge.ids import AttemptId, BlobHash, ExecutionId, JobId, ProjectId, RecordId
from deepforge.model.artifact import BlobInfo
from deepforge.model.hosting import AttemptSpec, InputFile
from deepforge.model.records import Operation, Record, Reference, Value
from tests.code.drawings import draw, layer

__all__ = ["TRAIN", "make_spec"]

TRAIN = """from typing import Annotated

from deepforge import Architecture, Criterion, Dataset, Model, Optimizer


def train(
    data: Dataset, *, rate: float = 0.1, steps: int = 2, net: Architecture, criterion: Criterion, optimizer: Optimizer
) -> Annotated[Model, "net"]:
    return net
"""
NET = (*draw("lenet", {"a": layer("Linear", in_features="2", out_features="1")}),)
BLOB = BlobInfo(hash=BlobHash("0" * 64), size=0)


def make_spec(
    code: str = TRAIN,
    name: str = "train",
    *,
    records: tuple[Record, ...] = NET,
    inputs: dict[str, str] | None = None,
    references: dict[str, Reference] | None = None,
    attributes: dict[str, Value] | None = None,
) -> AttemptSpec:
    operation = Operation(id=RecordId("op"), name=name, code=code)
    interface = read_definition(operation).interface
    assert interface is not None
    return AttemptSpec(
        attempt=AttemptId("a"),
        fence=1,
        job=JobId("j"),
        execution=ExecutionId("e"),
        project=ProjectId("p"),
        name=name,
        operation=operation.id,
        interface=interface,
        records=(operation, *records),
        attributes=attributes or {},
        references=references or {},
        inputs={port: InputFile(type=type_name, blob=BLOB) for port, type_name in (inputs or {}).items()},
        outputs=interface.outputs,
    )
