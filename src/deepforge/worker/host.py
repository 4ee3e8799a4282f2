"""The worker host: takes leases from the server, sees each attempt through, survives the loss of either.

All that must survive this process lies in the worker's directory: `worker.json` (its id), `worker.lock` (held while it runs),
`attempts/<id>/` (see `docs/spec/attempt.md`), `failed/<id>/` (the newest failed attempts, for people), `zygote.log`.
"""

import asyncio
import fcntl
import logging
import os
import shutil
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import assert_never
from urllib.parse import urlsplit

import httpx
import msgspec
from msgspec import Struct

from deepforge import __version__
from deepforge.errors import Broken, DeepForgeError
from deepforge.ids import AttemptId, WorkerId, new_id
from deepforge.model.execution import Cause
from deepforge.model.hosting import (
    LARGEST_FRAME,
    PROTOCOL,
    Ack,
    Adopted,
    AttemptSpec,
    Cancel,
    Ended,
    Heartbeat,
    Lease,
    Register,
    Registered,
    Rejected,
    Report,
    ServerOrder,
    Stop,
)
from deepforge.worker.attempt import AttemptDirectory
from deepforge.worker.blobs import Blobs
from deepforge.worker.connection import Connection
from deepforge.worker.durable import write_durably
from deepforge.worker.journal import JournalBroken
from deepforge.worker.keeper import ZygoteKeeper
from deepforge.worker.machine import framework, offered
from deepforge.worker.supervise import Supervisor, Tools, abandon
from deepforge.worker.untrusted import UNREADABLE

__all__ = ["Host", "HostOptions", "open_host"]

_LOG = logging.getLogger(__name__)
_STOPPED = Cause(kind="canceled", message="the worker was stopped", hint="Run it again.")
_KEPT_FAILURES = 20
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class HostOptions(Struct, frozen=True, kw_only=True):
    """How a host is started. `grace` in seconds; `plain` starts processes instead of forks."""

    server: str
    directory: Path
    name: str
    token: str
    slots: int = 2
    leave_running: bool = False
    grace: float = 10.0
    plain: bool = False


class _WorkerFile(Struct, frozen=True):
    worker: WorkerId


