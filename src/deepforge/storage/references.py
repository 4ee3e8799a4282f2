"""Which blobs stored things refer to, so that the others can be collected. Shared by every store."""

from collections.abc import Iterator

from deepforge.ids import BlobHash
from deepforge.model.execution import Execution, Snapshot, SourceArtifact
from deepforge.storage.attempts import AttemptState

__all__ = ["outputs_of", "pictures_of", "pinned_by"]


def outputs_of(execution: Execution) -> Iterator[BlobHash]:
    """The outputs of its jobs."""
    return (output.blob.hash for job in execution.jobs for output in job.outputs)


def pinned_by(snapshot: Snapshot) -> Iterator[BlobHash]:
    """The inputs that an execution pinned: of its jobs, passed on, and of Input nodes that nothing needs."""
    for job in snapshot.plan.jobs:
        yield from (source.blob.hash for source in job.inputs.values() if isinstance(source, SourceArtifact))
    yield from (source.blob.hash for source, _ in snapshot.plan.passes)
    yield from (source.blob.hash for source in snapshot.artifacts.values())
    if snapshot.code_hash is not None:
        yield snapshot.code_hash


def pictures_of(state: AttemptState) -> Iterator[BlobHash]:
    """The newest picture of each image that the attempt drew."""
    return (image.blob for image in state.images.values() if image.blob is not None)
