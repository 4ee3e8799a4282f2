"""How long a start takes until a page can be used, and what the server weighs then."""

import statistics
import tempfile
import time
from pathlib import Path

import httpx
import psutil

from benchmarks.report import Row
from tests.e2e.installation import Installation

__all__ = ["measure"]

ROUNDS = 5


def measure() -> tuple[Row, ...]:
    """The median over several starts of the same data directory; the first one, which makes the database, is left out."""
    times: list[float] = []
    memory: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        installation = Installation(Path(folder) / "data")
        with installation:
            pass
        for _ in range(ROUNDS):
            began = time.perf_counter()
            with installation:
                _open_page(installation.url)
                times.append(time.perf_counter() - began)
                memory.append(psutil.Process(installation.server_pid).memory_info().rss / 1e6)
    return (
        Row(what="second start to the first page", value=statistics.median(times), unit="s", bar=2.0),
        Row(what="server memory after the first page", value=statistics.median(memory), unit="MB"),
    )


def _open_page(url: str) -> None:
    """Log in, and fetch what the first screen needs: the page, the session, the list of projects."""
    with httpx.Client(follow_redirects=True) as client:
        page = client.get(url)
        page.raise_for_status()
        for path in ("/api/session", "/api/projects"):
            client.get(page.url.join(path)).raise_for_status()
