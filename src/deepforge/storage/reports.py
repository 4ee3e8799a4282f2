"""What attempts report, exactly once: console bytes in files, feedback and points in the database.

The number of the newest event, the state after it and its points are one transaction, made after the console bytes
and the pictures of these events are on the disk. A crash in between leaves bytes that nobody was promised.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from weakref import WeakValueDictionary

from msgspec import msgpack
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from deepforge.errors import Conflict
from deepforge.ids import AttemptId, BlobHash, JobId
from deepforge.model.feedback import Feedback
from deepforge.model.hosting import AttemptEvent, Console, Stored
from deepforge.storage import missing
from deepforge.storage.attempts import Absorbed, AttemptState, absorb, fresh_events, view
from deepforge.storage.chunks import add_points, read_points
from deepforge.storage.console import ConsoleFiles
from deepforge.storage.database import Database, Work
from deepforge.storage.faults import disk_fault
from deepforge.storage.pictures import PictureStore, store_pictures
from deepforge.storage.references import pictures_of
from deepforge.storage.tables import attempts as attempt_rows

__all__ = ["SqlReportStore"]

_encode = msgpack.Encoder().encode
_state = msgpack.Decoder(AttemptState)


class SqlReportStore:
    """`ReportStore` in a database and files below `directory`."""

    def __init__(self, database: Database, directory: Path, blobs: PictureStore) -> None:
        self._database = database
        self._console = ConsoleFiles(directory)
        self._directory = directory
        self._blobs = blobs
        self._locks: WeakValueDictionary[AttemptId, asyncio.Lock] = WeakValueDictionary()

    async def append(self, attempt: AttemptId, first: int, events: Sequence[AttemptEvent]) -> Stored:
        # Shielded: a caller that goes away must not let the next report of the attempt overtake this one.
        return await asyncio.shield(self._append(attempt, first, tuple(events)))

    async def _append(self, attempt: AttemptId, first: int, events: Sequence[AttemptEvent]) -> Stored:
        async with self._locks.setdefault(attempt, asyncio.Lock()):
            state = await self._get(attempt)
            fresh = await store_pictures(fresh_events(state.through, first, events), self._blobs)
            if fresh:
                absorbed = absorb(state, fresh)
                await self._append_console(attempt, state.console, absorbed.console)
                await self._database.write(_saving(attempt, state, absorbed))
            return Stored(through=state.through + len(fresh), fresh=fresh)

    async def through(self, attempt: AttemptId) -> int:
        return (await self._get(attempt)).through

    async def feedback(self, job: JobId, attempt: AttemptId) -> Feedback:
        return view(await self._get(attempt), job, attempt)

    async def console(self, attempt: AttemptId, *, offset: int = 0, limit: int = 262_144) -> Console:
        end = (await self._get(attempt)).console
        offset = min(max(offset, 0), end)
        length = min(max(limit, 0), end - offset)
        data = await asyncio.to_thread(self._console.read, attempt, offset, length)
        return Console(offset=offset, data=data, end=end)

    async def points(
        self, attempt: AttemptId, line: int, *, start: int = 0, stop: int | None = None, buckets: int | None = None
    ) -> tuple[int, bytes]:
        async with self._database.read() as connection:
            known = (await _read(connection, attempt)).lines.get(line)
            if known is None:
                raise missing.no_line(line)
            begin = min(max(start, 0), known.count)
            end = known.count if stop is None else min(max(stop, begin), known.count)
            return end - begin, await read_points(connection, attempt, line, begin, end, count=known.count, buckets=buckets)

    async def attempts(self) -> set[AttemptId]:
        async with self._database.read() as connection:
            return {AttemptId(found) for found in (await connection.execute(select(attempt_rows.c.id))).scalars()}

    async def blobs(self) -> set[BlobHash]:
        found: set[BlobHash] = set()
        for attempt in await self.attempts():
            found.update(pictures_of(await self._get(attempt)))
        return found

    async def remove(self, attempts: Sequence[AttemptId]) -> None:
        async def work(connection: AsyncConnection) -> None:
            for attempt in attempts:
                await connection.execute(delete(attempt_rows).where(attempt_rows.c.id == attempt))

        await self._database.write(work)
        for attempt in attempts:
            await asyncio.to_thread(self._console.remove, attempt)

    async def _get(self, attempt: AttemptId) -> AttemptState:
        async with self._database.read() as connection:
            return await _read(connection, attempt)

    async def _append_console(self, attempt: AttemptId, offset: int, data: bytes) -> None:
        try:
            await asyncio.to_thread(self._console.append, attempt, offset, data)
        except OSError as error:
            raise disk_fault(error, str(self._directory)) from error


async def _read(connection: AsyncConnection, attempt: AttemptId) -> AttemptState:
    query = select(attempt_rows.c.body).where(attempt_rows.c.id == attempt)
    body = (await connection.execute(query)).scalar_one_or_none()
    return AttemptState() if body is None else _state.decode(body)


def _saving(attempt: AttemptId, before: AttemptState, absorbed: Absorbed) -> Work[None]:
    """What stores the state after events, and their points."""
    counts = {number: line.count for number, line in before.lines.items()}
    added = [(line, counts.get(line, 0), data) for line, data in absorbed.points.items()]
    row = {"through": absorbed.state.through, "body": _encode(absorbed.state)}

    async def work(connection: AsyncConnection) -> None:
        same = (attempt_rows.c.id == attempt, attempt_rows.c.through == before.through)
        changed = await connection.execute(update(attempt_rows).where(*same).values(row))
        if not changed.rowcount:
            if before.through:
                raise Conflict("This attempt was reported about elsewhere at the same time.", hint="Send the events again.")
            await connection.execute(insert(attempt_rows).values(row | {"id": attempt}))
        await add_points(connection, attempt, added)

    return work
