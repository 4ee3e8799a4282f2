"""Specs of attempts, from the code of an operation."""

from collections.abc import Mapping

from deepforge.ids import AttemptId, ExecutionId, JobId, ProjectId, RecordId, new_id
from deepforge.model.hosting import AttemptSpec, InputFile
from deepforge.model.interface import Interface, Port
from deepforge.model.records import Operation, Record, Value

OPERATION = RecordId("op")


def attempt(
    code: str,
    *,
    outputs: Mapping[str, str] | None = None,
    inputs: Mapping[str, InputFile] | None = None,
    attributes: Mapping[str, Value] | None = None,
    records: tuple[Record, ...] = (),
    seed: int = 7,
) -> AttemptSpec:
    """An attempt of the operation `work`; `outputs` are types by name."""
    ports = tuple(Port(name=name, type=kind) for name, kind in (outputs or {}).items())
    given = tuple(Port(name=name, type=file.type) for name, file in (inputs or {}).items())
    return AttemptSpec(
        attempt=AttemptId(new_id()),
        fence=1,
        job=JobId("job"),
        execution=ExecutionId("execution"),
        project=ProjectId("project"),
        name="work",
        operation=OPERATION,
        interface=Interface(operation=OPERATION, name="work", inputs=given, outputs=ports),
        records=(Operation(id=OPERATION, name="work", code=code), *records),
        attributes=dict(attributes or {}),
        inputs=dict(inputs or {}),
        outputs=ports,
        seed=seed,
    )
