"""What every `ExecutionStore` and every `ArtifactStore` does."""

import asyncio

import pytest
from msgspec.structs import replace

from deepforge.dispatch.stores import ArtifactStore, ExecutionStore
from deepforge.errors import Invalid, NotFound
from deepforge.ids import ArtifactId, AttemptId, BlobHash, ExecutionId, JobId, ProjectId, RecordId, TransactionId
from deepforge.model.artifact import BlobInfo
from deepforge.model.execution import (
    Attempt,
    InputSource,
    JobPlan,
    Plan,
    Save,
    Snapshot,
    SourceArtifact,
    SourceJob,
    Status,
    StoredOutput,
)
from deepforge.model.interface import Interface
from deepforge.storage import MemoryStorage, Storage
from tests.storage.things import PROJECT, artifact, execution, snapshot


def blob(name: str) -> BlobInfo:
    return BlobInfo(hash=BlobHash(name), size=1)


def given(name: str) -> SourceArtifact:
    return SourceArtifact(artifact=ArtifactId(name), name=name, type="Data", blob=blob(name))


class ExecutionContract:
    backend = ""

    @pytest.fixture
    def executions(self, storage: MemoryStorage | Storage) -> ExecutionStore:
        return storage.executions

    async def fill(self, executions: ExecutionStore, count: int) -> None:
        for number in range(count):
            made = execution(f"e{number}", pipeline="odd" if number % 2 else "even")
            await executions.create(made, snapshot(f"e{number}"), TransactionId(f"k{number}"))

    async def test_what_was_made_is_there(self, executions: ExecutionStore) -> None:
        made = execution("e1", jobs=2)
        assert await executions.create(made, snapshot("e1"), TransactionId("k1")) == made
        assert await executions.get(made.id) == made
        assert await executions.of_job(JobId("e1-job1")) == made
        assert await executions.snapshot(made.id) == snapshot("e1")

    async def test_fault_63_a_key_makes_one_execution(self, executions: ExecutionStore) -> None:
        tries = [executions.create(execution(f"e{n}"), snapshot(f"e{n}"), TransactionId("k")) for n in range(20)]
        made = await asyncio.gather(*tries)
        assert len({each.id for each in made}) == 1
        other = execution("other", project="elsewhere")
        assert await executions.create(other, snapshot("other"), TransactionId("k")) == other
        assert len((await executions.page(PROJECT)).items) == 1

    async def test_fault_63_what_a_key_made_is_found_until_it_is_removed(self, executions: ExecutionStore) -> None:
        key = TransactionId("k")
        await executions.create(execution("e1"), snapshot("e1"), key)
        changed = replace(execution("e1", Status.SUCCESS), name="renamed")
        await executions.save(changed)
        assert await executions.made_with(PROJECT, key) == changed
        assert await executions.made_with(ProjectId("elsewhere"), key) is None
        assert await executions.made_with(PROJECT, TransactionId("other")) is None
        await executions.remove(changed.id)
        assert await executions.made_with(PROJECT, key) is None

    async def test_saving_replaces_it(self, executions: ExecutionStore) -> None:
        await executions.create(execution("e1"), snapshot("e1"), TransactionId("k1"))
        changed = replace(execution("e1", Status.SUCCESS, jobs=3), name="renamed")
        await executions.save(changed)
        assert await executions.get(changed.id) == changed
        assert await executions.of_job(JobId("e1-job2")) == changed
        assert await executions.names(PROJECT) == {"renamed"}

    async def test_what_is_not_there_is_not_found(self, executions: ExecutionStore) -> None:
        for missing in (executions.get, executions.snapshot):
            with pytest.raises(NotFound):
                await missing(ExecutionId("none"))
        with pytest.raises(NotFound):
            await executions.of_job(JobId("none"))
        with pytest.raises(NotFound):
            await executions.save(execution("none"))

    async def test_attempts_are_those_of_the_project_or_of_all(self, executions: ExecutionStore) -> None:
        for number, project in enumerate(("a", "a", "b")):
            made = execution(f"e{number}", project=project, jobs=2)
            tried = Attempt(id=AttemptId(f"attempt{number}"), number=1, fence=1, status=Status.FAILED)
            jobs = (made.jobs[0], replace(made.jobs[1], attempts=(tried,)))
            await executions.create(replace(made, jobs=jobs), snapshot(f"e{number}"), TransactionId(f"k{number}"))
        assert await executions.attempts(ProjectId("a")) == {"attempt0", "attempt1"}
        assert await executions.attempts() == {"attempt0", "attempt1", "attempt2"}
        await executions.remove(ExecutionId("e0"))
        assert await executions.attempts() == {"attempt1", "attempt2"}

    async def test_blobs_are_all_that_executions_refer_to(self, executions: ExecutionStore) -> None:
        output = StoredOutput(name="net", type="Model", blob=blob("output"))
        made = execution("e0")
        await executions.create(
            replace(made, jobs=(replace(made.jobs[0], outputs=(output,)),)), snapshot("e0"), TransactionId("k0")
        )
        needs: dict[str, InputSource] = {"data": given("input"), "other": SourceJob(node=RecordId("n"), output="net")}
        job = JobPlan(
            node=RecordId("n1"),
            name="n1",
            operation=RecordId("o"),
            interface=Interface(operation=RecordId("o"), name="n1"),
            inputs=needs,
        )
        passed = (given("passed"), Save(output="data", node=RecordId("n2"), name="copy"))
        plan = Plan(pipeline=RecordId("p"), jobs=(job,), passes=(passed,))
        pinned = Snapshot(
            execution=ExecutionId("e1"),
            plan=plan,
            records=(),
            artifacts={RecordId("n3"): given("shown")},
            code_hash=blob("code").hash,
        )
        await executions.create(execution("e1"), pinned, TransactionId("k1"))
        for number in range(2, 250):
            await executions.create(execution(f"e{number}"), snapshot(f"e{number}"), TransactionId(f"k{number}"))
        names = ("output", "input", "passed", "shown", "code")
        assert await executions.blobs() == {blob(name).hash for name in names}
        await executions.remove(ExecutionId("e1"))
        assert await executions.blobs() == {blob("output").hash}

    async def test_unfinished_are_those_that_can_still_change(self, executions: ExecutionStore) -> None:
        for status in Status:
            made = execution(status.value, status, project=f"project-{status.value}")
            await executions.create(made, snapshot(status.value), TransactionId(status.value))
        assert [each.id for each in await executions.unfinished()] == ["pending", "queued", "running"]

    async def test_pages_hold_everything_once_newest_first_while_others_add(self, executions: ExecutionStore) -> None:
        await self.fill(executions, 7)
        first = await executions.page(PROJECT, limit=3)
        await executions.create(execution("late"), snapshot("late"), TransactionId("late"))
        second = await executions.page(PROJECT, limit=3, cursor=first.cursor)
        await executions.remove(ExecutionId("e0"))
        third = await executions.page(PROJECT, limit=3, cursor=second.cursor)
        pages = [[each.id for each in page.items] for page in (first, second, third)]
        assert pages == [["e6", "e5", "e4"], ["e3", "e2", "e1"], []]
        assert third.cursor is None

    async def test_pages_of_one_pipeline(self, executions: ExecutionStore) -> None:
        await self.fill(executions, 4)
        page = await executions.page(PROJECT, pipeline=RecordId("odd"))
        assert ([each.id for each in page.items], page.cursor) == (["e3", "e1"], None)
        assert (await executions.page(ProjectId("other"))).items == ()

    @pytest.mark.parametrize("cursor", ["", "x", "é", "AAAA", "LTE=", "MTIz" * 20])
    async def test_a_cursor_is_checked(self, executions: ExecutionStore, cursor: str) -> None:
        with pytest.raises(Invalid):
            await executions.page(PROJECT, cursor=cursor)

    async def test_removing_frees_its_key_and_is_repeatable(self, executions: ExecutionStore) -> None:
        await executions.create(execution("e1"), snapshot("e1"), TransactionId("k"))
        for _ in range(2):
            await executions.remove(ExecutionId("e1"))
        with pytest.raises(NotFound):
            await executions.of_job(JobId("e1-job0"))
        again = execution("e2")
        assert await executions.create(again, snapshot("e2"), TransactionId("k")) == again


