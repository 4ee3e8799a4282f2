"""`Data`, the root of all data types, and how a value of any type is written and read.

A primitive type has static `serialize(value, path)` and `deserialize(path)`: its values are plain Python or torch. A class
type has methods of its own, `serialize(self, path)` and a classmethod `deserialize(cls, path)`: its values are its instances.
"""

import inspect
from pathlib import Path
from typing import Any

__all__ = ["Data", "is_class_type", "read_value", "write_value"]


class Data:
    """The root of all data types. As an annotation it takes anything; an input of this type arrives as a path."""


def is_class_type(kind: type[Data]) -> bool:
    """Whether values of the type are its instances; raises `TypeError` for a type that cannot write or read itself."""
    for method in ("serialize", "deserialize"):
        if not callable(getattr(kind, method, None)):
            raise TypeError(f"the data type {kind.__name__} has no method {method}")
    return not isinstance(inspect.getattr_static(kind, "serialize"), staticmethod)


def write_value(kind: type[Data], value: object, path: Path) -> None:
    """Write a value as its type does. Raises `TypeError` for a value of another type, and whatever `serialize` raises."""
    writer: Any = kind
    if not is_class_type(kind):
        writer.serialize(value, path)
    elif isinstance(value, kind):
        instance: Any = value
        instance.serialize(path)
    else:
        raise TypeError(f"expected a {kind.__name__}, got {_named(value)}")


def read_value(kind: type[Data], path: Path) -> object:
    """Read a value as its type does; a value of the root type is a path to its bytes."""
    if kind is Data:
        return path
    is_class_type(kind)
    reader: Any = kind
    return reader.deserialize(path)


def _named(value: object) -> str:
    return "None" if value is None else f"a {type(value).__name__}"
