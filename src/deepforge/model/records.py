"""The records of a project's document: one Struct per kind of thing, tagged by `kind`.

A document is a flat map from id to record. References between records are ids; nothing is nested, so that two people who
edit different things never touch the same value.
"""

from typing import Annotated

from msgspec import Meta, Struct, field

from deepforge.ids import ArtifactId, RecordId

__all__ = [
    "TEXT_FIELDS",
    "Architecture",
    "ArchitectureRef",
    "DataType",
    "Definition",
    "Frame",
    "Input",
    "Layer",
    "LayerClass",
    "LayerDefinition",
    "LayerRef",
    "Link",
    "Module",
    "Node",
    "NodeTarget",
    "Note",
    "Operation",
    "OperationRef",
    "Output",
    "Pipeline",
    "PipelineRef",
    "Record",
    "RecordRef",
    "Reference",
    "Resource",
    "Value",
    "Wire",
]

Value = bool | int | float | str | None
"""An attribute's value in a pipeline: plain JSON."""
Id = Annotated[RecordId, Meta(pattern="^[A-Za-z0-9_-]{1,64}$")]
Name = Annotated[str, Meta(min_length=1, max_length=200)]


class Pipeline(Struct, frozen=True, kw_only=True, tag_field="kind", tag="pipeline"):
    """A directed acyclic graph of operations. Its nodes and wires name it; it does not list them."""

    id: Id
    name: Name


class Operation(Struct, frozen=True, kw_only=True, tag_field="kind", tag="operation"):
    """A Python function. `name` is the function's name and a legal identifier; `code` is the whole file (LF only)."""

    id: Id
    name: Name
    code: str
    color: str = "slate"
    """A token of the design: slate, indigo, teal, plum, rust, olive."""


class DataType(Struct, frozen=True, kw_only=True, tag_field="kind", tag="data_type"):
    """A data type of the project: a class deriving from `Data` (primitive), or one with methods of its own (class)."""

    id: Id
    name: Name
    code: str


class LayerDefinition(Struct, frozen=True, kw_only=True, tag_field="kind", tag="layer_definition"):
    """A custom layer: a class deriving from `torch.nn.Module`."""

    id: Id
    name: Name
    code: str


class Module(Struct, frozen=True, kw_only=True, tag_field="kind", tag="module"):
    """A utility: a Python module under `utils/`, importable from any operation. `name` is its dotted path below `utils`."""

    id: Id
    name: Name
    code: str


class OperationRef(Struct, frozen=True, kw_only=True, tag_field="kind", tag="operation"):
    """A node that runs an operation."""

    operation: Id


class PipelineRef(Struct, frozen=True, kw_only=True, tag_field="kind", tag="pipeline"):
    """A node that stands for a whole pipeline (a linked block)."""

    pipeline: Id


class Input(Struct, frozen=True, kw_only=True, tag_field="kind", tag="input"):
    """A node that brings an artifact in. Its one output port is called `data`."""

    artifact: ArtifactId | None = None


class Output(Struct, frozen=True, kw_only=True, tag_field="kind", tag="output"):
    """A node that saves what arrives at its one input port, called `data`, as an artifact of this name."""

    name: Name = "myData"


NodeTarget = OperationRef | PipelineRef | Input | Output


class RecordRef(Struct, frozen=True, kw_only=True, tag_field="kind", tag="record"):
    """A reference to a record of the project: an architecture."""

    record: Id


class Resource(Struct, frozen=True, kw_only=True, tag_field="kind", tag="resource"):
    """A reference to a class of the framework with its settings: a criterion or an optimizer.

    `resource` is the registered kind ("Criterion", "Optimizer"), `class_name` a name such as "NLLLoss" or "SGD",
    `attributes` Python expressions by parameter name, as in a layer.
    """

    resource: str
    class_name: str
    attributes: dict[str, str] = field(default_factory=dict)


Reference = RecordRef | Resource


class Node(Struct, frozen=True, kw_only=True, tag_field="kind", tag="node"):
    """One use of an operation (or block, input, output) in a pipeline.

    `attributes` holds only what differs from the operation's defaults; `name` is shown instead of the target's own name.
    """

    id: Id
    pipeline: Id
    target: NodeTarget
    name: str | None = None
    attributes: dict[str, Value] = field(default_factory=dict)
    references: dict[str, Reference] = field(default_factory=dict)


class Wire(Struct, frozen=True, kw_only=True, tag_field="kind", tag="wire"):
    """Data from an output port of `source` to an input port of `target` (node ids and port names), within `pipeline`."""

    id: Id
    pipeline: Id
    source: Id
    output: str
    target: Id
    input: str


class LayerClass(Struct, frozen=True, kw_only=True, tag_field="kind", tag="class"):
    """A layer of the framework by name: "Conv2d" of `torch.nn`, or a joining function ("cat", "add", "flatten")."""

    name: str


class LayerRef(Struct, frozen=True, kw_only=True, tag_field="kind", tag="layer"):
    """A custom layer of the project."""

    layer: Id


class ArchitectureRef(Struct, frozen=True, kw_only=True, tag_field="kind", tag="architecture"):
    """An architecture used inside another (a linked block)."""

    architecture: Id


class Architecture(Struct, frozen=True, kw_only=True, tag_field="kind", tag="architecture"):
    """A neural network of layers. `parameters` are its own parameters with their default expressions."""

    id: Id
    name: Name
    parameters: dict[str, str] = field(default_factory=dict)


class Layer(Struct, frozen=True, kw_only=True, tag_field="kind", tag="layer"):
    """One layer in an architecture. `attributes` are Python expressions by parameter name ("6", "(2, 2)", "channels * 2")."""

    id: Id
    architecture: Id
    target: LayerClass | LayerRef | ArchitectureRef
    name: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)


class Link(Struct, frozen=True, kw_only=True, tag_field="kind", tag="link"):
    """A tensor from output number `output` of `source` to input number `input` of `target` (layer ids)."""

    id: Id
    architecture: Id
    source: Id
    target: Id
    output: int = 0
    input: int = 0


class Note(Struct, frozen=True, kw_only=True, tag_field="kind", tag="note"):
    """Markdown beside a graph (`graph` is a pipeline or an architecture), optionally about one node."""

    id: Id
    graph: Id
    text: str
    about: Id | None = None


class Frame(Struct, frozen=True, kw_only=True, tag_field="kind", tag="frame"):
    """A titled frame around members of a graph."""

    id: Id
    graph: Id
    title: str
    members: tuple[Id, ...] = ()


Definition = Operation | DataType | LayerDefinition | Module
"""Records that hold source code in `code`."""
Record = Pipeline | Operation | DataType | LayerDefinition | Module | Node | Wire | Architecture | Layer | Link | Note | Frame

TEXT_FIELDS: dict[str, str] = {
    "operation": "code",
    "data_type": "code",
    "layer_definition": "code",
    "module": "code",
    "note": "text",
}
"""The one field of each kind that changes by change sets only, once the record exists."""
