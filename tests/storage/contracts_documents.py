"""What every `DocumentStore` does."""

import pytest

from deepforge.document.stores import DocumentStore
from deepforge.errors import Conflict, NotFound
from deepforge.ids import BranchName, ProjectId, TransactionId
from deepforge.storage import MemoryStorage, Storage
from tests.storage.things import MAIN, PROJECT, document, pipeline, renames, version


class DocumentContract:
    backend = ""

    @pytest.fixture
    def documents(self, storage: MemoryStorage | Storage) -> DocumentStore:
        return storage.documents

    async def test_a_branch_begins_with_its_document(self, documents: DocumentStore) -> None:
        first = document(pipeline("name0"), version=3)
        await documents.create(PROJECT, MAIN, first)
        assert (await documents.load(PROJECT, MAIN)).document == first
        with pytest.raises(Conflict):
            await documents.create(PROJECT, MAIN, first)

    async def test_what_is_not_there_is_not_found(self, documents: DocumentStore) -> None:
        await documents.create(PROJECT, MAIN, document(version=5))
        for project, branch in ((ProjectId("other"), MAIN), (PROJECT, BranchName("other"))):
            with pytest.raises(NotFound):
                await documents.load(project, branch)
            with pytest.raises(NotFound):
                await documents.append(project, branch, renames(1, 1))
            with pytest.raises(NotFound):
                await documents.since(project, branch, 0)
        for number in (4, 6):
            with pytest.raises(NotFound):
                await documents.load(PROJECT, MAIN, version=number)

    async def test_the_log_is_replayed_over_the_snapshot(self, documents: DocumentStore) -> None:
        await documents.create(PROJECT, MAIN, document(pipeline("name0")))
        note = pipeline("second", "q")
        log = [*renames(1, 3), version(4, None, note), version(5, note, None)]
        await documents.append(PROJECT, MAIN, log[:2])
        await documents.append(PROJECT, MAIN, log[2:])
        expected = {
            0: document(pipeline("name0")),
            2: document(pipeline("name2"), version=2),
            4: document(pipeline("name3"), note, version=4),
            5: document(pipeline("name3"), version=5),
        }
        loaded = {number: (await documents.load(PROJECT, MAIN, version=number)).document for number in expected}
        assert loaded == expected
        assert (await documents.load(PROJECT, MAIN)).document == expected[5]
        assert await documents.since(PROJECT, MAIN, 0) == log
        assert await documents.since(PROJECT, MAIN, 3) == log[3:]
        assert await documents.since(PROJECT, MAIN, 5) == []

    async def test_a_snapshot_changes_nothing_that_is_read(self, documents: DocumentStore) -> None:
        await documents.create(PROJECT, MAIN, document(pipeline("name0")))
        await documents.append(PROJECT, MAIN, renames(1, 10))
        for _ in range(2):
            await documents.snapshot(PROJECT, MAIN, document(pipeline("name7"), version=7))
        numbers = (0, 6, 7, 8, 10)
        loaded = [(await documents.load(PROJECT, MAIN, version=number)).document for number in numbers]
        assert loaded == [document(pipeline(f"name{number}"), version=number) for number in numbers]

    @pytest.mark.parametrize("first", [1, 2, 4, 9], ids=lambda first: f"version {first} after 2")
    async def test_a_version_follows_the_newest(self, documents: DocumentStore, first: int) -> None:
        await documents.create(PROJECT, MAIN, document(pipeline("name0")))
        await documents.append(PROJECT, MAIN, renames(1, 2))
        with pytest.raises(Conflict):
            await documents.append(PROJECT, MAIN, renames(first, 2))
        assert await documents.since(PROJECT, MAIN, 0) == renames(1, 2)

    async def test_a_transaction_is_found_by_its_id(self, documents: DocumentStore) -> None:
        await documents.create(PROJECT, MAIN, document(pipeline("name0")))
        await documents.append(PROJECT, MAIN, renames(1, 3))
        assert await documents.find(PROJECT, MAIN, TransactionId("t2")) == renames(2, 1)[0]
        assert await documents.find(PROJECT, MAIN, TransactionId("t9")) is None

    async def test_branches_are_apart_and_have_an_epoch_each(self, documents: DocumentStore) -> None:
        other = BranchName("other")
        for branch in (MAIN, other):
            await documents.create(PROJECT, branch, document(pipeline("name0")))
        await documents.append(PROJECT, other, renames(1, 1))
        stored = [await documents.load(PROJECT, branch) for branch in (MAIN, other)]
        assert [branch.document.version for branch in stored] == [0, 1]
        assert stored[0].epoch != stored[1].epoch
        assert (await documents.load(PROJECT, MAIN)).epoch == stored[0].epoch
