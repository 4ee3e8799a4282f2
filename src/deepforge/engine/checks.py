"""What would refuse a run (DF210-DF220): small functions, each with its code, over one pipeline.

`docs/spec/document.md` has the table. They never refuse an edit; `plan` refuses a run while one of them says error.
"""

from collections.abc import Callable, Iterator

from deepforge.engine.values import bad_value
from deepforge.engine.view import PipelineView
from deepforge.ids import RecordId
from deepforge.model.interface import Attribute, Mark, ReferencePort, Severity, Where
from deepforge.model.records import Architecture, Input, Node, Output, PipelineRef, RecordRef, Reference, Resource

__all__ = ["CHECKS"]

Check = Callable[[PipelineView], Iterator[Mark]]


def _error(code: str, message: str, hint: str, record: RecordId, name: str = "") -> Mark:
    return Mark(code=code, severity=Severity.ERROR, message=message, hint=hint, where=Where(record=record, name=name))


def unconnected_inputs(view: PipelineView) -> Iterator[Mark]:
    """DF210: an input is not connected."""
    for node, _ in view.operations:
        interface, incoming = view.interface(node), view.incoming.get(node.id, {})
        for port in interface.inputs if interface else ():
            if port.name not in incoming and not port.optional:
                message = f'Input "{port.name}" of "{view.name(node)}" is not connected.'
                yield _error("DF210", message, f"Connect it to an output of type {port.type}.", node.id, port.name)


def missing_artifacts(view: PipelineView) -> Iterator[Mark]:
    """DF211: an Input node has no artifact, or its artifact is gone."""
    for node in view.nodes.values():
        if not isinstance(node.target, Input):
            continue
        artifact = node.target.artifact
        if not artifact:
            yield _error("DF211", f"{_input(view, node)} has no artifact.", "Choose one.", node.id, "artifact")
        elif artifact not in view.known.artifacts:
            message = f"The artifact of {_input(view, node, 'the')} is gone."
            yield _error("DF211", message, "Choose another.", node.id, "artifact")


def _input(view: PipelineView, node: Node, article: str = "The") -> str:
    """An Input by the ports that it feeds: several without an artifact have no name that tells them apart."""
    ports = [f'"{wire.input}"' for wire in view.outgoing.get(node.id, ())]
    if node.name or not ports:
        return f'"{view.name(node)}"'
    return f"{article} Input that feeds {' and '.join(dict.fromkeys(ports))}"


def empty_references(view: PipelineView) -> Iterator[Mark]:
    """DF212: a reference is empty, or its target is gone."""
    for node, _ in view.operations:
        interface = view.interface(node)
        for port in interface.references if interface else ():
            wrong = _bad_reference(view, port, node.references.get(port.name))
            if wrong:
                message = f'Reference "{port.name}" of "{view.name(node)}" {wrong}.'
                yield _error("DF212", message, "Choose one.", node.id, port.name)


def _bad_reference(view: PipelineView, port: ReferencePort, reference: Reference | None) -> str:
    match reference:
        case None:
            return "" if port.optional else "is empty"
        case RecordRef(record=record):
            there = view.known.records.get(record)
            if there is None:
                return "is gone"
            fits = isinstance(there, Architecture) and port.resource == "Architecture"
            return "" if fits else f"is no {port.resource}"
        case Resource(resource=resource, class_name=name):
            return "" if resource == port.resource and name else f"is no {port.resource}"


def unfitting_types(view: PipelineView) -> Iterator[Mark]:
    """DF213: an output of type A is wired to an input of type B, and A is not B or a subtype."""
    for wire in view.wires:
        given = view.output_types.get((wire.source, wire.output))
        target = view.nodes[wire.target]
        port = view.input_port(target, wire.input)
        if given is not None and port is not None and not view.known.types.fits(given, port.type):
            message = f'{given} does not fit input "{port.name}" of "{view.name(target)}", which takes {port.type}.'
            yield _error("DF213", message, f"Connect an output of type {port.type}.", wire.id, wire.input)


