"""Writes the directory of an attempt: plain Python that a person can read and run (`docs/spec/attempt.md`).

Text in, text out: the server shows these files, the worker host writes them down, and both see the same.
"""

import json
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import assert_never

import msgspec

from deepforge.code.annotations import DATA_TYPES_PACKAGE
from deepforge.code.architecture import blueprint, emit_network
from deepforge.code.naming import is_name
from deepforge.code.network import closure, resolve
from deepforge.code.script import emit_script, output_types
from deepforge.errors import Invalid
from deepforge.ids import RecordId
from deepforge.model.blueprint import Design
from deepforge.model.hosting import AttemptSpec
from deepforge.model.interface import AttributeKind
from deepforge.model.records import (
    Architecture,
    DataType,
    LayerDefinition,
    Module,
    Operation,
    RecordRef,
    Reference,
    Value,
)

__all__ = ["emit_attempt", "output_types"]


def emit_attempt(spec: AttemptSpec) -> dict[str, str]:
    """All text files of the attempt's directory, by relative path, except spec.json.

    Raises `Invalid` where an architecture or a reference cannot be written as code.
    """
    files: dict[str, str] = {}
    for record in spec.records:
        if isinstance(record, Operation | DataType | LayerDefinition | Module):
            files[_path(record)] = record.code
    architectures = {record for reference in spec.references.values() for record in _architectures(spec, reference)}
    for record_id in sorted(architectures):
        network = resolve(record_id, spec.records)
        files[f"architectures/{network.architecture.name}.py"] = emit_network(network)
        design = Design(blueprint=blueprint(record_id, spec.records), records=closure(record_id, spec.records))
        text = msgspec.json.format(msgspec.json.encode(design), indent=2).decode()
        files[f"architectures/{network.architecture.name}.json"] = text + "\n"
    # Without it, an installed package called `utils` or `layers` would be found in place of the folder.
    packages = {f"{folder}/__init__.py" for path in files for folder in PurePosixPath(path).parents if folder.name}
    files = {**dict.fromkeys(packages, ""), **files, "main.py": emit_script(spec), "attributes.json": _attributes(spec)}
    return dict(sorted(files.items()))


def _architectures(spec: AttemptSpec, reference: Reference) -> Iterator[RecordId]:
    """An architecture that is referred to, and those inside it."""
    if isinstance(reference, RecordRef):
        yield from (item.id for item in closure(reference.record, spec.records) if isinstance(item, Architecture))


def _attributes(spec: AttemptSpec) -> str:
    """Values as the signature wants them: a browser writes 1.0 as 1."""
    kinds = {attribute.name: attribute.kind for attribute in spec.interface.attributes}
    values = {name: _value(value, kinds.get(name)) for name, value in spec.attributes.items()}
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def _value(value: Value, kind: AttributeKind | None) -> Value:
    if kind is AttributeKind.FLOAT and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if kind is AttributeKind.INTEGER and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _path(record: Operation | DataType | LayerDefinition | Module) -> str:
    """Where a definition's file lies. Data types cannot be in `types`: Python has it."""
    match record:
        case Operation(name=name):
            folder, parts = "operations", [name]
        case DataType(name=name):
            folder, parts = DATA_TYPES_PACKAGE, [name]
        case LayerDefinition(name=name):
            folder, parts = "layers", [name]
        case Module(name=name):
            folder, parts = "utils", name.split(".")
        case _:
            assert_never(record)
    for part in parts:
        if not is_name(part):
            raise Invalid(f"{record.name!r} cannot be a name in code.", code="DF107", hint="Use a Python identifier.")
    return f"{folder}/{'/'.join(parts)}.py"
