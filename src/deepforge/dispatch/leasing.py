"""The queue, and who gets what from it: the job that waited longest goes to the host with the most room."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec

from deepforge.dispatch.clock import Clock
from deepforge.dispatch.hosts import Host, Hosts
from deepforge.dispatch.pinned import attempt_spec, job_fingerprint
from deepforge.dispatch.runs import ActiveRun, Runs
from deepforge.engine.events import Ended, Event, Leased
from deepforge.engine.run import input_files, live_attempt
from deepforge.errors import Busy
from deepforge.ids import AttemptId, JobId, new_id
from deepforge.model.execution import Attempt, Cause, Status
from deepforge.model.hosting import LARGEST_FRAME, Lease
from deepforge.model.project import QueuedJob

__all__ = ["Leasing"]

logger = logging.getLogger(__name__)
_RETRY_SECONDS = 1.0


class Leasing:
    """Jobs that wait, in order. `apply` gives the engine an event and performs what follows."""

    def __init__(self, runs: Runs, hosts: Hosts, clock: Clock, apply: Callable[[ActiveRun, Event], Awaitable[None]]) -> None:
        self._runs = runs
        self._hosts = hosts
        self._clock = clock
        self._apply = apply
        self._queue: dict[JobId, datetime] = {}
        self._wake = asyncio.Event()

    def add(self, job: JobId) -> None:
        self._queue[job] = self._clock.now()
        self._wake.set()

    def drop(self, job: JobId) -> None:
        """It waits no more."""
        self._queue.pop(job, None)

    def wake(self) -> None:
        """A host has room, perhaps."""
        self._wake.set()

    def waiting(self) -> tuple[QueuedJob, ...]:
        """In the order in which they will run."""
        found = (self._queued(job, since) for job, since in self._queue.items())
        return tuple(queued for queued in found if queued is not None)

    def _queued(self, job: JobId, since: datetime) -> QueuedJob | None:
        active = self._runs.of_job(job)
        found = active.run.job(job) if active else None
        if active is None or found is None:
            return None  # its execution ended just now
        execution = active.run.execution
        return QueuedJob(
            job=job,
            name=found.name,
            execution=execution.id,
            execution_name=execution.name,
            project=execution.project,
            status=found.status,
            since=since,
        )

    async def keep_leasing(self) -> None:
        """Give jobs to hosts, for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                while self._queue and (host := self._hosts.roomiest()) is not None:
                    await self._lease_oldest(host)
            except Exception as error:  # the top of the loop: the job is in the queue again
                logger.error("A job could not be given to a host; it stays queued", exc_info=error)
                await asyncio.sleep(_RETRY_SECONDS)
                self._wake.set()

    async def _lease_oldest(self, host: Host) -> None:
        job = next(iter(self._queue))
        since = self._queue.pop(job)
        active = self._runs.of_job(job)
        if active is None:
            return
        attempt = AttemptId(new_id())
        host.attempts[attempt] = job  # before anything waits, so that the slot is not given twice
        try:
            await self._apply(active, self._leased(active, job, attempt, host))
        except BaseException:
            host.attempts.pop(attempt, None)
            if self._waits(job):  # it may have been stopped meanwhile
                self._queue = {job: since, **self._queue}
            raise
        await self._send(active, job, attempt, host)

    def _waits(self, job: JobId) -> bool:
        active = self._runs.of_job(job)
        found = active.run.job(job) if active else None
        return found is not None and found.status is Status.QUEUED

    def _leased(self, active: ActiveRun, job: JobId, attempt: AttemptId, host: Host) -> Leased:
        """The fingerprint counts with the torch that the attempt really has."""
        planned, inputs = active.run.job_plan(job), input_files(active.run, job)
        return Leased(
            time=self._clock.now(),
            job=job,
            attempt=attempt,
            worker=host.worker,
            worker_name=host.name,
            fingerprint=job_fingerprint(active.snapshot, planned, inputs, host.framework),
        )

    async def _send(self, active: ActiveRun, job: JobId, attempt: AttemptId, host: Host) -> None:
        current = active.run.job(job)
        newest = live_attempt(current) if current else None
        if current is None or newest is None or newest.id != attempt:
            host.attempts.pop(attempt, None)  # the execution was stopped meanwhile
            return
        planned, inputs = active.run.job_plan(job), input_files(active.run, job)
        lease = Lease(spec=attempt_spec(active.snapshot, active.run.execution, planned, current, inputs))
        size = len(msgspec.msgpack.encode(lease))
        if size > LARGEST_FRAME:
            await self._refuse(active, job, newest, size)
        else:
            host.send(lease)

    async def _refuse(self, active: ActiveRun, job: JobId, attempt: Attempt, size: int) -> None:
        """Sent, it would end the host's connection, and again when the host comes back: so the job fails."""
        message = f"Its code is too large: {size / 2**20:.1f} MiB with all it may import; at most {LARGEST_FRAME // 2**20} MiB."
        cause = Cause(kind="internal", message=message, hint="Make the modules, data types and layers of the project smaller.")
        while True:
            now = self._clock.now()
            try:
                await self._apply(active, Ended(time=now, job=job, attempt=attempt.id, fence=attempt.fence, cause=cause))
            except Busy as error:  # nobody else would end it: the host has never heard of it
                logger.warning("The end of job %s could not be stored; it is tried again: %s", job, error)
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                return
