"""What attempts report and blobs, in memory: the contracts of the durable stores."""

import asyncio
import shutil
import tempfile
import time
import weakref
from collections.abc import AsyncIterator, Collection, Sequence
from pathlib import Path

import numpy as np
from blake3 import blake3

from deepforge.ids import AttemptId, BlobHash, JobId
from deepforge.model.artifact import BlobInfo
from deepforge.model.feedback import Feedback
from deepforge.model.hosting import AttemptEvent, Console, Stored
from deepforge.storage import missing
from deepforge.storage.attempts import AttemptState, absorb, fresh_events, view
from deepforge.storage.blobs import COLLECT_AFTER, check_hash, too_large
from deepforge.storage.files import open_regular
from deepforge.storage.pictures import PictureStore, store_pictures
from deepforge.storage.points import POINT, edges, extremes, needs_reduction, reduce
from deepforge.storage.references import pictures_of

__all__ = ["MemoryBlobStore", "MemoryReportStore"]


class MemoryReportStore:
    """`ReportStore` in memory."""

    def __init__(self, blobs: PictureStore | None = None) -> None:
        self._blobs = blobs or MemoryBlobStore()
        self._states: dict[AttemptId, AttemptState] = {}
        self._consoles: dict[AttemptId, bytearray] = {}
        self._points: dict[tuple[AttemptId, int], bytearray] = {}
        self._lock = asyncio.Lock()

    async def append(self, attempt: AttemptId, first: int, events: Sequence[AttemptEvent]) -> Stored:
        async with self._lock:
            state = self._states.get(attempt, AttemptState())
            fresh = await store_pictures(fresh_events(state.through, first, events), self._blobs)
            absorbed = absorb(state, fresh)
            self._states[attempt] = absorbed.state
            self._consoles.setdefault(attempt, bytearray()).extend(absorbed.console)
            for line, data in absorbed.points.items():
                self._points.setdefault((attempt, line), bytearray()).extend(data)
            return Stored(through=absorbed.state.through, fresh=fresh)

    async def through(self, attempt: AttemptId) -> int:
        return self._states.get(attempt, AttemptState()).through

    async def feedback(self, job: JobId, attempt: AttemptId) -> Feedback:
        return view(self._states.get(attempt, AttemptState()), job, attempt)

    async def console(self, attempt: AttemptId, *, offset: int = 0, limit: int = 262_144) -> Console:
        data = self._consoles.get(attempt, bytearray())
        offset = min(max(offset, 0), len(data))
        return Console(offset=offset, data=bytes(data[offset : offset + max(limit, 0)]), end=len(data))

    async def points(
        self, attempt: AttemptId, line: int, *, start: int = 0, stop: int | None = None, buckets: int | None = None
    ) -> tuple[int, bytes]:
        if line not in self._states.get(attempt, AttemptState()).lines:
            raise missing.no_line(line)
        stored = self._points.get((attempt, line), bytearray())
        begin = max(start, 0)
        data = bytes(stored[begin * POINT : None if stop is None else max(stop, begin) * POINT])
        count = len(data) // POINT
        if buckets is None or not needs_reduction(count, buckets):
            return count, data
        starts = edges(begin, begin + count, buckets) - begin
        return count, reduce(extremes(data, begin, starts.astype(np.intp)))

    async def attempts(self) -> set[AttemptId]:
        return set(self._states)

    async def blobs(self) -> set[BlobHash]:
        return {blob for state in self._states.values() for blob in pictures_of(state)}

    async def remove(self, attempts: Sequence[AttemptId]) -> None:
        for attempt in attempts:
            self._states.pop(attempt, None)
            self._consoles.pop(attempt, None)
            for place in [place for place in self._points if place[0] == attempt]:
                del self._points[place]


class MemoryBlobStore:
    """`BlobStore` in memory. `path` writes the bytes to a private temporary directory, which goes when the store goes."""

    def __init__(self) -> None:
        self._blobs: dict[BlobHash, bytes] = {}
        self._stored: dict[BlobHash, float] = {}
        self._directory: Path | None = None

    async def put(self, chunks: AsyncIterator[bytes], *, expected: BlobHash | None = None, limit: int | None = None) -> BlobInfo:
        data = bytearray()
        async for chunk in chunks:
            data += chunk
            if limit is not None and len(data) > limit:
                raise too_large(limit)
        return self._keep(bytes(data), expected)

    async def adopt(self, path: Path, *, expected: BlobHash | None = None) -> BlobInfo:
        with open_regular(path) as file:
            return self._keep(await asyncio.to_thread(file.read), expected)

    async def path(self, blob: BlobHash) -> Path:
        data = self._bytes(blob)
        if self._directory is None:
            self._directory = Path(tempfile.mkdtemp(prefix="deepforge-"))
            weakref.finalize(self, shutil.rmtree, self._directory, ignore_errors=True)
        path = self._directory / blob
        if not path.exists():
            path.write_bytes(data)
            path.chmod(0o444)
        return path

    async def info(self, blob: BlobHash) -> BlobInfo:
        return BlobInfo(hash=blob, size=len(self._bytes(blob)))

    async def remove(self, blob: BlobHash) -> None:
        self._blobs.pop(blob, None)
        if self._directory is not None:
            (self._directory / blob).unlink(missing_ok=True)

    async def collect(self, referenced: Collection[BlobHash], *, older_than: float = COLLECT_AFTER) -> list[BlobHash]:
        before = time.time() - older_than
        removed = sorted(blob for blob in self._blobs if blob not in referenced and self._stored[blob] < before)
        for blob in removed:
            await self.remove(blob)
        return removed

    def _keep(self, data: bytes, expected: BlobHash | None) -> BlobInfo:
        found = BlobHash(blake3(data).hexdigest())
        check_hash(found, expected)
        self._blobs[found] = data
        self._stored[found] = time.time()
        return BlobInfo(hash=found, size=len(data))

    def _bytes(self, blob: BlobHash) -> bytes:
        data = self._blobs.get(blob)
        if data is None:
            raise missing.no_blob(blob)
        return data
