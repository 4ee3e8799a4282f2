"""What an execution pins: the person's overrides of this run, and the records that its jobs need."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from deepforge.engine.fingerprint import fingerprint
from deepforge.errors import Invalid
from deepforge.ids import ArtifactId, AttemptId, BlobHash, RecordId
from deepforge.model.artifact import BlobInfo
from deepforge.model.document import Document
from deepforge.model.execution import Attempt, Execution, Job, JobPlan, Plan, Snapshot, SourceArtifact
from deepforge.model.hosting import AttemptSpec, InputFile
from deepforge.model.project import NewExecution
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
    OperationRef,
    Output,
    PipelineRef,
    Record,
    RecordRef,
    Wire,
)

__all__ = ["attempt_spec", "job_fingerprint", "job_records", "job_spec", "overridden", "pinned_artifacts", "pinned_records"]

_ALWAYS = DataType | LayerDefinition | Module


def overridden(document: Document, new: NewExecution) -> Document:
    """The document with the run's overrides in its nodes. Raises `Invalid` when one names a node that cannot take it."""
    nodes = {
        key: record for key, record in document.records.items() if isinstance(record, Node) and record.pipeline == new.pipeline
    }
    for attribute in new.attributes:
        node = _node(nodes, attribute.node, OperationRef | PipelineRef)
        nodes[node.id] = replace(node, attributes={**node.attributes, attribute.name: attribute.value})
    for given in new.inputs:
        node = _node(nodes, given.node, Input)
        nodes[node.id] = replace(node, target=Input(artifact=ArtifactId(given.artifact)))
    for named in new.outputs:
        node = _node(nodes, named.node, Output)
        if not named.name.strip():
            raise Invalid("An output needs a name.", where=named.node)
        nodes[node.id] = replace(node, target=Output(name=named.name))
    return replace(document, records={**document.records, **nodes})


def _node(nodes: dict[RecordId, Node], node: RecordId, kind: object) -> Node:
    found = nodes.get(node)
    if found is None or not isinstance(found.target, kind):  # type: ignore[arg-type]  # a union of classes
        raise Invalid(f"The pipeline has no node {node!r} that this can be set on.", where=node, hint="Name a node by its id.")
    return found


def pinned_records(document: Document, plan: Plan) -> tuple[Record, ...]:
    """The pipeline (with the pipelines in it), and everything its jobs are made of, in order of their ids."""
    kept = _graph(document, plan.pipeline)
    kept |= {key for key, record in document.records.items() if isinstance(record, _ALWAYS)}
    kept |= {job.operation for job in plan.jobs}
    kept |= _architectures(document.records.values(), plan.jobs)
    return tuple(document.records[key] for key in sorted(kept) if key in document.records)


def _graph(document: Document, pipeline: RecordId) -> set[RecordId]:
    kept: set[RecordId] = set()
    todo = [pipeline]
    while todo:
        current = todo.pop()
        if current in kept:
            continue
        kept.add(current)
        for record in document.records.values():
            if isinstance(record, Node | Wire) and record.pipeline == current:
                kept.add(record.id)
                if isinstance(record, Node) and isinstance(record.target, PipelineRef):
                    todo.append(record.target.pipeline)
    return kept


def _architectures(records: Iterable[Record], jobs: Iterable[JobPlan]) -> set[RecordId]:
    """The architectures that the jobs refer to, with their layers, links, and the architectures inside them."""
    todo = [reference.record for job in jobs for reference in job.references.values() if isinstance(reference, RecordRef)]
    parts = [record for record in records if isinstance(record, Layer | Link)]
    kept: set[RecordId] = set()
    while todo:
        current = todo.pop()
        if current in kept:
            continue
        kept.add(current)
        for part in parts:
            if part.architecture == current:
                kept.add(part.id)
                if isinstance(part, Layer) and isinstance(part.target, ArchitectureRef):
                    todo.append(part.target.architecture)
    return kept


def pinned_artifacts(records: Iterable[Record], plan: Plan) -> dict[RecordId, SourceArtifact]:
    """What each Input node brought in."""
    sources = [source for job in plan.jobs for source in job.inputs.values()] + [source for source, _ in plan.passes]
    known = {source.artifact: source for source in sources if isinstance(source, SourceArtifact)}
    found: dict[RecordId, SourceArtifact] = {}
    for record in records:
        if isinstance(record, Node) and isinstance(record.target, Input) and record.target.artifact in known:
            found[record.id] = known[record.target.artifact]
    return found


def attempt_spec(
    snapshot: Snapshot, execution: Execution, planned: JobPlan, job: Job, inputs: dict[str, InputFile]
) -> AttemptSpec:
    """Everything that the job's newest attempt needs."""
    attempt = job.attempts[-1]
    return AttemptSpec(
        attempt=attempt.id,
        fence=attempt.fence,
        job=job.id,
        execution=execution.id,
        project=execution.project,
        name=planned.name,
        operation=planned.operation,
        interface=planned.interface,
        records=job_records(snapshot, planned),
        attributes=planned.attributes,
        references=planned.references,
        inputs=inputs,
        outputs=planned.outputs,
    )


def job_fingerprint(snapshot: Snapshot, planned: JobPlan, inputs: Mapping[str, InputFile], framework: str) -> str:
    """What decides the job's outcome, as a hash; `framework` is the version of torch, empty while it is not known."""
    contents = {name: (file.type, file.blob.hash) for name, file in inputs.items()}
    return fingerprint(planned, job_records(snapshot, planned), contents, framework)


def job_spec(snapshot: Snapshot, execution: Execution, job: Job) -> AttemptSpec:
    """The same, for looking at: also of a job that has not begun, whose inputs are known by their types only."""
    planned = next(one for one in snapshot.plan.jobs if one.node == job.node)
    ports = {port.name: port.type for port in planned.interface.inputs}
    nothing = BlobInfo(hash=BlobHash(""), size=0)
    inputs = {
        name: InputFile(type=source.type, blob=source.blob)
        if isinstance(source, SourceArtifact)
        else InputFile(type=ports.get(name, "Data"), blob=nothing)
        for name, source in planned.inputs.items()
    }
    if not job.attempts:
        job = replace(job, attempts=(Attempt(id=AttemptId(""), number=0, fence=0, status=job.status),))
    return attempt_spec(snapshot, execution, planned, job, inputs)


def job_records(snapshot: Snapshot, planned: JobPlan) -> tuple[Record, ...]:
    """The operation, what every operation may import, and the architectures that the job refers to."""
    networks = _architectures(snapshot.records, (planned,))
    return tuple(
        record
        for record in snapshot.records
        if isinstance(record, _ALWAYS)
        or (isinstance(record, Operation) and record.id == planned.operation)
        or (isinstance(record, Architecture | Layer | Link) and record.id in networks)
    )
