"""The open rooms: who hears of commits, and which rooms stay open."""

import pytest

from deepforge.errors import Busy
from deepforge.ids import ClientId, PersonId, RecordId, TransactionId
from deepforge.model.document import Transaction
from deepforge.model.live import Committed, Edit
from deepforge.model.project import Person
from deepforge.model.records import Pipeline
from deepforge.server.documents import Documents
from deepforge.storage.memory_projects import MemoryProjectStore
from tests.document.stores import BRANCH, PROJECT, FailingStore, new_store
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
    async with Documents(store, await projects()) as documents:
        with documents.listening(PROJECT, BRANCH, lambda one: heard.append((one.version, one.label))):
            store.fail = "after"
            with pytest.raises(Busy):
                await commit(documents, "kept")
            assert heard == []
            store.fail = ""
            await commit(documents, "next")
    assert heard == [(1, "kept"), (2, "next")]
