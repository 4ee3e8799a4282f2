"""Which artifact an Input takes when a person names none: the one that fits, where there is exactly one."""

import shlex
from collections.abc import Collection, Mapping, Sequence

from deepforge.cli.choices import Graph
from deepforge.cli.new import listed
from deepforge.engine.typetree import TypeTree
from deepforge.errors import Invalid
from deepforge.ids import RecordId
from deepforge.model.artifact import Artifact
from deepforge.model.live import Analysis
from deepforge.model.project import InputOverride
from deepforge.model.records import Input, Node, OperationRef

__all__ = ["fill_inputs", "open_inputs"]


def open_inputs(graph: Graph, chosen: Collection[RecordId]) -> list[Node]:
    """The Input nodes for which nothing is chosen, neither in the project nor for this execution."""
    return [node for node in graph.nodes if isinstance(node.target, Input) and not node.target.artifact and node.id not in chosen]


def fill_inputs(graph: Graph, nodes: Sequence[Node], artifacts: Sequence[Artifact], analysis: Analysis) -> list[InputOverride]:
    """The one artifact that fits, for each node that has exactly one; what has none is left for the server to refuse.

    Raises `Invalid`, with the options to choose from, where there are several.
    """
    types = TypeTree(analysis.types)
    overrides, open_choices = [], []
    for node in nodes:
        wanted = _wanted(graph, node, analysis)
        fitting = [artifact for artifact in artifacts if all(types.fits(artifact.type, kind) for kind in wanted.values())]
        if len(fitting) > 1:
            open_choices.append((listed(wanted) or "an Output", _options(graph, node, wanted, fitting)))
        overrides += [InputOverride(node=node.id, artifact=artifact.id) for artifact in fitting]
    if open_choices:
        raise Invalid(
            " ".join(f"Several artifacts fit the Input that feeds {fed}." for fed, _ in open_choices),
            hint=" ".join(f"Choose one for {fed}: {options}." for fed, options in open_choices),
        )
    return overrides


def _options(graph: Graph, node: Node, wanted: Mapping[str, str], fitting: Sequence[Artifact]) -> str:
    """What can be written to choose one of them: the Input by its port where that means no other, else by its id."""
    inputs = [one for one in graph.nodes if isinstance(one.target, Input)]
    unique = (port for port in wanted if sum(port in graph.names(one) for one in inputs) == 1)
    name = next(unique, node.id)
    return listed(f"--input {shlex.quote(f'{name}={artifact.name}')}" for artifact in fitting)


def _wanted(graph: Graph, node: Node, analysis: Analysis) -> dict[str, str]:
    """The data types that the ports take to which an Input is wired, by the ports' names."""
    nodes = {one.id: one for one in graph.nodes}
    wanted = {}
    for wire in graph.wires:
        target = nodes[wire.target].target if wire.source == node.id and wire.target in nodes else None
        interface = analysis.interfaces.get(target.operation) if isinstance(target, OperationRef) else None
        for port in interface.inputs if interface is not None else ():
            if port.name == wire.input:
                wanted[port.name] = port.type
    return wanted
