"""Who gets which job, in which order; what cannot be given to anybody."""

import asyncio
from functools import partial

from deepforge.dispatch.hosts import Hosts
from deepforge.dispatch.leasing import Leasing
from deepforge.dispatch.runs import ActiveRun
from deepforge.engine.events import Event
from deepforge.errors import Busy
from deepforge.ids import JobId, RecordId
from deepforge.model.execution import Cause, Status
from deepforge.model.hosting import Ended, Lease, Started
from deepforge.model.records import Module
from tests.dispatch.things import PROJECT, Link, registration, until, world


async def test_slots_bound_what_a_host_gets_and_the_oldest_goes_first() -> None:
    async with world() as it:
        executions = [await it.start() for _ in range(3)]
        link, host = await it.connect(slots=2)
        await until(lambda: len(link.specs) == 2)
        assert [spec.execution for spec in link.specs] == [one.id for one in executions[:2]]
        assert [queued.execution for queued in it.dispatcher.workers().queue] == [executions[2].id]
        cause = Cause(kind="exit", message="It ended.")
        await it.report(host, link.specs[0], 1, Started(pid=1), Ended(exit_code=1, cause=cause))
        await until(lambda: len(link.specs) == 3)
        assert it.dispatcher.workers().queue == ()


async def test_jobs_go_to_the_host_with_the_most_room() -> None:
    async with world() as it:
        small, _ = await it.connect("small", slots=1)
        large, _ = await it.connect("large", slots=3)
        for _ in range(3):
            await it.start()
        await until(lambda: len(small.specs) + len(large.specs) == 3)
        assert (len(small.specs), len(large.specs)) == (1, 2)


async def test_a_silent_host_gets_no_jobs() -> None:
    async with world() as it:
        link, _ = await it.connect()
        it.clock.seconds = 31
        await it.dispatcher.check_contact()
        await it.start()
        await until(lambda: len(it.dispatcher.workers().queue) == 1)
        assert link.specs == []


async def test_a_job_that_never_begins_anywhere_is_given_up() -> None:
    async with world() as it:
        execution = await it.start()
        for number in range(1, 6):
            link, host = await it.connect()
            await until(partial(link.of, Lease))
            assert link.specs[0].fence == number
            it.dispatcher.disconnect(link, host)
        last, _ = await it.connect()
        done = await it.now(execution)
        assert (done.status, done.cause, last.specs) == (
            Status.FAILED,
            '"make" failed: It was given to a worker 5 times, and never began.',
            [],
        )


async def test_code_that_is_too_large_for_a_message_fails_its_job_and_is_not_sent() -> None:
    """Sent, it would end the connection of every host that gets it, with all that runs there, again and again."""
    modules = tuple(Module(id=RecordId(f"m{n}"), name=f"m{n}", code="x" * 999_999) for n in range(9))
    async with world() as it:
        link, host = await it.connect(slots=1)
        execution = await it.start(more=modules)
        await until(lambda: it.dispatcher.running(PROJECT) == 0)
        done = await it.now(execution)
        assert done.cause is not None
        assert (done.status, link.specs, host.attempts) == (Status.FAILED, [], {})
        assert done.cause.startswith('"make" failed: Its code is too large: 8.6 MiB')
        await it.start()
        await until(lambda: len(link.specs) == 1)


async def test_a_job_that_waits_no_more_is_not_shown_and_not_queued_again() -> None:
    """Stopped while it was given to a host, which then failed; and one that nobody knows."""
    async with world() as it:
        execution = await it.start()

        async def stopped(active: ActiveRun, _: Event) -> None:
            await it.dispatcher.stop(active.id)
            raise Busy("The database is locked.")

        hosts = Hosts(it.clock)
        hosts.connect(Link(), registration())
        leasing = Leasing(it.dispatcher._runs, hosts, it.clock, stopped)
        leasing.add(JobId("unknown"))
        leasing.add(execution.jobs[0].id)
        assert [one.job for one in leasing.waiting()] == [execution.jobs[0].id]
        keeping = asyncio.create_task(leasing.keep_leasing())
        await until(lambda: it.dispatcher.running(PROJECT) == 0)
        await until(lambda: not hosts.all()[0].attempts)
        assert (leasing.waiting(), leasing._queue) == ((), {})
        keeping.cancel()
