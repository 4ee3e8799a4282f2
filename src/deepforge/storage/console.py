"""The console output of attempts: bytes in append-only segment files, `<dir>/<2 characters>/<attempt>/<segment>`.

How many bytes of an attempt are acknowledged stands in the database, in the same transaction as the number of the event
that brought them. So what lies in a file behind them was never acknowledged: it is cut off by the next append, and
never read.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deepforge.errors import Broken, Invalid
from deepforge.ids import RECORD_ID, AttemptId
from deepforge.storage.files import make_directory, sync_directory

__all__ = ["ConsoleFiles"]

_SEGMENT = 64 * 1024 * 1024


class ConsoleFiles:
    """The segment files below a directory. Its methods block: call them in threads, one at a time for each attempt."""

    def __init__(self, directory: Path, *, segment: int = _SEGMENT) -> None:
        self._directory = directory
        self._segment = segment

    def append(self, attempt: AttemptId, offset: int, data: bytes) -> None:
        """Write bytes from `offset` on, the acknowledged end; they are on the disk when this returns. Raises `OSError`."""
        view = memoryview(data)
        while view:
            number, start = divmod(offset, self._segment)
            part = view[: self._segment - start]
            self._write(self._place(attempt) / f"{number:06}", start, part)
            offset += len(part)
            view = view[len(part) :]

    def read(self, attempt: AttemptId, offset: int, length: int) -> bytes:
        """Acknowledged bytes. Raises `Broken` when some of them are gone."""
        parts = []
        left = length
        while left > 0:
            number, start = divmod(offset, self._segment)
            part = self._read(self._place(attempt) / f"{number:06}", start, min(left, self._segment - start))
            parts.append(part)
            offset += len(part)
            left -= len(part)
        return b"".join(parts)

    def remove(self, attempt: AttemptId) -> None:
        shutil.rmtree(self._place(attempt), ignore_errors=True)

    def _place(self, attempt: AttemptId) -> Path:
        if not RECORD_ID.fullmatch(attempt):
            raise Invalid("This is not the id of an attempt.", where=attempt[:80])
        return self._directory / attempt[:2] / attempt

    def _write(self, path: Path, start: int, data: memoryview) -> None:
        new = not path.exists()
        if new:
            make_directory(path.parent)
        with _opened(path, os.O_RDWR | os.O_CREAT) as file:
            if os.fstat(file).st_size != start:
                os.ftruncate(file, start)
            while data:
                written = os.pwrite(file, data, start)
                start += written
                data = data[written:]
            os.fsync(file)
        if new:
            sync_directory(path.parent)

    def _read(self, path: Path, start: int, length: int) -> bytes:
        try:
            with _opened(path, os.O_RDONLY) as file:
                data = os.pread(file, length, start)
        except FileNotFoundError:
            data = b""
        if not data:
            raise Broken(
                f"A part of the console output is gone: {path}.",
                code="console-damaged",
                hint="Put a backup of the data directory in its place, or run the job again.",
            )
        return data


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    file = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        yield file
    finally:
        os.close(file)
