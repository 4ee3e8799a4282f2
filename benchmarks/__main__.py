"""`python -m benchmarks NAME...`, `--all`, `--json`."""

import argparse
import sys

import msgspec

from benchmarks import first_steps, startup
from benchmarks.report import Benchmark, Report, machine, table

BENCHMARKS: dict[str, Benchmark] = {"startup": startup.measure, "first_steps": first_steps.measure}


def main() -> int:
    """Measure, print, and say by the exit status whether every bar was met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    names = list(BENCHMARKS) if options.all else options.names
    if not names:
        parser.error(f"name a benchmark, or --all: {', '.join(BENCHMARKS)}")
    reports = [Report(name=name, machine=machine(), rows=BENCHMARKS[name]()) for name in names]
    if options.json:
        plain = [report.plain() for report in reports]
        sys.stdout.write(msgspec.json.encode(plain if options.all else plain[0]).decode() + "\n")
    else:
        sys.stdout.write("\n\n".join(table(report) for report in reports) + "\n")
    return 0 if all(row.ok for report in reports for row in report.rows) else 1


if __name__ == "__main__":
    sys.exit(main())
