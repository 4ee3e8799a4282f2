"""One step of an execution: ``step(run, event) -> (run, effects)``.

All ready jobs are queued at once. After a failure running jobs finish and nothing new starts; the execution is then
`failed` and names the job and the reason. A stop ends running attempts; what they did not finish is `canceled`, and so
is the execution (unless every job had succeeded before the stop reached it). Each job and the execution reach one final
status, once.
"""

from typing import Any, assert_never

from msgspec.structs import replace

from deepforge.engine.effects import CancelAttempt, Effect, EnqueueJob, Finished, PassArtifact, SaveArtifact
from deepforge.engine.events import (
    ArtifactWasSaved,
    AttemptEvent,
    Back,
    Began,
    Ended,
    Event,
    Fingerprinted,
    Leased,
    Lost,
    OutOfContact,
    Progressed,
    Restarted,
    Returned,
    Started,
    StopAsked,
    Succeeded,
)
from deepforge.engine.run import Run, live_attempt
from deepforge.ids import JobId, RecordId
from deepforge.model.execution import Attempt, Cause, Job, JobPlan, SourceJob, Status, Time

__all__ = ["step"]

Stepped = tuple[Run, tuple[Effect, ...]]
MOST_RETURNS = 5
"""After so many attempts of a job that never began it fails: it may be what ends the worker each time."""


def step(run: Run, event: Event) -> Stepped:
    """What follows from `event`. The run comes back unchanged, without effects, if the event is late or superseded."""
    match event:
        case Began():
            return _begin(run, event.time)
        case Leased():
            return _lease(run, event)
        case StopAsked():
            return _stop(run, event)
        case Restarted():
            return _restart(run, event.time)
        case ArtifactWasSaved():
            return _saved(run, event), ()
        case Fingerprinted():
            return _fingerprinted(run, event), ()
        case _:
            return _attempt_event(run, event)


def _attempt_event(run: Run, event: AttemptEvent) -> Stepped:
    job = run.job(event.job)
    if job is None or job.status.final or not _current(job, event):
        return run, ()
    match event:
        case Started():
            return _started(run, job, event.time), ()
        case Progressed():
            return _put(run, replace(job, progress=event.progress)), ()
        case OutOfContact():
            return _put(run, replace(job, out_of_contact=True)), ()
        case Back():
            return _put(run, replace(job, out_of_contact=False)), ()
        case Succeeded():
            return _succeed(run, job, event)
        case Ended():
            return _end(run, job, event)
        case Lost():
            cause = Cause(kind="lost", message=event.reason, hint="Run it again; another worker can take it.")
            return _end(run, job, Ended(time=event.time, job=job.id, attempt=event.attempt, fence=event.fence, cause=cause))
        case Returned():
            return _return(run, job, event)
        case _:
            assert_never(event)


def _current(job: Job, event: AttemptEvent) -> bool:
    attempt = live_attempt(job)
    return attempt is not None and attempt.id == event.attempt and attempt.fence == event.fence


# The execution


def _begin(run: Run, time: Time) -> Stepped:
    if run.execution.status is not Status.PENDING:
        return run, ()
    run = _change(run, status=Status.QUEUED)
    passed = tuple(PassArtifact(node=save.node, name=save.name, source=source) for source, save in run.plan.passes)
    run, queued = _queue_ready(run)
    run, finished = _finish(run, time)
    return run, passed + queued + finished


def _queue_ready(run: Run) -> Stepped:
    """Queue every pending job whose inputs are there, unless the execution is on its way to an end."""
    if run.execution.stopping or run.execution.cause:
        return run, ()
    done = {job.node for job in run.execution.jobs if job.status is Status.SUCCESS}
    jobs: list[Job] = []
    queued: list[Effect] = []
    for job, planned in zip(run.execution.jobs, run.plan.jobs, strict=True):
        if job.status is Status.PENDING and _needs(planned) <= done:
            queued.append(EnqueueJob(job=job.id))
            job = replace(job, status=Status.QUEUED)
        jobs.append(job)
    return (run.with_jobs(jobs), tuple(queued)) if queued else (run, ())


