"""A state machine of random events, in any order and repeated: the invariants of an execution hold after each step."""

# mypy: disable-error-code="arg-type, dict-item"
# Ids are plain strings here: no test reads anything out of them.

from datetime import datetime
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from deepforge.engine.effects import CancelAttempt, EnqueueJob, Finished
from deepforge.engine.events import (
    Back,
    Began,
    Ended,
    Event,
    Leased,
    Lost,
    OutOfContact,
    Restarted,
    Returned,
    Started,
    StopAsked,
    Succeeded,
)
from deepforge.engine.run import Run, begin, live_attempt
from deepforge.engine.step import step
from deepforge.ids import BranchName, ExecutionId, JobId, ProjectId, RecordId
from deepforge.model.execution import Cause, Execution, Plan, SourceJob, Status
from tests.engine.samples import START, at, plan_of, stored

NONE = Execution(
    id=ExecutionId(""),
    project=ProjectId("p"),
    branch=BranchName("main"),
    version=1,
    pipeline=RecordId("p"),
    pipeline_name="x",
    name="x",
    status=Status.SUCCESS,
    created=START,
)
JOBS = st.integers(0, 4)


class Executions(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.run = Run(execution=NONE, plan=Plan(pipeline=RecordId("p"), jobs=()))
        self.clock = 0
        self.finished: list[Finished] = []

    @initialize(edges=st.lists(st.sets(st.integers(0, 4), max_size=3), min_size=1, max_size=5))
    def begin(self, edges: list[set[int]]) -> None:
        needs = {f"n{n}": sorted(f"n{m}" for m in wanted if m < n) for n, wanted in enumerate(edges)}
        plan = plan_of(needs)
        self.run = begin(
            plan,
            id="e",
            project="p",
            branch="main",
            version=1,
            pipeline_name="x",
            name="x",
            created=START,
            job_ids=[JobId(f"j{n}") for n in range(len(plan.jobs))],
        )
        self.send(Began(time=START))

    def send(self, event: Event) -> None:
        before = self.run
        self.run, effects = step(self.run, event)
        if before.execution.status.final:
            assert (self.run, effects) == (before, ())
        self.finished += [effect for effect in effects if isinstance(effect, Finished)]
        for old, new in zip(before.execution.jobs, self.run.execution.jobs, strict=True):
            assert not old.status.final or old == new, "a job ends once"
            if not isinstance(event, Began | Restarted):
                queued = EnqueueJob(job=new.id) in effects
                assert queued == (
                    new.status is Status.QUEUED and (old.status is Status.PENDING or (isinstance(event, Returned) and old != new))
                )
        for effect in effects:
            if isinstance(effect, CancelAttempt):
                job = self.run.job(effect.job)
                assert job is not None
                assert effect.fence == job.attempts[-1].fence

    def tick(self) -> datetime:
        self.clock += 1
        return at(self.clock)

    def of(self, number: int, stale: bool) -> dict[str, Any]:
        job = self.run.execution.jobs[number % len(self.run.execution.jobs)]
        attempt = job.attempts[0 if stale else -1] if job.attempts else None
        return {
            "time": self.tick(),
            "job": job.id,
            "attempt": attempt.id if attempt else "ghost",
            "fence": attempt.fence if attempt else 1,
        }

    @rule(number=JOBS)
    def lease(self, number: int) -> None:
        job = self.run.execution.jobs[number % len(self.run.execution.jobs)]
        self.send(Leased(time=self.tick(), job=job.id, attempt=f"{job.id}-{self.clock}", worker="w"))

    @rule(number=JOBS, stale=st.booleans(), kind=st.sampled_from([Started, OutOfContact, Back, Lost, Returned]))
    def report(self, number: int, stale: bool, kind: Any) -> None:
        self.send(kind(**self.of(number, stale)))

    @rule(number=JOBS)
    def lead(self, number: int) -> None:
        self.lease(number)
        self.report(number, False, Started)

    @rule(number=JOBS, stale=st.booleans(), complete=st.sampled_from([True, True, True, False]))
    def succeed(self, number: int, stale: bool, complete: bool) -> None:
        self.send(Succeeded(**self.of(number, stale), outputs=(stored(),) if complete else ()))

    @rule(number=JOBS, stale=st.booleans())
    def end(self, number: int, stale: bool) -> None:
        self.send(Ended(**self.of(number, stale), cause=Cause(kind="exception", message="It broke.")))

    @rule()
    def stop(self) -> None:
        self.send(StopAsked(time=self.tick(), by="Ada"))

    @rule()
    def restart(self) -> None:
        self.run = Run(execution=self.run.execution, plan=self.run.plan)
        self.send(Restarted(time=self.tick()))

    @invariant()
    def holds(self) -> None:
        execution = self.run.execution
        jobs = {job.node: job for job in execution.jobs}
        statuses = {job.status for job in execution.jobs}
        assert execution.status.final == all(status.final for status in statuses)
        assert [effect.status for effect in self.finished] == ([execution.status] if execution.status.final else [])
        if execution.status.final:
            assert (execution.status is Status.SUCCESS) == (statuses == {Status.SUCCESS})
            assert (execution.status is Status.FAILED) == (Status.FAILED in statuses)
            assert (execution.cause == "") == (execution.status is Status.SUCCESS)
            assert execution.status is not Status.CANCELED or execution.stopping
        for planned in self.run.plan.jobs:
            job = jobs[planned.node]
            needs = [jobs[one.node] for one in planned.inputs.values() if isinstance(one, SourceJob)]
            if job.status in (Status.QUEUED, Status.RUNNING, Status.SUCCESS, Status.FAILED):
                assert all(one.status is Status.SUCCESS for one in needs)
            elif job.status is Status.PENDING:
                assert any(one.status is not Status.SUCCESS for one in needs)
                assert not execution.cause
            attempts = job.attempts
            assert [one.fence for one in attempts] == list(range(1, len(attempts) + 1))
            assert all(one.status.final for one in attempts[:-1])
            assert live_attempt(job) is None or not job.status.final
            assert job.status is not Status.RUNNING or attempts[-1].status is Status.RUNNING


TestExecutions = Executions.TestCase
TestExecutions.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
