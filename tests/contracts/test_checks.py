"""What `bin/test` says at its end."""

import sys

import pytest

from scripts.checks import Report, Step, run, summary

PYTEST_OUTPUT = """
print("SKIPPED [2] tests/a.py:3: no database here")
print("SKIPPED [1] tests/b.py:9: no database here")
print("===== 1 failed, 7 passed, 3 skipped in 1.20s =====")
raise SystemExit(1)
"""


def test_the_summary_names_each_step_what_was_left_out_and_pytest_s_own_line(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report(left_out=["the browser tests: there is no browser"])
    run(Step("quick", [sys.executable, "-c", "print('fine')"]), report)
    run(Step("tests", [sys.executable, "-c", PYTEST_OUTPUT]), report)
    report.results = [(name, status, 0.5) for name, status, _ in report.results]
    assert "fine" in capsys.readouterr().out
    assert summary(report).splitlines()[1:] == [
        "=== summary",
        "  ok      quick                        0.5 s",
        "  FAILED  tests                        0.5 s",
        "  left out: the browser tests: there is no browser",
        "  left out: 3 tests: no database here",
        "  1 of 2 failed: tests",
        "===== 1 failed, 7 passed, 3 skipped in 1.20s =====",
    ]
    assert report.failed
