"""Every dependency is there for a stated reason, is used, and is pinned for the checks."""

import ast
import itertools
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PROJECT = tomllib.loads(PYPROJECT)["project"]
IMPORT_NAMES = {"nvidia-ml-py": "pynvml"}
"""Where the name to import is not the distribution's."""
NOT_IMPORTED = {"websockets": "uvicorn's protocol", "aiosqlite": "SQLAlchemy's driver"}
"""What others load by name."""
OPTIONAL = {"matplotlib": "its backend is ours; it is there where a user's operation imports it"}


def name(requirement: str) -> str:
    return re.split(r"[\[<>=~!; ]", requirement)[0].lower().replace("_", "-")


def runtime() -> set[str]:
    return {name(requirement) for requirement in PROJECT["dependencies"]}


def imported() -> set[str]:
    """The top-level packages that the product imports, wherever in a file."""
    found: set[str] = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Import(names=aliases):
                    found |= {alias.name.partition(".")[0] for alias in aliases}
                case ast.ImportFrom(module=str(module), level=0):
                    found.add(module.partition(".")[0])
    return found - sys.stdlib_module_names - {"deepforge"}


def test_every_import_is_a_declared_dependency() -> None:
    names = {IMPORT_NAMES.get(dependency, dependency) for dependency in runtime()}
    assert imported() - names - set(OPTIONAL) == set()


def test_every_dependency_is_imported() -> None:
    names = {IMPORT_NAMES.get(dependency, dependency) for dependency in runtime() - set(NOT_IMPORTED)}
    assert names - imported() == set()


def test_every_dependency_has_a_sentence() -> None:
    section = PYPROJECT[PYPROJECT.index("\ndependencies = [") : PYPROJECT.index("\n[project.optional-dependencies]")]
    pairs = itertools.pairwise(section.splitlines())
    unexplained = [line for before, line in pairs if line.startswith('    "') and not before.startswith("    # ")]
    assert unexplained == []


def test_every_dependency_is_pinned_exactly() -> None:
    pins = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    wanted = runtime() | {name(requirement) for extra in PROJECT["optional-dependencies"].values() for requirement in extra}
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", pin) for pin in pins)
    assert {re.sub(r"[._]", "-", one) for one in wanted} - {name(pin) for pin in pins} == {"deepforge-studio"}
