"""The size gate passes, and it sees what it should."""

from pathlib import Path

import pytest

from scripts.size_gate import FILE_LINES, FUNCTION_LINES, violations

ROOT = Path(__file__).parents[2]


def test_no_file_no_function_and_not_the_whole_is_too_long() -> None:
    assert list(violations(ROOT)) == []


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("src/a.py", "x = 1\n" * FILE_LINES, []),
        ("src/a.py", "x = 1\n" * (FILE_LINES + 1), ["src/a.py: 401 lines, 400 are allowed; split it by what it is about"]),
        ("web/src/a.tsx", "\n" * 401, ["web/src/a.tsx: 401 lines, 400 are allowed; split it by what it is about"]),
        ("web/src/api/schema.ts", "\n" * 401, []),
        ("tests/a.py", "def f():\n" + "    x = 1\n" * (FUNCTION_LINES - 1), []),
        ("tests/a.py", "def f():\n" + "    x = 1\n" * FUNCTION_LINES, ["tests/a.py:1: f has 51 lines, 50 are allowed"]),
    ],
    ids=["at the limit", "a file", "the client", "generated", "a function at the limit", "a function"],
)
def test_what_is_too_long_is_named(tmp_path: Path, name: str, text: str, found: list[str]) -> None:
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text(text)
    assert list(violations(tmp_path)) == found
