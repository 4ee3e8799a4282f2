"""The open rooms: who hears of commits, and which rooms stay open."""

from pathlib import Path

import pytest

from deepforge.errors import Busy, NotFound
from deepforge.ids import BranchName, ClientId, PersonId, ProjectId, RecordId, TransactionId
from deepforge.model.document import Document, StoredBranch, Transaction
from deepforge.model.live import Committed, Edit
from deepforge.model.project import Branch, Person, Project
from deepforge.model.records import Pipeline
from deepforge.server.documents import Documents
from deepforge.storage import MemoryStorage
from deepforge.storage.memory import Memory, MemoryArtifactStore, MemoryDocumentStore, MemoryExecutionStore
from deepforge.storage.memory_projects import MemoryProjectStore
from tests.dispatch.things import HandClock
from tests.document.stores import BRANCH, PROJECT, FailingStore, new_store
from tests.server.harness import Running, running, settings_in
from tests.storage.things import project

ADA = Person(id=PersonId("ada"), name="Ada", color="#123456")


async def commit(documents: Documents, name: str) -> Committed:
    put = (Pipeline(id=RecordId(name), name=name),)
    edit = Edit(base=0, transaction=Transaction(id=TransactionId(name), label=name, put=put))
    return await documents.edit(PROJECT, BRANCH, edit, client=ClientId("tab"), person=ADA)


async def projects() -> MemoryProjectStore:
    store = MemoryProjectStore()
    await store.create(project(PROJECT))
    return store


async def test_listeners_hear_of_what_the_store_kept_of_a_failed_commit() -> None:
    store: FailingStore = await new_store()
    heard: list[tuple[int, str]] = []
    async with Documents(store, await projects(), HandClock()) as documents:
        with documents.listening(PROJECT, BRANCH, lambda one: heard.append((one.version, one.label))):
            store.fail = "after"
            with pytest.raises(Busy):
                await commit(documents, "kept")
            assert heard == []
            store.fail = ""
            await commit(documents, "next")
    assert heard == [(1, "kept"), (2, "next")]


class CountingStore(FailingStore):
    """`loads` is how often a document was loaded."""

    loads = 0

    async def load(self, project: ProjectId, branch: BranchName, *, version: int | None = None) -> StoredBranch:
        self.loads += 1
        return await super().load(project, branch, version=version)


async def test_a_room_that_nobody_has_open_is_closed_after_a_while_and_opened_again() -> None:
    store, clock = CountingStore(), HandClock()
    await store.create(PROJECT, BRANCH, Document())
    async with Documents(store, await projects(), clock) as documents:
        first = await documents.room(PROJECT, BRANCH)
        with first.join(ClientId("tab"), ADA):
            clock.seconds = 10_000
            await documents.close_idle()
            assert await documents.room(PROJECT, BRANCH) is first
        await commit(documents, "a")
        clock.seconds += 600
        await documents.close_idle()
        assert await documents.room(PROJECT, BRANCH) is first
        clock.seconds += 601
        await documents.close_idle()
        second = await documents.room(PROJECT, BRANCH)
        assert second is not first
        assert (second.version, store.loads) == (1, 2)


async def test_listeners_stay_while_their_room_is_closed_and_opened_again() -> None:
    clock = HandClock()
    heard: list[int] = []
    async with Documents(await new_store(), await projects(), clock) as documents:
        with documents.listening(PROJECT, BRANCH, lambda one: heard.append(one.version)):
            await commit(documents, "a")
            clock.seconds = 601
            await documents.close_idle()
            await commit(documents, "b")
    assert heard == [1, 2]


async def test_pipelines_are_counted_without_a_room_and_loaded_once_a_version() -> None:
    store, clock = CountingStore(), HandClock()
    await store.create(PROJECT, BRANCH, Document(records={RecordId("p"): Pipeline(id=RecordId("p"), name="p")}))
    async with Documents(store, await projects(), clock) as documents:
        assert [await documents.pipelines(PROJECT, BRANCH, 0) for _ in range(3)] == [1, 1, 1]
        assert store.loads == 1
        await commit(documents, "a")
        assert await documents.pipelines(PROJECT, BRANCH, 1) == 2
        clock.seconds = 601
        await documents.close_idle()
        assert await documents.pipelines(PROJECT, BRANCH, 1) == 2
        assert store.loads == 2  # once for the count, once for the room
        with pytest.raises(NotFound):
            await documents.pipelines(PROJECT, BranchName("none"), 0)


async def test_the_list_of_projects_opens_no_room(server: Running) -> None:
    project = await server.project()
    (listed,) = await server.get("/api/projects", list[Project])
    assert (listed.id, listed.pipelines, [branch.version for branch in listed.branches]) == (project.id, 3, [0])
    assert await server.get(f"/api/projects/{project.id}/branches", list[Branch]) == list(listed.branches)
    assert server.services.documents.open_rooms == 0


class ForgetfulStore(MemoryProjectStore):
    """`fail` keeps it from storing when a project changed; `touched` is how often it was asked to."""

    fail = False
    touched = 0

    async def touch(self, project: ProjectId) -> None:
        self.touched += 1
        if self.fail:
            raise Busy("The database is locked.")
        await super().touch(project)


async def test_a_stored_edit_is_answered_as_stored_though_the_time_of_the_change_is_not() -> None:
    known = ForgetfulStore()
    await known.create(project(PROJECT))
    async with Documents(await new_store(), known, HandClock()) as documents:
        known.fail = True
        assert (await commit(documents, "first")).version == 1
        known.fail = False
        assert (await commit(documents, "second")).version == 2
    assert known.touched == 2


class ReopeningStore(MemoryProjectStore):
    """Somebody asks for the room of a project while it is being removed."""

    documents: Documents | None = None

    async def remove(self, project: ProjectId) -> None:
        if self.documents is not None:
            await self.documents.room(project, BRANCH)
        await super().remove(project)


async def test_a_removed_project_has_no_room_though_one_was_opened_meanwhile(tmp_path: Path) -> None:
    memory, stores = Memory(), MemoryStorage()
    known = ReopeningStore(memory)
    stores.projects, stores.documents = known, MemoryDocumentStore(memory)
    stores.executions, stores.artifacts = MemoryExecutionStore(memory), MemoryArtifactStore(memory)
    async with running(settings_in(tmp_path), stores) as server:
        made = await server.project(seed="blank")
        known.documents = server.services.documents
        assert (await server.browser.delete(f"/api/projects/{made.id}")).status_code == 204
        assert server.services.documents.open_rooms == 0
        with pytest.raises(NotFound):
            await server.services.documents.room(made.id, BRANCH)
