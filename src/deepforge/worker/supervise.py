"""One attempt, from its lease to the deletion of its directory.

Every step can be the first: a host that was started again goes on from what lies in the directory.
"""

import asyncio
import errno
import logging
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from signal import SIGCONT, SIGINT

from msgspec import Struct

from deepforge.errors import Busy, DeepForgeError
from deepforge.ids import AttemptId
from deepforge.model.execution import Cause, StoredOutput
from deepforge.model.hosting import Ended, Report
from deepforge.worker.attempt import AttemptDirectory
from deepforge.worker.blobs import Blobs
from deepforge.worker.control import CanceledFile, ExitFile, Fork, RunnerFile
from deepforge.worker.durable import free_reserve
from deepforge.worker.ending import Result, cause_of, read_result
from deepforge.worker.follow import EventLog
from deepforge.worker.keeper import StartRefused, ZygoteKeeper
from deepforge.worker.processes import alive, end_attempt, signal_group, signal_process, state, tagged

__all__ = ["CANCELED", "Supervisor", "Tools", "abandon"]

CANCELED = Cause(kind="canceled", message="canceled")
_POLL = 0.02
_PAUSE = 1.0
_TRIES = 5
_LIVENESS_POLLS = 25
_SILENT_LOOKS = 20
"""Some ten seconds: as long as a zygote may need to write how a runner ended."""
_LOG = logging.getLogger(__name__)


class Tools(Struct, frozen=True, kw_only=True):
    """What supervisors share. `notify` is called when there is something to report; `failed` keeps the newest failed attempts."""

    keeper: ZygoteKeeper
    blobs: Blobs
    slots: asyncio.Semaphore
    threads: int
    failed: Path
    keep: int
    notify: Callable[[], None]


