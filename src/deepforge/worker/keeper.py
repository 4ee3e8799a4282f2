"""Keeps a zygote for the host: starts it, asks it for runners, starts another when it dies or the installed packages change.

A zygote that is replaced is not ended: its control socket is closed, and it lives until its last runner has ended.
"""

import asyncio
import logging
import os
import re
import signal
import site
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

import msgspec

from deepforge.errors import Busy
from deepforge.worker.control import Fork, Forked, ForkRefused, Ready, Reaped, ZygoteMessage
from deepforge.worker.processes import TAG, TAG_ROOM, signal_process, state

__all__ = ["StartRefused", "ZygoteKeeper", "scrubbed"]

_SECRET = re.compile(r"TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY|ACCESS_KEY|PRIVATE_KEY|DATABASE_URL|MONGO_URI", re.IGNORECASE)
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")
_LOG = logging.getLogger(__name__)
_QUICK_DEATH = 1.0
_LONGEST_PAUSE = 5.0
_LOOKS = 50
_WAKE_SECONDS = 0.5


class StartRefused(Exception):
    """The zygote could not start the attempt; the message says why."""


def scrubbed(environment: dict[str, str]) -> dict[str, str]:
    """What runners may see: nothing that looks like a secret, none of DeepForge's own settings."""
    return {
        name: value
        for name, value in environment.items()
        if not _SECRET.search(name) and not name.upper().startswith("DEEPFORGE_")
    }


class ZygoteKeeper:
    """The host's zygote. `async with` starts it; leaving closes its socket."""

    def __init__(self, log: Path, *, plain: bool = False, ended: Callable[[str], None] = lambda _attempt: None) -> None:
        self._log = log
        self._plain = plain
        self._ended = ended
        self._task: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._asked: dict[str, asyncio.Future[int]] = {}
        self._up = asyncio.Event()
        self._packages: object = None
        self.ready = False
        """The zygote has imported everything."""
        self.seconds = 0.0
        """How long that took."""
        self.process: subprocess.Popen[bytes] | None = None
        self._old: list[subprocess.Popen[bytes]] = []

    async def __aenter__(self) -> "ZygoteKeeper":
        self._task = asyncio.create_task(self._keep())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        for _look in range(_LOOKS):
            if self._reap():
                await asyncio.sleep(0.01)
        for process in self._old:  # those that have runners are left to themselves
            process.returncode = 0

    async def start(self, order: Fork) -> int:
        """The pid of the attempt's new runner. Raises `StartRefused`, and `Busy` if the zygote died over it (ask again)."""
        if self._packages is not None and self._packages != _installed():
            self.retire()
        await self._up.wait()
        assert self._writer is not None
        asked: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._asked[order.attempt] = asked
        try:
            self._writer.write(msgspec.json.encode(order) + b"\n")
            while not (await asyncio.wait({asked}, timeout=_WAKE_SECONDS))[0]:
                self._wake()
            return asked.result()
        finally:
            self._asked.pop(order.attempt, None)

    def _wake(self) -> None:
        """User code may have stopped its parent; it goes on."""
        if self.process is not None and state(self.process.pid) == "T":
            signal_process(self.process.pid, signal.SIGCONT)

    def retire(self) -> None:
        """Have the next runners started by a fresh zygote."""
        self._up.clear()
        self.ready = False
        if self._writer is not None:
            self._writer.close()

    async def _keep(self) -> None:
        pause = 0.1
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                await self._one()
            except OSError as error:  # no process, no descriptor, no space: there may be some later
                _LOG.error("the worker's warm process cannot be started, trying again: %s", error)
            pause = min(pause * 2, _LONGEST_PAUSE) if loop.time() - began < _QUICK_DEATH else 0.1
            await asyncio.sleep(pause)
            self._reap()

    def _reap(self) -> bool:
        """Whether zygotes without a host are left, after those that have ended were taken note of."""
        self._old = [process for process in self._old if process.poll() is None]
        return bool(self._old)

    async def _one(self) -> None:
        """One zygote, from its start until its socket closes."""
        ours, theirs = socket.socketpair()
        with ExitStack() as unless_connected:
            unless_connected.callback(ours.close)
            with theirs:
                process = self._spawn(theirs)
            self._old.append(process)
            self._packages = _installed()
            reader, self._writer = await asyncio.open_connection(sock=ours)
            unless_connected.pop_all()
        self._old.remove(process)
        self.process = process
        self._up.set()
        try:
            while line := await reader.readline():
                self._take(msgspec.json.decode(line, type=ZygoteMessage))
        except (ConnectionError, msgspec.DecodeError, msgspec.ValidationError):
            pass
        finally:
            self._up.clear()
            self.ready = False
            self._writer.close()
            self._fail_asked()
            self._old.append(process)
            self._reap()

    def _spawn(self, control: socket.socket) -> subprocess.Popen[bytes]:
        environment = scrubbed(dict(os.environ)) | _ONE_THREAD
        environment |= {TAG: "-" * TAG_ROOM, "PYTORCH_NVML_BASED_CUDA_CHECK": "1"}
        command = [sys.executable, "-P", "-m", "deepforge.worker.zygote", "--control", str(control.fileno())]
        with self._log.open("ab") as log:
            return subprocess.Popen(
                command + (["--plain"] if self._plain else []),
                pass_fds=[control.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
            )

    def _take(self, message: ZygoteMessage) -> None:
        match message:
            case Ready(seconds=seconds):
                self.ready = True
                self.seconds = seconds
            case Forked(attempt=attempt, pid=pid):
                if attempt in self._asked and not self._asked[attempt].done():
                    self._asked[attempt].set_result(pid)
            case ForkRefused(attempt=attempt, message=why):
                if attempt in self._asked and not self._asked[attempt].done():
                    self._asked[attempt].set_exception(StartRefused(why))
            case Reaped(attempt=attempt):
                self._ended(attempt)

    def _fail_asked(self) -> None:
        for asked in self._asked.values():
            if not asked.done():
                asked.set_exception(Busy("The worker's warm process ended.", hint="It is started again."))


def _installed() -> object:
    """Changes when packages are installed or removed."""
    stamps = []
    for folder in site.getsitepackages():
        with suppress(OSError):
            stamps.append((folder, Path(folder).stat().st_mtime_ns))
    return tuple(stamps)
