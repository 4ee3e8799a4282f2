"""One pipeline with all that is known of it: what the checks and the plan look at."""

import heapq
from collections.abc import Container, Iterable, Mapping
from functools import cached_property

from deepforge.engine.typetree import TypeTree
from deepforge.ids import ArtifactId, RecordId
from deepforge.model.artifact import Artifact
from deepforge.model.document import Document
from deepforge.model.interface import Interface, Port
from deepforge.model.records import Input, Node, Operation, OperationRef, Output, Pipeline, Record, Wire

__all__ = ["DATA", "Knowledge", "PipelineView", "views"]

DATA = "data"
"""The port of Input and Output nodes."""


class Knowledge:
    """What is derived from code and stored beside the document. `readable` has the operations whose source has no errors."""

    def __init__(
        self,
        records: Mapping[RecordId, Record],
        interfaces: Mapping[RecordId, Interface],
        types: TypeTree,
        artifacts: Mapping[ArtifactId, Artifact],
        readable: Container[RecordId],
    ) -> None:
        self.records = records
        self.interfaces = interfaces
        self.types = types
        self.artifacts = artifacts
        self.readable = readable


class PipelineView:
    """`nodes` and `wires` are the pipeline's own."""

    def __init__(self, pipeline: Pipeline, nodes: Iterable[Node], wires: Iterable[Wire], known: Knowledge) -> None:
        self.pipeline = pipeline
        self.nodes = {node.id: node for node in nodes}
        self.wires = tuple(wire for wire in wires if wire.source in self.nodes and wire.target in self.nodes)
        self.known = known
        self.incoming: dict[RecordId, dict[str, Wire]] = {}
        self.outgoing: dict[RecordId, list[Wire]] = {}
        for wire in self.wires:
            self.incoming.setdefault(wire.target, {})[wire.input] = wire
            self.outgoing.setdefault(wire.source, []).append(wire)

    @property
    def operations(self) -> list[tuple[Node, OperationRef]]:
        """The nodes that run something."""
        return [(node, node.target) for node in self.nodes.values() if isinstance(node.target, OperationRef)]

    def interface(self, node: Node) -> Interface | None:
        """Of a node's operation, if it is known and can be trusted."""
        if not isinstance(node.target, OperationRef) or node.target.operation not in self.known.readable:
            return None
        return self.known.interfaces.get(node.target.operation)

    def name(self, node: Node) -> str:
        """What people call the node."""
        match node.target:
            case _ if node.name:
                return node.name
            case OperationRef(operation=operation):
                record = self.known.records.get(operation)
                return record.name if isinstance(record, Operation) else "operation"
            case Input():
                return "Input"
            case Output(name=name):
                return name
            case _:
                record = self.known.records.get(node.target.pipeline)
                return record.name if isinstance(record, Pipeline) else "pipeline"

    @cached_property
    def order(self) -> tuple[Node, ...]:
        """Each node after those it needs; of several that could be next, the first by name and id. Never the order of editing."""
        waiting = {node: len(self.incoming.get(node, {})) for node in self.nodes}
        ready = [(self.name(node), node.id) for node in self.nodes.values() if not waiting[node.id]]
        heapq.heapify(ready)
        order: list[Node] = []
        while ready:
            _, id = heapq.heappop(ready)
            order.append(self.nodes[id])
            for wire in self.outgoing.get(id, ()):
                waiting[wire.target] -= 1
                if not waiting[wire.target]:
                    heapq.heappush(ready, (self.name(self.nodes[wire.target]), wire.target))
        return tuple(order)

    @cached_property
    def output_types(self) -> dict[tuple[RecordId, str], str]:
        """The type of each output port, types that pass through followed. Ports that are not known are not there."""
        types: dict[tuple[RecordId, str], str] = {}
        for node in self.order:
            if isinstance(node.target, Input):
                artifact = self.known.artifacts.get(node.target.artifact) if node.target.artifact else None
                if artifact is not None:
                    types[node.id, DATA] = artifact.type
            interface = self.interface(node)
            for port in interface.outputs if interface else ():
                type = self._passed(node, interface, port, types) if interface else None
                if type is not None:
                    types[node.id, port.name] = type
        return types

    def _passed(self, node: Node, interface: Interface, port: Port, types: Mapping[tuple[RecordId, str], str]) -> str | None:
        """The type of an output: its own, or that of the input whose type it passes on (None while that is unknown)."""
        incoming = self.incoming.get(node.id, {})
        for input in interface.inputs if port.variable else ():
            if input.variable != port.variable:
                continue
            wire = incoming.get(input.name)
            if wire is not None:
                return types.get((wire.source, wire.output))
            if not input.optional:
                return None
        return port.type

    def has_output(self, node: Node, name: str) -> bool | None:
        """Whether the node has this output; None while its operation is not known."""
        if isinstance(node.target, Input):
            return name == DATA
        interface = self.interface(node)
        return None if interface is None else any(port.name == name for port in interface.outputs)

    def input_port(self, node: Node, name: str) -> Port | None:
        """The node's input of this name, if there is one."""
        if isinstance(node.target, Output):
            return Port(name=DATA) if name == DATA else None
        interface = self.interface(node)
        return next((port for port in interface.inputs if port.name == name), None) if interface else None


def views(document: Document, known: Knowledge, only: RecordId | None = None) -> list[PipelineView]:
    """A view of every pipeline (or of one), in the order of the document."""
    nodes: dict[RecordId, list[Node]] = {}
    wires: dict[RecordId, list[Wire]] = {}
    pipelines: list[Pipeline] = []
    for record in document.records.values():
        if isinstance(record, Node):
            nodes.setdefault(record.pipeline, []).append(record)
        elif isinstance(record, Wire):
            wires.setdefault(record.pipeline, []).append(record)
        elif isinstance(record, Pipeline) and only in (None, record.id):
            pipelines.append(record)
    return [PipelineView(one, nodes.get(one.id, ()), wires.get(one.id, ()), known) for one in pipelines]
