"""Help for parameters and outputs, out of Google-style docstrings."""

import ast
import re
import textwrap
from dataclasses import dataclass, field

__all__ = ["Docs", "read_docstring"]

_SECTION = re.compile(r"(Args|Arguments|Parameters|Attributes|Returns|Yields|Raises|Examples?|Notes?|References?):\s*$")
_ENTRY = re.compile(r"\*{0,2}(\w+)\s*(\([^)]*\))?\s*:\s*(.*)$")
_LONGEST = 4_000


@dataclass(frozen=True)
class Docs:
    """What a docstring says: in general, about each name, and about what is returned."""

    text: str = ""
    names: dict[str, str] = field(default_factory=dict)
    returns: str = ""


def read_docstring(node: ast.FunctionDef | ast.ClassDef | ast.Module) -> Docs:
    """The parts of a definition's docstring; empty where there is none."""
    text = (ast.get_docstring(node) or "")[:_LONGEST]
    general: list[str] = []
    sections: dict[str, list[str]] = {}
    current = general
    for line in text.splitlines():
        heading = _SECTION.match(line)
        if heading:
            current = sections.setdefault(heading[1], [])
        else:
            current.append(line)
    names: dict[str, str] = {}
    for section in ("Args", "Arguments", "Parameters", "Attributes"):
        names.update(_entries(sections.get(section, [])))
    return Docs(text=_joined(general), names=names, returns=_joined(sections.get("Returns", [])))


def _entries(lines: list[str]) -> dict[str, str]:
    """`name: what it is`, continued by lines that are indented further."""
    entries: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in textwrap.dedent("\n".join(lines)).splitlines():
        entry = _ENTRY.match(line)
        if entry and not line.startswith(" "):
            current = entries.setdefault(entry[1], [])
            current.append(entry[3])
        elif current is not None:
            current.append(line.strip())
    return {name: " ".join(part for part in parts if part) for name, parts in entries.items()}


def _joined(lines: list[str]) -> str:
    """Paragraphs stay apart, the lines of one are joined."""
    paragraphs = re.split(r"\n\s*\n", "\n".join(line.strip() for line in lines).strip())
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
