"""What every `ProjectStore` and every `SessionStore` does."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from deepforge.errors import Conflict, NotFound
from deepforge.ids import BranchName, ExecutionId, PersonId, ProjectId, SessionId, TransactionId
from deepforge.model.project import Branch, Person
from deepforge.server.stores import ProjectStore, SessionStore
from deepforge.storage import MemoryStorage, Storage
from tests.storage.things import MAIN, NOW, PROJECT, artifact, document, execution, pipeline, project, renames, snapshot

ADA = Person(id=PersonId("ada"), name="Guest", color="#6a4fc9")


class ProjectContract:
    backend = ""

    @pytest.fixture
    def projects(self, storage: MemoryStorage | Storage) -> ProjectStore:
        return storage.projects

    async def test_a_name_is_taken_once_for_each_owner(self, projects: ProjectStore) -> None:
        await projects.create(project("p1"))
        with pytest.raises(Conflict):
            await projects.create(project("p2"))
        await projects.create(project("p3", owner="grace"))
        await projects.create(project("p4", name="other"))
        with pytest.raises(Conflict):
            await projects.rename(ProjectId("p4"), "digits")
        assert (await projects.rename(ProjectId("p1"), "digits")).name == "digits"

    async def test_the_newest_change_comes_first(self, projects: ProjectStore) -> None:
        for number, hours in enumerate((0, 2, 1, 1)):
            made = project(f"p{number}", name=f"n{number}", changed=NOW - timedelta(days=1000, hours=hours))
            await projects.create(made)
        assert [each.id for each in await projects.all()] == ["p0", "p3", "p2", "p1"]
        await projects.touch(ProjectId("p1"))
        await projects.rename(ProjectId("p2"), "renamed")
        assert [each.id for each in await projects.all()] == ["p2", "p1", "p0", "p3"]

    async def test_branches_are_those_of_the_documents(self, projects: ProjectStore, storage: MemoryStorage | Storage) -> None:
        await projects.create(project())
        assert await projects.get(PROJECT) == project()
        for branch in (MAIN, BranchName("idea")):
            await storage.documents.create(PROJECT, branch, document(pipeline("name0")))
        await storage.documents.append(PROJECT, MAIN, renames(1, 2))
        branches = (Branch(name=BranchName("idea"), version=0), Branch(name=MAIN, version=2))
        assert await projects.get(PROJECT) == replace(project(), branches=branches)
        assert await projects.all() == [replace(project(), branches=branches)]

    async def test_removing_takes_everything_of_it(self, projects: ProjectStore, storage: MemoryStorage | Storage) -> None:
        for id in (PROJECT, ProjectId("kept")):
            await projects.create(project(id, name=id))
            await storage.documents.create(id, MAIN, document(pipeline("name0")))
            await storage.executions.create(execution(f"e-{id}", project=id), snapshot(f"e-{id}"), TransactionId("k"))
            await storage.artifacts.add(artifact(f"a-{id}", project=id))
        for _ in range(2):
            await projects.remove(PROJECT)
        with pytest.raises(NotFound):
            await projects.get(PROJECT)
        with pytest.raises(NotFound):
            await storage.documents.load(PROJECT, MAIN)
        with pytest.raises(NotFound):
            await storage.executions.snapshot(ExecutionId("e-project"))
        assert await storage.artifacts.all(PROJECT) == []
        kept = ProjectId("kept")
        assert (await storage.documents.load(kept, MAIN)).document == document(pipeline("name0"))
        assert len((await storage.executions.page(kept)).items) == len(await storage.artifacts.all(kept)) == 1

    async def test_what_is_not_there_is_not_found(self, projects: ProjectStore) -> None:
        for missing in (projects.get, projects.touch):
            with pytest.raises(NotFound):
                await missing(ProjectId("none"))
        with pytest.raises(NotFound):
            await projects.rename(ProjectId("none"), "x")


class SessionContract:
    backend = ""

    @pytest.fixture
    def sessions(self, storage: MemoryStorage | Storage) -> SessionStore:
        return storage.sessions

    async def test_a_session_is_found_by_the_hash_of_its_secret(self, sessions: SessionStore) -> None:
        await sessions.create(SessionId("s1"), "hash1", ADA)
        assert await sessions.find("hash1") == (SessionId("s1"), ADA, False)
        assert await sessions.find("hash2") is None
        assert await sessions.person(ADA.id) == ADA

    async def test_a_chosen_name_holds_in_all_sessions_of_the_person(self, sessions: SessionStore) -> None:
        for number in (1, 2):
            await sessions.create(SessionId(f"s{number}"), f"hash{number}", ADA)
        named = Person(id=ADA.id, name="Ada", color="#2f7d6d")
        assert await sessions.rename(SessionId("s1"), name="Ada", color="#2f7d6d") == named
        assert await sessions.find("hash1") == (SessionId("s1"), named, True)
        assert await sessions.find("hash2") == (SessionId("s2"), named, False)
        assert await sessions.person(ADA.id) == named

    async def test_a_removed_session_is_gone_and_its_person_is_not(self, sessions: SessionStore) -> None:
        await sessions.create(SessionId("s1"), "hash1", ADA)
        for _ in range(2):
            await sessions.remove(SessionId("s1"))
        assert await sessions.find("hash1") is None
        assert await sessions.person(ADA.id) == ADA
        with pytest.raises(NotFound):
            await sessions.rename(SessionId("s1"), name="x", color="y")
        with pytest.raises(NotFound):
            await sessions.person(PersonId("nobody"))
