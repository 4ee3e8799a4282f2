"""What a benchmark says: rows of measured values beside their bars."""

import os
import platform
from collections.abc import Callable
from typing import Literal

import msgspec

__all__ = ["Benchmark", "Report", "Row", "machine", "table"]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One measured value.

    `baseline` is the bare way, measured in the same run; `ok` compares with `bar`, a limit from above unless `better` is "more".
    """

    what: str
    value: float
    unit: str
    baseline: float | None = None
    bar: float | None = None
    better: Literal["less", "more"] = "less"

    @property
    def ok(self) -> bool:
        if self.bar is None:
            return True
        return self.value <= self.bar if self.better == "less" else self.value >= self.bar


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All rows of one benchmark on one machine."""

    name: str
    machine: str
    rows: tuple[Row, ...]

    def plain(self) -> dict[str, object]:
        """As JSON has it (DESIGN section 8)."""
        names = ("what", "value", "unit", "baseline", "bar", "ok")
        return {
            "name": self.name,
            "machine": self.machine,
            "rows": [{name: getattr(row, name) for name in names} for row in self.rows],
        }


Benchmark = Callable[[], tuple[Row, ...]]


def machine() -> str:
    """What was measured on: processor architecture, cores, Python, system."""
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"


def table(report: Report) -> str:
    """The report for people."""
    lines = [f"{report.name} ({report.machine})"]
    for row in report.rows:
        baseline = "" if row.baseline is None else f"  bare {row.baseline:g}"
        bar = "" if row.bar is None else f"  bar {row.bar:g} {'ok' if row.ok else 'MISSED'}"
        lines.append(f"  {row.what:<60} {row.value:>10.3f} {row.unit}{baseline}{bar}")
    return "\n".join(lines)
