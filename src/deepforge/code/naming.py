"""Names in generated code that never hide each other."""

import keyword
from collections.abc import Collection

__all__ = ["free_name", "import_line", "is_name"]


def is_name(text: str) -> bool:
    """Whether a text may be a name in Python."""
    return text.isidentifier() and not keyword.iskeyword(text)


def free_name(name: str, taken: Collection[str]) -> str:
    """The name itself, or with a number where it is taken or a keyword."""
    number, free = 1, name
    while free in taken or keyword.iskeyword(free):
        number += 1
        free = f"{name}_{number}"
    return free


def import_line(module: str, name: str, local: str) -> str:
    """`from module import name`, under another name if need be."""
    return f"from {module} import {name}" + ("" if local == name else f" as {local}")
