"""What the worker asks of the operating system about processes: who lives, who belongs to an attempt, and ending them.

A process belongs to an attempt if it is in the process group of the attempt's runner, or if its environment carries the
attempt's tag. The tag is written *into* the memory that the kernel shows as `/proc/<pid>/environ`, so that it also marks a
runner that was forked and never executed a program, and whatever that forks in turn, however often it leaves its session.
Where there is no `/proc` (elsewhere than Linux) only the group is known.
"""

import ctypes
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

__all__ = [
    "TAG",
    "TAG_ROOM",
    "alive",
    "become_subreaper",
    "end_attempt",
    "identity",
    "overwrite_environment",
    "signal_group",
    "signal_process",
    "state",
    "tagged",
    "thread_count",
]

TAG = "DEEPFORGE_ATTEMPT"
TAG_ROOM = 64
"""A zygote starts with a tag of this many bytes, to be overwritten in its children."""

_PROC = Path("/proc")
_PR_SET_CHILD_SUBREAPER = 36
_LONGEST_SWEEP = 5.0
_LONGEST_PID = 12


def become_subreaper() -> bool:
    """Have orphans below this process handed to it (Linux); False where that cannot be had."""
    if not _PROC.joinpath("self").exists():
        return False
    return bool(ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)


def overwrite_environment(name: str, value: str) -> None:
    """Replace a variable of this process where the kernel shows it, within the room that it had at the start.

    An empty value wipes a secret. Nothing happens if the variable is not there.
    """
    libc = ctypes.CDLL(None)
    libc.getenv.restype = ctypes.c_void_p
    address = libc.getenv(name.encode())
    if address is None:
        return
    room = len(ctypes.string_at(address))
    data = value.encode()[:room]
    ctypes.memmove(address, data + b"\0" * (room - len(data)), room)


def thread_count() -> int:
    """How many threads this process has, those of native libraries included; 0 where that cannot be known."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 0


def identity(pid: int) -> str:
    """A text that tells this process from any other of the same pid: pid, start, boot (only the pid where there is no /proc)."""
    fields = _stat(pid)
    return f"{pid}:{fields[19]}:{_boot()}" if len(fields) > 19 else str(pid)


def state(pid: int) -> str:
    """The kernel's letter for what a process does (R, S, T, Z ...), "" if there is none."""
    return (_stat(pid) or [""])[0]


def alive(who: str) -> bool:
    """Whether the process with this `identity` still runs (a zombie does not)."""
    number = who.partition(":")[0]
    pid = int(number) if number.isdecimal() and len(number) < _LONGEST_PID else 0
    if pid <= 0 or state(pid) in ("Z", "X"):
        return False
    if not _PROC.joinpath("self").exists():
        return _can_signal(pid)
    return ":" in who and identity(pid) == who


def _can_signal(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def tagged(attempt: str) -> list[int]:
    """The pids of all processes whose environment carries the attempt's tag, this one excepted."""
    entry = f"{TAG}={attempt}".encode()
    return [pid for pid in _pids() if pid != os.getpid() and entry in _environment(pid)]


def signal_group(group: int, number: int) -> bool:
    """Send a signal to a process group; False if it is not there (any more, or yet)."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def signal_process(pid: int, number: int) -> None:
    """Send a signal to a process; nothing happens if it is gone."""
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def end_attempt(group: int | None, attempt: str) -> None:
    """Kill the group and everything that carries the attempt's tag, again until nothing is left (5 s at most)."""
    deadline = time.monotonic() + _LONGEST_SWEEP
    while True:
        if group is not None:
            signal_group(group, signal.SIGKILL)
        left = [pid for pid in tagged(attempt) if state(pid) not in ("Z", "X", "")]
        for pid in left:
            signal_process(pid, signal.SIGKILL)
        if not left or time.monotonic() > deadline:
            return
        time.sleep(0.001)


def _boot() -> str:
    try:
        return _PROC.joinpath("sys/kernel/random/boot_id").read_text().strip()[:8]
    except OSError:
        return ""


def _pids() -> list[int]:
    try:
        return [int(name) for name in os.listdir(_PROC) if name.isdigit()]
    except OSError:
        return []


def _environment(pid: int) -> list[bytes]:
    try:
        return _PROC.joinpath(str(pid), "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _stat(pid: int) -> list[str]:
    """The fields of `/proc/<pid>/stat` after the name of the program, which may hold anything."""
    try:
        text = _PROC.joinpath(str(pid), "stat").read_text(errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()
