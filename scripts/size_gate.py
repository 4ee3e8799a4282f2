"""The size gate: files, functions and the product as a whole stay small enough to be read.

The limits are hard; they are raised by a decision record in `docs/adr/`, never by an exception here. What is generated is not
read by people and is not counted.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

FILE_LINES = 400
FUNCTION_LINES = 50
PRODUCT_LINES = 40_000
"""All of `src` and `web/src` together, tests not counted."""

CODE = {".py", ".ts", ".tsx"}
ROOTS = ("src", "web/src", "tests", "web/tests", "benchmarks", "scripts", "seeds", "hatch_build.py")
PRODUCT = ("src", "web/src")
GENERATED = {"web/src/api/schema.ts"}
SKIPPED_FOLDERS = {"node_modules", "static", "__pycache__", "dist"}


def violations(root: Path) -> Iterator[str]:
    """One sentence for each file or function over its limit, and one for the whole."""
    for path in _code(root):
        name = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        lines = text.count("\n")
        if lines > FILE_LINES:
            yield f"{name}: {lines} lines, {FILE_LINES} are allowed; split it by what it is about"
        if path.suffix == ".py":
            yield from (f"{name}:{problem}" for problem in _long_functions(text))
    total = product_lines(root)
    if total > PRODUCT_LINES:
        yield f"the product has {total} lines, {PRODUCT_LINES} are allowed; simplify, or raise the budget by a decision record"


def product_lines(root: Path) -> int:
    """How many lines the product has."""
    return sum(path.read_text(encoding="utf-8").count("\n") for path in _code(root) if _is_product(path.relative_to(root)))


def _is_product(name: Path) -> bool:
    return name.as_posix().startswith(tuple(f"{part}/" for part in PRODUCT)) and ".test." not in name.name


def _code(root: Path) -> Iterator[Path]:
    for part in ROOTS:
        base = root / part
        for path in [base] if base.is_file() else sorted(base.rglob("*")):
            name = path.relative_to(root)
            if path.suffix in CODE and not SKIPPED_FOLDERS.intersection(name.parts) and name.as_posix() not in GENERATED:
                yield path


def _long_functions(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{node.lineno}: {node.name} has {length} lines, {FUNCTION_LINES} are allowed"


def main() -> int:
    root = Path(__file__).parent.parent
    found = list(violations(root))
    print("\n".join(found) if found else f"{product_lines(root)} of {PRODUCT_LINES} lines; no file or function is too long")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
