"""Jobs that a browser watches: their state first, then console and feedback as they come, at the browser's own pace."""

import asyncio
import logging
from collections import deque
from types import TracebackType
from typing import Self

from deepforge.dispatch.console import as_page
from deepforge.dispatch.dispatcher import Dispatcher
from deepforge.dispatch.events import AttemptBegan, ConsoleGrew, FeedbackGrew, JobEvent
from deepforge.dispatch.stores import ReportStore
from deepforge.errors import DeepForgeError, NotFound
from deepforge.ids import AttemptId, JobId
from deepforge.model.feedback import Feedback, FeedbackRecord
from deepforge.model.live import FeedbackCame, LogCame, Watching
from deepforge.server.frames import CloseCode
from deepforge.server.outbox import Outbox

__all__ = ["Watches"]

logger = logging.getLogger(__name__)
_PIECE = 256 * 1024
_TOO_FAR = 1024 * 1024
_PAUSE = 0.05
_MOST_RECORDS = 100_000
_MOST_JOBS = 100


class Watch:
    """One watched job. The console is read from the store by a cursor; feedback waits in order of its coming."""

    def __init__(self, job: JobId, reports: ReportStore, outbox: Outbox) -> None:
        self._job = job
        self._reports = reports
        self._outbox = outbox
        self._attempt: AttemptId | None = None
        self._offset = 0
        self._events: deque[AttemptBegan | FeedbackGrew] = deque()
        self._records = 0
        self._wake = asyncio.Event()

    def hear(self, event: JobEvent) -> None:
        """From the dispatcher; must not wait."""
        if not isinstance(event, ConsoleGrew):
            self._events.append(event)
        if isinstance(event, FeedbackGrew):
            self._records += len(event.records)
            if self._records > _MOST_RECORDS:
                self._outbox.close(CloseCode.SLOW, "reads too slowly")
        self._wake.set()

    async def follow(self, attempt: AttemptId | None, feedback: Feedback | None, offset: int) -> None:
        """Send the state, then everything as it comes, for ever. The pause batches what comes in many pieces."""
        self._attempt, self._offset = attempt, offset
        self._outbox.put(Watching(job=self._job, attempt=attempt, feedback=feedback))
        self._wake.set()
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self._send_events()
            await self._send_console()
            await asyncio.sleep(_PAUSE)

    async def _send_events(self) -> None:
        records: list[FeedbackRecord] = []
        while self._events:
            event = self._events.popleft()
            if isinstance(event, FeedbackGrew):
                self._records -= len(event.records)
                if event.attempt == self._attempt:
                    records.extend(event.records)
                continue
            self._send_records(records)
            records = []
            self._attempt, self._offset = event.attempt, 0
            nothing = Feedback(job=self._job, attempt=event.attempt)
            self._outbox.put(Watching(job=self._job, attempt=event.attempt, feedback=nothing))
        self._send_records(records)

    def _send_records(self, records: list[FeedbackRecord]) -> None:
        if records and self._attempt is not None:
            self._outbox.put(FeedbackCame(job=self._job, attempt=self._attempt, records=tuple(records)))

    async def _send_console(self) -> None:
        while (attempt := self._attempt) is not None:
            await self._outbox.room()
            console = await self._reports.console(attempt, offset=self._offset, limit=_PIECE)
            if console.end - self._offset > _TOO_FAR:
                self._offset = console.end - _PIECE
                continue
            page = as_page(console)
            if page.next <= self._offset:
                return
            self._offset = page.next
            self._outbox.put(LogCame(job=self._job, attempt=attempt, offset=page.offset, next=page.next, text=page.text))


class Watches:
    """All jobs that one browser watches. An asynchronous context manager: leaving it ends them."""

    def __init__(self, dispatcher: Dispatcher, reports: ReportStore, outbox: Outbox) -> None:
        self._dispatcher = dispatcher
        self._reports = reports
        self._outbox = outbox
        self._tasks: dict[JobId, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for job in tuple(self._tasks):
            await self.remove(job)

    async def add(self, job: JobId, offset: int) -> None:
        """Watch a job from this byte of its console on; one that is watched already begins anew. The oldest of too many ends."""
        await self.remove(job)
        if len(self._tasks) >= _MOST_JOBS:
            await self.remove(next(iter(self._tasks)))
        self._tasks[job] = asyncio.create_task(self._watch(job, max(0, offset)))

    async def _watch(self, job: JobId, offset: int) -> None:
        """Follow until it is removed. What goes wrong ends the connection: the browser comes back and watches anew."""
        try:
            await self._follow(job, offset)
        except DeepForgeError as error:
            logger.warning("The watch of job %s ended: %s", job, error)
            self._outbox.close(CloseCode.FAULT, error.code)
        except Exception as error:  # the top of the task: nobody waits for it
            logger.error("The watch of job %s failed", job, exc_info=error)
            self._outbox.close(CloseCode.FAULT, "internal")

    async def _follow(self, job: JobId, offset: int) -> None:
        watch = Watch(job, self._reports, self._outbox)
        try:
            attempt, feedback, end = await self._dispatcher.watch(job, watch.hear)
        except NotFound:
            self._outbox.put(Watching(job=job, attempt=None, feedback=None))  # it was removed just now
            return
        try:
            await watch.follow(attempt, feedback, offset)
        finally:
            end()

    async def remove(self, job: JobId) -> None:
        task = self._tasks.pop(job, None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
