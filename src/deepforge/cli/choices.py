"""What a person names in the terminal (a project, a pipeline, nodes, attributes, artifacts), found in the project.

A node is named by its name on the canvas, its id, or, for an Input or Output, by the port that it is wired to; the name of an
artifact means the newest one of that name. Whatever cannot be found is answered with what there is.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct

from deepforge.cli.new import listed
from deepforge.errors import Invalid, NotFound
from deepforge.ids import RecordId
from deepforge.model.artifact import Artifact
from deepforge.model.interface import Attribute, AttributeKind, Interface
from deepforge.model.project import AttributeOverride, InputOverride, OutputOverride, Project
from deepforge.model.records import (
    Input,
    Node,
    Operation,
    OperationRef,
    Output,
    Pipeline,
    PipelineRef,
    Record,
    Value,
    Wire,
)

__all__ = ["Graph", "choose_artifacts", "choose_attributes", "choose_outputs", "find_pipeline", "find_project", "only"]

T = TypeVar("T")


class Graph(Struct, frozen=True, kw_only=True):
    """A pipeline of a document, with what its nodes run."""

    pipeline: Pipeline
    nodes: tuple[Node, ...]
    wires: tuple[Wire, ...]
    targets: dict[str, str]
    """The names of operations, pipelines and artifacts by their ids."""

    def name(self, node: Node) -> str:
        """What the canvas shows on a node."""
        if node.name is not None:
            return node.name
        match node.target:
            case OperationRef(operation=target) | PipelineRef(pipeline=target):
                return self.targets.get(target, target)
            case Input(artifact=artifact):
                return "Input" if artifact is None else self.targets.get(artifact, "Input")
            case Output(name=name):
                return name

    def names(self, node: Node) -> set[str]:
        """Everything that means this node."""
        names = {node.id, self.name(node)}
        if isinstance(node.target, Input):
            names |= {wire.input for wire in self.wires if wire.source == node.id}
        if isinstance(node.target, Output):
            names |= {wire.output for wire in self.wires if wire.target == node.id}
        return names

    def find(self, name: str, kind: type[OperationRef] | type[Input] | type[Output]) -> Node:
        """The one node of this kind that `name` means. Raises `NotFound`, or `Invalid` where several are meant."""
        nodes = [node for node in self.nodes if isinstance(node.target, kind)]
        what = {OperationRef: "operation", Input: "Input", Output: "Output"}[kind]
        return only(
            [node for node in nodes if name in self.names(node)],
            f"{what} {name!r} in the pipeline {self.pipeline.name}",
            known=(self.known_as(node) for node in nodes),
            ids=lambda node: node.id,
        )

    def known_as(self, node: Node) -> str:
        """The name to write for a node; for an Input that has none of its own yet, the port that it feeds."""
        name = self.name(node)
        ports = sorted(self.names(node) - {node.id, name})
        return ports[0] if ports and name == "Input" else name


def find_project(projects: Iterable[Project], name: str) -> Project:
    """The project of this name or id."""
    projects = list(projects)
    return only(
        [project for project in projects if name in (project.id, project.name)],
        f"project {name!r}",
        known=(project.name for project in projects),
        ids=lambda project: project.id,
    )


def find_pipeline(records: Sequence[Record], artifacts: Iterable[Artifact], name: str) -> Graph:
    """The pipeline of this name or id, with its nodes and wires."""
    pipelines = [record for record in records if isinstance(record, Pipeline)]
    pipeline = only(
        [record for record in pipelines if name in (record.id, record.name)],
        f"pipeline {name!r}",
        known=(record.name for record in pipelines),
        ids=lambda record: record.id,
    )
    targets: dict[str, str] = {record.id: record.name for record in records if isinstance(record, Operation | Pipeline)}
    return Graph(
        pipeline=pipeline,
        nodes=tuple(record for record in records if isinstance(record, Node) and record.pipeline == pipeline.id),
        wires=tuple(record for record in records if isinstance(record, Wire) and record.pipeline == pipeline.id),
        targets=targets | {artifact.id: artifact.name for artifact in artifacts},
    )


def choose_attributes(
    graph: Graph, interfaces: Mapping[RecordId, Interface], settings: Iterable[str]
) -> tuple[AttributeOverride, ...]:
    """`NODE.ATTRIBUTE=VALUE` as overrides, each value read as its attribute's type asks."""
    return tuple(_attribute(graph, interfaces, setting) for setting in settings)


