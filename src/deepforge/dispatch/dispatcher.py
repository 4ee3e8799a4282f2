"""Performs the engine's effects: gives queued jobs to hosts, follows their reports, ends what is to end.

One object of one lifecycle. Everything that it knows beside the stores can be made again from them (`_recover`): after a
restart of the server running attempts wait for their hosts to come back, queued jobs are queued again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self, assert_never

from msgspec import Struct

from deepforge.dispatch.clock import Clock
from deepforge.dispatch.events import Events, JobEvent
from deepforge.dispatch.hosts import Host, HostLink, Hosts
from deepforge.dispatch.launch import Launcher, RunRequest
from deepforge.dispatch.leasing import Leasing
from deepforge.dispatch.reports import Reports
from deepforge.dispatch.runs import ActiveRun, Runs
from deepforge.dispatch.stores import DispatchStores
from deepforge.engine.effects import CancelAttempt, Effect, EnqueueJob, Finished, PassArtifact, SaveArtifact
from deepforge.engine.events import Back, Began, Event, Lost, OutOfContact, Restarted, Returned, StopAsked
from deepforge.engine.run import Run, live_attempt
from deepforge.ids import AttemptId, ExecutionId, JobId, ProjectId, RecordId, TransactionId
from deepforge.model.execution import Attempt, Execution, Job, Snapshot, Status
from deepforge.model.feedback import Feedback
from deepforge.model.hosting import Ack, Adopted, Cancel, Ended, Register, Registered, Report
from deepforge.model.live import ExecutionRemoved
from deepforge.model.project import ExecutionPage, WorkerInfo, Workers

__all__ = ["DispatchSettings", "Dispatcher"]

logger = logging.getLogger(__name__)
_REMOVE_MARGIN = 5.0


class DispatchSettings(Struct, frozen=True, kw_only=True):
    """Times in seconds: see `settings.py`. `blob_dir` is told to hosts of the same disk."""

    lease_seconds: float = 600.0
    contact_seconds: float = 30.0
    grace_seconds: float = 10.0
    heartbeat_seconds: float = 5.0
    blob_dir: str = ""


class Dispatcher:
    """The queue and the hosts of one server. An asynchronous context manager."""

    def __init__(self, stores: DispatchStores, *, events: Events, clock: Clock, settings: DispatchSettings) -> None:
        self._stores = stores
        self._events = events
        self._clock = clock
        self._settings = settings
        self._hosts = Hosts(clock)
        self._runs = Runs(stores, events, clock, lambda: self._hosts.framework)
        self._reports = Reports(stores, self._runs, events, clock, self._apply)
        self._launcher = Launcher(stores.executions, clock)
        self._launching = asyncio.Lock()
        self._leasing = Leasing(self._runs, self._hosts, clock, self._apply)
        self._loops: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await self._recover()
        self._loops = [asyncio.create_task(self._leasing.keep_leasing()), asyncio.create_task(self._contact_loop())]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)

    # What people ask for

    async def start(self, request: RunRequest) -> Execution:
        """Run a pipeline. A key that was used answers with its execution. Raises `Refused` with marks."""
        return await self._launch(request.project, request.new.key, lambda: self._launcher.prepare(request))

    async def made_with(self, project: ProjectId, key: TransactionId) -> Execution | None:
        """The execution that this key made, as it is now. It is begun, if that could not be stored when it was made."""
        async with self._launching:
            return await self._made_with(project, key)

    async def _made_with(self, project: ProjectId, key: TransactionId) -> Execution | None:
        stored = await self._stores.executions.made_with(project, key)
        if stored is None:
            return None
        active = self._runs.get(stored.id)
        if active is None and stored.status is Status.PENDING:
            snapshot = await self._stores.executions.snapshot(stored.id)
            active = self._runs.add(Run(execution=stored, plan=snapshot.plan), snapshot)
        if active is None:
            return stored
        await self._apply(active, Began(time=self._clock.now()))  # a second time changes nothing
        return active.run.execution

    async def restart(self, execution: ExecutionId, key: TransactionId, *, author: str) -> Execution:
        """Run an execution's pinned plan again, as a new execution."""
        project = (await self.execution(execution)).project
        return await self._launch(project, key, lambda: self._launcher.prepare_again(execution, author=author))

    async def _launch(
        self, project: ProjectId, key: TransactionId, prepare: Callable[[], Awaitable[tuple[Run, Snapshot]]]
    ) -> Execution:
        async with self._launching:  # one after the other, so that no two take one name or one key
            known = await self._made_with(project, key)
            if known is not None:
                return known
            run, snapshot = await prepare()
            await self._stores.executions.create(run.execution, snapshot, key)
            active = self._runs.add(run, snapshot)
            await self._apply(active, Began(time=self._clock.now()))
        return active.run.execution

    async def stop(self, execution: ExecutionId, *, by: str = "") -> Execution:
        """Stop it; one that has ended is left as it is."""
        active = self._runs.get(execution)
        if active is None:
            return await self._stores.executions.get(execution)
        await self._apply(active, StopAsked(time=self._clock.now(), by=by))
        return active.run.execution

    async def remove(self, execution: ExecutionId) -> None:
        """Remove it with its consoles and feedback; one that runs is stopped first, and given up if that takes too long."""
        active = self._runs.get(execution)
        if active is not None:
            await self._end(active)
        stored = await self._stores.executions.get(execution)
        await self._stores.executions.remove(execution)
        await self._stores.reports.remove([attempt.id for job in stored.jobs for attempt in job.attempts])
        self._events.publish(stored.project, ExecutionRemoved(execution=execution))

    async def _end(self, active: ActiveRun) -> None:
        await self.stop(active.id)
        try:
            async with asyncio.timeout(self._settings.grace_seconds + _REMOVE_MARGIN):
                await active.done.wait()
        except TimeoutError:
            for job in active.run.execution.jobs:
                await self._lose(active, job, "It did not end when it was removed.")

    async def remove_all(self, project: ProjectId) -> None:
        """Stop and forget every unfinished execution of a project that is being deleted."""
        async with asyncio.TaskGroup() as tasks:
            for active in self._runs.all():
                if active.run.execution.project == project:
                    tasks.create_task(self.remove(active.id))

    async def rename(self, execution: ExecutionId, name: str) -> Execution:
        await self._runs.rename(execution, name)
        return await self.execution(execution)

    async def execution(self, execution: ExecutionId) -> Execution:
        """An execution as it is now (progress is not stored). Raises `NotFound`."""
        active = self._runs.get(execution)
        return active.run.execution if active else await self._stores.executions.get(execution)

    def _as_now(self, stored: Execution) -> Execution:
        active = self._runs.get(stored.id)
        return active.run.execution if active else stored

    async def page(
        self, project: ProjectId, *, pipeline: RecordId | None = None, cursor: str | None = None, limit: int = 100
    ) -> ExecutionPage:
        """Executions as they are now, newest first."""
        page = await self._stores.executions.page(project, pipeline=pipeline, cursor=cursor, limit=limit)
        return ExecutionPage(items=tuple(self._as_now(one) for one in page.items), cursor=page.cursor)

    async def job(self, job: JobId) -> tuple[Execution, Job]:
        """A job as it is now, and its execution. Raises `NotFound`."""
        active = self._runs.of_job(job)
        execution = active.run.execution if active else await self._stores.executions.of_job(job)
        return execution, next(one for one in execution.jobs if one.id == job)

    async def watch(
        self, job: JobId, listener: Callable[[JobEvent], None]
    ) -> tuple[AttemptId | None, Feedback | None, Callable[[], None]]:
        """A job's newest attempt and its feedback now; from then on its events go to `listener`, until the function is called."""
        _, found = await self.job(job)
        attempt = found.attempts[-1].id if found.attempts else None
        feedback, end = await self._reports.watch(self._runs.of_job(job), job, attempt, listener)
        return attempt, feedback, end

    def running(self, project: ProjectId) -> int:
        """How many of the project's executions have not ended."""
        return sum(active.run.execution.project == project for active in self._runs.all())

    def workers(self) -> Workers:
        """Who computes, and what waits, in the order in which it will run."""
        return Workers(workers=tuple(_worker_info(host) for host in self._hosts.all()), queue=self._leasing.waiting())

    # What hosts do

    async def connect(self, link: HostLink, register: Register) -> Host:
        """A host came (back): it is told which of its attempts to drop; what it no longer has is queued again or lost.

        Raises `Busy` when that could not be stored; the host is not connected then.
        """
        kept = {one.attempt for one in register.adopted if self._wanted(register, one)}
        drop = tuple(one.attempt for one in register.adopted if one.attempt not in kept)
        host = self._hosts.connect(link, register)
        blob_dir = self._settings.blob_dir if register.shared_blobs else ""
        heartbeat = self._settings.heartbeat_seconds
        link.send(Registered(worker=host.worker, heartbeat_seconds=heartbeat, drop=drop, blob_dir=blob_dir))
        try:
            for attempt, job in list(host.attempts.items()):
                await self._meet_again(attempt, job, has_it=attempt in kept)
            await self.heard(host)
        except BaseException:
            self.disconnect(link, host)  # else it would be given jobs over a connection that nobody serves
            raise
        self._leasing.wake()
        return host

    def _wanted(self, register: Register, adopted: Adopted) -> bool:
        found = self._runs.of_attempt(adopted.attempt)
        attempt = live_attempt(found[1]) if found else None
        return (
            attempt is not None
            and (attempt.id, attempt.fence) == (adopted.attempt, adopted.fence)
            and attempt.worker == register.worker
        )

    async def _meet_again(self, attempt: AttemptId, job: JobId, *, has_it: bool) -> None:
        found = self._runs.of_attempt(attempt)
        live = live_attempt(found[1]) if found else None
        if found is None or live is None or live.id != attempt:
            return
        active, current = found
        if has_it:
            if active.run.execution.stopping:
                self._cancel(live)
        elif current.status is Status.QUEUED:
            await self._apply(active, Returned(time=self._clock.now(), job=job, attempt=attempt, fence=live.fence))
        else:
            await self._lose(active, current, "Its worker came back without it.")

    def disconnect(self, link: HostLink, host: Host) -> None:
        """The connection ended. The host computes on; what it has stays its own until its lease ends."""
        self._hosts.disconnect(link, host)

    async def heard(self, host: Host) -> None:
        """The host lives."""
        self._hosts.heard(host)
        if not host.silent:
            return
        host.silent = False
        await self._each_attempt(host, Back)
        self._leasing.wake()

    async def report(self, host: Host, report: Report) -> None:
        """Take a report in and acknowledge it. An attempt that nobody wants any more is ended."""
        await self.heard(host)
        through, wanted = await self._reports.take(host.worker, report)
        host.send(Ack(attempt=report.attempt, through=through))
        if not wanted and not any(isinstance(event, Ended) for event in report.events):
            host.send(Cancel(attempt=report.attempt, fence=report.fence, grace=0.0))

    # The engine's effects

    async def _apply(self, active: ActiveRun, event: Event) -> None:
        effects = await self._runs.apply(active, event)
        for effect in effects:
            self._perform(active, effect)
        self._release(active)

    def _perform(self, active: ActiveRun, effect: Effect) -> None:
        match effect:
            case EnqueueJob():
                self._leasing.add(effect.job)
            case CancelAttempt():
                job = active.run.job(effect.job)
                if job is not None:
                    self._cancel(job.attempts[-1])
            case Finished():
                self._runs.forget(active)
            case SaveArtifact() | PassArtifact():
                pass  # performed before the execution was stored
            case _:
                assert_never(effect)

    def _cancel(self, attempt: Attempt) -> None:
        host = self._hosts.get(attempt.worker) if attempt.worker else None
        if host is not None:
            host.send(Cancel(attempt=attempt.id, fence=attempt.fence, grace=self._settings.grace_seconds))

    def _release(self, active: ActiveRun) -> None:
        """Jobs that wait no more leave the queue; attempts that have ended leave their hosts, whose slots are free again."""
        for job in active.run.execution.jobs:
            if job.status is not Status.QUEUED:
                self._leasing.drop(job.id)
            for attempt in job.attempts:
                host = self._hosts.get(attempt.worker) if attempt.worker else None
                if host is not None and attempt.status.final and host.attempts.pop(attempt.id, None) is not None:
                    self._leasing.wake()

    async def _lose(self, active: ActiveRun, job: Job, reason: str) -> None:
        attempt = live_attempt(job)
        if attempt is not None:
            event = Lost(time=self._clock.now(), job=job.id, attempt=attempt.id, fence=attempt.fence, reason=reason)
            await self._apply(active, event)

    async def _recover(self) -> None:
        """Take up every unfinished execution where the stores say that it is."""
        for execution in await self._stores.executions.unfinished():
            snapshot = await self._stores.executions.snapshot(execution.id)
            active = self._runs.add(Run(execution=execution, plan=snapshot.plan), snapshot)
            for job in execution.jobs:
                attempt = live_attempt(job)
                if attempt is not None and attempt.worker is not None:
                    self._hosts.known(attempt.worker, attempt.worker_name).attempts[attempt.id] = job.id
            await self._apply(active, Restarted(time=self._clock.now()))

    # The loops

    async def _contact_loop(self) -> None:
        pause = min(self._settings.contact_seconds / 4, 1.0)
        while True:
            await asyncio.sleep(pause)
            try:
                await self.check_contact()
            except Exception as error:  # the top of the loop: the next round tries again
                logger.error("The state of silent hosts could not be stored", exc_info=error)

    async def check_contact(self) -> None:
        """Flag the attempts of hosts that are silent; give up those whose lease has ended, or which are to stop anyway."""
        for host in self._hosts.all():
            silence = self._hosts.silence(host)
            if silence > self._settings.contact_seconds and not host.silent:
                host.silent = True
                await self._each_attempt(host, OutOfContact)
            if host.silent and host.link is None and not host.attempts:
                self._hosts.forget(host)
            for attempt in list(host.attempts):
                found = self._runs.of_attempt(attempt)
                if found and host.silent and (found[0].run.execution.stopping or silence > self._settings.lease_seconds):
                    await self._lose(*found, reason="Its worker was not heard of again.")

    async def _each_attempt(self, host: Host, kind: type[Back] | type[OutOfContact]) -> None:
        for attempt in list(host.attempts):
            found = self._runs.of_attempt(attempt)
            live = live_attempt(found[1]) if found else None
            if found and live and live.id == attempt:
                event = kind(time=self._clock.now(), job=found[1].id, attempt=attempt, fence=live.fence)
                await self._apply(found[0], event)


def _worker_info(host: Host) -> WorkerInfo:
    return WorkerInfo(
        id=host.worker,
        name=host.name,
        connected=host.link is not None,
        last_seen=host.seen,
        cpus=host.resources.cpus,
        memory=host.resources.memory,
        gpus=host.resources.gpus,
        running=tuple(host.attempts.values()),
    )
