"""What decides a job's outcome is recorded when its inputs are there, and again with the torch of the host that takes it."""

import pytest

from deepforge.model.execution import Execution
from deepforge.model.hosting import Ended, Started
from tests.dispatch.things import until, world


def fingerprints(execution: Execution) -> list[str]:
    return [job.fingerprint for job in execution.jobs]


async def test_a_job_has_one_as_soon_as_its_inputs_are_there() -> None:
    async with world() as it:
        execution = await it.start()
        make, use = fingerprints(await it.now(execution))
        assert (len(make), use) == (64, "")
        link, host = await it.connect()
        await until(lambda: bool(link.specs))
        spec = link.specs[0]
        await it.report(host, spec, 1, Started(pid=1), Ended(exit_code=0, outputs=(await it.output("number"),)))
        done = fingerprints(await it.now(execution))
        assert done[0] == make
        assert len(done[1]) == 64


@pytest.mark.parametrize(("data", "same"), [(b"1", True), (b"2", False)])
async def test_equal_inputs_give_equal_ones(data: bytes, same: bool) -> None:
    async with world() as it:
        link, host = await it.connect()
        found = []
        for number, content in enumerate((b"1", data)):
            execution = await it.start()
            await until(lambda wanted=2 * number: len(link.specs) > wanted)  # type: ignore[misc]
            spec = link.specs[-1]
            await it.report(host, spec, 1, Started(pid=1), Ended(exit_code=0, outputs=(await it.output("number", content),)))
            await until(lambda wanted=2 * number + 1: len(link.specs) > wanted)  # type: ignore[misc]
            use = link.specs[-1]
            await it.report(host, use, 1, Started(pid=1), Ended(exit_code=0, outputs=(await it.output("result"),)))
            found.append(fingerprints(await it.now(execution)))
        assert found[0][0] == found[1][0]
        assert (found[0][1] == found[1][1]) is same


async def test_it_counts_with_the_torch_of_the_host() -> None:
    async with world() as it:
        unknown = fingerprints(await it.now(await it.start("a")))[0]
        link, _ = await it.connect("old", slots=1, framework="2.12.0")
        await until(lambda: len(link.specs) == 1)
        known = fingerprints(await it.now(await it.start("b")))[0]
        newer, _ = await it.connect("new", slots=2, framework="2.13.0")
        await until(lambda: len(newer.specs) == 1)
        execution = await it.start("c")
        await until(lambda: len(newer.specs) == 2)
        leased = fingerprints(await it.now(execution))[0]
        assert len({unknown, known, leased}) == 3
