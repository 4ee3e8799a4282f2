"""How an execution advances, case by case: what is queued, saved, canceled, and how it ends."""

# mypy: disable-error-code="arg-type, dict-item, comparison-overlap, union-attr"
# mypy: no-warn-unreachable
# Ids are plain strings here: no test reads anything out of them. A step changes `effects`, which mypy cannot know.

import time
from typing import Any

import msgspec
from msgspec.structs import replace

from deepforge.engine.effects import CancelAttempt, Effect, EnqueueJob, Finished, PassArtifact, SaveArtifact
from deepforge.engine.events import (
    ArtifactWasSaved,
    Back,
    Began,
    Ended,
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
from deepforge.engine.run import Run, begin, input_files
from deepforge.engine.step import step
from deepforge.ids import JobId
from deepforge.model.execution import Attempt, Cause, Execution, Job, Plan, Progress, Save, SourceArtifact, Status
from deepforge.model.hosting import InputFile
from tests.engine.samples import START, at, blob, plan_of, stored

DIAMOND: dict[str, list[str]] = {"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"]}
BROKEN = Cause(kind="exception", message="KeyError: 'labels'")


def new(plan: Plan) -> Run:
    return begin(
        plan,
        id="e",
        project="pr",
        branch="main",
        version=7,
        pipeline_name="train",
        name="train_execution_1",
        created=START,
        job_ids=[JobId(f"j-{job.node}") for job in plan.jobs],
        author="Ada",
    )


class Play:
    """A run and the effects of its last step; ids of attempts are counted for each job."""

    def __init__(self, plan: Plan) -> None:
        self.run = new(plan)
        self.clock = 0
        self.effects: tuple[Effect, ...] = ()

    def do(self, kind: Any, node: str | None = None, *, number: int | None = None, **more: Any) -> "Play":
        self.clock += 1
        if node is not None:
            count = len(self.job(node).attempts)
            number = number or (count + 1 if kind is Leased else count)
            more |= {"job": f"j-{node}", "attempt": f"{node}{number}"}
            more |= {"worker": "w", "worker_name": "here"} if kind is Leased else {"fence": number}
        if kind not in (ArtifactWasSaved, Fingerprinted):
            more["time"] = at(self.clock)
        self.run, self.effects = step(self.run, kind(**more))
        return self

    def job(self, node: str) -> Job:
        job = self.run.job(f"j-{node}")
        assert job is not None
        return job

    def lead(self, *nodes: str) -> "Play":
        for node in nodes:
            self.do(Leased, node).do(Started, node)
        return self

    def succeed(self, *nodes: str) -> "Play":
        for node in nodes:
            self.do(Succeeded, node, outputs=(stored(),))
        return self

    @property
    def statuses(self) -> str:
        return " ".join(job.status.value for job in self.run.execution.jobs)

    @property
    def status(self) -> Status:
        return self.run.execution.status


def begun(edges: dict[str, list[str]] | None = None, **more: Any) -> Play:
    return Play(plan_of(DIAMOND if edges is None else edges, **more)).do(Began)


def test_a_new_execution_is_pending() -> None:
    assert new(plan_of({"a": []})).execution == Execution(
        id="e",
        project="pr",
        branch="main",
        version=7,
        pipeline="p",
        pipeline_name="train",
        name="train_execution_1",
        status=Status.PENDING,
        created=START,
        author="Ada",
        jobs=(Job(id="j-a", execution="e", node="a", name="a", status=Status.PENDING),),
    )


def test_all_ready_jobs_are_queued_at_once() -> None:
    play = begun({"a": [], "b": [], "c": ["a"]})
    assert play.effects == (EnqueueJob(job="j-a"), EnqueueJob(job="j-b"))
    assert (play.statuses, play.status) == ("queued queued pending", Status.QUEUED)


def test_a_diamond_runs_through() -> None:
    play = begun().lead("a").succeed("a")
    assert play.effects == (EnqueueJob(job="j-b"), EnqueueJob(job="j-c"))
    play.lead("b", "c").succeed("b")
    assert play.effects == ()
    play.succeed("c")
    assert play.effects == (EnqueueJob(job="j-d"),)
    play.lead("d").succeed("d")
    assert play.effects == (Finished(status=Status.SUCCESS),)
    execution = play.run.execution
    assert (execution.status, execution.started, execution.ended, execution.cause) == (Status.SUCCESS, at(3), at(13), "")


def test_a_job_keeps_all_of_its_attempt() -> None:
    play = begun({"a": []}).do(Leased, "a", fingerprint="f").do(Started, "a")
    play.do(Progressed, "a", progress=Progress(label="epochs", done=1, total=2)).succeed("a")
    assert play.job("a") == Job(
        id="j-a",
        execution="e",
        node="a",
        name="a",
        status=Status.SUCCESS,
        started=at(3),
        ended=at(5),
        progress=Progress(label="epochs", done=1, total=2),
        fingerprint="f",
        outputs=(stored(),),
        attempts=(
            Attempt(
                id="a1",
                number=1,
                fence=1,
                status=Status.SUCCESS,
                worker="w",
                worker_name="here",
                started=at(3),
                ended=at(5),
                exit_code=0,
            ),
        ),
    )


