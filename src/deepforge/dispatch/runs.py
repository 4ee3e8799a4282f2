"""The unfinished executions: each is stepped by the engine under a lock of its own, stored, and told to whoever listens."""

import asyncio
from collections.abc import Callable, Iterable

from msgspec.structs import replace

from deepforge.dispatch.clock import Clock
from deepforge.dispatch.events import AttemptBegan, Events
from deepforge.dispatch.pinned import job_fingerprint
from deepforge.dispatch.stores import DispatchStores
from deepforge.engine.effects import Effect, EnqueueJob, PassArtifact, SaveArtifact
from deepforge.engine.events import ArtifactWasSaved, Back, Event, Fingerprinted, Leased, OutOfContact, Progressed
from deepforge.engine.run import Run, input_files
from deepforge.engine.step import step
from deepforge.errors import NotFound
from deepforge.ids import ArtifactId, AttemptId, ExecutionId, JobId, new_id
from deepforge.model.artifact import Artifact, BlobInfo, Preview
from deepforge.model.execution import Job, Snapshot
from deepforge.model.live import ArtifactSaved, ExecutionChanged, JobChanged

__all__ = ["ActiveRun", "Runs"]


class ActiveRun:
    """One unfinished execution in memory. `lock` orders its steps, `reporting` its reports; `done` is set at its end."""

    def __init__(self, run: Run, snapshot: Snapshot) -> None:
        self.run = run
        self.snapshot = snapshot
        self.lock = asyncio.Lock()
        self.reporting = asyncio.Lock()
        self.done = asyncio.Event()

    @property
    def id(self) -> ExecutionId:
        return self.run.execution.id


class Runs:
    """All unfinished executions, found by execution, job or attempt. `framework` says the version of torch, if it is known."""

    def __init__(self, stores: DispatchStores, events: Events, clock: Clock, framework: Callable[[], str]) -> None:
        self._stores = stores
        self._framework = framework
        self._events = events
        self._clock = clock
        self._active: dict[ExecutionId, ActiveRun] = {}
        self._jobs: dict[JobId, ExecutionId] = {}
        self._attempts: dict[AttemptId, JobId] = {}

    def all(self) -> list[ActiveRun]:
        return list(self._active.values())

    def get(self, execution: ExecutionId) -> ActiveRun | None:
        return self._active.get(execution)

    def of_job(self, job: JobId) -> ActiveRun | None:
        execution = self._jobs.get(job)
        return None if execution is None else self._active.get(execution)

    def of_attempt(self, attempt: AttemptId) -> tuple[ActiveRun, Job] | None:
        """The run and job of an attempt, superseded ones included."""
        job = self._attempts.get(attempt)
        active = None if job is None else self.of_job(job)
        found = None if active is None or job is None else active.run.job(job)
        return None if active is None or found is None else (active, found)

    def add(self, run: Run, snapshot: Snapshot) -> ActiveRun:
        active = ActiveRun(run, snapshot)
        self._active[run.execution.id] = active
        for job in run.execution.jobs:
            self._jobs[job.id] = run.execution.id
            self._attempts.update((attempt.id, job.id) for attempt in job.attempts)
        return active

    def forget(self, active: ActiveRun) -> None:
        """It has ended."""
        self._active.pop(active.id, None)
        for job in active.run.execution.jobs:
            self._jobs.pop(job.id, None)
            for attempt in job.attempts:
                self._attempts.pop(attempt.id, None)
        active.done.set()

    async def apply(self, active: ActiveRun, event: Event) -> tuple[Effect, ...]:
        """Step the run, store what became of it, tell it; the effects that are left to perform come back.

        Artifacts are saved before the execution is stored: a crash in between saves them once more, and that is once.
        """
        async with active.lock:
            before = active.run
            run, effects = step(before, event)
            if run is before and not effects:
                return ()
            run = self._fingerprint(active, await self._save_artifacts(run, effects), effects)
            if not isinstance(event, Progressed) and run is not before:
                await self._stores.executions.save(run.execution)
            active.run = run
            if isinstance(event, Leased):
                self._attempts[event.attempt] = event.job
            self._tell(before, run, event)
        return tuple(effect for effect in effects if not isinstance(effect, SaveArtifact | PassArtifact))

    def _tell(self, before: Run, run: Run, event: Event) -> None:
        if run is before:
            return
        project = run.execution.project
        if isinstance(event, Progressed | OutOfContact | Back):
            job = run.job(event.job)
            if job is not None:
                self._events.publish(project, JobChanged(job=job))
            return
        self._events.publish(project, ExecutionChanged(execution=run.execution))
        if isinstance(event, Leased):
            self._events.publish_job(event.job, AttemptBegan(attempt=event.attempt))

    def _fingerprint(self, active: ActiveRun, run: Run, effects: Iterable[Effect]) -> Run:
        """Record what decides the outcome of the jobs whose inputs are there now."""
        for effect in effects:
            if isinstance(effect, EnqueueJob):
                planned, inputs = run.job_plan(effect.job), input_files(run, effect.job)
                found = job_fingerprint(active.snapshot, planned, inputs, self._framework())
                run, _ = step(run, Fingerprinted(job=effect.job, fingerprint=found))
        return run

    async def _save_artifacts(self, run: Run, effects: Iterable[Effect]) -> Run:
        for effect in effects:
            match effect:
                case SaveArtifact():
                    artifact = self._from_output(run, effect)
                case PassArtifact():
                    artifact = await self._from_source(run, effect)
                case _:
                    continue
            saved = await self._stores.artifacts.add(artifact)
            run, _ = step(run, ArtifactWasSaved(artifact=saved.id))
            self._events.publish(run.execution.project, ArtifactSaved(artifact=saved))
        return run

    def _from_output(self, run: Run, effect: SaveArtifact) -> Artifact:
        job, output = run.job(effect.job), effect.output
        made_by = f"{job.name if job else 'A job'} in {run.execution.name}"
        saved = self._artifact(run, effect.name, output.type, output.blob, made_by=made_by, preview=output.preview)
        return replace(saved, job=effect.job, output=output.name)

    async def _from_source(self, run: Run, effect: PassArtifact) -> Artifact:
        """An artifact under another name; what its source shows is shown of it, too."""
        source = effect.source
        try:
            preview = (await self._stores.artifacts.get(source.artifact)).preview
        except NotFound:
            preview = None
        return self._artifact(run, effect.name, source.type, source.blob, made_by=run.execution.name, preview=preview)

    def _artifact(self, run: Run, name: str, type: str, blob: BlobInfo, *, made_by: str, preview: Preview | None) -> Artifact:
        return Artifact(
            id=ArtifactId(new_id()),
            project=run.execution.project,
            name=name,
            type=type,
            blob=blob,
            created=self._clock.now(),
            execution=run.execution.id,
            made_by=made_by,
            preview=preview,
        )

    async def rename(self, execution: ExecutionId, name: str) -> None:
        """Give an execution another name, whether it runs or has ended. Raises `NotFound`."""
        active = self.get(execution)
        if active is None:
            changed = replace(await self._stores.executions.get(execution), name=name)
            await self._stores.executions.save(changed)
        else:
            async with active.lock:
                changed = replace(active.run.execution, name=name)
                await self._stores.executions.save(changed)
                active.run = Run(execution=changed, plan=active.run.plan)
        self._events.publish(changed.project, ExecutionChanged(execution=changed))