class Host:
    """One worker host; made by `open_host`."""

    def __init__(self, options: HostOptions, keeper: ZygoteKeeper, client: httpx.AsyncClient) -> None:
        self._options = options
        self._keeper = keeper
        self._resources = offered(options.slots)
        self._worker = _worker_id(options.directory)
        self._connection = Connection(_socket_url(options.server), options.token, self)
        self._attempts: dict[AttemptId, Supervisor] = {}
        self._tasks: dict[AttemptId, asyncio.Task[None]] = {}
        self._dropping: set[asyncio.Task[None]] = set()
        self._given_up: dict[AttemptId, Report] = {}
        """Attempts that this host cannot run or follow, with the report that says so, until the server has it."""
        self._told: set[AttemptId] = set()
        """Those of them whose report went out on the current connection."""
        self._stopping = asyncio.Event()
        self._root = options.directory / "attempts"
        self._root.mkdir(parents=True, exist_ok=True)
        self._blobs = Blobs(client, options.directory)
        self._tools = Tools(
            keeper=keeper,
            blobs=self._blobs,
            slots=asyncio.Semaphore(options.slots),
            threads=max(1, self._resources.cpus // options.slots),
            failed=options.directory / "failed",
            keep=_KEPT_FAILURES,
            notify=self._connection.notify,
        )

    def stop(self) -> None:
        """End: as soon as the attempts are stopped, or at once when they are to be left running."""
        self._stopping.set()

    async def run(self) -> None:
        """Until `stop`, or until the server does not want this host (`Unauthorized`); attempts run on in that case."""
        self._adopt()
        contact = asyncio.create_task(self._connection.run())
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait((contact, stopping), return_when=asyncio.FIRST_COMPLETED)
            if contact.done():
                contact.result()
            if not self._options.leave_running:
                await self._stop_attempts()
        finally:
            tasks = [contact, stopping, *self._tasks.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, *self._dropping, return_exceptions=True)

    def register(self) -> Register:
        followed = (
            Adopted(attempt=name, fence=supervisor.spec.fence, acknowledged=supervisor.log.acknowledged)
            for name, supervisor in self._attempts.items()
        )
        given_up = (
            Adopted(attempt=name, fence=report.fence, acknowledged=report.first - 1) for name, report in self._given_up.items()
        )
        return Register(
            worker=self._worker,
            name=self._options.name,
            protocol=PROTOCOL,
            version=__version__,
            resources=self._resources,
            adopted=(*followed, *given_up),
            shared_blobs=self._blobs.shared or urlsplit(self._options.server).hostname in _LOOPBACK,
            framework=framework(),
        )

    def registered(self, welcome: Registered) -> None:
        self._blobs.share(welcome.blob_dir)
        self._told.clear()
        for attempt in welcome.drop:
            self._drop(attempt)
        for supervisor in self._attempts.values():
            supervisor.sent = supervisor.log.acknowledged

    def reports(self) -> Iterable[bytes]:
        for supervisor in tuple(self._attempts.values()):
            while report := supervisor.report():
                message = _message(report)
                if message is None:
                    self._tasks[report.attempt].cancel()
                    self._give_up(supervisor, "what it reported cannot be sent")
                    break
                yield message
        for attempt, report in tuple(self._given_up.items()):
            if attempt not in self._told:
                self._told.add(attempt)
                yield msgspec.msgpack.encode(report)

    def heartbeat(self) -> Heartbeat:
        return Heartbeat(zygote=self._keeper.ready)

    def obey(self, order: ServerOrder) -> None:
        match order:
            case Lease(spec=spec):
                self._lease(spec)
            case Cancel(attempt=attempt, fence=fence, grace=grace):
                supervisor = self._attempts.get(attempt)
                if supervisor is not None and supervisor.spec.fence == fence:
                    supervisor.cancel(grace)
            case Ack(attempt=attempt, through=through):
                if attempt in self._told:
                    self._given_up.pop(attempt, None)
                if attempt in self._attempts:
                    self._attempts[attempt].acknowledge(through)
            case Stop():
                self._stop_when_idle()
            case Registered() | Rejected():
                _LOG.warning("the server said %s out of turn", type(order).__name__)
            case _:
                assert_never(order)

    def _lease(self, spec: AttemptSpec) -> None:
        if spec.attempt in self._attempts or spec.attempt in self._given_up:
            return
        try:
            directory = AttemptDirectory.create(self._root, spec)
        except (OSError, DeepForgeError) as error:
            _LOG.error("attempt %s cannot be made: %s", spec.attempt, error)
            kind = "no-space" if isinstance(error, OSError) else "internal"
            self._tell_end(spec, Cause(kind=kind, message=f"the worker has no place: {error}"))
            return
        self._supervise(directory)

    def _tell_end(self, spec: AttemptSpec, cause: Cause, *, after: int = 0) -> None:
        """Report the end as the event behind number `after`; if the server has one of that number, the end still counts."""
        ended = Ended(cause=cause)
        self._told.discard(spec.attempt)
        self._given_up[spec.attempt] = Report(attempt=spec.attempt, fence=spec.fence, first=after + 1, events=(ended,))
        self._connection.notify()

    def _adopt(self) -> None:
        for path in sorted(self._root.iterdir()):
            try:
                directory = AttemptDirectory.load(path)
            except (OSError, DeepForgeError) as error:
                _LOG.error("not adopted: %s", error)
                continue
            if directory is not None:
                self._supervise(directory)
            else:
                shutil.rmtree(path, ignore_errors=True)

    def _supervise(self, directory: AttemptDirectory) -> None:
        attempt = directory.spec.attempt
        try:
            supervisor = Supervisor(directory, self._tools)
        except (OSError, JournalBroken) as error:  # the directory is also its code's working directory
            _LOG.error("attempt %s cannot be followed: %s", attempt, error)
            self._tell_end(directory.spec, _internal(f"the worker's own files in its directory are gone: {error}"))
            self._dispose(abandon(directory, None, self._tools))
            return
        self._attempts[attempt] = supervisor
        task = asyncio.create_task(supervisor.run(), name=f"attempt {attempt}")
        self._tasks[attempt] = task
        task.add_done_callback(lambda done: self._over(attempt, done))

    def _over(self, attempt: AttemptId, task: asyncio.Task[None]) -> None:
        supervisor = self._attempts.pop(attempt, None)
        self._tasks.pop(attempt, None)
        if supervisor is not None and not task.cancelled() and (error := task.exception()) is not None:
            _LOG.error("attempt %s is given up", attempt, exc_info=error)
            self._give_up(supervisor, f"the worker failed over it: {type(error).__name__}: {error}")

    def _give_up(self, supervisor: Supervisor, why: str) -> None:
        """End an attempt that this host cannot see through; all else goes on."""
        self._attempts.pop(supervisor.spec.attempt, None)
        self._tell_end(supervisor.spec, _internal(why), after=supervisor.log.acknowledged)
        self._dispose(supervisor.abandon())

    def _drop(self, attempt: AttemptId) -> None:
        self._given_up.pop(attempt, None)
        supervisor = self._attempts.pop(attempt, None)
        if supervisor is not None:
            self._tasks[attempt].cancel()
            self._dispose(supervisor.drop())

    def _dispose(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._dropping.add(task)
        task.add_done_callback(self._disposed)

    def _disposed(self, task: asyncio.Task[None]) -> None:
        self._dropping.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOG.error("an attempt's processes or directory could not be removed", exc_info=error)

    def _stop_when_idle(self) -> None:
        if self._tasks:
            asyncio.gather(*self._tasks.values(), return_exceptions=True).add_done_callback(lambda _done: self.stop())
        else:
            self.stop()

    async def _stop_attempts(self) -> None:
        """Stop what runs, and give the server the chance to hear of it."""
        for supervisor in self._attempts.values():
            supervisor.cancel(self._options.grace, _STOPPED)
        if self._tasks:
            await asyncio.wait(tuple(self._tasks.values()), timeout=self._options.grace + 5)


def _internal(message: str) -> Cause:
    return Cause(kind="internal", message=message, hint="The worker's log says more. Run it again.")


def _message(report: Report) -> bytes | None:
    """A report as it is sent; None for one that cannot be sent, because an attempt made something of it that cannot be told."""
    try:
        message = msgspec.msgpack.encode(report)
    except (OverflowError, TypeError, *UNREADABLE):
        return None
    return message if len(message) <= LARGEST_FRAME else None


@asynccontextmanager
async def open_host(options: HostOptions) -> AsyncIterator[Host]:
    """A host with its zygote. Raises `Broken` if the directory cannot be used or another host uses it."""
    async with AsyncExitStack() as stack:
        lock = _locked(options.directory)
        stack.callback(os.close, lock)
        keeper = await stack.enter_async_context(ZygoteKeeper(options.directory / "zygote.log", plain=options.plain))
        client = httpx.AsyncClient(
            base_url=options.server, headers={"Authorization": f"Bearer {options.token}"}, timeout=30.0, trust_env=False
        )
        await stack.enter_async_context(client)
        yield Host(options, keeper, client)


def _locked(directory: Path) -> int:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = os.open(directory / "worker.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Broken(
            f"The worker's directory {directory} cannot be used: {error.strerror}.", hint="Choose another one."
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise Broken(f"Another worker uses {directory}.", hint="End it, or choose another directory.") from None
    return lock


def _worker_id(directory: Path) -> WorkerId:
    path = directory / "worker.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=_WorkerFile).worker
    except (FileNotFoundError, msgspec.DecodeError, msgspec.ValidationError):
        worker = WorkerId(new_id())
        write_durably(path, msgspec.json.encode(_WorkerFile(worker)))
        return worker


def _socket_url(server: str) -> str:
    parts = urlsplit(server)
    return parts._replace(
        scheme={"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme), path="/api/workers/live"
    ).geturl()