def broken_wires(view: PipelineView) -> Iterator[Mark]:
    """DF214: a wire's port does not exist (any more)."""
    for wire in view.wires:
        source, target = view.nodes[wire.source], view.nodes[wire.target]
        if view.has_output(source, wire.output) is False:
            message = f'"{view.name(source)}" has no output "{wire.output}".'
            yield _error("DF214", message, "Remove the connection, or connect another output.", wire.id, wire.output)
        known = isinstance(target.target, Output) or view.interface(target) is not None
        if known and view.input_port(target, wire.input) is None:
            message = f'"{view.name(target)}" has no input "{wire.input}".'
            yield _error("DF214", message, "Remove the connection, or connect another input.", wire.id, wire.input)


def bad_attributes(view: PipelineView) -> Iterator[Mark]:
    """DF215: a value that kind, choices or limits refuse, or that the operation does not have."""
    for node, attributes in _attributes(view):
        for name, value in node.attributes.items():
            attribute = attributes.get(name)
            if attribute is None:
                message = f'"{view.name(node)}" has no attribute "{name}".'
                yield _error("DF215", message, "Remove the value.", node.id, name)
            elif not (value is None and attribute.required) and bad_value(attribute, value):
                shown = "" if value is None else f" ({value!r})"
                message = f'Attribute "{name}" of "{view.name(node)}" {bad_value(attribute, value)}{shown}.'
                yield _error("DF215", message, "Enter another value.", node.id, name)


def missing_attributes(view: PipelineView) -> Iterator[Mark]:
    """DF216: a required attribute has no value."""
    for node, attributes in _attributes(view):
        for name, attribute in attributes.items():
            if attribute.required and not attribute.optional and node.attributes.get(name) is None:
                message = f'Attribute "{name}" of "{view.name(node)}" has no value.'
                yield _error("DF216", message, "Enter one.", node.id, name)


def _attributes(view: PipelineView) -> Iterator[tuple[Node, dict[str, Attribute]]]:
    for node, _ in view.operations:
        interface = view.interface(node)
        if interface is not None:
            yield node, {attribute.name: attribute for attribute in interface.attributes}


def nothing_to_run(view: PipelineView) -> Iterator[Mark]:
    """DF217: the pipeline has no operations."""
    if not view.operations:
        yield Mark(
            code="DF217",
            severity=Severity.WARNING,
            message=f'"{view.pipeline.name}" has no operations: there is nothing to run.',
            hint="Add an operation.",
            where=Where(record=view.pipeline.id),
        )


def doubled_names(view: PipelineView) -> Iterator[Mark]:
    """DF218: two Output nodes save under the same name."""
    first: dict[str, Node] = {}
    for node in sorted(view.nodes.values(), key=lambda node: node.id):
        if isinstance(node.target, Output) and first.setdefault(node.target.name, node) is not node:
            message = f'Another Output saves as "{node.target.name}", too.'
            yield _error("DF218", message, "Give each Output a name of its own.", node.id, "name")


def empty_outputs(view: PipelineView) -> Iterator[Mark]:
    """DF219: an Output node has nothing connected to it."""
    for node in view.nodes.values():
        if isinstance(node.target, Output) and node.id not in view.incoming:
            message = f'Nothing is connected to Output "{node.target.name}".'
            yield _error("DF219", message, "Connect an output to it, or remove it.", node.id, "data")


def unreadable_operations(view: PipelineView) -> Iterator[Mark]:
    """DF220: an operation cannot be read yet."""
    for node, target in view.operations:
        if target.operation not in view.known.readable:
            message = f'The source of "{view.name(node)}" has errors.'
            yield _error("DF220", message, "Open the operation to see them.", node.id)
    for node in view.nodes.values():
        if isinstance(node.target, PipelineRef):
            message = f'"{view.name(node)}" is a pipeline, and this version runs operations only.'
            yield _error("DF220", message, "Use its operations themselves.", node.id)


CHECKS: tuple[tuple[str, Check], ...] = (
    ("DF210", unconnected_inputs),
    ("DF211", missing_artifacts),
    ("DF212", empty_references),
    ("DF213", unfitting_types),
    ("DF214", broken_wires),
    ("DF215", bad_attributes),
    ("DF216", missing_attributes),
    ("DF217", nothing_to_run),
    ("DF218", doubled_names),
    ("DF219", empty_outputs),
    ("DF220", unreadable_operations),
)
