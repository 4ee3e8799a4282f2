"""Runs every check and test and says at the end, step by step, what passed and what was left out.

Called by `bin/test`, in the environment that it made. A failed step does not stop the others: one run shows everything.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
PYTHON = sys.executable
_IN_PARALLEL = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
"""Two files at a time, each file's tests in one process and in their order: half of the tests wait for other processes."""
_EVERYTHING = ["-m", "long or not long"]
SUMMARY_LINE = re.compile(r"=+ .*\b(passed|failed|error|errors|no tests ran|deselected)\b.* in .*=+")
SKIPPED_LINE = re.compile(r"SKIPPED \[(?P<count>\d+)\] \S+: (?P<reason>.*)")


@dataclass(frozen=True)
class Step:
    """One check: what it is called and what runs it."""

    name: str
    command: Sequence[str]


@dataclass
class Report:
    """What has happened so far."""

    results: list[tuple[str, int, float]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    """How many tests pytest skipped, by reason."""
    pytest_line: str = ""

    @property
    def failed(self) -> bool:
        return any(status for _, status, _ in self.results)


def steps(report: Report, *, everything: bool) -> list[Step]:
    """Every step that can run here, the quick ones first; what cannot is noted in the report."""
    return [
        Step("ruff check", [PYTHON, "-m", "ruff", "check", "."]),
        Step("ruff format", [PYTHON, "-m", "ruff", "format", "--check", "."]),
        Step("import contracts", [str(Path(PYTHON).with_name("lint-imports")), "--no-logo"]),
        Step("size gate", [PYTHON, "scripts/size_gate.py"]),
        Step("mypy", [PYTHON, "-m", "mypy"]),
        *_client_steps(report),
        Step(
            "tests",
            [PYTHON, "-m", "pytest", *_IN_PARALLEL, "--durations=15", *_test_paths(report), *(_EVERYTHING if everything else [])],
        ),
    ]


def _client_steps(report: Report) -> list[Step]:
    if not (ROOT / "web" / "package.json").is_file():
        report.left_out.append("the client's checks: there is no client source in web/")
        return []
    npm = [PYTHON, "hatch_build.py", "npm", "run"]
    return [
        Step("client generated types", [*npm, "generate", "--", "--check"]),
        Step("client types (tsc)", [*npm, "typecheck"]),
        Step("client lint (Biome)", [*npm, "lint"]),
        Step("client tests (Vitest)", [*npm, "test"]),
    ]


def _test_paths(report: Report) -> list[str]:
    """The folders of tests, the browser's last."""
    folders = sorted(path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and any(path.rglob("test_*.py")))
    paths = [f"tests/{name}" for name in folders if name != "e2e"]
    if "e2e" in folders:
        if shutil.which("chromium"):
            paths.append("tests/e2e")
        else:
            report.left_out.append("the browser tests: there is no `chromium`; as root, bin/test installs Debian's package")
    if not Path("/usr/share/datasets/fashion-mnist").is_dir():
        report.left_out.append("tests on Fashion-MNIST: Debian's package dataset-fashion-mnist is not installed")
    return paths


def run(step: Step, report: Report) -> None:
    """Run a step, with its output passed on as it comes."""
    print(f"\n=== {step.name}", flush=True)
    began = time.monotonic()
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        step.command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            if step.name == "tests":
                _note(line, report)
    report.results.append((step.name, process.returncode, time.monotonic() - began))


def _note(line: str, report: Report) -> None:
    """Keep what the summary repeats of pytest's output."""
    if SUMMARY_LINE.search(line):
        report.pytest_line = line.strip()
    elif found := SKIPPED_LINE.match(line):
        report.skipped[found["reason"]] += int(found["count"])


def summary(report: Report) -> str:
    """The table for people, with pytest's own last line at its end."""
    lines = ["", "=== summary"]
    lines += [f"  {'FAILED' if status else 'ok':7} {name:24} {seconds:7.1f} s" for name, status, seconds in report.results]
    lines += [f"  left out: {what}" for what in report.left_out]
    lines += [f"  left out: {count} tests: {reason}" for reason, count in report.skipped.items()]
    failed = [name for name, status, _ in report.results if status]
    lines.append(f"  {len(failed)} of {len(report.results)} failed: {', '.join(failed)}" if failed else "  everything passed")
    return "\n".join([*lines, *([report.pytest_line] if report.pytest_line else [])])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bin/test", description="Run every check and test of DeepForge.")
    parser.add_argument("--all", action="store_true", help="also run the long suites (tests marked `long`)")
    options = parser.parse_args(arguments)
    report = Report()
    try:
        for step in steps(report, everything=options.all):
            run(step, report)
    except KeyboardInterrupt:
        report.left_out.append("everything after the interruption")
        report.results.append(("interrupted", 1, 0.0))
    print(summary(report), flush=True)
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
