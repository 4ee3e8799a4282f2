"""Seeds drawn small: which graph of a project is shown for it, and how."""

from collections import Counter
from collections.abc import Mapping, Sequence

from deepforge.ids import RecordId
from deepforge.model.project import Thumbnail, ThumbnailNode
from deepforge.model.records import Node, Operation, OperationRef, Output, Record, Wire

__all__ = ["thumbnail"]


def thumbnail(records: Sequence[Record]) -> Thumbnail:
    """The pipeline with the most nodes; nothing where there is none."""
    sizes = Counter(one.pipeline for one in records if isinstance(one, Node))
    drawn = max(sizes, key=lambda pipeline: (sizes[pipeline], pipeline), default=None)
    operations = {one.id: one for one in records if isinstance(one, Operation)}
    nodes = [one for one in records if isinstance(one, Node) and one.pipeline == drawn]
    place = {one.id: index for index, one in enumerate(nodes)}
    wires = [one for one in records if isinstance(one, Wire) and one.source in place and one.target in place]
    return Thumbnail(
        nodes=tuple(_node(one, operations) for one in nodes),
        wires=tuple((place[one.source], place[one.target]) for one in wires),
    )


def _node(node: Node, operations: Mapping[RecordId, Operation]) -> ThumbnailNode:
    match node.target:
        case OperationRef(operation=operation) if operation in operations:
            return ThumbnailNode(name=node.name or operations[operation].name, color=operations[operation].color)
        case Output(name=name):
            return ThumbnailNode(name=node.name or name, color="io")
        case _:
            return ThumbnailNode(name=node.name or "Input", color="io")
