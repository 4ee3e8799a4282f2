"""Which names are legal. The client has the same rules; both are tested over `tests/golden/structure.json`."""

import keyword
import unicodedata

from deepforge.model.records import Architecture, DataType, LayerDefinition, Module, Operation, Pipeline

__all__ = ["Named", "bad_name", "is_python_name"]

Named = Operation | Pipeline | Architecture | DataType | LayerDefinition | Module

_PYTHON = "Use a Python name: letters, digits and _, not beginning with a digit, and no word of the language."
_DOTTED = "Use Python names joined by dots, such as tools.plots."
_PLAIN = "Use 1 to 200 printable characters, without a space at either end."


def is_python_name(name: str) -> bool:
    """An identifier that is no keyword, written as Python itself would store it (NFKC)."""
    return name.isidentifier() and not keyword.iskeyword(name) and unicodedata.normalize("NFKC", name) == name


def bad_name(record: Named) -> str:
    """What the name should be like if it is not legal for its kind; empty if it is."""
    name = record.name
    match record:
        case Pipeline():
            legal = 1 <= len(name) <= 200 and name.isprintable() and name == name.strip()
            return "" if legal else _PLAIN
        case Module():
            return "" if all(is_python_name(part) for part in name.split(".")) else _DOTTED
        case Operation() | Architecture() | DataType() | LayerDefinition():
            return "" if is_python_name(name) else _PYTHON
