"""What a host and its zygote say to each other: one JSON object a line on a socket; and the files that outlive both."""

from typing import Annotated

from msgspec import Meta, Struct, field

from deepforge.model.execution import Cause

__all__ = ["CanceledFile", "ExitFile", "Fork", "ForkRefused", "Forked", "Ready", "Reaped", "RunnerFile", "ZygoteMessage"]


Pid = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class Fork(Struct, frozen=True, kw_only=True):
    """Run the attempt of this directory. `threads` is what torch may use; `environment` is added to the runner's."""

    attempt: str
    directory: str
    seed: int = 0
    threads: int = 1
    environment: dict[str, str] = field(default_factory=dict)


class Ready(Struct, frozen=True, kw_only=True, tag_field="type", tag="ready"):
    """The zygote has imported everything. `warm` is False where it starts plain processes instead of forks."""

    seconds: float
    warm: bool


class Forked(Struct, frozen=True, kw_only=True, tag_field="type", tag="forked"):
    attempt: str
    pid: int


class ForkRefused(Struct, frozen=True, kw_only=True, tag_field="type", tag="refused"):
    """The attempt was not started."""

    attempt: str
    message: str


class Reaped(Struct, frozen=True, kw_only=True, tag_field="type", tag="reaped"):
    """The attempt's runner has ended, and `exit.json` is written."""

    attempt: str


ZygoteMessage = Ready | Forked | ForkRefused | Reaped


class RunnerFile(Struct, frozen=True, kw_only=True):
    """`runner.json`: who runs the attempt. Made (without a runner) before the fork, so that no attempt is started twice.

    Processes are given by `processes.identity`; `pid` is 0 until the fork.
    """

    zygote_pid: Pid
    zygote: str
    pid: Pid = 0
    runner: str = ""


class ExitFile(Struct, frozen=True, kw_only=True):
    """`exit.json`, written by the runner's parent: how the runner ended. `duration` in seconds.

    `oom`: the kernel ended a process for want of memory while this one ran.
    """

    exit_code: Annotated[int, Meta(ge=0, le=255)] | None = None
    signal: Annotated[int, Meta(ge=0, le=255)] | None = None
    duration: float = 0.0
    oom: bool = False


class CanceledFile(Struct, frozen=True, kw_only=True):
    """`cancel.json`: the attempt was told to stop, at this time (seconds since 1970); after `grace` seconds it is killed."""

    time: float
    grace: float
    cause: Cause
