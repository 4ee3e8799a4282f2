"""Queue, leases, fences, contact, recovery: over stores in memory and a clock that is moved by hand."""

import pytest
from msgspec.structs import replace

from deepforge.errors import Busy, Forbidden, Invalid, NotFound
from deepforge.ids import AttemptId, TransactionId
from deepforge.model.execution import Cause, Execution, Progress, Snapshot, Status
from deepforge.model.feedback import ProgressChanged
from deepforge.model.hosting import Adopted, Ended, FeedbackWritten, Started
from deepforge.model.live import ArtifactSaved, ExecutionChanged, ExecutionRemoved, JobChanged
from deepforge.storage.memory_storage import MemoryStorage
from tests.dispatch.things import NO_BLOB, PROJECT, HandClock, until, world


async def locked(_: Execution) -> None:
    """A store that cannot store now."""
    raise Busy("The database is locked.", code="locked")


async def test_S010_jobs_run_one_after_another_and_the_output_is_saved() -> None:
    async with world() as it:
        link, host = await it.connect()
        execution = await it.start()
        await until(lambda: len(link.specs) == 1)
        make = link.specs[0]
        assert (make.name, make.fence, make.inputs) == ("make", 1, {})
        number = await it.output("number")
        await it.report(host, make, 1, Started(pid=1), Ended(exit_code=0, outputs=(number,)))
        assert link.acked(make) == 2
        await until(lambda: len(link.specs) == 2)
        use = link.specs[1]
        assert use.inputs["number"].blob == number.blob
        await it.report(host, use, 1, Started(pid=2), Ended(exit_code=0, outputs=(await it.output("result"),)))
        done = await it.now(execution)
        assert (done.status, done.version, done.author) == (Status.SUCCESS, 7, "Ada")
        (saved,) = [event.artifact for event in it.heard if isinstance(event, ArtifactSaved)]
        assert (saved.name, saved.made_by, done.artifacts) == ("answer", "use in chain_execution_1", (saved.id,))


async def test_names_are_counted_and_keys_are_idempotent() -> None:
    async with world() as it:
        first, same, second = await it.start("a"), await it.start("a"), await it.start("b")
        assert (first.id == same.id, first.name, second.name) == (True, "chain_execution_1", "chain_execution_2")


@pytest.mark.parametrize("fails", ["create", "save"])
async def test_an_execution_that_could_not_be_begun_is_begun_with_its_key(monkeypatch: pytest.MonkeyPatch, fails: str) -> None:
    """The store keeps the execution, then fails: asked with the same key again, it runs, and there is one."""
    async with world() as it:
        link, _ = await it.connect()
        create = it.storage.executions.create

        async def kept(execution: Execution, snapshot: Snapshot, key: TransactionId) -> Execution:
            await create(execution, snapshot, key)
            raise Busy("The database is locked.", code="locked")

        monkeypatch.setattr(it.storage.executions, fails, {"create": kept, "save": locked}[fails])
        with pytest.raises(Busy):
            await it.start("a")
        monkeypatch.undo()
        execution = await it.start("a")
        await until(lambda: bool(link.specs))
        assert [one.id for one in await it.storage.executions.unfinished()] == [execution.id]
        assert (execution.status, (await it.now(execution)).jobs[0].status) == (Status.QUEUED, Status.QUEUED)


async def test_after_a_failure_nothing_new_starts() -> None:
    async with world() as it:
        link, host = await it.connect()
        execution = await it.start()
        await until(lambda: bool(link.specs))
        cause = Cause(kind="exception", message="ValueError: no")
        await it.report(host, link.specs[0], 1, Started(pid=1), Ended(exit_code=1, cause=cause))
        done = await it.now(execution)
        assert (done.status, done.cause) == (Status.FAILED, '"make" failed: ValueError: no')
        assert [job.status for job in done.jobs] == [Status.FAILED, Status.CANCELED]
        assert host.attempts == {}


@pytest.mark.parametrize("case", ["never stored", "another size", "left out"])
async def test_G6_success_needs_every_output_stored(case: str) -> None:
    async with world() as it:
        link, host = await it.connect()
        execution = await it.start()
        await until(lambda: bool(link.specs))
        number = await it.output("number")
        wrong = {
            "never stored": (replace(number, blob=NO_BLOB),),
            "another size": (replace(number, blob=replace(number.blob, size=99)),),
            "left out": (),
        }
        await it.report(host, link.specs[0], 1, Started(pid=1), Ended(exit_code=0, outputs=wrong[case]))
        job = (await it.now(execution)).jobs[0]
        assert job.cause is not None
        assert (job.status, job.cause.kind) == (Status.FAILED, "outputs")