class Supervisor:
    """Sees one attempt through."""

    def __init__(self, directory: AttemptDirectory, tools: Tools) -> None:
        self.directory = directory
        self.spec = directory.spec
        self.log = EventLog(directory)
        self.sent = self.log.acknowledged
        """The newest event that went out on the current connection."""
        self._tools = tools
        self._canceled = asyncio.Event()
        self._acknowledged = asyncio.Event()
        self._room = asyncio.Event()
        self._tries = 0
        self._runner: RunnerFile | None = None
        self._order = directory.canceled()
        if self._order is not None:
            self._canceled.set()

    def report(self) -> Report | None:
        """What to send next; None if there is nothing."""
        first, events = self.log.after(self.sent)
        if not events:
            return None
        self.sent = first + len(events) - 1
        return Report(attempt=self.spec.attempt, fence=self.spec.fence, first=first, events=events)

    def acknowledge(self, through: int) -> None:
        """The server has the events up to `through`."""
        self.log.acknowledge(through)
        self._room.set()
        if self.log.ended is not None and self.log.acknowledged >= self.log.last:
            self._acknowledged.set()

    def cancel(self, grace: float, cause: Cause = CANCELED) -> None:
        """Have it stopped: SIGINT now, SIGKILL after `grace` seconds."""
        if self._order is not None or self.log.ended is not None:
            return
        self._order = CanceledFile(time=time.time(), grace=grace, cause=cause)
        try:
            self.directory.cancel(self._order)
        except OSError as error:
            _LOG.warning("%s: a later host will not know that it was canceled: %s", self.spec.attempt, error)
        self._canceled.set()

    async def run(self) -> None:
        """Until the server has the last event, and the directory is gone (or kept, if the attempt failed)."""
        if self.log.ended is None:
            async with self._tools.slots:
                await self._record(await self._ending())
            self._tools.notify()
        ended = self.log.ended
        assert ended is not None
        if self.log.acknowledged >= self.log.last:
            self._acknowledged.set()
        await self._acknowledged.wait()
        if ended.cause is None or ended.cause.kind in ("canceled", "no-space"):
            await asyncio.to_thread(self.directory.remove)
        else:
            await asyncio.to_thread(self.directory.keep, self._tools.failed, self._tools.keep)

    async def _record(self, ended: Ended) -> None:
        """Journal the end; where there is no space, as soon as there is some."""
        while True:
            try:
                return self.log.end(ended)
            except OSError as error:
                _LOG.warning("%s: cannot write the journal: %s", self.spec.attempt, error)
                free_reserve(self.directory.path)
                await asyncio.sleep(_PAUSE)

    async def drop(self) -> None:
        """The server does not want it: end it and delete it."""
        await _kill(self.runner(), self.spec.attempt)
        await asyncio.to_thread(self.directory.remove)

    async def abandon(self) -> None:
        """It cannot be followed any more."""
        await abandon(self.directory, self.runner(), self._tools)

    def runner(self) -> RunnerFile | None:
        """Who runs it; once known for good, whatever its code does to the file."""
        if self._runner is None or not self._runner.pid:
            self._runner = self.directory.runner() or self._runner
        return self._runner

    async def _ending(self) -> Ended:
        if not self.directory.taken:
            refused = await self._begin()
            if refused is not None:
                return Ended(cause=refused)
        how = await self._follow()
        result = read_result(self.directory.result())
        cause = cause_of(self.spec, ended=how, result=result, present=self.directory.present(), canceled=self._order)
        outputs: tuple[StoredOutput, ...] = ()
        if cause is None and result is not None:
            cause, outputs = await self._unless_canceled(self._store(result))
        how = how or ExitFile()
        return Ended(exit_code=how.exit_code, signal=how.signal, duration=how.duration, cause=cause, outputs=outputs)

    async def _begin(self) -> Cause | None:
        """Make everything that the runner needs and have it started; the cause if it cannot be."""
        cause, _ = await self._unless_canceled(self._prepare())
        if cause is not None:
            return cause
        order = Fork(
            attempt=self.spec.attempt, directory=str(self.directory.path), seed=self.spec.seed, threads=self._tools.threads
        )
        while not self.directory.taken:
            cause, _ = await self._unless_canceled(self._start(order))
            if cause is not None and self.directory.claim():
                return cause
        return None

    async def _start(self, order: Fork) -> tuple[Cause | None, tuple[StoredOutput, ...]]:
        try:
            await self._tools.keeper.start(order)
        except StartRefused as refused:
            return Cause(kind="internal", message=f"could not be started: {refused}"), ()
        except Busy as busy:
            _LOG.warning("%s: %s", self.spec.attempt, busy)
            self._tries += 1
            if self._tries >= _TRIES:
                message = "the worker's warm process ends as soon as it is started"
                return Cause(kind="internal", message=message, hint="Its zygote.log says why; check the installation."), ()
        return None, ()

    async def _prepare(self) -> tuple[Cause | None, tuple[StoredOutput, ...]]:
        try:
            await asyncio.to_thread(self.directory.write_code)
            for name, file in self.spec.inputs.items():
                await self._tools.blobs.fetch(file.blob, self.directory.input(name))
        except DeepForgeError as error:
            kind = "inputs" if error.code in ("blob-refused", "wrong-hash") else "internal"
            return Cause(kind=kind, message=error.message, hint=error.hint), ()
        except OSError as error:
            return _disk_cause(error), ()
        return None, ()

    async def _store(self, result: Result) -> tuple[Cause | None, tuple[StoredOutput, ...]]:
        by_name = {output.name: output for output in result.outputs}
        stored: list[StoredOutput] = []
        for port in self.spec.outputs:
            output = by_name[port.name]
            try:
                blob = await self._tools.blobs.store(self.directory.output(port.name))
            except DeepForgeError as error:
                message = f"the output {port.name} could not be stored: {error.message}"
                return Cause(kind="outputs", message=message, hint=error.hint), ()
            except OSError as error:
                return _disk_cause(error), ()
            stored.append(StoredOutput(name=port.name, type=output.type, blob=blob, preview=output.preview))
        return None, tuple(stored)

    async def _unless_canceled(
        self, work: Coroutine[object, object, tuple[Cause | None, tuple[StoredOutput, ...]]]
    ) -> tuple[Cause | None, tuple[StoredOutput, ...]]:
        """The work's outcome; given up, with the cause, as soon as the attempt is canceled."""
        task = asyncio.ensure_future(work)
        waiting = asyncio.ensure_future(self._canceled.wait())
        try:
            await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            return (self._order.cause if self._order else CANCELED), ()
        finally:
            for each in (task, waiting):
                each.cancel()
                with suppress(asyncio.CancelledError):
                    await each

    async def _follow(self) -> ExitFile | None:
        """Report what the runner does until it has ended and everything is reported; how it ended, if that is known."""
        how, gone, polls, silent = self._ended(), False, 0, 0
        stopping = _Stopping(self.spec.attempt)
        while how is None and not gone:
            self._cut()
            stopping.proceed(self._order, self.runner())
            await asyncio.sleep(_POLL)
            polls += 1
            if polls % _LIVENESS_POLLS == 0:
                silent = silent + 1 if _over(self.runner(), self.spec.attempt) else 0
                gone = _gone(self.runner()) or silent > _SILENT_LOOKS
            how = self._ended()
        if how is None:
            await asyncio.to_thread(end_attempt, None, self.spec.attempt)
        await self._drain()
        if self.log.spool_problem:
            _LOG.warning("%s: feedback ended early: %s", self.spec.attempt, self.log.spool_problem)
        return how

    def _ended(self) -> ExitFile | None:
        """How the runner ended; as long as it lives, only its own code can have written that."""
        how = self.directory.ended()
        runner = self.runner() if how is not None else None
        return None if runner is not None and runner.pid and alive(runner.runner) else how

    async def _drain(self) -> None:
        """Until all that the runner left has become events; where too many wait, until the server has taken some."""
        while True:
            self._room.clear()
            if self._cut():
                await asyncio.sleep(0)
            elif self.log.drained:
                return
            else:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._room.wait(), _PAUSE)

    def _cut(self) -> bool:
        """Make events of what is new. Without space for the journal nothing is reported, and nothing is lost."""
        try:
            if not self.log.started and (runner := self.runner()) is not None and runner.pid:
                self.log.start(runner.pid)
            cut = self.log.cut()
        except OSError as error:
            _LOG.warning("%s: cannot write the journal: %s", self.spec.attempt, error)
            if self.directory.ended() is not None:
                free_reserve(self.directory.path)
            return False
        if self.log.last > self.sent:
            self._tools.notify()
        return cut


