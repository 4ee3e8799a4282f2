"""The database: one writer whose commits are grouped, readers beside it, opened and closed as a context manager.

Writes that arrive while a commit is running go into the next transaction together, each in a savepoint of its own: under
load a sync to disk is shared by many of them, and one that is refused does not undo the others. `write` returns when
the transaction is on the disk.
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from msgspec import Struct
from sqlalchemy import URL, Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from deepforge.errors import Busy, DeepForgeError
from deepforge.storage.engines import reading_engine, sqlite_url, writing_engine
from deepforge.storage.faults import damaged, explain
from deepforge.storage.files import make_directory
from deepforge.storage.upgrade import upgrade

__all__ = ["Database", "Work", "open_database", "open_sqlite"]

_T = TypeVar("_T")
_LOG = logging.getLogger(__name__)
_GROUP = 256
"""The most writes that share a transaction."""
_CHECK_UP_TO = 32 * 1024 * 1024
"""Bytes of a database file that is checked whole when it is opened (about 0.1 s)."""
Work = Callable[[AsyncConnection], Awaitable[_T]]


class _Write(Struct, frozen=True):
    """A write that waits: `run` does it and gives what tells its caller of success; `fail` tells of failure."""

    run: Work[Callable[[], None]]
    fail: Callable[[BaseException], None]


class Database:
    """An open database. Made by `open_database` and `open_sqlite`."""

    def __init__(self, writing: AsyncEngine, reading: AsyncEngine, where: str) -> None:
        self._writing = writing
        self._reading = reading
        self._where = where
        self._waiting: asyncio.Queue[_Write | None] = asyncio.Queue()
        self._broken: DeepForgeError | None = None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees one state of the database, everything committed before. Raises `Busy` or `Broken`."""
        try:
            async with self._reading.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise explain(error, self._where) from error

    async def write(self, work: Work[_T]) -> _T:
        """Do `work` in a transaction, which is on the disk when this returns.

        What `work` raises is raised here, and nothing of it is stored. Raises `Busy` or `Broken` when nothing could be stored.
        """
        if self._broken is not None:
            raise self._broken
        future: asyncio.Future[_T] = asyncio.get_running_loop().create_future()

        async def run(connection: AsyncConnection) -> Callable[[], None]:
            result = await work(connection)
            return lambda: None if future.done() else future.set_result(result)

        def fail(error: BaseException) -> None:
            if not future.done():
                future.set_exception(error)

        self._waiting.put_nowait(_Write(run, fail))
        return await future

    async def run_writer(self) -> None:
        """Commit what waits, group by group, until `stop`. However it ends, nobody waits for it afterwards."""
        try:
            while group := await self._next_group():
                await self._commit(group)
        finally:
            self._refuse_waiting()

    async def _next_group(self) -> list[_Write]:
        """All that waits (at least one write); empty after `stop`, once nothing waits."""
        waiting = [await self._waiting.get()]
        while len(waiting) < _GROUP and not self._waiting.empty():
            waiting.append(self._waiting.get_nowait())
        group = [write for write in waiting if write is not None]
        if group and len(group) < len(waiting):
            self._waiting.put_nowait(None)
        return group

    def stop(self) -> None:
        """Let `run_writer` end after everything that waits; refuse more."""
        self._broken = self._broken or _closing()
        self._waiting.put_nowait(None)

    def _refuse_waiting(self) -> None:
        self._broken = self._broken or _closing()
        while not self._waiting.empty():
            if (write := self._waiting.get_nowait()) is not None:
                write.fail(self._broken)

    async def _commit(self, group: Sequence[_Write]) -> None:
        try:
            async with self._writing.begin() as connection:
                done = await _run_all(connection, group)
        except Exception as error:  # noqa: BLE001 (the top of the writer's loop: whatever a driver raises, it goes on)
            self._refuse(group, error)
        except BaseException:
            for write in group:
                write.fail(_closing())
            raise
        else:
            for tell in done:
                tell()

    def _refuse(self, group: Sequence[_Write], error: Exception) -> None:
        """Nothing of the group was stored. After what only a person can mend, nothing more is tried."""
        fault = explain(error, self._where)
        known = isinstance(error, SQLAlchemyError | OSError | DeepForgeError)
        _LOG.error("Nothing could be stored: %s", fault, exc_info=None if known else error)
        if fault.code in ("disk-error", "database-damaged"):
            self._broken = fault
        for write in group:
            write.fail(fault)


def _closing() -> Busy:
    return Busy("The database is being closed.", code="closing", hint="Try again in a moment.")


async def _run_all(connection: AsyncConnection, group: Sequence[_Write]) -> list[Callable[[], None]]:
    """Do the writes; gives what tells of success once they are committed. Raises when the transaction itself failed."""
    done = []
    for write in group:
        try:
            async with connection.begin_nested():
                done.append(await write.run(connection))
        except (DBAPIError, OSError) as error:
            if not isinstance(error, IntegrityError | DataError):
                raise
            write.fail(error)
        except Exception as error:  # noqa: BLE001 (its caller sees it)
            write.fail(error)
    return done


@asynccontextmanager
async def open_sqlite(path: Path) -> AsyncIterator[Database]:
    """The database in the file `path`, made if it is not there. Raises `Broken` with what to do when it is not usable."""
    try:
        size = await asyncio.to_thread(_prepare_file, path)
    except OSError as error:
        raise explain(error, str(path)) from error
    async with open_database(sqlite_url(path), str(path), check=size <= _CHECK_UP_TO) as database:
        yield database


def _prepare_file(path: Path) -> int:
    """Make the file for this user alone, unless it is there; its size."""
    make_directory(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        return os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)


@asynccontextmanager
async def open_database(url: URL, where: str, *, check: bool = False) -> AsyncIterator[Database]:
    """The database at `url`, called `where` in messages; with `check`, SQLite looks it over first."""
    writing, reading = writing_engine(url), reading_engine(url)
    try:
        try:
            async with writing.begin() as connection:
                await connection.run_sync(_bring_up, where, check and url.get_backend_name() == "sqlite")
        except SQLAlchemyError as error:
            raise explain(error, where) from error
        database = Database(writing, reading, where)
        writer = asyncio.create_task(database.run_writer(), name="database writer")
        try:
            yield database
        finally:
            database.stop()
            await writer
    finally:
        await reading.dispose()
        await writing.dispose()


def _bring_up(connection: Connection, where: str, check: bool) -> None:
    if check and (found := connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()) != "ok":
        raise damaged(where, str(found))
    upgrade(connection, where)