async def test_fault_13_a_silent_host_is_flagged_and_then_lost() -> None:
    async with world() as it:
        link, host = await it.connect()
        execution = await it.start()
        await until(lambda: bool(link.specs))
        await it.report(host, link.specs[0], 1, Started(pid=1))
        it.clock.seconds = 31
        await it.dispatcher.check_contact()
        flagged = (await it.now(execution)).jobs[0]
        assert (flagged.status, flagged.out_of_contact) == (Status.RUNNING, True)
        await it.dispatcher.heard(host)
        assert (await it.now(execution)).jobs[0].out_of_contact is False
        flags = [event.job.out_of_contact for event in it.heard if isinstance(event, JobChanged)]
        assert flags == [True, False]
        it.clock.seconds = 31 + 601
        await it.dispatcher.check_contact()
        done = await it.now(execution)
        assert done.jobs[0].cause is not None
        assert (done.status, done.jobs[0].cause.kind) == (Status.FAILED, "lost")


async def test_fault_14_a_host_that_comes_back_after_its_lease_is_told_to_drop() -> None:
    async with world() as it:
        link, host = await it.connect()
        await it.start()
        await until(lambda: bool(link.specs))
        spec = link.specs[0]
        await it.report(host, spec, 1, Started(pid=1))
        it.dispatcher.disconnect(link, host)
        it.clock.seconds = 700
        await it.dispatcher.check_contact()
        await it.dispatcher.check_contact()
        back, host = await it.connect(adopted=(Adopted(attempt=spec.attempt, fence=spec.fence, acknowledged=1),))
        assert back.registered.drop == (spec.attempt,)
        await it.report(host, spec, 2, Ended(exit_code=0, outputs=()))
        assert back.acked(spec) == 2


async def test_a_lease_that_never_arrived_is_given_again_with_a_higher_fence() -> None:
    async with world() as it:
        link, host = await it.connect()
        execution = await it.start()
        await until(lambda: bool(link.specs))
        it.dispatcher.disconnect(link, host)
        back, host = await it.connect()
        await until(lambda: bool(back.specs))
        old, new = link.specs[0], back.specs[0]
        assert (new.job, new.fence, old.fence) == (old.job, 2, 1)
        await it.report(host, old, 1, Started(pid=1))
        assert back.canceled(old)
        assert (await it.now(execution)).jobs[0].status is Status.QUEUED
        await it.report(host, new, 1, Started(pid=2))
        assert (await it.now(execution)).jobs[0].status is Status.RUNNING


async def test_G2_a_report_on_another_hosts_attempt_is_refused() -> None:
    async with world() as it:
        link, host = await it.connect("one")
        execution = await it.start()
        await until(lambda: bool(link.specs))
        _, other = await it.connect("two")
        spec = link.specs[0]
        with pytest.raises(Forbidden):
            await it.report(other, spec, 1, Started(pid=1))
        with pytest.raises(Forbidden):
            await it.report(host, replace(spec, fence=99), 1, Started(pid=1))
        assert (await it.now(execution)).jobs[0].status is Status.QUEUED


async def test_fault_15_resent_events_change_nothing_and_gaps_are_refused() -> None:
    async with world() as it:
        link, host = await it.connect()
        execution = await it.start()
        await until(lambda: bool(link.specs))
        spec = link.specs[0]
        progress = FeedbackWritten(records=(ProgressChanged(progress=Progress(label="x", done=1)),))
        with pytest.raises(Invalid):
            await it.report(host, spec, 2, progress)
        for first, events in ((1, (Started(pid=1),)), (1, (Started(pid=1), progress)), (2, (progress,))):
            await it.report(host, spec, first, *events)
        ended = Ended(exit_code=0, outputs=(await it.output("number"),))
        await it.report(host, spec, 3, ended)
        await it.report(host, spec, 3, ended)
        done = (await it.now(execution)).jobs[0]
        assert (done.status, link.acked(spec), len(done.attempts)) == (Status.SUCCESS, 3, 1)


async def test_unknown_attempts_are_acknowledged_and_ended() -> None:
    async with world() as it:
        link, host = await it.connect()
        await it.start()
        await until(lambda: bool(link.specs))
        spec = replace(link.specs[0], attempt=AttemptId("unknown"))
        await it.report(host, spec, 5, Started(pid=1))
        assert (link.acked(spec), link.canceled(spec)) == (5, True)


async def test_stop_cancels_what_runs_and_the_end_is_canceled() -> None:
    async with world() as it:
        link, host = await it.connect()
        execution = await it.start()
        await until(lambda: bool(link.specs))
        await it.report(host, link.specs[0], 1, Started(pid=1))
        stopping = await it.dispatcher.stop(execution.id, by="Ada")
        assert (stopping.status, stopping.stopping, link.canceled(link.specs[0])) == (Status.RUNNING, True, True)
        await it.report(host, link.specs[0], 2, Ended(signal=2, cause=Cause(kind="canceled", message="Stopped.")))
        done = await it.now(execution)
        assert (done.status, done.cause) == (Status.CANCELED, "Stopped by Ada.")
        assert await it.dispatcher.stop(execution.id) == done


