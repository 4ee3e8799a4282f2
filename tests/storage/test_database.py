"""The database: grouped commits, failures of one among many, the schema."""

import asyncio
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from deepforge.errors import Broken, Busy
from deepforge.settings import load_settings
from deepforge.storage import open_storage, sql_storage
from deepforge.storage.database import Database, Work, open_sqlite
from deepforge.storage.engines import reading_engine, sqlite_url, writing_engine
from deepforge.storage.tables import METADATA, people


def adding(id: str) -> Work[str]:
    async def work(connection: AsyncConnection) -> str:
        await connection.execute(insert(people).values(id=id, name=id, color=""))
        return id

    return work


async def lose_connection(connection: AsyncConnection) -> str:
    raw = await connection.get_raw_connection()
    assert raw.driver_connection is not None
    await raw.driver_connection.close()
    return "never"


async def ids(database: Database) -> set[str]:
    async with database.read() as connection:
        return set((await connection.execute(select(people.c.id))).scalars())


async def test_migrations_make_exactly_the_tables(tmp_path: Path) -> None:
    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), METADATA)

    async with open_sqlite(tmp_path / "d.db") as database, database.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_writes_that_wait_are_committed_together(tmp_path: Path) -> None:
    commits = []

    async def work(connection: AsyncConnection) -> None:
        commits.append((await connection.execute(select(func.count()).select_from(people))).scalar_one())
        await connection.execute(insert(people).values(id=str(len(commits)), name="", color=""))

    async with open_sqlite(tmp_path / "d.db") as database:
        await asyncio.gather(*(database.write(work) for _ in range(100)))
        with closing(sqlite3.connect(tmp_path / "d.db")) as other:
            seen = other.execute("SELECT count(*) FROM people").fetchone()
    assert (commits, seen) == (list(range(100)), (100,))


async def test_one_that_is_refused_does_not_undo_the_others(tmp_path: Path) -> None:
    async def mistaken(connection: AsyncConnection) -> str:
        await adding("never")(connection)
        raise ZeroDivisionError

    async with open_sqlite(tmp_path / "d.db") as database:
        works = [adding("a"), adding("a"), mistaken, adding("b")]
        results = await asyncio.gather(*(database.write(work) for work in works), return_exceptions=True)
        assert [result if isinstance(result, str) else type(result) for result in results] == [
            "a",
            IntegrityError,
            ZeroDivisionError,
            "b",
        ]
        assert await ids(database) == {"a", "b"}


async def test_a_group_whose_transaction_fails_is_refused_whole_and_the_next_is_not(tmp_path: Path) -> None:
    async def failing(connection: AsyncConnection) -> str:
        await connection.exec_driver_sql("INSERT INTO nothing VALUES (1)")
        return "never"

    async with open_sqlite(tmp_path / "d.db") as database:
        works = [adding("a"), failing, adding("b")]
        results = await asyncio.gather(*(database.write(work) for work in works), return_exceptions=True)
        assert {type(result) for result in results} == {Busy}
        assert await ids(database) == set()
        assert await database.write(adding("c")) == "c"


async def test_a_canceled_caller_does_not_stop_the_writer(tmp_path: Path) -> None:
    async with open_sqlite(tmp_path / "d.db") as database:
        tasks = [asyncio.create_task(database.write(adding(str(number)))) for number in range(10)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await database.write(adding("after"))
        assert {"1", "3", "5", "7", "9", "after"} <= await ids(database)


async def test_a_thread_that_cannot_be_started_fails_one_write_and_not_the_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_thread(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    async with open_sqlite(tmp_path / "d.db") as database:
        with pytest.raises(Busy):
            await asyncio.wait_for(database.write(lose_connection), timeout=10)
        with monkeypatch.context() as patched:
            patched.setattr(threading.Thread, "start", no_thread)
            with pytest.raises(Busy, match="can't start new thread"):
                await asyncio.wait_for(database.write(adding("a")), timeout=10)
        assert await asyncio.wait_for(database.write(adding("b")), timeout=10) == "b"
        assert await ids(database) == {"b"}


async def test_a_connection_that_is_lost_fails_its_group_and_not_the_writer(tmp_path: Path) -> None:
    async with open_sqlite(tmp_path / "d.db") as database:
        results = await asyncio.wait_for(
            asyncio.gather(*map(database.write, (adding("a"), lose_connection, adding("b"))), return_exceptions=True), timeout=10
        )
        assert [isinstance(result, Exception) for result in results] == [True, True, True]
        assert await asyncio.wait_for(database.write(adding("c")), timeout=10) == "c"
        assert await ids(database) == {"c"}


async def test_when_the_writer_ends_nobody_waits_for_it(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "d.db")
    writing, reading = writing_engine(url), reading_engine(url)
    database = Database(writing, reading, "it")
    begun = asyncio.Event()

    async def endless(_: AsyncConnection) -> None:
        begun.set()
        await asyncio.Event().wait()

    writer = asyncio.create_task(database.run_writer())
    running = asyncio.create_task(database.write(endless))
    await asyncio.wait_for(begun.wait(), timeout=10)
    waiting = asyncio.create_task(database.write(adding("a")))
    await asyncio.sleep(0)
    writer.cancel()
    outcomes = await asyncio.wait_for(asyncio.gather(running, waiting, return_exceptions=True), timeout=10)
    assert [type(outcome) for outcome in outcomes] == [Busy, Busy]
    with pytest.raises(Busy):
        await asyncio.wait_for(database.write(adding("b")), timeout=10)
    await asyncio.gather(writer, return_exceptions=True)
    await writing.dispose()
    await reading.dispose()


async def test_what_waits_at_closing_is_stored_and_nothing_later(tmp_path: Path) -> None:
    async with open_sqlite(tmp_path / "d.db") as database:
        task = asyncio.create_task(database.write(adding("last")))
        await asyncio.sleep(0)
    assert await task == "last"
    with pytest.raises(Busy):
        await database.write(adding("late"))
    async with open_sqlite(tmp_path / "d.db") as again:
        assert await ids(again) == {"last"}


async def test_readers_cannot_write_and_commits_are_synced(tmp_path: Path) -> None:
    async def pragmas(connection: AsyncConnection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "query_only")
        return [(await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one() for name in names]

    async with open_sqlite(tmp_path / "d.db") as database:
        assert await database.write(pragmas) == ["wal", 2, 1, 0]
        async with database.read() as connection:
            assert (await connection.exec_driver_sql("PRAGMA query_only")).scalar_one() == 1
        with pytest.raises(Broken):
            async with database.read() as connection:
                await adding("x")(connection)


async def test_postgresql_without_its_package_is_one_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql_storage, "find_spec", lambda _: None)
    with pytest.raises(Broken) as refused:
        async with open_storage(load_settings({"DEEPFORGE_DATA_DIR": str(tmp_path)}), database_url="postgresql://somewhere/x"):
            pass
    assert (refused.value.code, "pip install" in refused.value.hint) == ("database-driver", True)
