"""One server for each test, over stores in memory."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.server.harness import Running, running, settings_in


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(settings_in(tmp_path)) as server:
        yield server
