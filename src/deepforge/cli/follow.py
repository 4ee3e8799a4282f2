"""Follows an execution until it ends: its jobs' console comes out as it is written, its changes as lines beside it.

It asks again and again, by byte offset: nothing is lost or shown twice, whatever happens to the connection in between.
"""

import time
from collections.abc import Callable

from deepforge.cli.api import Api
from deepforge.cli.terminal import tell, tell_status
from deepforge.ids import ExecutionId, JobId
from deepforge.model.execution import Execution, Job, Status
from deepforge.model.project import LogPage, Workers

__all__ = ["TAIL", "Console", "Follower", "duration"]

TAIL = 20_000
"""How many characters of each console are remembered for the report."""
_POLL_SECONDS = 0.1
_STOP_SECONDS = 30.0
_WAIT_SECONDS = 5.0


class Console:
    """One job's console on the way to the terminal.

    With a `prefix`, lines come out whole, each with it in front; a progress bar then shows as its last state only.
    """

    def __init__(self, write: Callable[[str], None], prefix: str = "") -> None:
        self.offset = 0
        self.attempt = 0
        self.tail = ""
        self._write = write
        self._prefix = prefix
        self._line = ""

    def add(self, text: str) -> None:
        """Show text that came."""
        self.tail = (self.tail + text)[-TAIL:]
        if not self._prefix:
            self._write(text)
            return
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            self._show(line)

    def end(self) -> None:
        """Show what stands in a last line without an end."""
        if self._line:
            self._show(self._line)
            self._line = ""
        elif not self._prefix and self.tail and not self.tail.endswith("\n"):
            self._write("\n")

    def _show(self, line: str) -> None:
        self._write(f"{self._prefix}{line.rstrip(chr(13)).rpartition(chr(13))[2]}\n")


class Follower:
    """Follows one execution. `write` gets the consoles; changes of status are told beside them."""

    def __init__(self, api: Api, *, write: Callable[[str], None]) -> None:
        self._api = api
        self._write = write
        self._statuses: dict[JobId, Status] = {}
        self._done: set[JobId] = set()
        self.consoles: dict[JobId, Console] = {}

    def follow(self, execution: ExecutionId) -> Execution:
        """Return the execution when it has ended. A `KeyboardInterrupt` stops it; a second one leaves it at that."""
        try:
            return self._until_end(execution, deadline=None)
        except KeyboardInterrupt:
            tell("Stopping the execution...")
            self._api.post(f"/api/executions/{execution}/stop", Execution)
            return self._until_end(execution, deadline=time.monotonic() + _STOP_SECONDS)

    def _until_end(self, execution: ExecutionId, *, deadline: float | None) -> Execution:
        patience: float | None = time.monotonic() + _WAIT_SECONDS
        while True:
            state = self._api.get(f"/api/executions/{execution}", Execution)
            width = max((len(job.name) for job in state.jobs), default=0)
            for job in state.jobs:
                prefix = f"{job.name:{width}} | " if len(state.jobs) > 1 else ""
                self._show(job, self.consoles.setdefault(job.id, Console(self._write, prefix)))
            if state.status.final or (deadline is not None and time.monotonic() > deadline):
                return state
            if patience is not None and time.monotonic() > patience:
                patience = None
                self._explain_wait(state)
            time.sleep(_POLL_SECONDS)

    def _explain_wait(self, execution: Execution) -> None:
        """Say so where nothing starts because nobody computes."""
        if execution.started is None and not any(worker.connected for worker in self._api.get("/api/workers", Workers).workers):
            tell("No worker is connected. Start one with `deepforge start --worker`.", style="yellow")

    def _show(self, job: Job, console: Console) -> None:
        if self._statuses.get(job.id) is not job.status:
            self._statuses[job.id] = job.status
            if job.status not in (Status.PENDING, Status.QUEUED) and not job.status.final:
                tell_status(job.name, job.status)
        if job.id in self._done:
            return
        if job.attempts:
            self._console(job, console)
        if job.status.final:
            console.end()
            self._done.add(job.id)
            tell_status(job.name, job.status, f"{' (from the cache)' if job.cached else ''}{duration(job)}")

    def _console(self, job: Job, console: Console) -> None:
        newest = max(attempt.number for attempt in job.attempts)
        if newest != console.attempt:
            console.attempt, console.offset = newest, 0
        while True:
            page = self._api.get(f"/api/jobs/{job.id}/log", LogPage, {"attempt": newest, "offset": console.offset})
            if page.text:
                console.add(page.text)
            if page.next <= console.offset:
                return
            console.offset = page.next


def duration(thing: Job | Execution) -> str:
    """How long it took, for the end of a line; nothing where it never ran."""
    if thing.started is None or thing.ended is None:
        return ""
    return f" in {(thing.ended - thing.started).total_seconds():.1f} s"