def choose_artifacts(graph: Graph, artifacts: Sequence[Artifact], settings: Iterable[str]) -> tuple[InputOverride, ...]:
    """`NODE=ARTIFACT` as overrides. `artifacts` are the newest first."""
    return tuple(_input(graph, artifacts, setting) for setting in settings)


def choose_outputs(graph: Graph, settings: Iterable[str]) -> tuple[OutputOverride, ...]:
    """`NODE=NAME` as overrides."""
    overrides = []
    for setting in settings:
        node, name = _split(setting, "--output", "NODE=NAME")
        overrides.append(OutputOverride(node=graph.find(node, Output).id, name=name))
    return tuple(overrides)


def _attribute(graph: Graph, interfaces: Mapping[RecordId, Interface], setting: str) -> AttributeOverride:
    key, text = _split(setting, "--set", "NODE.ATTRIBUTE=VALUE")
    name, dot, attribute_name = key.rpartition(".")
    if not dot:
        raise Invalid(f"--set {setting} names no attribute.", hint="Write it as NODE.ATTRIBUTE=VALUE.")
    node = graph.find(name, OperationRef)
    interface = interfaces.get(node.target.operation) if isinstance(node.target, OperationRef) else None
    attributes = interface.attributes if interface is not None else ()
    attribute = only(
        [attribute for attribute in attributes if attribute.name == attribute_name],
        f"attribute {attribute_name!r} in {name}",
        known=(attribute.name for attribute in attributes),
        ids=lambda attribute: attribute.name,
    )
    return AttributeOverride(node=node.id, name=attribute.name, value=_value(attribute, text))


def _input(graph: Graph, artifacts: Sequence[Artifact], setting: str) -> InputOverride:
    name, wanted = _split(setting, "--input", "NODE=ARTIFACT")
    found = [artifact for artifact in artifacts if wanted in (artifact.id, artifact.name)]
    if not found:
        raise NotFound(f"There is no artifact {wanted!r}.", hint=f"There are: {listed(a.name for a in artifacts)}.")
    return InputOverride(node=graph.find(name, Input).id, artifact=found[0].id)


def _value(attribute: Attribute, text: str) -> Value:
    """The text as a value of the attribute. Raises `Invalid`."""
    if attribute.optional and text == "None":
        return None
    match attribute.kind:
        case AttributeKind.STRING:
            return text
        case AttributeKind.BOOLEAN if text.lower() in ("true", "false"):
            return text.lower() == "true"
        case AttributeKind.CHOICE:
            found = [choice for choice in attribute.choices if str(choice) == text]
            if found:
                return found[0]
        case AttributeKind.INTEGER | AttributeKind.FLOAT:
            try:
                return int(text) if attribute.kind is AttributeKind.INTEGER else float(text)
            except ValueError:
                pass
        case AttributeKind.BOOLEAN:
            pass
    raise Invalid(f"{text!r} is no value of {attribute.name}.", hint=f"It takes {_values(attribute)}.")


def _values(attribute: Attribute) -> str:
    match attribute.kind:
        case AttributeKind.INTEGER:
            return "a whole number"
        case AttributeKind.FLOAT:
            return "a number"
        case AttributeKind.BOOLEAN:
            return "true or false"
        case AttributeKind.STRING:
            return "text"
        case AttributeKind.CHOICE:
            return f"one of: {listed(str(choice) for choice in attribute.choices)}"


def _split(setting: str, option: str, form: str) -> tuple[str, str]:
    key, equals, value = setting.partition("=")
    if not equals or not key or (not value and option != "--set"):
        raise Invalid(f"{option} {setting!r} cannot be read.", hint=f"Write it as {form}.")
    return key, value


def only(found: Sequence[T], what: str, *, known: Iterable[str], ids: Callable[[T], str]) -> T:
    """The one thing that was found. Raises `NotFound` with what there is, or `Invalid` with the ids of those that are meant."""
    if not found:
        raise NotFound(f"There is no {what}.", hint=f"There are: {listed(sorted(known))}.")
    if len(found) > 1:
        raise Invalid(f"There are {len(found)} of {what}.", hint=f"Name one by its id: {listed(ids(one) for one in found)}.")
    return found[0]
