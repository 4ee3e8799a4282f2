"""Sessions end on the server too, whatever a browser keeps."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from deepforge.ids import PersonId, SessionId
from deepforge.model.project import SESSION_LIFE, Person
from deepforge.server.stores import SessionStore
from deepforge.storage.database import open_sqlite
from deepforge.storage.memory_projects import MemorySessionStore
from deepforge.storage.sessions import SqlSessionStore
from deepforge.storage.tables import sessions as rows

ADA = Person(id=PersonId("ada"), name="Ada", color="#6a4fc9")
START = datetime(2026, 11, 23, tzinfo=UTC)
MOMENT = timedelta(seconds=1)


class Clock:
    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time


async def found_around_the_end(store: SessionStore, clock: Clock) -> list[bool]:
    await store.create(SessionId("s"), "hash", ADA)
    found = []
    for age in (timedelta(), SESSION_LIFE - MOMENT, SESSION_LIFE, SESSION_LIFE + MOMENT):
        clock.time = START + age
        found.append(await store.find("hash") is not None)
    return found


async def test_a_session_ends_thirty_days_after_its_login(tmp_path: Path) -> None:
    clock = Clock()
    assert await found_around_the_end(MemorySessionStore(now=clock.now), clock) == [True, True, False, False]
    clock = Clock()
    async with open_sqlite(tmp_path / "d.db") as database:
        assert await found_around_the_end(SqlSessionStore(database, now=clock.now), clock) == [True, True, False, False]


async def test_a_login_removes_the_sessions_that_have_ended(tmp_path: Path) -> None:
    clock = Clock()
    async with open_sqlite(tmp_path / "d.db") as database:
        store = SqlSessionStore(database, now=clock.now)
        await store.create(SessionId("old"), "old", ADA)
        clock.time += SESSION_LIFE
        await store.create(SessionId("new"), "new", ADA)
        async with database.read() as connection:
            assert (await connection.execute(select(func.count()).select_from(rows))).scalar_one() == 1
        assert await store.find("new") == (SessionId("new"), ADA, False)


async def test_sessions_of_an_older_database_last_from_its_upgrade(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    async with open_sqlite(path) as database:
        await SqlSessionStore(database).create(SessionId("s"), "hash", ADA)
    with closing(sqlite3.connect(path)) as old:
        old.executescript(
            "DROP INDEX ix_sessions_created; ALTER TABLE sessions DROP COLUMN created;"
            "UPDATE alembic_version SET version_num = '0001';"
        )
    async with open_sqlite(path) as database, database.read() as connection:
        created = (await connection.execute(select(rows.c.created))).scalar_one()
        assert created == pytest.approx(datetime.now(UTC).timestamp(), abs=60)
        assert await SqlSessionStore(database).find("hash") == (SessionId("s"), ADA, False)
