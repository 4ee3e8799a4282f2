"""What hosts report: stored first, then told to those who watch, then given to the engine, then acknowledged."""

from collections.abc import Awaitable, Callable
from typing import assert_never

from deepforge.dispatch.clock import Clock
from deepforge.dispatch.events import ConsoleGrew, Events, FeedbackGrew, JobEvent
from deepforge.dispatch.runs import ActiveRun, Runs
from deepforge.dispatch.stores import DispatchStores
from deepforge.engine import events as engine
from deepforge.engine.run import live_attempt
from deepforge.errors import Forbidden, NotFound
from deepforge.ids import AttemptId, JobId, WorkerId
from deepforge.model.execution import Cause, Job, StoredOutput
from deepforge.model.feedback import Feedback, FeedbackRecord, ProgressChanged
from deepforge.model.hosting import AttemptEvent, ConsoleWritten, Ended, FeedbackWritten, Report, Started

__all__ = ["Reports"]

Apply = Callable[[ActiveRun, engine.Event], Awaitable[None]]


class Reports:
    """Takes reports in; `apply` gives the engine an event and performs what follows."""

    def __init__(self, stores: DispatchStores, runs: Runs, events: Events, clock: Clock, apply: Apply) -> None:
        self._stores = stores
        self._runs = runs
        self._events = events
        self._clock = clock
        self._apply = apply

    async def take(self, worker: WorkerId, report: Report) -> tuple[int, bool]:
        """The number of the newest event that is durable now, and whether the host should go on with the attempt.

        Of a superseded attempt everything is kept and changes nothing; of one whose execution is gone nothing is kept.
        Raises `Forbidden` for another host's attempt, `Invalid` for a gap in the numbers.
        """
        found = self._runs.of_attempt(report.attempt)
        if found is None:
            return report.first + len(report.events) - 1, False
        active, job = found
        attempt = next(one for one in job.attempts if one.id == report.attempt)
        if attempt.worker != worker or attempt.fence != report.fence:
            raise Forbidden("This attempt was not given to this worker.", code="not-leased", where=report.attempt)
        async with active.reporting:
            stored = await self._stores.reports.append(report.attempt, report.first, report.events)
            self._tell(job.id, report.attempt, stored.fresh)
        # Events that had been stored before go to the engine, too: a crash may have come between the two. It knows them.
        for event in report.events:
            await self._advance(active, job, report, event)
        current = active.run.job(job.id)
        newest = None if current is None else live_attempt(current)
        return stored.through, newest is not None and newest.id == report.attempt

    def _tell(self, job: JobId, attempt: AttemptId, fresh: tuple[AttemptEvent, ...]) -> None:
        records = [record for event in fresh if isinstance(event, FeedbackWritten) for record in event.records]
        if records:
            self._events.publish_job(job, FeedbackGrew(attempt=attempt, records=tuple(records)))
        if any(isinstance(event, ConsoleWritten) for event in fresh):
            self._events.publish_job(job, ConsoleGrew(attempt=attempt))

    async def _advance(self, active: ActiveRun, job: Job, report: Report, event: AttemptEvent) -> None:
        now = self._clock.now()
        match event:
            case Started():
                await self._apply(active, engine.Started(time=now, job=job.id, attempt=report.attempt, fence=report.fence))
            case FeedbackWritten():
                if (newest := _newest_progress(event.records)) is not None:
                    await self._apply(
                        active,
                        engine.Progressed(
                            time=now, job=job.id, attempt=report.attempt, fence=report.fence, progress=newest.progress
                        ),
                    )
            case Ended():
                await self._apply(active, await self._ended(job, report, event))
            case ConsoleWritten():
                pass
            case _:
                assert_never(event)

    async def _ended(self, job: Job, report: Report, event: Ended) -> engine.Succeeded | engine.Ended:
        """Success counts only when every output is stored here with the stated size; the store checked its hash."""
        now, cause = self._clock.now(), event.cause
        if cause is None:
            cause = await self._missing(event.outputs)
        if cause is None:
            return engine.Succeeded(
                time=now,
                job=job.id,
                attempt=report.attempt,
                fence=report.fence,
                outputs=event.outputs,
                exit_code=event.exit_code,
            )
        return engine.Ended(
            time=now,
            job=job.id,
            attempt=report.attempt,
            fence=report.fence,
            cause=cause,
            exit_code=event.exit_code,
            signal=event.signal,
        )

    async def _missing(self, outputs: tuple[StoredOutput, ...]) -> Cause | None:
        for output in outputs:
            try:
                info = await self._stores.blobs.info(output.blob.hash)
            except NotFound:
                return Cause(kind="outputs", message=f"Its output {output.name!r} was reported but never stored.")
            if info.size != output.blob.size:
                return Cause(kind="outputs", message=f"Its output {output.name!r} is stored with another size than reported.")
        return None

    async def watch(
        self, active: ActiveRun | None, job: JobId, attempt: AttemptId | None, listener: Callable[[JobEvent], None]
    ) -> tuple[Feedback | None, Callable[[], None]]:
        """The attempt's feedback at this moment, and from exactly then on every event of the job to `listener`."""
        if active is None:
            return await self._state(job, attempt), self._events.watch_job(job, listener)
        async with active.reporting:
            return await self._state(job, attempt), self._events.watch_job(job, listener)

    async def _state(self, job: JobId, attempt: AttemptId | None) -> Feedback | None:
        return None if attempt is None else await self._stores.reports.feedback(job, attempt)


def _newest_progress(records: tuple[FeedbackRecord, ...]) -> ProgressChanged | None:
    return next((record for record in reversed(records) if isinstance(record, ProgressChanged)), None)
