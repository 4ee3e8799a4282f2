"""The spool: the append-only file through which a runner reports, written so that a kill at any moment loses nothing reported.

The file is memory-mapped. A record is written behind the committed end first; then the committed length moves (the header's
second word), in one aligned store of eight bytes. The kernel keeps the pages of a process that died, so whatever reads the
file later sees a whole number of records. Numbers are in the machine's own byte order: reader and writer share the machine.

Format: a header of 64 bytes (`MAGIC`, then the committed length, counted from the beginning of the file), then records, each
a multiple of eight bytes long:

    point   kind 1, three bytes of padding, line (u32), x (f64), y (f64)                              24 bytes
    others  kind (`Kind`), three bytes of padding, length of the text (u32), length of the bytes (u64),
            the text (a JSON object), the bytes (a picture), padding to a multiple of eight

The text of each kind: graph `{"graph", "name"}`, line `{"graph", "line", "name"}`, axes `{"graph", "x"?, "y"?}`, image
`{"image", "title"?, "width"?, "height"?}` with the PNG as bytes, progress `{"label", "done", "total"}`.
"""

import json
import mmap
import os
import struct
import sys
import threading
from enum import IntEnum
from pathlib import Path

__all__ = ["HEADER_SIZE", "LENGTH", "LENGTH_OFFSET", "MAGIC", "POINT", "RECORD", "Kind", "Spool"]

MAGIC = b"DFSPOOL1"
LENGTH_OFFSET = 8
HEADER_SIZE = 64
LENGTH = struct.Struct("@Q")
"""How the length is read. It is written through a memory view of native words, which is one store: `struct.pack_into` clears
the place first, and in a fixed byte order writes byte by byte; a reader, or a kill, then finds half a length."""
POINT = struct.Struct("@BxxxIdd")
RECORD = struct.Struct("@BxxxIQ")

_FIRST_SIZE = 64 * 1024
_LARGEST_STEP = 64 * 1024 * 1024


class Kind(IntEnum):
    """What a record is."""

    POINT = 1
    GRAPH = 2
    LINE = 3
    AXES = 4
    IMAGE = 5
    PROGRESS = 6


class Spool:
    """The writing end. One per process; threads may share it.

    Raises `OSError` (ENOSPC) from `point` and `record` when the disk is full: space is reserved before it is mapped, because
    a store into a mapped hole of a full disk would kill the process.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        self._size = 0
        self._end = HEADER_SIZE
        self._lock = threading.Lock()
        self._map = self._mapped(_FIRST_SIZE)
        self._words = memoryview(self._map).cast("Q")
        self._words[1] = HEADER_SIZE
        self._words[0] = int.from_bytes(MAGIC, sys.byteorder)  # last: where it is, the length is

    def point(self, line: int, x: float, y: float) -> None:
        """Add a point to a line. Takes about a microsecond: it is called in training loops."""
        with self._lock:
            start = self._end
            end = start + 24
            if end > self._size:
                self._grow(end)
            POINT.pack_into(self._map, start, 1, line, x, y)
            self._end = end  # before the commit: an interrupt between the two must not let the next record overwrite this one
            self._words[1] = end

    def record(self, kind: Kind, fields: dict[str, object], data: bytes = b"") -> None:
        """Add a record of any other kind."""
        text = json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace")
        head = RECORD.pack(kind, len(text), len(data))
        whole = b"".join((head, text, data))
        with self._lock:
            start = self._end
            end = start + (len(whole) + 7) // 8 * 8
            if end > self._size:
                self._grow(end)
            self._map[start : start + len(whole)] = whole
            self._end = end
            self._words[1] = end

    def close(self) -> None:
        """Unmap and close; what was written stays."""
        with self._lock:
            self._words.release()
            self._map.close()
            os.close(self._file)

    def _grow(self, needed: int) -> None:
        size = self._size
        while size < needed:
            size += min(size, _LARGEST_STEP)
        grown = self._mapped(size)
        self._words.release()
        self._map.close()
        self._map = grown
        self._words = memoryview(grown).cast("Q")

    def _mapped(self, size: int) -> mmap.mmap:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(self._file, 0, size)
        else:
            os.ftruncate(self._file, size)
        self._size = size
        return mmap.mmap(self._file, size)
