"""The jobs of a run: ``plan(document, pipeline, ...) -> Plan``, or `Refused` with the marks that stand against it."""

from collections.abc import Container, Iterable, Mapping

from msgspec.structs import replace

from deepforge.engine.check import Artifacts, check_view, gather
from deepforge.engine.values import normal_value
from deepforge.engine.view import PipelineView, views
from deepforge.errors import NotFound, Refused
from deepforge.ids import RecordId
from deepforge.model.document import Document
from deepforge.model.execution import InputSource, JobPlan, Plan, Save, SourceArtifact, SourceJob
from deepforge.model.interface import Interface, Mark, Severity, TypeInfo, Where
from deepforge.model.records import Input, Node, OperationRef, Output, Value, Wire

__all__ = ["plan"]


def plan(
    document: Document,
    pipeline: RecordId,
    interfaces: Mapping[RecordId, Interface],
    types: Iterable[TypeInfo],
    artifacts: Artifacts,
    readable: Container[RecordId] | None = None,
) -> Plan:
    """What a run of `pipeline` would do; artifacts are pinned by their content.

    The order of the jobs depends on names and ids only. Raises `Refused` with `marks` if a check says error or there is
    nothing to run, `NotFound` if there is no such pipeline. Overrides of a run are applied to the document before.
    """
    found = views(document, gather(document, interfaces, types, artifacts, readable), pipeline)
    if not found:
        raise NotFound("There is no such pipeline.", where=pipeline)
    view = found[0]
    _refuse_if_marked(view)
    jobs = [_job(view, node, node.target) for node in view.order if isinstance(node.target, OperationRef)]
    passes = [
        (_artifact(view, wire), Save(output=wire.output, node=wire.target, name=target.name))
        for wire in sorted(view.wires, key=lambda wire: wire.id)
        if isinstance(view.nodes[wire.source].target, Input) and isinstance(target := view.nodes[wire.target].target, Output)
    ]
    return Plan(pipeline=pipeline, jobs=tuple(jobs), passes=tuple(passes))


def _refuse_if_marked(view: PipelineView) -> None:
    marks = [_as_refusal(mark) for mark in check_view(view)]
    for node, target in view.operations:
        if target.operation in view.known.readable and view.interface(node) is None:
            message = f'The source of "{view.name(node)}" was not read yet.'
            where = Where(record=node.id)
            marks.append(Mark(code="DF220", severity=Severity.ERROR, message=message, hint="Try again in a moment.", where=where))
    errors = tuple(mark for mark in marks if mark.severity is Severity.ERROR)
    if errors:
        more = "" if len(errors) == 1 else f" ({len(errors) - 1} more)"
        raise Refused(
            f'"{view.pipeline.name}" cannot run: {errors[0].message}{more}',
            code=errors[0].code,
            hint=errors[0].hint,
            where=errors[0].where.record,
            marks=errors,
        )


def _as_refusal(mark: Mark) -> Mark:
    return replace(mark, severity=Severity.ERROR) if mark.code == "DF217" else mark


def _job(view: PipelineView, node: Node, target: OperationRef) -> JobPlan:
    interface = view.known.interfaces[target.operation]
    incoming = view.incoming.get(node.id, {})
    names = {port.name for port in interface.references}
    return JobPlan(
        node=node.id,
        name=view.name(node),
        operation=target.operation,
        interface=interface,
        attributes=_attributes(interface, node),
        references={name: reference for name, reference in node.references.items() if name in names},
        inputs={port.name: _source(view, incoming[port.name]) for port in interface.inputs if port.name in incoming},
        outputs=tuple(replace(port, type=view.output_types.get((node.id, port.name), port.type)) for port in interface.outputs),
        saves=_saves(view, node),
    )


def _attributes(interface: Interface, node: Node) -> dict[str, Value]:
    """The node's values over the defaults."""
    return {
        attribute.name: normal_value(attribute, node.attributes.get(attribute.name, attribute.default))
        for attribute in interface.attributes
    }


def _saves(view: PipelineView, node: Node) -> tuple[Save, ...]:
    found: list[Save] = []
    for wire in sorted(view.outgoing.get(node.id, ()), key=lambda wire: wire.id):
        target = view.nodes[wire.target].target
        if isinstance(target, Output):
            found.append(Save(output=wire.output, node=wire.target, name=target.name))
    return tuple(found)


def _source(view: PipelineView, wire: Wire) -> InputSource:
    if isinstance(view.nodes[wire.source].target, Input):
        return _artifact(view, wire)
    return SourceJob(node=wire.source, output=wire.output)


def _artifact(view: PipelineView, wire: Wire) -> SourceArtifact:
    target = view.nodes[wire.source].target
    assert isinstance(target, Input), "asked for wires from Input nodes only"
    assert target.artifact is not None, "DF211 was asked before"
    artifact = view.known.artifacts[target.artifact]
    return SourceArtifact(artifact=artifact.id, name=artifact.name, type=artifact.type, blob=artifact.blob)
