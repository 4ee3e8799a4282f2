"""The zygote: imports torch once, then forks one runner for each attempt, in milliseconds.

What makes the forks safe: libraries are imported and nothing is computed, their thread pools are held at one thread by the
environment that the host gives, CUDA is never touched, and the number of threads is counted before each fork. If there is
more than one, or where forking is not to be trusted (elsewhere than Linux), a plain process is started instead; the rest is
the same.

The zygote is the parent of its runners and outlives the host: when the host's socket closes, it waits for the runners that it
has, writes how each ended, and ends after the last. It takes orphans of its runners (subreaper) and kills what an ended
attempt left. It holds no token and opens nothing but its socket and the files of attempts.
"""

import argparse
import gc
import importlib
import os
import selectors
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path

import msgspec

from deepforge.worker.control import ExitFile, Fork, Forked, ForkRefused, Ready, Reaped, RunnerFile, ZygoteMessage
from deepforge.worker.durable import sync_directory, write_durably, write_last
from deepforge.worker.processes import TAG, become_subreaper, end_attempt, identity, thread_count
from deepforge.worker.runner import run_forked

__all__ = ["PRELOADED", "main"]

PRELOADED = ("numpy", "torch", "torch.optim", "torch.utils.data", "torch._dynamo", "safetensors", "deepforge.library")
_RETRY_SECONDS = 1.0
_NOT_STARTED = 70


class _Child:
    """A runner of this zygote."""

    def __init__(self, order: Fork) -> None:
        self.attempt = order.attempt
        self.directory = Path(order.directory)
        self.began = time.monotonic()
        self.oom_kills = _oom_kills()


class Zygote:
    """The loop: orders in, runners out."""

    def __init__(self, control: socket.socket, *, warm: bool) -> None:
        self._control: socket.socket | None = control
        self._warm = warm
        self._children: dict[int, _Child] = {}
        self._unwritten: list[tuple[_Child, ExitFile]] = []
        self._received = b""
        self._selector = selectors.DefaultSelector()
        self._woken, waker = socket.socketpair()
        self._waker = waker
        for end in (self._woken, waker):
            end.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        self._selector.register(control, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)

    def serve(self) -> None:
        """Until the host is gone and no runner is left."""
        while self._control is not None or self._children or self._unwritten:
            for key, _ in self._selector.select(_RETRY_SECONDS if self._unwritten else None):
                if key.fileobj is self._woken:
                    with suppress(BlockingIOError):
                        self._woken.recv(4096)
                else:
                    self._receive()
            self._reap()
            self._write_exits()

    def tell(self, message: ZygoteMessage) -> None:
        """Send a message to the host, if it is still there."""
        if self._control is not None:
            with suppress(OSError):
                self._control.sendall(msgspec.json.encode(message) + b"\n")

    def _receive(self) -> None:
        assert self._control is not None
        try:
            data = self._control.recv(65536)
        except OSError:
            data = b""
        if not data:
            self._selector.unregister(self._control)
            self._control.close()
            self._control = None
            return
        *lines, self._received = (self._received + data).split(b"\n")
        for line in lines:
            self._start(msgspec.json.decode(line, type=Fork))

    def _start(self, order: Fork) -> None:
        directory = Path(order.directory)
        try:
            self._claim(directory)
        except OSError as error:
            self.tell(ForkRefused(attempt=order.attempt, message=f"{type(error).__name__}: {error}"))
            return
        try:
            pid = self._fork(order) if self._warm and thread_count() == 1 else _spawn(order)
        except OSError as error:
            (directory / "runner.json").unlink()
            self.tell(ForkRefused(attempt=order.attempt, message=f"no process could be made: {error}"))
            return
        self._children[pid] = _Child(order)
        known = RunnerFile(zygote_pid=os.getpid(), zygote=identity(os.getpid()), pid=pid, runner=identity(pid))
        with suppress(OSError):  # no space: the host has the pid from the message below
            write_durably(directory / "runner.json", msgspec.json.encode(known))
        self.tell(Forked(attempt=order.attempt, pid=pid))

    def _claim(self, directory: Path) -> None:
        """Take the attempt; raises `FileExistsError` if another zygote has (its host died after asking it)."""
        claim = RunnerFile(zygote_pid=os.getpid(), zygote=identity(os.getpid()))
        with (directory / "runner.json").open("xb") as file:
            file.write(msgspec.json.encode(claim))
        sync_directory(directory)

    def _fork(self, order: Fork) -> int:
        pid = os.fork()
        if pid == 0:
            try:
                for end in (self._control, self._woken, self._waker, self._selector):
                    if end is not None:
                        end.close()
                run_forked(order)
            finally:  # whatever happens, the child must not go on as a second zygote
                os._exit(_NOT_STARTED)
        return pid

    def _reap(self) -> None:
        while True:
            try:
                ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if ended is None:
                return
            child = self._children.pop(ended.si_pid, None)
            if child is not None:  # while it is still a zombie its pid, and so its group, cannot be another's
                end_attempt(ended.si_pid, child.attempt)
            _, status = os.waitpid(ended.si_pid, 0)
            if child is not None:
                self._unwritten.append((child, _exit_file(child, status)))

    def _write_exits(self) -> None:
        for child, how in tuple(self._unwritten):
            try:
                write_last(child.directory / "exit.json", msgspec.json.encode(how))
            except FileNotFoundError:  # the host has dropped the attempt
                pass
            except OSError as error:
                _log(f"cannot write how {child.attempt} ended, trying again: {error}")
                continue
            self._unwritten.remove((child, how))
            self.tell(Reaped(attempt=child.attempt))


def _spawn(order: Fork) -> int:
    """A plain process in place of a fork."""
    environment = dict(os.environ) | order.environment | {TAG: order.attempt}
    command = [sys.executable, "-P", "-m", "deepforge.worker.runner", order.directory]
    command += ["--seed", str(order.seed), "--threads", str(order.threads)]
    return os.posix_spawn(sys.executable, command, environment)


def _exit_file(child: _Child, status: int) -> ExitFile:
    code = os.waitstatus_to_exitcode(status)
    return ExitFile(
        exit_code=code if code >= 0 else None,
        signal=-code if code < 0 else None,
        duration=time.monotonic() - child.began,
        oom=_oom_kills() > child.oom_kills,
    )


def _oom_kills() -> int:
    try:
        text = Path("/proc/vmstat").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("oom_kill ")), 0)


def _log(line: str) -> None:
    with suppress(OSError):  # the disk that is full may be that of the log
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def _preload() -> None:
    for name in PRELOADED:
        try:
            importlib.import_module(name)
        except ImportError as error:
            _log(f"not preloaded: {name}: {error}")
    gc.collect()
    gc.freeze()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="deepforge.worker.zygote")
    parser.add_argument("--control", type=int, required=True, help="descriptor of the socket to the host")
    parser.add_argument("--plain", action="store_true", help="start plain processes, import nothing")
    options = parser.parse_args(arguments)
    became = become_subreaper()
    began = time.monotonic()
    warm = became and not options.plain
    if warm:
        _preload()
    zygote = Zygote(socket.socket(fileno=options.control), warm=warm)
    zygote.tell(Ready(seconds=time.monotonic() - began, warm=warm))
    zygote.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
