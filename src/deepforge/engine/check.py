"""The marks of a document's pipelines, and which artifacts fit an Input."""

from collections.abc import Container, Iterable, Iterator, Mapping

from deepforge.engine.checks import CHECKS
from deepforge.engine.typetree import TypeTree
from deepforge.engine.view import Knowledge, PipelineView, views
from deepforge.ids import ArtifactId, RecordId
from deepforge.model.artifact import Artifact
from deepforge.model.document import Document
from deepforge.model.interface import Interface, Mark, TypeInfo
from deepforge.model.records import Input, Node

__all__ = ["Artifacts", "check", "check_view", "fitting_artifacts", "gather"]

Artifacts = Mapping[ArtifactId, Artifact] | Iterable[Artifact]
"""The artifacts of the project, by id or just all of them."""


def check(
    document: Document,
    interfaces: Mapping[RecordId, Interface],
    types: Iterable[TypeInfo],
    artifacts: Artifacts,
    readable: Container[RecordId] | None = None,
) -> tuple[Mark, ...]:
    """Everything that would refuse a run of some pipeline, and warnings (DF210-DF220), pipeline by pipeline.

    `readable` has the operations whose source has no errors (by default all that have an interface); one that is in it but
    has no interface yet is being read, and nothing is said of its ports.
    """
    known = gather(document, interfaces, types, artifacts, readable)
    return tuple(mark for view in views(document, known) for mark in check_view(view))


def check_view(view: PipelineView) -> Iterator[Mark]:
    """The marks of one pipeline."""
    for _, rule in CHECKS:
        yield from rule(view)


def gather(
    document: Document,
    interfaces: Mapping[RecordId, Interface],
    types: Iterable[TypeInfo],
    artifacts: Artifacts,
    readable: Container[RecordId] | None,
) -> Knowledge:
    """All that checks and plan look at."""
    by_id = artifacts if isinstance(artifacts, Mapping) else {artifact.id: artifact for artifact in artifacts}
    return Knowledge(document.records, interfaces, TypeTree(types), by_id, interfaces if readable is None else readable)


def fitting_artifacts(
    document: Document,
    node: RecordId,
    interfaces: Mapping[RecordId, Interface],
    types: Iterable[TypeInfo],
    artifacts: Artifacts,
) -> tuple[Artifact, ...]:
    """The artifacts whose type every port accepts that the Input node `node` is wired to."""
    known = gather(document, interfaces, types, artifacts, None)
    input = document.records.get(node)
    if not isinstance(input, Node) or not isinstance(input.target, Input):
        return ()
    (view,) = views(document, known, input.pipeline)
    ports = [view.input_port(view.nodes[wire.target], wire.input) for wire in view.outgoing.get(node, ())]
    wanted = [port.type for port in ports if port is not None]
    return tuple(one for one in known.artifacts.values() if all(known.types.fits(one.type, type) for type in wanted))
