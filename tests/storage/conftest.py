"""Storage of each kind, opened for a test. A contract's subclass says which kind by its `backend`."""

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from deepforge.settings import Settings, load_settings
from deepforge.storage import MemoryStorage, Storage, open_storage
from deepforge.storage.engines import postgres_url
from tests.storage.postgres import running_postgres, why_not


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"DEEPFORGE_DATA_DIR": str(tmp_path / "data")})


@pytest.fixture(scope="session")
def postgres() -> Iterator[Iterator[str]]:
    """Addresses of new databases, one after another."""
    pytest.importorskip("psycopg", reason="psycopg is not installed (the extra postgres)")
    if reason := why_not():
        pytest.skip(reason)
    with running_postgres() as address:
        engine = create_engine(postgres_url(address.format(name="postgres")), isolation_level="AUTOCOMMIT")

        def databases() -> Iterator[str]:
            for number in itertools.count():
                with engine.connect() as connection:
                    connection.execute(text(f"CREATE DATABASE test{number}"))
                yield address.format(name=f"test{number}")

        yield databases()
        engine.dispose()


@pytest.fixture
async def storage(request: pytest.FixtureRequest, settings: Settings) -> AsyncIterator[MemoryStorage | Storage]:
    backend = getattr(request.cls, "backend", "sqlite")
    if backend == "memory":
        yield MemoryStorage()
        return
    url = next(request.getfixturevalue("postgres")) if backend == "postgres" else ""
    async with open_storage(settings, database_url=url) as opened:
        yield opened
