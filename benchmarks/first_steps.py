"""How long the quick tour takes: `prepare`, `train` and `test` of the digits, from the command line, the server running."""

import tempfile
import time
from pathlib import Path

import msgspec

from benchmarks.report import Row
from tests.e2e.installation import Installation

__all__ = ["measure"]

TOUR: dict[str, list[str]] = {
    "prepare": [],
    "train": ["--input", "traindata=traindata"],
    "test": ["--input", "testdata=testdata"],
}


def measure() -> tuple[Row, ...]:
    """Seconds of each pipeline as `deepforge run` takes them, and of the executions themselves."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, Installation(Path(folder) / "data") as installation:
        installation.run("new", "tour", "--seed", "digits").check_returncode()
        for pipeline, inputs in TOUR.items():
            began = time.perf_counter()
            result = installation.run("run", "tour", pipeline, *inputs, "--json")
            rows.append(Row(what=f"deepforge run tour {pipeline}", value=time.perf_counter() - began, unit="s"))
            result.check_returncode()
            status = msgspec.json.decode(result.stdout)["status"]
            if status != "success":
                raise RuntimeError(f"{pipeline} ended {status}")
    rows.append(Row(what="all three", value=sum(row.value for row in rows), unit="s", bar=20.0))
    return tuple(rows)
