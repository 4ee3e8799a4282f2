"""Engines: how a database is connected to, so that what was committed is on the disk.

SQLite gets two: one connection that writes and checkpoints (two of them are what its WAL-reset bug needs), and readers that
cannot write. On PostgreSQL the two differ only in number of connections.
"""

from pathlib import Path

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from deepforge.errors import Invalid

__all__ = ["postgres_url", "reading_engine", "sqlite_url", "writing_engine"]

_READERS = 4
_WAIT = 10_000
"""Milliseconds for which SQLite waits while another program holds its lock."""


def sqlite_url(path: Path) -> URL:
    return URL.create("sqlite+aiosqlite", database=str(path))


def postgres_url(url: str) -> URL:
    """The address of a PostgreSQL database. Raises `Invalid` for any other."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.drivername not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise Invalid(
            "The address of the database is not that of a PostgreSQL database.",
            code="bad-database-url",
            hint="Write postgresql://USER:PASSWORD@HOST/DATABASE, or leave it out to use the embedded database.",
        )
    return parsed.set(drivername="postgresql+psycopg")


def writing_engine(url: URL) -> AsyncEngine:
    """The engine of the one connection that writes."""
    engine = create_async_engine(url, pool_size=1, max_overflow=0)
    if url.get_backend_name() == "sqlite":
        _prepare(engine, "BEGIN IMMEDIATE", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
    return engine


def reading_engine(url: URL) -> AsyncEngine:
    """The engine of the connections that only read."""
    engine = create_async_engine(url, pool_size=_READERS, max_overflow=0)
    if url.get_backend_name() == "sqlite":
        _prepare(engine, "BEGIN", "query_only=ON")
    return engine


def _prepare(engine: AsyncEngine, begin: str, *pragmas: str) -> None:
    """Set the pragmas on each new connection, and begin transactions ourselves (the driver would begin them too late)."""

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (f"busy_timeout={_WAIT}", *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