def test_S043_S211_outputs_are_saved_under_their_names() -> None:
    play = begun({"a": [], "b": ["a"]}, saves=[("a", Save(output="out", node="o1", name="mine"))]).lead("a").succeed("a")
    assert play.effects == (SaveArtifact(job="j-a", node="o1", name="mine", output=stored()), EnqueueJob(job="j-b"))
    play.do(ArtifactWasSaved, artifact="art").do(ArtifactWasSaved, artifact="art")
    assert play.run.execution.artifacts == ("art",)


def test_a_fingerprint_is_recorded_while_the_job_is_queued() -> None:
    play = (
        begun({"a": [], "b": ["a"]}).do(Fingerprinted, job="j-a", fingerprint="f").do(Fingerprinted, job="j-b", fingerprint="f")
    )
    assert (play.job("a").fingerprint, play.job("b").fingerprint) == ("f", "")
    play.lead("a").do(Fingerprinted, job="j-a", fingerprint="late").do(Fingerprinted, job="j-gone", fingerprint="f")
    assert play.job("a").fingerprint == "f"


def test_an_execution_that_only_passes_artifacts_succeeds_at_once() -> None:
    source, save = SourceArtifact(artifact="x", name="x", type="Data", blob=blob("a")), Save(output="data", node="o", name="y")
    play = Play(Plan(pipeline="p", jobs=(), passes=((source, save),))).do(Began)
    assert play.effects == (PassArtifact(node="o", name="y", source=source), Finished(status=Status.SUCCESS))
    assert play.status is Status.SUCCESS


def test_after_a_failure_running_jobs_finish_and_nothing_new_starts() -> None:
    play = begun({"a": [], "b": [], "c": ["a"], "d": [], "e": ["b"]}).lead("a", "b").do(Leased, "d")
    play.do(Ended, "a", cause=BROKEN, exit_code=1)
    skipped = Cause(kind="canceled", message='Not run, because "a" failed.')
    assert play.effects == (CancelAttempt(job="j-d", attempt="d1", fence=1, worker="w"),)
    assert (play.statuses, play.status) == ("failed running canceled canceled canceled", Status.RUNNING)
    assert (play.job("c").cause, play.job("a").cause, play.job("a").attempts[0].exit_code) == (skipped, BROKEN, 1)
    play.succeed("b")
    assert play.effects == (Finished(status=Status.FAILED),)
    assert (play.statuses, play.status) == ("failed success canceled canceled canceled", Status.FAILED)
    assert play.run.execution.cause == "\"a\" failed: KeyError: 'labels'"


def test_the_first_failure_is_the_cause() -> None:
    play = begun({"a": [], "b": []}).lead("a", "b").do(Ended, "b", cause=BROKEN)
    play.do(Ended, "a", cause=Cause(kind="signal", message="It ended by signal 11."))
    assert (play.status, play.run.execution.cause) == (Status.FAILED, "\"b\" failed: KeyError: 'labels'")


def test_a_success_without_an_output_is_a_failure() -> None:
    play = begun({"a": []}).lead("a").do(Succeeded, "a")
    assert (play.status, play.job("a").cause.kind) == (Status.FAILED, "outputs")


def test_a_stop_ends_what_runs_and_cancels_the_rest() -> None:
    play = begun({"a": [], "b": ["a"], "c": []}).lead("a").do(Leased, "c").do(StopAsked, by="Ada")
    assert play.effects == (
        CancelAttempt(job="j-c", attempt="c1", fence=1, worker="w"),
        CancelAttempt(job="j-a", attempt="a1", fence=1, worker="w"),
    )
    assert (play.statuses, play.status, play.run.execution.stopping) == ("running canceled canceled", Status.RUNNING, True)
    assert play.do(StopAsked).effects == ()
    play.do(Ended, "a", cause=Cause(kind="canceled", message="It was stopped."), signal=2)
    assert play.effects == (Finished(status=Status.CANCELED),)
    assert (play.status, play.run.execution.cause) == (Status.CANCELED, "Stopped by Ada.")


def test_a_stop_before_anything_runs_ends_at_once() -> None:
    play = begun().do(StopAsked)
    assert (play.effects, play.status, play.run.execution.cause) == (
        (Finished(status=Status.CANCELED),),
        Status.CANCELED,
        "Stopped.",
    )


def test_a_stop_that_comes_too_late_changes_nothing_that_succeeded() -> None:
    play = begun({"a": []}).lead("a").do(StopAsked).succeed("a")
    assert (play.status, play.run.execution.cause, play.job("a").outputs) == (Status.SUCCESS, "", (stored(),))


def test_an_error_while_stopping_is_a_cancelation_with_its_own_cause() -> None:
    play = begun({"a": []}).lead("a").do(StopAsked).do(Ended, "a", cause=BROKEN)
    assert (play.status, play.job("a").status, play.job("a").cause) == (Status.CANCELED, Status.CANCELED, BROKEN)


