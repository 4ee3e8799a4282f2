"""All durable stores, put together as a server uses them."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.util import find_spec

from deepforge.errors import Broken
from deepforge.settings import Settings
from deepforge.storage.artifacts import SqlArtifactStore
from deepforge.storage.blobs import DirectoryBlobStore
from deepforge.storage.database import Database, open_database, open_sqlite
from deepforge.storage.documents import SqlDocumentStore
from deepforge.storage.engines import postgres_url
from deepforge.storage.executions import SqlExecutionStore
from deepforge.storage.projects import SqlProjectStore
from deepforge.storage.reports import SqlReportStore
from deepforge.storage.sessions import SqlSessionStore

__all__ = ["Storage", "open_storage"]


class Storage:
    """The stores over one open database and one blob directory."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.blobs = DirectoryBlobStore(settings.blob_dir)
        self.documents = SqlDocumentStore(database)
        self.executions = SqlExecutionStore(database)
        self.artifacts = SqlArtifactStore(database)
        self.projects = SqlProjectStore(database)
        self.reports = SqlReportStore(database, settings.data_dir / "console", self.blobs)
        self.sessions = SqlSessionStore(database)


@asynccontextmanager
async def open_storage(settings: Settings, *, database_url: str = "") -> AsyncIterator[Storage]:
    """Everything that the server keeps: `<data dir>/deepforge.db`, `<data dir>/console` and the blob directory.

    With `database_url` (`postgresql://...`) a PostgreSQL database stands in place of the file. Only one process may have it
    open. Raises `Broken` or `Busy` with what to do when it is not usable.
    """
    async with _database(settings, database_url) as database:
        yield Storage(settings, database)


def _database(settings: Settings, url: str) -> AbstractAsyncContextManager[Database]:
    if not url:
        return open_sqlite(settings.data_dir / "deepforge.db")
    parsed = postgres_url(url)
    if find_spec("psycopg") is None:
        raise Broken(
            "A PostgreSQL database needs a package that is not installed.",
            code="database-driver",
            hint='Run pip install "deepforge-studio[postgres]".',
        )
    return open_database(parsed, parsed.render_as_string(hide_password=True))
