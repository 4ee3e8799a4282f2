"""Storage of each kind, opened for a test. A contract's subclass says which kind by its `backend`."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deepforge.settings import Settings, load_settings
from deepforge.storage import MemoryStorage, Storage, open_storage


def settings_in(directory: Path) -> Settings:
    return load_settings({"DEEPFORGE_DATA_DIR": str(directory / "data")})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


@pytest.fixture
async def storage(request: pytest.FixtureRequest, settings: Settings) -> AsyncIterator[MemoryStorage | Storage]:
    if getattr(request.cls, "backend", "sqlite") == "memory":
        yield MemoryStorage()
        return
    async with open_storage(settings) as opened:
        yield opened
