"""From the bytes of a spool to feedback records. Pure: equal ranges after equal beginnings give equal records.

The runner's process is user code too, so nothing in a spool is trusted: what cannot be read raises `SpoolBroken`, and the
host stops following that spool.
"""

import base64
import struct
from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from deepforge.feedback.spool import HEADER_SIZE, LENGTH, LENGTH_OFFSET, MAGIC, POINT, RECORD, Kind
from deepforge.model.execution import Progress
from deepforge.model.feedback import (
    AxisLabels,
    FeedbackRecord,
    GraphCreated,
    ImageChanged,
    LineCreated,
    Points,
    ProgressChanged,
)
from deepforge.worker.untrusted import UNREADABLE

__all__ = ["LARGEST_RECORD", "Decoder", "SpoolBroken", "committed_length"]

LARGEST_RECORD = 5 * 1024 * 1024
"""Bytes. A report that carries it as base64 must fit in one frame of the worker's socket; a picture has 4 MiB at most."""
Whole = Annotated[int, Meta(ge=0, le=2**53)]
"""What MessagePack, JSON and a browser all carry unchanged."""
_PAIR = struct.Struct("<dd")


class SpoolBroken(Exception):
    """The spool holds what no runner of ours writes."""


class _Graph(Struct, frozen=True):
    graph: Whole
    name: str


class _Line(Struct, frozen=True):
    graph: Whole
    line: Whole
    name: str


class _Axes(Struct, frozen=True):
    graph: Whole
    x: str | None = None
    y: str | None = None


class _Image(Struct, frozen=True):
    image: Whole
    title: str | None = None
    width: Whole = 0
    height: Whole = 0


class _Progress(Struct, frozen=True):
    label: str
    done: Whole
    total: Whole | None = None


def committed_length(header: bytes) -> int:
    """The length that a spool's header gives, counted from the beginning of the file. Raises `SpoolBroken`."""
    if len(header) < HEADER_SIZE or header[: len(MAGIC)] != MAGIC:
        raise SpoolBroken("the spool has no header")
    length: int = LENGTH.unpack_from(header, LENGTH_OFFSET)[0]
    if length < HEADER_SIZE:
        raise SpoolBroken("the spool's length is wrong")
    return length


class Decoder:
    """Reads a spool range by range, each beginning where the last one ended. It counts the points of each line."""

    def __init__(self, counts: Mapping[int, int] | None = None) -> None:
        self._counts = dict(counts or {})

    @property
    def counts(self) -> dict[int, int]:
        """How many points each line has; another decoder can go on from there."""
        return dict(self._counts)

    def decode(self, data: bytes, limit: int | None = None) -> tuple[tuple[FeedbackRecord, ...], int]:
        """The records at the head of `data`, points of one line joined, of each image and of progress only the newest state;
        and how many bytes they took: whole records until `limit` bytes are reached or passed, all of them without a limit.
        """
        batch = _Batch()
        position, end = 0, len(data)
        stop = end if limit is None else min(end, limit)
        while position < stop:
            if data[position] == Kind.POINT:
                if position + POINT.size > end:
                    raise SpoolBroken("a point is cut off")
                _, line, x, y = POINT.unpack_from(data, position)
                batch.points.setdefault(line, []).append((x, y))
                position += POINT.size
            else:
                position = self._other(data, position, batch)
        return self._joined(batch), position

    def _other(self, data: bytes, position: int, batch: "_Batch") -> int:
        if position + RECORD.size > len(data):
            raise SpoolBroken("a record is cut off")
        kind, text_size, data_size = RECORD.unpack_from(data, position)
        text_end = position + RECORD.size + text_size
        end = text_end + data_size
        if text_size + data_size > LARGEST_RECORD or end > len(data):
            raise SpoolBroken("a record is longer than the spool")
        try:
            batch.take(kind, data[position + RECORD.size : text_end], data[text_end:end])
        except UNREADABLE as error:
            raise SpoolBroken(str(error)) from None
        return int(position + (end - position + 7) // 8 * 8)

    def _joined(self, batch: "_Batch") -> tuple[FeedbackRecord, ...]:
        records = list(batch.records)
        for line, pairs in batch.points.items():
            first = self._counts.get(line, 0)
            self._counts[line] = first + len(pairs)
            packed = base64.b64encode(b"".join(_PAIR.pack(x, y) for x, y in pairs)).decode("ascii")
            records.append(Points(line=line, first=first, points=packed))
        records += batch.images.values()
        records += [batch.progress] if batch.progress else []
        return tuple(records)


class _Batch:
    """What one range holds, before it is joined."""

    def __init__(self) -> None:
        self.records: list[FeedbackRecord] = []
        self.points: dict[int, list[tuple[float, float]]] = {}
        self.images: dict[int, ImageChanged] = {}
        self.progress: ProgressChanged | None = None

    def take(self, kind: int, text: bytes, data: bytes) -> None:
        match kind:
            case Kind.GRAPH:
                graph = msgspec.json.decode(text, type=_Graph)
                self.records.append(GraphCreated(graph=graph.graph, name=graph.name))
            case Kind.LINE:
                line = msgspec.json.decode(text, type=_Line)
                self.records.append(LineCreated(graph=line.graph, line=line.line, name=line.name))
            case Kind.AXES:
                axes = msgspec.json.decode(text, type=_Axes)
                self.records.append(AxisLabels(graph=axes.graph, x=axes.x, y=axes.y))
            case Kind.IMAGE:
                self._image(msgspec.json.decode(text, type=_Image), data)
            case Kind.PROGRESS:
                loop = msgspec.json.decode(text, type=_Progress)
                self.progress = ProgressChanged(progress=Progress(label=loop.label, done=loop.done, total=loop.total))
            case _:
                raise SpoolBroken(f"a record of unknown kind {kind}")

    def _image(self, image: _Image, data: bytes) -> None:
        before = self.images.get(image.image, ImageChanged(image=image.image))
        title = before.title if image.title is None else image.title
        if data:
            png = base64.b64encode(data).decode("ascii")
            after = ImageChanged(image=image.image, title=title, png=png, width=image.width, height=image.height)
        else:
            after = msgspec.structs.replace(before, title=title)
        self.images[image.image] = after
