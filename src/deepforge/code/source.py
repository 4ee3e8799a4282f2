"""Parses users' source within limits: whatever the text is, the answer is a tree or one mark.

Undefined names come from pyflakes, which looks at the tree alone.
"""

import ast
import warnings
from dataclasses import dataclass

import blake3
from pyflakes import checker, messages

from deepforge.ids import RecordId
from deepforge.model.interface import Mark, Severity, Where
from deepforge.model.records import Definition

__all__ = ["Source", "mark", "parse_source", "source_hash", "undefined_names"]

MAX_CHARACTERS = 1_000_000
MAX_NODES = 200_000


@dataclass(frozen=True, kw_only=True)
class Source:
    """A definition, its tree (an empty one when it cannot be parsed) and what was wrong."""

    record: RecordId
    name: str
    tree: ast.Module
    marks: tuple[Mark, ...] = ()

    @property
    def parsed(self) -> bool:
        return not self.marks


def source_hash(definition: Definition) -> str:
    """What facts are keyed by: kind, name and code (a changed name makes other facts of the same code)."""
    kind = type(definition).__name__
    text = "\0".join((kind, definition.name, definition.code))
    return blake3.blake3(text.encode("utf-8", "surrogatepass")).hexdigest()


def parse_source(definition: Definition) -> Source:
    """The tree of a definition, or mark DF200 with the reason."""
    line = column = None
    tree = ast.Module(body=[], type_ignores=[])
    try:
        if len(definition.code) > MAX_CHARACTERS:
            raise ValueError(f"it is longer than {MAX_CHARACTERS:,} characters")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(definition.code)
        if sum(1 for _ in ast.walk(tree)) > MAX_NODES:
            raise ValueError(f"it has more than {MAX_NODES:,} parts")
        return Source(record=definition.id, name=definition.name, tree=tree)
    except SyntaxError as error:
        line, column, reason = error.lineno, (error.offset or 1) - 1, error.msg
    except (RecursionError, MemoryError):
        reason = "it is nested too deeply"
    except ValueError as error:
        reason = str(error)
    problem = Mark(
        code="DF200",
        severity=Severity.ERROR,
        message=f"The code cannot be read: {reason}.",
        where=Where(record=definition.id, line=line, column=max(column, 0) if column is not None else None),
        hint="Correct the code; until then, nothing that uses it can run.",
    )
    return Source(record=definition.id, name=definition.name, tree=ast.Module(body=[], type_ignores=[]), marks=(problem,))


def mark(source: Source, code: str, message: str, *, node: ast.AST | None = None, name: str = "", hint: str = "") -> Mark:
    """A mark at a place in the source; DF203 and DF204 are warnings, the others errors."""
    return Mark(
        code=code,
        severity=Severity.WARNING if code in ("DF203", "DF204") else Severity.ERROR,
        message=message,
        where=Where(
            record=source.record, name=name, line=getattr(node, "lineno", None), column=getattr(node, "col_offset", None)
        ),
        hint=hint,
    )


def undefined_names(source: Source) -> tuple[Mark, ...]:
    """DF202: a name is used that is not defined anywhere."""
    try:
        found = checker.Checker(source.tree, filename=source.name).messages
    except RecursionError:
        return (mark(source, "DF200", "The code cannot be read: it is nested too deeply.", hint="Make it simpler."),)
    undefined = [item for item in found if isinstance(item, messages.UndefinedName | messages.UndefinedLocal)]
    return tuple(_undefined(source, item) for item in undefined)


def _undefined(source: Source, message: messages.Message) -> Mark:
    name = str(message.message_args[0])
    return Mark(
        code="DF202",
        severity=Severity.ERROR,
        message=f"The name {name!r} is not defined.",
        where=Where(record=source.record, name=name, line=message.lineno, column=message.col),
        hint="Import it, or correct the name.",
    )