async def abandon(directory: AttemptDirectory, runner: RunnerFile | None, tools: Tools) -> None:
    """End an attempt that cannot be followed, and keep its directory for people to look into."""
    await _kill(runner or directory.runner(), directory.spec.attempt)
    await asyncio.to_thread(directory.keep, tools.failed, tools.keep)


async def _kill(runner: RunnerFile | None, attempt: AttemptId) -> None:
    group = runner.pid if runner and runner.pid and alive(runner.runner) else None
    await asyncio.to_thread(end_attempt, group, attempt)


class _Stopping:
    """SIGINT once there is a group to send it to, SIGKILL when the grace is over. Does nothing until it is ordered."""

    def __init__(self, attempt: AttemptId) -> None:
        self._attempt = attempt
        self._deadline: float | None = None
        self._interrupted = False

    def proceed(self, order: CanceledFile | None, runner: RunnerFile | None) -> None:
        if order is None:
            return
        if self._deadline is None:
            spent = max(0.0, time.time() - order.time)
            self._deadline = time.monotonic() + max(0.0, order.grace - spent)
        if runner is None or not runner.pid or not alive(runner.runner):
            return
        if not self._interrupted:
            self._interrupted = signal_group(runner.pid, SIGINT)
        elif time.monotonic() >= self._deadline:
            end_attempt(runner.pid, self._attempt)


def _gone(runner: RunnerFile | None) -> bool:
    """Whether neither the runner nor the zygote that would say how it ended is there. A zygote that user code stopped goes on."""
    if runner is None:
        return False
    if state(runner.zygote_pid) == "T" and alive(runner.zygote):
        signal_process(runner.zygote_pid, SIGCONT)
    return not alive(runner.zygote) and not (runner.pid and alive(runner.runner))


def _over(runner: RunnerFile | None, attempt: AttemptId) -> bool:
    """Whether nothing of the attempt runs; how it ended may still be being written, or was written over."""
    return not (alive(runner.runner) if runner is not None and runner.pid else tagged(attempt))


def _disk_cause(error: OSError) -> Cause:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Cause(kind="no-space", message="no space left on the worker's disk", hint="Free space on the worker's disk.")
    return Cause(kind="internal", message=f"{type(error).__name__}: {error}")