def test_a_stop_after_a_failure_leaves_it_failed() -> None:
    play = begun({"a": [], "b": []}).lead("a", "b").do(Ended, "a", cause=BROKEN).do(StopAsked, by="Ada")
    assert play.effects == (CancelAttempt(job="j-b", attempt="b1", fence=1, worker="w"),)
    play.do(Ended, "b", cause=Cause(kind="canceled", message="It was stopped."))
    assert (play.status, play.statuses) == (Status.FAILED, "failed canceled")
    assert play.run.execution.cause == "\"a\" failed: KeyError: 'labels'"


def test_contact_is_a_flag_and_loss_is_a_failure() -> None:
    play = begun({"a": []}).lead("a").do(OutOfContact, "a")
    assert (play.job("a").out_of_contact, play.job("a").status) == (True, Status.RUNNING)
    assert play.do(Back, "a").job("a").out_of_contact is False
    play.do(OutOfContact, "a").do(Lost, "a")
    assert (play.status, play.job("a").cause.kind, play.job("a").out_of_contact) == (Status.FAILED, "lost", False)
    assert play.succeed("a").effects == (), "a late success after the end changes nothing"
    assert play.status is Status.FAILED


def test_an_attempt_that_never_began_is_queued_again_and_superseded() -> None:
    play = begun({"a": []}).do(Leased, "a").do(Returned, "a")
    assert (play.effects, play.job("a").status) == ((EnqueueJob(job="j-a"),), Status.QUEUED)
    play.lead("a")
    assert [(one.number, one.fence, one.status.value) for one in play.job("a").attempts] == [
        (1, 1, "canceled"),
        (2, 2, "running"),
    ]
    before = play.run
    for kind, more in (
        (Started, {}),
        (Succeeded, {"outputs": (stored(),)}),
        (Ended, {"cause": BROKEN}),
        (Lost, {}),
        (OutOfContact, {}),
    ):
        assert play.do(kind, "a", number=1, **more).run is before
        assert play.effects == ()


def test_a_started_attempt_cannot_be_returned() -> None:
    play = begun({"a": []}).lead("a")
    before = play.run
    assert play.do(Returned, "a").run is before


def test_a_lease_of_a_job_that_waits_no_more_changes_nothing() -> None:
    play = begun({"a": [], "b": ["a"]}).do(Leased, "a")
    before = play.run
    assert play.do(Leased, "a", number=9).run is before
    assert play.do(Leased, "b").run is before
    assert play.do(Started, "a", number=5).run is before
    run, effects = step(before, Started(time=at(1), job="ghost", attempt="a1", fence=1))
    assert (run, effects) == (before, ())


def test_a_restart_queues_again_what_was_queued_in_memory() -> None:
    play = begun({"a": [], "b": [], "c": [], "d": ["a"]}).lead("a").do(Leased, "b")
    play.run = Run(execution=msgspec.json.decode(msgspec.json.encode(play.run.execution), type=Execution), plan=play.run.plan)
    assert play.do(Restarted).effects == (EnqueueJob(job="j-c"),)
    play.do(StopAsked).do(Restarted)
    assert play.effects == (CancelAttempt(job="j-a", attempt="a1", fence=1, worker="w"),)


def test_a_restart_before_the_beginning_begins() -> None:
    play = Play(plan_of({"a": []})).do(Restarted)
    assert (play.effects, play.status) == ((EnqueueJob(job="j-a"),), Status.QUEUED)


def test_the_inputs_of_a_job_are_the_outputs_that_were_stored() -> None:
    plan = plan_of({"a": [], "b": ["a"]})
    given = SourceArtifact(artifact="x", name="x", type="Dataset", blob=blob("e"))
    second = replace(plan.jobs[1], inputs={**plan.jobs[1].inputs, "more": given})
    play = Play(replace(plan, jobs=(plan.jobs[0], second))).do(Began).lead("a").succeed("a")
    assert input_files(play.run, "j-b") == {
        "i0": InputFile(type="Tensor", blob=blob("c")),
        "more": InputFile(type="Dataset", blob=blob("e")),
    }


def queued(play: Play) -> list[str]:
    return [effect.job.removeprefix("j-") for effect in play.effects if isinstance(effect, EnqueueJob)]


def run_all(edges: dict[str, list[str]]) -> Play:
    play = begun(edges)
    waiting = queued(play)
    while waiting:
        node = waiting.pop(0)
        play.lead(node).succeed(node)
        waiting += queued(play)
    return play


def test_long_chains_and_wide_diamonds_are_fast() -> None:
    chain = {f"n{n}": [f"n{n - 1}"] if n else [] for n in range(500)}
    wide = {"first": [], **{f"m{n}": ["first"] for n in range(500)}, "last": [f"m{n}" for n in range(500)]}
    for edges in (chain, wide):
        start = time.perf_counter()
        assert run_all(edges).status is Status.SUCCESS
        assert time.perf_counter() - start < 5.0
