"""What an attempt has reported so far, and how it advances by an event: pure, shared by every report store.

Events carry numbers, so that a report that arrives twice is stored once. Nothing that running code can report makes a whole
report unacceptable (its attempt could never end): points of a line that was never made are left out.
"""

from collections.abc import Sequence
from typing import assert_never

from msgspec import Struct, field
from msgspec.structs import replace

from deepforge.errors import Invalid
from deepforge.ids import AttemptId, JobId
from deepforge.model.execution import Progress
from deepforge.model.feedback import (
    AxisLabels,
    Feedback,
    FeedbackRecord,
    GraphCreated,
    GraphState,
    ImageChanged,
    ImageState,
    LineCreated,
    LineState,
    Points,
    ProgressChanged,
)
from deepforge.model.hosting import AttemptEvent, ConsoleWritten, Ended, FeedbackWritten, Started
from deepforge.storage.points import POINT, unpack

__all__ = ["Absorbed", "AttemptState", "Line", "absorb", "fresh_events", "view"]


class Line(Struct, frozen=True, kw_only=True):
    """A line of a graph; `count` points of it are stored."""

    graph: int
    name: str
    count: int = 0


class AttemptState(Struct, frozen=True, kw_only=True):
    """Everything reported up to event number `through`, without console bytes and points themselves."""

    through: int = 0
    console: int = 0
    """How many bytes of console there are."""
    ended: bool = False
    graphs: dict[int, GraphState] = field(default_factory=dict)
    """Without their lines."""
    lines: dict[int, Line] = field(default_factory=dict)
    images: dict[int, ImageState] = field(default_factory=dict)
    progress: Progress | None = None


class Absorbed(Struct, frozen=True, kw_only=True):
    """What events add: the state after them, console bytes to append, and points to append by line."""

    state: AttemptState
    console: bytes
    points: dict[int, bytes]


def fresh_events(through: int, first: int, events: Sequence[AttemptEvent]) -> tuple[AttemptEvent, ...]:
    """Those of the events numbered from `first` that come after number `through`. Raises `Invalid` on a gap."""
    if first < 1 or first > through + 1:
        raise Invalid(
            f"Event {through + 1} of the attempt is missing: the report begins at {first}.",
            code="gap",
            hint="Send the events again from the last acknowledgement.",
        )
    return tuple(events[through + 1 - first :])


def absorb(state: AttemptState, events: Sequence[AttemptEvent]) -> Absorbed:
    """Advance the state by fresh events. Raises `Invalid` when console bytes are missing or points are not numbers."""
    console = bytearray()
    build = _Build(state)
    ended = state.ended
    for event in events:
        match event:
            case Started():
                pass
            case ConsoleWritten():
                console += _new_bytes(event, state.console + len(console))
            case FeedbackWritten():
                for record in event.records:
                    build.add(record)
            case Ended():
                ended = True
            case _:
                assert_never(event)
    after = AttemptState(
        through=state.through + len(events),
        console=state.console + len(console),
        ended=ended,
        graphs=build.graphs,
        lines=build.lines,
        images=build.images,
        progress=build.progress,
    )
    return Absorbed(state=after, console=bytes(console), points={line: bytes(data) for line, data in build.points.items()})


def _new_bytes(event: ConsoleWritten, end: int) -> bytes:
    if event.offset > end:
        raise Invalid(f"Console bytes {end} to {event.offset} of the attempt are missing.", code="gap")
    return event.data[end - event.offset :]


def view(state: AttemptState, job: JobId, attempt: AttemptId) -> Feedback:
    """The state as browsers see it."""
    lines: dict[int, list[LineState]] = {graph: [] for graph in state.graphs}
    for number, line in state.lines.items():
        lines[line.graph].append(LineState(line=number, name=line.name, count=line.count))
    return Feedback(
        job=job,
        attempt=attempt,
        graphs=tuple(replace(graph, lines=tuple(lines[number])) for number, graph in state.graphs.items()),
        images=tuple(state.images.values()),
        progress=state.progress,
    )


class _Build:
    """A state while it is being advanced."""

    def __init__(self, state: AttemptState) -> None:
        self.graphs = dict(state.graphs)
        self.lines = dict(state.lines)
        self.images = dict(state.images)
        self.progress = state.progress
        self.points: dict[int, bytearray] = {}

    def add(self, record: FeedbackRecord) -> None:
        match record:
            case GraphCreated():
                self.graphs[record.graph] = replace(self._graph(record.graph), name=record.name)
            case LineCreated():
                self._graph(record.graph)
                self.lines.setdefault(record.line, Line(graph=record.graph, name=record.name))
            case AxisLabels():
                graph = self._graph(record.graph)
                x, y = (graph.x if record.x is None else record.x), (graph.y if record.y is None else record.y)
                self.graphs[record.graph] = replace(graph, x=x, y=y)
            case Points():
                self._points(record)
            case ImageChanged():
                self._image(record)
            case ProgressChanged():
                self.progress = record.progress
            case _:
                assert_never(record)

    def _graph(self, graph: int) -> GraphState:
        return self.graphs.setdefault(graph, GraphState(graph=graph, name=""))

    def _points(self, record: Points) -> None:
        data = unpack(record.points)
        line = self.lines.get(record.line)
        if line is None:
            return
        new = data[max(0, line.count - record.first) * POINT :]
        self.points.setdefault(record.line, bytearray()).extend(new)
        self.lines[record.line] = replace(line, count=line.count + len(new) // POINT)

    def _image(self, record: ImageChanged) -> None:
        image = self.images.get(record.image, ImageState(image=record.image, title=""))
        if record.title is not None:
            image = replace(image, title=record.title)
        if record.blob is not None:
            image = replace(image, blob=record.blob, width=record.width, height=record.height, revision=image.revision + 1)
        self.images[record.image] = image
