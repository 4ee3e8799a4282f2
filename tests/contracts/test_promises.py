"""The promises of the manual: every id that a test cites exists, and every promise that is kept today is cited by a test.

A test cites a promise in its name or docstring, a test of the client in its title or that of its `describe`: a comment, a
helper or the name of a picture proves nothing.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CITED = re.compile(r"(?<![A-Za-z0-9])([SI])[-_]?(\d{3})(?!\d)")
TITLE = re.compile(r"""(?:\b(?:it|test|describe)(?:\.\w+)*|\))\(\s*(['"`])(.*?)\1,""")
"""Of a test or group, also of one over a table: `it.each(cases)(title, ...)`."""
KEPT = {
    *(f"S-{number:03}" for number in (*range(21, 28), *range(40, 50), *range(110, 119), 190, 191, 192)),
    *(f"S-{number}" for number in (231, 250, 251, 255, 256, 257, 258, 310, 311, 312)),
    *("I-060", "I-061", "I-062", "I-063", "I-064", "I-066", "I-067", "I-068", "I-120", "I-313", "I-314"),
}
"""What this version keeps, of the promises in `docs/spec/promises.md`."""


def known() -> set[str]:
    return set(re.findall(r"^\| ([SI]-\d{3}) \|", (ROOT / "docs" / "spec" / "promises.md").read_text(encoding="utf-8"), re.M))


def sources() -> Iterator[tuple[Path, str]]:
    for folder in (ROOT / "tests", ROOT / "web" / "tests"):
        for path in folder.rglob("*"):
            if path.suffix in {".py", ".ts", ".tsx"} and "contracts" not in path.parts:
                yield path, path.read_text(encoding="utf-8")


def ids_in(text: str) -> set[str]:
    return {f"{kind}-{number}" for kind, number in CITED.findall(text)}


def claims_of_python(source: str) -> str:
    """The names and docstrings of the tests in a file."""
    functions = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    tests = [function for function in functions if function.name.startswith("test_")]
    return "\n".join(f"{test.name} {ast.get_docstring(test) or ''}" for test in tests)


def claims_of_typescript(source: str) -> str:
    """The titles of the tests in a file, and of the groups around them."""
    return "\n".join(title for _, title in TITLE.findall(source))


def test_every_cited_promise_exists() -> None:
    assert {id: path.name for path, source in sources() for id in ids_in(source) - known()} == {}


def test_every_promise_that_is_kept_is_cited_by_a_test() -> None:
    claims = "\n".join(claims_of_python(text) if path.suffix == ".py" else claims_of_typescript(text) for path, text in sources())
    assert sorted(KEPT - ids_in(claims)) == []


@pytest.mark.parametrize(
    ("source", "claimed"),
    [
        ("def test_S021_a() -> None: ...", {"S-021"}),
        ("class TestIt:\n    async def test_a(self):\n        'S-022: it is so; I-063 too.'", {"S-022", "I-063"}),
        ("def test_a():\n    # S-021\n    shoot('S022_a')", set()),
        ("def helper_S021():\n    'S-022'", set()),
        ("'S-021'\nX = 'S-022'", set()),
    ],
)
def test_a_test_of_python_claims_by_name_and_docstring(source: str, claimed: set[str]) -> None:
    assert ids_in(claims_of_python(source)) == claimed


@pytest.mark.parametrize(
    ("source", "claimed"),
    [
        ("describe('S-021: a', () => {\n  it(\n    \"S-022: it's so\",", {"S-021", "S-022"}),
        ("test.each([\n  ['S-023', 1],\n])('S-024: %s', (a) => {})", {"S-024"}),
        ("it.each(golden<Case>('S-023'))(`S-025 $name`, () => {", {"S-025"}),
        ("// S-021\nconst a = 'S-022'\nshoot('S-023', 1)\nexpect(submit('S-024', 1))", set()),
    ],
)
def test_a_test_of_typescript_claims_by_its_titles(source: str, claimed: set[str]) -> None:
    assert ids_in(claims_of_typescript(source)) == claimed
