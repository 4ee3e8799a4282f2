"""The rules of structure (DF102-DF111): small functions, each with its code, over one transaction's outcome.

A rule looks only at what the transaction touched, and at what that can have broken; the document before it obeys every
rule. `docs/spec/document.md` has the table, `tests/golden/structure.json` the cases, for this and for the client.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from deepforge.document.graph import KIND_NAMES, REFERRERS, has_cycle, references, referred_ids
from deepforge.document.names import Named, bad_name
from deepforge.errors import Refused
from deepforge.ids import RecordId
from deepforge.model.document import Change
from deepforge.model.records import (
    Architecture,
    ArchitectureRef,
    DataType,
    Input,
    Layer,
    LayerDefinition,
    Link,
    Module,
    Node,
    Operation,
    Output,
    Pipeline,
    PipelineRef,
    Record,
    Wire,
)

__all__ = ["MAX_RECORDS", "RULES", "Outcome", "check_outcome"]

MAX_RECORDS = 100_000
_NAMED: tuple[type[Named], ...] = (Operation, Pipeline, Architecture, DataType, LayerDefinition, Module)
Kind = TypeVar("Kind", bound=Record)


class Outcome:
    """What a transaction would make of a document, with the lists that rules share, made when first asked for."""

    def __init__(self, records: Mapping[RecordId, Record], changes: Iterable[Change]) -> None:
        self.records = records
        self.changes = tuple(changes)
        self._lists: dict[object, list[Any]] = {}

    def every(self, kind: type[Kind]) -> list[Kind]:
        """All records of a kind."""
        found = self._lists.get(kind)
        if found is None:
            found = self._lists[kind] = [record for record in self.records.values() if record.__class__ is kind]
        return found

    def touched(self, kind: type[Kind]) -> Iterator[tuple[Kind | None, Kind]]:
        """Records of a kind that were made or changed: as they were, and as they are."""
        for change in self.changes:
            if isinstance(change.after, kind):
                yield change.before if isinstance(change.before, kind) else None, change.after


def check_outcome(outcome: Outcome) -> None:
    """Raises `Refused` with the code of the first rule that is broken."""
    for _, rule in RULES:
        rule(outcome)


def _refuse(code: str, message: str, hint: str, where: RecordId) -> Refused:
    return Refused(message, code=code, hint=hint, where=where)


def limits(outcome: Outcome) -> None:
    """DF111: a document holds at most 100,000 records."""
    if len(outcome.records) > MAX_RECORDS:
        raise Refused(
            f"A project holds at most {MAX_RECORDS:,} records.",
            code="DF111",
            hint="Remove what is not needed, or start a project.",
        )


def references_exist(outcome: Outcome) -> None:
    """DF102: ids that a record refers to exist and are of the right kind."""
    records = outcome.records
    for change in outcome.changes:
        if change.after is None:
            continue
        for field, id, kinds in references(change.after):
            there = records.get(id)
            if there is None or there.__class__ not in kinds:
                wanted = " or ".join(KIND_NAMES[kind] for kind in kinds)
                kind = KIND_NAMES[change.after.__class__]
                raise _refuse(
                    "DF102",
                    f"The {field} of {kind} {change.id} is no {wanted} of this project: {id}.",
                    "It may have been removed by somebody else; choose another.",
                    change.id,
                )


def removed_are_free(outcome: Outcome) -> None:
    """DF102: nothing refers to what was removed."""
    gone = {change.id: change.before for change in outcome.changes if change.after is None and change.before is not None}
    kinds = {kind for record in gone.values() for kind in REFERRERS.get(record.__class__, ())}
    for kind in kinds:
        for record in outcome.every(kind):
            for id in referred_ids(record):
                if id in gone:
                    raise _refuse(
                        "DF102",
                        f"The {KIND_NAMES[gone[id].__class__]} {id} is still used by {KIND_NAMES[kind]} {record.id}.",
                        "Remove what uses it first, or in the same step.",
                        record.id,
                    )


def ends_are_inside(outcome: Outcome) -> None:
    """DF103: a wire joins two nodes of its own pipeline, a link two layers of its own architecture."""
    for wire in _touched_wires(outcome):
        if {_node(outcome, wire.source).pipeline, _node(outcome, wire.target).pipeline} != {wire.pipeline}:
            raise _refuse(
                "DF103", f"Wire {wire.id} leaves its pipeline.", "Connect two operations of the same pipeline.", wire.id
            )
    for link in _touched_links(outcome):
        if {_layer(outcome, link.source).architecture, _layer(outcome, link.target).architecture} != {link.architecture}:
            raise _refuse(
                "DF103", f"Link {link.id} leaves its architecture.", "Connect two layers of the same architecture.", link.id
            )


def one_wire_per_input(outcome: Outcome) -> None:
    """DF104: no two wires have the same target and input; the same for links."""
    wires = {(wire.target, wire.input): wire for wire in _touched_wires(outcome)}
    links = {(link.target, link.input): link for link in _touched_links(outcome)}
    for wire in outcome.every(Wire) if wires else ():
        _one(wires.get((wire.target, wire.input)), wire, str(wire.input))
    for link in outcome.every(Link) if links else ():
        _one(links.get((link.target, link.input)), link, str(link.input))


def _one(touched: Wire | Link | None, other: Wire | Link, name: str) -> None:
    if touched is not None and touched.id != other.id:
        raise _refuse(
            "DF104",
            f"Input {name} of {other.target} would have two connections.",
            "Disconnect the one that is there first.",
            touched.id,
        )


def no_cycles(outcome: Outcome) -> None:
    """DF105: no cycle among the wires of a pipeline, nor among the links of an architecture."""
    wires, links = _touched_wires(outcome), _touched_links(outcome)
    _acyclic(wires, outcome.every(Wire) if wires else [])
    _acyclic(links, outcome.every(Link) if links else [])


def _acyclic(touched: list[Wire] | list[Link], every: list[Wire] | list[Link]) -> None:
    following: dict[RecordId, list[RecordId]] = {}
    for edge in every:
        following.setdefault(edge.source, []).append(edge.target)
    starts = {edge.target: edge for edge in touched}
    found = has_cycle(starts, lambda id: following.get(id, []))
    if found is not None:
        raise _refuse(
            "DF105",
            f"The connections would go round in a circle through {found}.",
            "Data flows one way; connect it otherwise.",
            found,
        )


def names_are_unique(outcome: Outcome) -> None:
    """DF106: names are unique within their kind."""
    for kind in _NAMED:
        named = {after.name: after for before, after in outcome.touched(kind) if before is None or before.name != after.name}
        for record in outcome.every(kind) if named else ():
            new = named.get(record.name)
            if new is not None and new.id != record.id:
                raise _refuse(
                    "DF106", f'There is a {KIND_NAMES[kind]} called "{record.name}" already.', "Choose another name.", new.id
                )


def names_are_legal(outcome: Outcome) -> None:
    """DF107: names are what Python, or people, can read."""
    for kind in _NAMED:
        for _, after in outcome.touched(kind):
            reason = bad_name(after)
            if reason:
                raise _refuse("DF107", f'"{after.name}" cannot be the name of a {KIND_NAMES[kind]}.', reason, after.id)


def blocks_do_not_recur(outcome: Outcome) -> None:
    """DF108: a pipeline does not contain itself through pipeline nodes, an architecture not through architecture layers."""
    inner = {after.pipeline: after for _, after in outcome.touched(Node) if isinstance(after.target, PipelineRef)}
    if inner:
        inside: dict[RecordId, list[RecordId]] = {}
        for node in outcome.every(Node):
            if isinstance(node.target, PipelineRef):
                inside.setdefault(node.pipeline, []).append(node.target.pipeline)
        _not_inside_itself(inner, inside, "pipeline")
    blocks = {after.architecture: after for _, after in outcome.touched(Layer) if isinstance(after.target, ArchitectureRef)}
    if blocks:
        within: dict[RecordId, list[RecordId]] = {}
        for layer in outcome.every(Layer):
            if isinstance(layer.target, ArchitectureRef):
                within.setdefault(layer.architecture, []).append(layer.target.architecture)
        _not_inside_itself(blocks, within, "architecture")


def _not_inside_itself(starts: Mapping[RecordId, Record], inside: dict[RecordId, list[RecordId]], kind: str) -> None:
    found = has_cycle(starts, lambda id: inside.get(id, []))
    if found is not None:
        raise _refuse("DF108", f"The {kind} {found} would contain itself.", f"Use another {kind} inside.", found)


def ends_of_artifacts(outcome: Outcome) -> None:
    """DF110: the ports of Input and Output nodes are called `data`; nothing goes into an Input or out of an Output."""
    for wire in _touched_wires(outcome):
        source, target = _node(outcome, wire.source).target, _node(outcome, wire.target).target
        if isinstance(target, Input) or isinstance(source, Output):
            raise _refuse(
                "DF110",
                "Nothing goes into an Input or out of an Output.",
                "Connect an Input to an operation, or one to an Output.",
                wire.id,
            )
        if (isinstance(source, Input) and wire.output != "data") or (isinstance(target, Output) and wire.input != "data"):
            raise _refuse("DF110", 'The port of an Input or Output is called "data".', 'Connect its port "data".', wire.id)


Rule = Callable[[Outcome], None]
RULES: tuple[tuple[str, Rule], ...] = (
    ("DF111", limits),
    ("DF102", references_exist),
    ("DF102", removed_are_free),
    ("DF103", ends_are_inside),
    ("DF104", one_wire_per_input),
    ("DF105", no_cycles),
    ("DF106", names_are_unique),
    ("DF107", names_are_legal),
    ("DF108", blocks_do_not_recur),
    ("DF110", ends_of_artifacts),
)
"""In the order in which they are asked; each may rely on those before it."""


def _touched_wires(outcome: Outcome) -> list[Wire]:
    """Wires that were made or changed, and those of nodes that moved or became something else."""
    wires = [after for before, after in outcome.touched(Wire)]
    moved = {
        after.id
        for before, after in outcome.touched(Node)
        if before is not None and (before.pipeline != after.pipeline or before.target.__class__ is not after.target.__class__)
    }
    if moved:
        wires += [wire for wire in outcome.every(Wire) if wire.source in moved or wire.target in moved]
    return wires


def _touched_links(outcome: Outcome) -> list[Link]:
    links = [after for before, after in outcome.touched(Link)]
    moved = {
        after.id for before, after in outcome.touched(Layer) if before is not None and before.architecture != after.architecture
    }
    if moved:
        links += [link for link in outcome.every(Link) if link.source in moved or link.target in moved]
    return links


def _node(outcome: Outcome, id: RecordId) -> Node:
    node = outcome.records[id]
    assert isinstance(node, Node), "references_exist comes first"
    return node


def _layer(outcome: Outcome, id: RecordId) -> Layer:
    layer = outcome.records[id]
    assert isinstance(layer, Layer), "references_exist comes first"
    return layer
