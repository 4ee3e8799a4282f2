"""Artifacts: data of a project with an immutable content hash and a name that can change; and what a preview shows.

Previews are made where the value is in memory (in the runner); the server never decodes what belongs to a project.
"""

from datetime import datetime

from msgspec import Struct

from deepforge.ids import ArtifactId, BlobHash, ExecutionId, JobId, ProjectId

__all__ = [
    "Artifact",
    "BlobInfo",
    "DataPreview",
    "ImagesPreview",
    "ModelPreview",
    "Preview",
    "TablePreview",
    "TensorPreview",
    "TextPreview",
]


class BlobInfo(Struct, frozen=True, kw_only=True):
    """Bytes by their hash; `size` in bytes."""

    hash: BlobHash
    size: int


class TextPreview(Struct, frozen=True, kw_only=True, tag_field="kind", tag="text"):
    """The head of a text, a number, or a JSON value."""

    text: str
    truncated: bool = False


class TensorPreview(Struct, frozen=True, kw_only=True, tag_field="kind", tag="tensor"):
    """Shape, element type and distribution of a tensor.

    `edges` has one element more than `counts`; NaN and Inf are counted apart.
    """

    shape: tuple[int, ...]
    dtype: str
    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    nan: int = 0
    infinite: int = 0
    head: str = ""


class ImagesPreview(Struct, frozen=True, kw_only=True, tag_field="kind", tag="images"):
    """A sample of images as one PNG grid (`png`: base64, at most 200 kB), with the labels of its cells, row by row."""

    png: str
    columns: int
    cells: int
    labels: tuple[str, ...] = ()


class TablePreview(Struct, frozen=True, kw_only=True, tag_field="kind", tag="table"):
    """The first rows of a table, as text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total_rows: int


class DataPreview(Struct, frozen=True, kw_only=True, tag_field="kind", tag="dataset"):
    """A dataset: how many samples of which shape, its classes with their counts, and pictures where samples are images."""

    samples: int
    shape: tuple[int, ...]
    dtype: str
    classes: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    images: ImagesPreview | None = None


class ModelPreview(Struct, frozen=True, kw_only=True, tag_field="kind", tag="model"):
    """A model's layers (name, class, parameters) and the number of its parameters."""

    architecture: str
    parameters: int
    layers: tuple[tuple[str, str, int], ...] = ()


Preview = TextPreview | TensorPreview | ImagesPreview | TablePreview | DataPreview | ModelPreview


class Artifact(Struct, frozen=True, kw_only=True):
    """Some data of a project, uploaded or made by an execution. `size` in bytes."""

    id: ArtifactId
    project: ProjectId
    name: str
    type: str
    blob: BlobInfo
    created: datetime
    execution: ExecutionId | None = None
    job: JobId | None = None
    output: str = ""
    made_by: str = ""
    """For people: "train in train_execution_2", or "uploaded by Ada"."""
    preview: Preview | None = None
