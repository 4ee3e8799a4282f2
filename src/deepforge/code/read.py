"""What a definition says of itself, from its text alone: interface, type, and marks DF200 to DF206."""

from typing import assert_never

import msgspec

from deepforge.code.classes import read_data_type, read_layer
from deepforge.code.interface import read_interface
from deepforge.code.source import parse_source, source_hash, undefined_names
from deepforge.model.analysis import SourceFacts
from deepforge.model.interface import Interface, Mark, TypeInfo
from deepforge.model.records import DataType, Definition, LayerDefinition, Module, Operation

__all__ = ["read_definition", "source_hash"]


def read_definition(definition: Definition) -> SourceFacts:
    """The facts of one definition; never raises for any source. A custom layer's interface has its constructor's parameters."""
    digest = source_hash(definition)
    source = parse_source(definition)
    if not source.parsed:
        return SourceFacts(record=definition.id, source_hash=digest, marks=source.marks)
    interface: Interface | None = None
    type_info: TypeInfo | None = None
    marks: tuple[Mark, ...] = ()
    match definition:
        case Operation():
            interface, marks = read_interface(source)
        case DataType():
            type_info, marks = read_data_type(source)
        case LayerDefinition():
            interface, marks = read_layer(source)
        case Module():
            pass
        case _:
            assert_never(definition)
    if interface is not None:
        interface = msgspec.structs.replace(interface, source_hash=digest)
    undefined = undefined_names(source)
    # An annotation that is not defined is one problem, told once.
    named = {(mark.where.name, mark.where.line) for mark in undefined}
    marks = tuple(mark for mark in marks if mark.code != "DF205" or (_head(mark.message), mark.where.line) not in named)
    ordered = sorted((*marks, *undefined), key=lambda mark: (mark.where.line or 0, mark.where.column or 0, mark.code))
    return SourceFacts(record=definition.id, source_hash=digest, interface=interface, type=type_info, marks=tuple(ordered))


def _head(message: str) -> str:
    """The name that a message begins with: `torch` of "torch.Tensr is not a data type"."""
    return message.split(" ")[0].partition(".")[0]