def _needs(planned: JobPlan) -> set[RecordId]:
    return {source.node for source in planned.inputs.values() if isinstance(source, SourceJob)}


def _finish(run: Run, time: Time) -> Stepped:
    """End the execution when its last job has ended."""
    statuses = {job.status for job in run.execution.jobs}
    if run.execution.status.final or not all(status.final for status in statuses):
        return run, ()
    if Status.FAILED in statuses:
        status = Status.FAILED
    elif Status.CANCELED in statuses:
        status = Status.CANCELED
    else:
        status = Status.SUCCESS
    cause = "" if status is Status.SUCCESS else run.execution.cause
    return _change(run, status=status, ended=time, cause=cause), (Finished(status=status),)


def _stop(run: Run, event: StopAsked) -> Stepped:
    if run.execution.status.final or run.execution.stopping:
        return run, ()
    by = f"Stopped by {event.by}." if event.by else "Stopped."
    run = _change(run, stopping=True, cause=run.execution.cause or by)
    run, canceled = _cancel_waiting(run, Cause(kind="canceled", message=by), event.time)
    running = tuple(_cancel(job) for job in run.execution.jobs if job.status is Status.RUNNING)
    run, finished = _finish(run, event.time)
    return run, canceled + running + finished


def _restart(run: Run, time: Time) -> Stepped:
    execution = run.execution
    if execution.status is Status.PENDING:
        return _begin(run, time)
    queued = tuple(EnqueueJob(job=job.id) for job in execution.jobs if job.status is Status.QUEUED and live_attempt(job) is None)
    if not execution.stopping:
        return run, queued
    return run, queued + tuple(_cancel(job) for job in execution.jobs if job.status is Status.RUNNING)


def _saved(run: Run, event: ArtifactWasSaved) -> Run:
    if event.artifact in run.execution.artifacts:
        return run
    return _change(run, artifacts=(*run.execution.artifacts, event.artifact))


def _cancel_waiting(run: Run, cause: Cause, time: Time) -> Stepped:
    """Cancel every job that does not run yet, with the attempts that hosts were given and have not begun."""
    effects: list[Effect] = []

    def cancel(job: Job) -> Job:
        if job.status not in (Status.PENDING, Status.QUEUED):
            return job
        if live_attempt(job) is not None:
            effects.append(_cancel(job))
            job = _with_attempt(job, status=Status.CANCELED, ended=time, cause=cause)
        return replace(job, status=Status.CANCELED, ended=time, cause=cause, out_of_contact=False)

    return run.with_jobs([cancel(job) for job in run.execution.jobs]), tuple(effects)


def _cancel(job: Job) -> CancelAttempt:
    attempt = job.attempts[-1]
    return CancelAttempt(job=job.id, attempt=attempt.id, fence=attempt.fence, worker=attempt.worker)


# One job


def _lease(run: Run, event: Leased) -> Stepped:
    job = run.job(event.job)
    if job is None or job.status is not Status.QUEUED or live_attempt(job) is not None:
        return run, ()
    attempt = Attempt(
        id=event.attempt,
        number=len(job.attempts) + 1,
        fence=job.attempts[-1].fence + 1 if job.attempts else 1,
        status=Status.QUEUED,
        worker=event.worker,
        worker_name=event.worker_name,
    )
    return _put(run, replace(job, attempts=(*job.attempts, attempt), fingerprint=event.fingerprint or job.fingerprint)), ()


def _fingerprinted(run: Run, event: Fingerprinted) -> Run:
    job = run.job(event.job)
    if job is None or job.status is not Status.QUEUED or job.fingerprint == event.fingerprint:
        return run
    return _put(run, replace(job, fingerprint=event.fingerprint))


