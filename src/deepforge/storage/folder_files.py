"""The files of a project's folder (`docs/spec/folder.md`): what each holds, and where it lies."""

from pathlib import Path
from typing import assert_never

from msgspec import UNSET, Struct, UnsetType

from deepforge.errors import Invalid
from deepforge.ids import ArtifactId, RecordId
from deepforge.model.records import (
    Architecture,
    DataType,
    Definition,
    Frame,
    Layer,
    LayerDefinition,
    Link,
    Module,
    Node,
    Note,
    Operation,
    Pipeline,
    Record,
    Wire,
)

__all__ = [
    "DEFINITIONS",
    "ArchitectureFile",
    "ArtifactEntry",
    "DefinitionEntry",
    "Folder",
    "FolderArtifact",
    "Member",
    "PipelineFile",
    "ProjectFile",
    "bad",
    "code_file",
    "graph_of",
    "members",
]

DEFINITIONS: dict[str, tuple[type[Definition], str]] = {
    "data_type": (DataType, "types"),
    "layer_definition": (LayerDefinition, "layers"),
    "module": (Module, "utils"),
    "operation": (Operation, "operations"),
}
"""Of each kind of definition: its record, and the directory of its code."""


class FolderArtifact(Struct, frozen=True, kw_only=True):
    """An artifact of a folder: Input nodes name it by `id`; its bytes lie at `path`."""

    id: ArtifactId
    name: str
    type: str
    path: Path


class Folder(Struct, frozen=True, kw_only=True):
    """A project as it lies in a folder."""

    name: str
    title: str = ""
    description: str = ""
    records: tuple[Record, ...] = ()
    artifacts: tuple[FolderArtifact, ...] = ()


class ProjectFile(Struct, frozen=True, kw_only=True):
    name: str
    title: str = ""
    description: str = ""


class DefinitionEntry(Struct, frozen=True, kw_only=True):
    id: str
    kind: str
    name: str
    color: str | UnsetType = UNSET


class ArtifactEntry(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    type: str
    file: str


class PipelineFile(Struct, frozen=True, kw_only=True):
    pipeline: Pipeline
    nodes: tuple[Node, ...] = ()
    wires: tuple[Wire, ...] = ()
    notes: tuple[Note, ...] = ()
    frames: tuple[Frame, ...] = ()


class ArchitectureFile(Struct, frozen=True, kw_only=True):
    architecture: Architecture
    layers: tuple[Layer, ...] = ()
    links: tuple[Link, ...] = ()
    notes: tuple[Note, ...] = ()
    frames: tuple[Frame, ...] = ()


Member = Node | Wire | Layer | Link | Note | Frame
"""A record of a graph's file beside the graph's own."""


def members(graph: PipelineFile | ArchitectureFile) -> tuple[Member, ...]:
    """The records in a graph's file beside the graph's own."""
    own: tuple[Member, ...] = graph.nodes + graph.wires if isinstance(graph, PipelineFile) else graph.layers + graph.links
    return own + graph.notes + graph.frames


def graph_of(record: Member) -> RecordId:
    """The graph that a record says it belongs to."""
    match record:
        case Node() | Wire():
            return record.pipeline
        case Layer() | Link():
            return record.architecture
        case Note() | Frame():
            return record.graph
        case _:
            assert_never(record)


def code_file(kind: str, name: str) -> str:
    """Where the code of a definition lies. Raises `Invalid` when its name cannot be a file's."""
    if kind not in DEFINITIONS:
        raise bad("definitions.json", f'"{kind}" is no kind of definition')
    parts = name.split(".") if kind == "module" else [name]
    if not all(part.isidentifier() for part in parts):
        raise bad("definitions.json", f'"{name[:80]}" is not a name for code')
    return "/".join([DEFINITIONS[kind][1], *parts]) + ".py"


def bad(file: str, reason: str) -> Invalid:
    return Invalid(f"{file}: {reason}.", code="bad-folder", hint="Correct the file, then try again.", where=file)
