"""How records refer to each other: which ids, and of which kinds they must be."""

from collections.abc import Callable, Iterator, Mapping

from deepforge.ids import RecordId
from deepforge.model.records import (
    Architecture,
    ArchitectureRef,
    DataType,
    Frame,
    Layer,
    LayerDefinition,
    LayerRef,
    Link,
    Module,
    Node,
    Note,
    Operation,
    OperationRef,
    Pipeline,
    PipelineRef,
    Record,
    RecordRef,
    Wire,
)

__all__ = ["KIND_NAMES", "REFERRERS", "Kinds", "Refers", "has_cycle", "references", "referred_ids"]

Kinds = tuple[type[Record], ...]
Refers = tuple[str, RecordId, Kinds]
"""The field (for people), the id in it, and the kinds that it may be of."""

KIND_NAMES: dict[type[Record], str] = {
    Pipeline: "pipeline",
    Operation: "operation",
    DataType: "data type",
    LayerDefinition: "layer definition",
    Module: "module",
    Node: "node",
    Wire: "wire",
    Architecture: "architecture",
    Layer: "layer",
    Link: "link",
    Note: "note",
    Frame: "frame",
}

_GRAPHS: Kinds = (Pipeline, Architecture)
_MEMBERS: Kinds = (Node, Layer, Note)


def references(record: Record) -> Iterator[Refers]:
    """Every id that a record refers to."""
    match record:
        case Node():
            yield from _node_references(record)
        case Wire():
            yield "pipeline", record.pipeline, (Pipeline,)
            yield "source", record.source, (Node,)
            yield "target", record.target, (Node,)
        case Layer():
            yield from _layer_references(record)
        case Link():
            yield "architecture", record.architecture, (Architecture,)
            yield "source", record.source, (Layer,)
            yield "target", record.target, (Layer,)
        case Note():
            yield "graph", record.graph, _GRAPHS
            if record.about is not None:
                yield "about", record.about, (Node, Layer)
        case Frame():
            yield "graph", record.graph, _GRAPHS
            yield from (("members", member, _MEMBERS) for member in record.members)
        case _:
            return


def _node_references(node: Node) -> Iterator[Refers]:
    yield "pipeline", node.pipeline, (Pipeline,)
    if isinstance(node.target, OperationRef):
        yield "target", node.target.operation, (Operation,)
    elif isinstance(node.target, PipelineRef):
        yield "target", node.target.pipeline, (Pipeline,)
    for name, reference in node.references.items():
        if isinstance(reference, RecordRef):
            yield f"references.{name}", reference.record, (Architecture,)


def _layer_references(layer: Layer) -> Iterator[Refers]:
    yield "architecture", layer.architecture, (Architecture,)
    if isinstance(layer.target, LayerRef):
        yield "target", layer.target.layer, (LayerDefinition,)
    elif isinstance(layer.target, ArchitectureRef):
        yield "target", layer.target.architecture, (Architecture,)


REFERRERS: dict[type[Record], Kinds] = {
    Pipeline: (Node, Wire, Note, Frame),
    Operation: (Node,),
    LayerDefinition: (Layer,),
    Node: (Wire, Note, Frame),
    Architecture: (Node, Layer, Link, Note, Frame),
    Layer: (Link, Note, Frame),
    Note: (Frame,),
}
"""Which kinds may refer to a kind; to all others nothing refers."""


def referred_ids(record: Record) -> tuple[RecordId, ...]:
    """The ids alone; quick for the kinds that are many."""
    if isinstance(record, Wire):
        return (record.pipeline, record.source, record.target)
    if isinstance(record, Link):
        return (record.architecture, record.source, record.target)
    return tuple(refers[1] for refers in references(record))


def has_cycle(starts: Mapping[RecordId, object], follow: Callable[[RecordId], list[RecordId]]) -> RecordId | None:
    """An id on a cycle that can be reached from `starts`, if there is one. Depth first, without recursion."""
    done: set[RecordId] = set()
    on_path: set[RecordId] = set()
    for start in starts:
        stack = [(start, False)]
        while stack:
            here, leaving = stack.pop()
            if leaving:
                on_path.discard(here)
                done.add(here)
            elif here in on_path:
                return here
            elif here not in done:
                on_path.add(here)
                stack.append((here, True))
                stack.extend((there, False) for there in follow(here))
    return None
