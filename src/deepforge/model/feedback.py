"""What running code reports, as it travels from the worker to the server, the database and the browser.

Series of numbers are packed: little-endian float64 pairs x, y, x, y ... in base64, so that NaN, the infinities and -0.0
arrive unchanged and a hundred thousand points are one string.
"""

from msgspec import Struct

from deepforge.ids import AttemptId, BlobHash, JobId
from deepforge.model.execution import Progress

__all__ = [
    "AxisLabels",
    "Feedback",
    "FeedbackRecord",
    "GraphCreated",
    "GraphState",
    "ImageChanged",
    "ImageState",
    "LineCreated",
    "LineState",
    "PackedPoints",
    "Points",
    "ProgressChanged",
]

PackedPoints = str
"""Base64 of little-endian float64 pairs."""


class GraphCreated(Struct, frozen=True, kw_only=True, tag_field="kind", tag="graph"):
    """`deepforge.Graph(name)`; ids are numbers that the runner counts."""

    graph: int
    name: str


class LineCreated(Struct, frozen=True, kw_only=True, tag_field="kind", tag="line"):
    """`graph.line(name)`."""

    graph: int
    line: int
    name: str


class AxisLabels(Struct, frozen=True, kw_only=True, tag_field="kind", tag="axes"):
    """`graph.xlabel(...)` or `graph.ylabel(...)`; None leaves an axis as it was."""

    graph: int
    x: str | None = None
    y: str | None = None


class Points(Struct, frozen=True, kw_only=True, tag_field="kind", tag="points"):
    """Points added to a line, in order; `first` is the number of points that came before."""

    line: int
    first: int
    points: PackedPoints


class ImageChanged(Struct, frozen=True, kw_only=True, tag_field="kind", tag="image"):
    """An image was made, retitled or redrawn; None leaves title or picture as it was. The picture is a PNG blob.

    On the way from the worker, `png` (base64) carries the picture; the server stores it and sets `blob`.
    """

    image: int
    title: str | None = None
    blob: BlobHash | None = None
    png: str | None = None
    width: int = 0
    height: int = 0


class ProgressChanged(Struct, frozen=True, kw_only=True, tag_field="kind", tag="progress"):
    """`deepforge.progress` moved."""

    progress: Progress


FeedbackRecord = GraphCreated | LineCreated | AxisLabels | Points | ImageChanged | ProgressChanged


class LineState(Struct, frozen=True, kw_only=True):
    """A line so far; its points are fetched apart (`GET /api/jobs/{job}/lines/{line}`)."""

    line: int
    name: str
    count: int


class GraphState(Struct, frozen=True, kw_only=True):
    """A graph so far."""

    graph: int
    name: str
    x: str = ""
    y: str = ""
    lines: tuple[LineState, ...] = ()


class ImageState(Struct, frozen=True, kw_only=True):
    """An image so far. `blob` is None until something was drawn."""

    image: int
    title: str
    blob: BlobHash | None = None
    width: int = 0
    height: int = 0
    revision: int = 0


class Feedback(Struct, frozen=True, kw_only=True):
    """Everything an attempt has reported so far, without the points."""

    job: JobId
    attempt: AttemptId
    graphs: tuple[GraphState, ...] = ()
    images: tuple[ImageState, ...] = ()
    progress: Progress | None = None