class ArtifactContract:
    backend = ""

    @pytest.fixture
    def artifacts(self, storage: MemoryStorage | Storage) -> ArtifactStore:
        return storage.artifacts

    async def test_S211_equal_name_and_content_is_one_artifact(self, artifacts: ArtifactStore) -> None:
        first = await artifacts.add(artifact("a1"))
        assert first == artifact("a1")
        assert await artifacts.add(artifact("a2")) == first
        others = [
            artifact("a3", name="other"),
            artifact("a4", blob="1" * 64),
            artifact("a5", project="elsewhere"),
        ]
        assert [await artifacts.add(other) for other in others] == others
        assert await artifacts.blobs() == {"0" * 64, "1" * 64}
        assert [each.id for each in await artifacts.all(PROJECT)] == ["a4", "a3", "a1"]

    async def test_a_new_name_keeps_the_content(self, artifacts: ArtifactStore) -> None:
        await artifacts.add(artifact("a1"))
        assert await artifacts.rename(ArtifactId("a1"), "better") == artifact("a1", name="better")
        assert await artifacts.get(ArtifactId("a1")) == artifact("a1", name="better")
        assert await artifacts.add(artifact("a2")) == artifact("a2")

    async def test_what_is_not_there_is_not_found(self, artifacts: ArtifactStore) -> None:
        with pytest.raises(NotFound):
            await artifacts.get(ArtifactId("none"))
        with pytest.raises(NotFound):
            await artifacts.rename(ArtifactId("none"), "x")

    async def test_removing_is_repeatable(self, artifacts: ArtifactStore) -> None:
        await artifacts.add(artifact("a1"))
        for _ in range(2):
            await artifacts.remove(ArtifactId("a1"))
        assert await artifacts.all(PROJECT) == []

    async def test_pages_hold_everything_once_newest_first(self, artifacts: ArtifactStore) -> None:
        for number in range(5):
            await artifacts.add(artifact(f"a{number}", name=f"n{number}"))
        first = await artifacts.page(PROJECT, limit=3)
        second = await artifacts.page(PROJECT, limit=3, cursor=first.cursor)
        assert [each.id for each in (*first.items, *second.items)] == ["a4", "a3", "a2", "a1", "a0"]
        assert second.cursor is None