async def test_stop_gives_up_what_a_silent_host_has() -> None:
    async with world() as it:
        link, host = await it.connect()
        execution = await it.start()
        await until(lambda: bool(link.specs))
        await it.report(host, link.specs[0], 1, Started(pid=1))
        await it.dispatcher.stop(execution.id)
        it.clock.seconds = 31
        await it.dispatcher.check_contact()
        assert (await it.now(execution)).status is Status.CANCELED


async def test_remove_forgets_an_execution_and_its_reports() -> None:
    async with world() as it:
        execution = await it.start()
        await it.dispatcher.remove(execution.id)
        with pytest.raises(NotFound):
            await it.now(execution)
        assert it.heard[-1] == ExecutionRemoved(execution=execution.id)
        assert it.dispatcher.workers().queue == ()


async def test_rename_is_told_and_kept_by_what_runs() -> None:
    async with world() as it:
        execution = await it.start()
        renamed = await it.dispatcher.rename(execution.id, "better")
        assert renamed.name == "better"
        stopped = await it.dispatcher.stop(execution.id)
        assert stopped.name == "better"
        assert [event.execution.name for event in it.heard if isinstance(event, ExecutionChanged)][-2:] == ["better"] * 2


async def test_restart_runs_the_pinned_plan_under_a_name_of_its_own() -> None:
    async with world() as it:
        first = await it.start()
        again = await it.dispatcher.restart(first.id, first.id, author="Ben")  # type: ignore[arg-type]  # any key
        assert (again.name, again.version, again.author) == ("chain_execution_2", 7, "Ben")
        assert (await it.storage.executions.snapshot(again.id)).plan == (await it.storage.executions.snapshot(first.id)).plan


async def test_fault_03_after_a_restart_nothing_is_lost_and_nothing_runs_twice() -> None:
    storage, clock = MemoryStorage(), HandClock()
    async with world(storage, clock) as it:
        link, host = await it.connect(slots=1)
        running, queued = await it.start(), await it.start()
        await until(lambda: bool(link.specs))
        await it.report(host, link.specs[0], 1, Started(pid=1))
        spec = link.specs[0]
    async with world(storage, clock) as it:
        assert [one.execution for one in it.dispatcher.workers().queue] == [queued.id]
        link, host = await it.connect(slots=1, adopted=(Adopted(attempt=spec.attempt, fence=spec.fence, acknowledged=0),))
        assert link.registered.drop == ()
        assert link.specs == []
        outputs = (await it.output("number"),)
        await it.report(host, spec, 1, Started(pid=1), Ended(exit_code=0, outputs=outputs))
        await until(lambda: len(link.specs) == 1)
        assert link.specs[0].execution == queued.id
        assert (await it.now(running)).jobs[0].status is Status.SUCCESS
        assert len((await it.now(running)).jobs[0].attempts) == 1


async def test_a_crash_between_storing_an_end_and_stepping_loses_nothing() -> None:
    """The report was stored, the execution was not: the host has no acknowledgement and sends the end again."""
    storage = MemoryStorage()
    async with world(storage) as it:
        link, host = await it.connect()
        execution = await it.start()
        await until(lambda: bool(link.specs))
        spec = link.specs[0]
        events = (Started(pid=1), Ended(exit_code=0, outputs=(await it.output("number"),)))
        await storage.reports.append(spec.attempt, 1, events)
    async with world(storage) as it:
        link, host = await it.connect(adopted=(Adopted(attempt=spec.attempt, fence=spec.fence, acknowledged=0),))
        await it.report(host, spec, 1, *events)
        assert (await it.now(execution)).jobs[0].status is Status.SUCCESS
        assert link.acked(spec) == 2


async def test_a_second_connection_of_a_host_ends_the_first() -> None:
    async with world() as it:
        first, host = await it.connect()
        second, again = await it.connect()
        assert (first.closed, second.closed, host is again) == (True, False, True)
        it.dispatcher.disconnect(first, host)
        await it.start()
        await until(lambda: bool(second.specs))


async def test_a_host_is_not_connected_when_that_could_not_be_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    async with world() as it:
        link, host = await it.connect()
        await it.start()
        await until(lambda: bool(link.specs))
        it.dispatcher.disconnect(link, host)
        monkeypatch.setattr(it.storage.executions, "save", locked)
        with pytest.raises(Busy):
            await it.connect()
        assert [one.connected for one in it.dispatcher.workers().workers] == [False]
        monkeypatch.undo()
        back, _ = await it.connect()
        await until(lambda: bool(back.specs))


async def test_removing_a_project_ends_what_runs_in_it() -> None:
    async with world() as it:
        await it.start()
        assert it.dispatcher.running(PROJECT) == 1
        await it.dispatcher.remove_all(PROJECT)
        assert it.dispatcher.running(PROJECT) == 0
