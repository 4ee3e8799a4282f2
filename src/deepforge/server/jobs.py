"""What a job printed, drew and ran: answers from the stores, of its newest attempt or of the one asked for."""

import asyncio
import base64
from collections.abc import AsyncIterator

from deepforge.dispatch.console import as_page
from deepforge.dispatch.dispatcher import Dispatcher
from deepforge.dispatch.pinned import job_spec
from deepforge.errors import NotFound
from deepforge.ids import AttemptId, JobId, RecordId
from deepforge.model.execution import Job
from deepforge.model.feedback import Feedback
from deepforge.model.hosting import AttemptSpec
from deepforge.model.project import CodeFile, JobCode, LinePoints, LogPage
from deepforge.model.records import DataType, LayerDefinition, Module, Operation
from deepforge.server.analyst import Analyst
from deepforge.server.stores import Stores

__all__ = ["Jobs"]

_PIECE = 1024 * 1024
_POINT_BYTES = 16


class Jobs:
    """Reads of jobs."""

    def __init__(self, stores: Stores, dispatcher: Dispatcher, analyst: Analyst) -> None:
        self._stores = stores
        self._analyst = analyst
        self._dispatcher = dispatcher

    async def get(self, job: JobId) -> Job:
        return (await self._dispatcher.job(job))[1]

    async def log(self, job: JobId, *, number: int | None, offset: int, limit: int) -> LogPage:
        attempt = await self._attempt(job, number)
        if attempt is None:
            return LogPage(offset=0, next=0, end=0, text="")
        return as_page(await self._stores.reports.console(attempt, offset=offset, limit=limit))

    async def whole_log(self, job: JobId, *, number: int | None) -> tuple[str, AsyncIterator[bytes]]:
        """A file name, and the console's bytes in pieces."""
        attempt = await self._attempt(job, number)
        return f"{job}.txt", self._console(attempt)

    async def _console(self, attempt: AttemptId | None) -> AsyncIterator[bytes]:
        offset = 0
        while attempt is not None:
            part = await self._stores.reports.console(attempt, offset=offset, limit=_PIECE)
            if not part.data:
                return
            offset = part.offset + len(part.data)
            yield part.data

    async def feedback(self, job: JobId, *, number: int | None) -> Feedback:
        attempt = await self._attempt(job, number)
        if attempt is None:
            raise NotFound("The job has not begun: there is no feedback yet.")
        return await self._stores.reports.feedback(job, attempt)

    async def points(
        self, job: JobId, line: int, *, number: int | None, start: int, stop: int | None, buckets: int | None
    ) -> LinePoints:
        attempt = await self._attempt(job, number)
        if attempt is None:
            raise NotFound("The job has not begun: there are no lines yet.")
        count, packed = await self._stores.reports.points(attempt, line, start=start, stop=stop, buckets=buckets)
        reduced = len(packed) // _POINT_BYTES < count
        return LinePoints(line=line, count=count, reduced=reduced, points=base64.b64encode(packed).decode())

    async def image(self, job: JobId, image: int, *, number: int | None) -> bytes:
        """The newest picture of an image: PNG bytes as the runner wrote them."""
        feedback = await self.feedback(job, number=number)
        blob = next((one.blob for one in feedback.images if one.image == image), None)
        if blob is None:
            raise NotFound("There is no such picture.")
        path = await self._stores.blobs.path(blob)
        return await asyncio.to_thread(path.read_bytes)

    async def code(self, job: JobId) -> JobCode:
        """The files of the attempt's directory, made again from what the execution pinned.

        Raises `Conflict` when they cannot be written, `Busy` when the analyst cannot answer.
        """
        execution, found = await self._dispatcher.job(job)
        snapshot = await self._stores.executions.snapshot(execution.id)
        spec = job_spec(snapshot, execution, found)
        files = await self._analyst.emit(spec)
        records = _records(spec)
        return JobCode(files=tuple(CodeFile(path=path, text=text, record=records.get(text)) for path, text in files.items()))

    async def _attempt(self, job: JobId, number: int | None) -> AttemptId | None:
        """The attempt of this number (the newest by default); None if the job has none yet."""
        attempts = (await self.get(job)).attempts
        if number is None:
            return attempts[-1].id if attempts else None
        found = next((attempt.id for attempt in attempts if attempt.number == number), None)
        if found is None:
            raise NotFound(f"The job has no attempt {number}.")
        return found


def _records(spec: AttemptSpec) -> dict[str, RecordId]:
    """Definitions by their text: files are their code, byte for byte."""
    kinds = Operation | DataType | LayerDefinition | Module
    return {record.code: record.id for record in spec.records if isinstance(record, kinds) and record.code}