def _started(run: Run, job: Job, time: Time) -> Run:
    if job.status is Status.RUNNING:
        return run
    job = _with_attempt(job, status=Status.RUNNING, started=time)
    run = _put(run, replace(job, status=Status.RUNNING, started=time))
    if run.execution.started is None:
        run = _change(run, status=Status.RUNNING, started=time)
    return run


def _succeed(run: Run, job: Job, event: Succeeded) -> Stepped:
    planned = run.job_plan(job.id)
    by_name = {output.name: output for output in event.outputs}
    missing = [port.name for port in planned.outputs if port.name not in by_name]
    if missing:
        cause = Cause(kind="outputs", message=f"It ended without its output {missing[0]!r}.", record=planned.operation)
        return _end(run, job, _as_ended(event, cause))
    run = _started(run, job, event.time)
    job = _with_attempt(_job(run, job.id), status=Status.SUCCESS, ended=event.time, exit_code=event.exit_code)
    job = replace(job, status=Status.SUCCESS, ended=event.time, outputs=event.outputs, out_of_contact=False)
    run = _put(run, job)
    saves = tuple(SaveArtifact(job=job.id, node=save.node, name=save.name, output=by_name[save.output]) for save in planned.saves)
    run, queued = _queue_ready(run)
    run, finished = _finish(run, event.time)
    return run, saves + queued + finished


def _as_ended(event: Succeeded, cause: Cause) -> Ended:
    return Ended(time=event.time, job=event.job, attempt=event.attempt, fence=event.fence, cause=cause, exit_code=event.exit_code)


def _end(run: Run, job: Job, event: Ended) -> Stepped:
    """The attempt did not succeed: after a stop the job is canceled, otherwise it has failed."""
    stopping = run.execution.stopping
    status = Status.CANCELED if stopping else Status.FAILED
    ended = _with_attempt(job, status=status, ended=event.time, exit_code=event.exit_code, signal=event.signal, cause=event.cause)
    run = _put(run, replace(ended, status=status, ended=event.time, cause=event.cause, out_of_contact=False))
    canceled: tuple[Effect, ...] = ()
    if not stopping:
        reason = f'"{job.name}" failed: {event.cause.message}'
        run = _change(run, cause=run.execution.cause or reason)
        skipped = Cause(kind="canceled", message=f'Not run, because "{job.name}" failed.')
        run, canceled = _cancel_waiting(run, skipped, event.time)
    run, finished = _finish(run, event.time)
    return run, canceled + finished


def _return(run: Run, job: Job, event: Returned) -> Stepped:
    if job.status is not Status.QUEUED:
        return run, ()
    if sum(attempt.status is Status.CANCELED for attempt in job.attempts) >= MOST_RETURNS - 1:
        message = f"It was given to a worker {MOST_RETURNS} times, and never began."
        given_up = Cause(kind="lost", message=message, hint="See the worker's log, then run it again.")
        return _end(run, job, Ended(time=event.time, job=job.id, attempt=event.attempt, fence=event.fence, cause=given_up))
    cause = Cause(kind="lost", message="The worker did not get it; it was queued again.")
    job = _with_attempt(job, status=Status.CANCELED, ended=event.time, cause=cause)
    return _put(run, replace(job, out_of_contact=False)), (EnqueueJob(job=job.id),)


# Frozen values, changed


def _job(run: Run, job: JobId) -> Job:
    found = run.job(job)
    if found is None:
        raise KeyError(job)
    return found


def _put(run: Run, job: Job) -> Run:
    return run.with_jobs([job if one.id == job.id else one for one in run.execution.jobs])


def _change(run: Run, **fields: Any) -> Run:  # noqa: ANN401
    return Run(execution=replace(run.execution, **fields), plan=run.plan)


def _with_attempt(job: Job, **fields: Any) -> Job:  # noqa: ANN401
    return replace(job, attempts=(*job.attempts[:-1], replace(job.attempts[-1], **fields)))
