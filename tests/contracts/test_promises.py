"""The promises of the manual: every id that a test cites exists, and every promise that is kept today is cited by a test."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CITED = re.compile(r"(?<![A-Za-z0-9])([SI])[-_]?(\d{3})(?!\d)")
KEPT = {
    *(f"S-{number:03}" for number in (*range(21, 28), *range(40, 50), *range(110, 119), 190, 191, 192)),
    *(f"S-{number}" for number in (231, 250, 251, 255, 256, 257, 258, 310, 311, 312)),
    *("I-060", "I-061", "I-062", "I-063", "I-064", "I-066", "I-067", "I-068", "I-120", "I-313", "I-314"),
}
"""What this version keeps, of the promises in `docs/spec/promises.md`."""


def known() -> set[str]:
    return set(re.findall(r"^\| ([SI]-\d{3}) \|", (ROOT / "docs" / "spec" / "promises.md").read_text(encoding="utf-8"), re.M))


def cited() -> dict[str, str]:
    """Every cited id, with a file that cites it."""
    found: dict[str, str] = {}
    for folder in (ROOT / "tests", ROOT / "web" / "tests"):
        for path in folder.rglob("*"):
            if path.suffix in {".py", ".ts", ".tsx"} and "contracts" not in path.parts:
                for kind, number in CITED.findall(path.read_text(encoding="utf-8")):
                    found[f"{kind}-{number}"] = path.name
    return found


def test_every_cited_promise_exists() -> None:
    assert {id: file for id, file in cited().items() if id not in known()} == {}


def test_every_promise_that_is_kept_is_cited_by_a_test() -> None:
    assert sorted(KEPT - set(cited())) == []
