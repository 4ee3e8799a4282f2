"""Graphs that fill while an operation runs (`deepforge.Graph`)."""

from deepforge.feedback.channel import CHANNEL
from deepforge.feedback.number import as_number
from deepforge.feedback.spool import Kind

__all__ = ["Graph", "Line"]

_LONGEST = 200


class Line:
    """A line of a graph; made by `Graph.line`."""

    def __init__(self, graph: int, name: str) -> None:
        self.name = name
        self.points: list[tuple[float, float]] = []
        """The points so far, where no runner takes them."""
        self._id = CHANNEL.new_id()
        if CHANNEL.spool is not None:
            CHANNEL.spool.record(Kind.LINE, {"graph": graph, "line": self._id, "name": _short(name)})

    def add(self, x: object, y: object) -> None:
        """Add a point. NaN and the infinities are kept, and drawn as gaps.

        Tensors and numpy values of one element count as numbers. Raises `TypeError` for anything else.
        """
        first = x if type(x) is float else as_number(x)
        second = y if type(y) is float else as_number(y)
        if first is None or second is None:
            shown = f"({_shown(x)}, {_shown(y)})"
            raise TypeError(f"adding point {shown} to {self.name} failed: expected (number, number)")
        spool = CHANNEL.spool
        if spool is None:
            self.points.append((first, second))
        else:
            spool.point(self._id, first, second)


class Graph:
    """A graph with a name, shown live in the job's view."""

    def __init__(self, name: str) -> None:
        self.name = str(name)
        self.lines: list[Line] = []
        self.labels = {"x": "", "y": ""}
        self._id = CHANNEL.new_id()
        if CHANNEL.spool is not None:
            CHANNEL.spool.record(Kind.GRAPH, {"graph": self._id, "name": _short(self.name)})

    def line(self, name: str) -> Line:
        """A new line of this graph."""
        line = Line(self._id, str(name))
        self.lines.append(line)
        return line

    def xlabel(self, label: str) -> None:
        """Name the x axis; may be called at any time."""
        self._label("x", str(label))

    def ylabel(self, label: str) -> None:
        """Name the y axis; may be called at any time."""
        self._label("y", str(label))

    def _label(self, axis: str, label: str) -> None:
        self.labels[axis] = label
        if CHANNEL.spool is not None:
            CHANNEL.spool.record(Kind.AXES, {"graph": self._id, axis: _short(label)})


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 80 else text[:79] + "…"
