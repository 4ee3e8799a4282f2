"""Who wants to know: listeners of a project, and of one job.

A listener is called at once, in order, and must not wait: it puts what it hears into a bounded queue of its own (a live socket
closes itself when its queue is full). The events of a project are the very messages that its live sockets send.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from msgspec import Struct

from deepforge.ids import AttemptId, JobId, ProjectId
from deepforge.model.feedback import FeedbackRecord
from deepforge.model.live import ArtifactRemoved, ArtifactSaved, ExecutionChanged, ExecutionRemoved, JobChanged, ProjectChanged

__all__ = ["AttemptBegan", "ConsoleGrew", "Events", "FeedbackGrew", "JobEvent", "ProjectEvent"]

ProjectEvent = ExecutionChanged | JobChanged | ExecutionRemoved | ArtifactSaved | ArtifactRemoved | ProjectChanged


class AttemptBegan(Struct, frozen=True, kw_only=True):
    """A watched job has a new attempt."""

    attempt: AttemptId


class ConsoleGrew(Struct, frozen=True, kw_only=True):
    """There is more console of the attempt to read."""

    attempt: AttemptId


class FeedbackGrew(Struct, frozen=True, kw_only=True):
    """New feedback of the attempt, in order."""

    attempt: AttemptId
    records: tuple[FeedbackRecord, ...]


JobEvent = AttemptBegan | ConsoleGrew | FeedbackGrew


class Events:
    """The listeners of one server."""

    def __init__(self) -> None:
        self._projects: defaultdict[ProjectId, list[Callable[[ProjectEvent], None]]] = defaultdict(list)
        self._jobs: defaultdict[JobId, list[Callable[[JobEvent], None]]] = defaultdict(list)

    @contextmanager
    def of_project(self, project: ProjectId, listener: Callable[[ProjectEvent], None]) -> Iterator[None]:
        """Hear of the project's executions and artifacts while the block runs."""
        self._projects[project].append(listener)
        try:
            yield
        finally:
            self._projects[project].remove(listener)
            if not self._projects[project]:
                del self._projects[project]

    def watch_job(self, job: JobId, listener: Callable[[JobEvent], None]) -> Callable[[], None]:
        """Hear of a job's attempts until the function that comes back is called."""
        self._jobs[job].append(listener)

        def end() -> None:
            if listener in self._jobs.get(job, ()):
                self._jobs[job].remove(listener)
                if not self._jobs[job]:
                    del self._jobs[job]

        return end

    def publish(self, project: ProjectId, event: ProjectEvent) -> None:
        for listener in tuple(self._projects.get(project, ())):
            listener(event)

    def publish_job(self, job: JobId, event: JobEvent) -> None:
        for listener in tuple(self._jobs.get(job, ())):
            listener(event)
