"""Data types whose values are plain Python: numbers, texts, JSON, files."""

import json
import math
import numbers
import os
import shutil
from pathlib import Path
from typing import Any

from deepforge.library.data import Data

__all__ = ["File", "Json", "JsonValue", "Number", "Text"]

JsonValue = None | bool | int | float | str | list[Any] | dict[str, Any]
MAX_DEPTH = 200


class Number(Data):
    """A number: an int or a float, exactly, the infinities and NaN included."""

    @staticmethod
    def serialize(value: object, path: Path) -> None:
        """Write an int, a float, or a numpy or torch value of one element; raises `TypeError` for anything else."""
        path.write_text(repr(Number.plain(value)), encoding="ascii")

    @staticmethod
    def deserialize(path: Path) -> int | float:
        text = path.read_text(encoding="ascii").strip()
        try:
            return int(text)
        except ValueError:
            return float(text)

    @staticmethod
    def plain(value: object) -> int | float:
        """The same as Python's own int or float."""
        item = getattr(value, "item", None)
        if item is not None and getattr(value, "size", None) is not None and _elements(value) == 1:
            value = item()
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            raise TypeError(f"expected a number, got a {type(value).__name__}")
        return int(value) if isinstance(value, numbers.Integral) else float(value)


class Text(Data):
    """A text, kept as UTF-8, line ends as they are."""

    @staticmethod
    def serialize(value: object, path: Path) -> None:
        if not isinstance(value, str):
            raise TypeError(f"expected a text (str), got a {type(value).__name__}")
        path.write_bytes(value.encode("utf-8"))

    @staticmethod
    def deserialize(path: Path) -> str:
        return path.read_bytes().decode("utf-8")


class Json(Data):
    """Lists, dictionaries with texts as keys, texts, numbers, True, False, None; tuples come back as lists."""

    @staticmethod
    def serialize(value: object, path: Path) -> None:
        """Raises `TypeError` for what JSON cannot hold, `ValueError` for a value that contains itself."""
        _check_json(value, MAX_DEPTH)
        path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")

    @staticmethod
    def deserialize(path: Path) -> JsonValue:
        value: JsonValue = json.loads(path.read_bytes())
        return value


class File(Data):
    """A file as it is. It arrives as a path to read from; an operation returns the path of a file, or bytes."""

    @staticmethod
    def serialize(value: object, path: Path) -> None:
        if isinstance(value, bytes):
            path.write_bytes(value)
        elif isinstance(value, str | os.PathLike):
            if not Path(value).is_file():
                raise TypeError(f"expected the path of a file, and {os.fspath(value)!r} is none")
            shutil.copyfile(value, path)
        else:
            raise TypeError(f"expected the path of a file, or bytes, got a {type(value).__name__}")

    @staticmethod
    def deserialize(path: Path) -> Path:
        return path


def _elements(value: object) -> int:
    shape = getattr(value, "shape", None)
    return math.prod(shape) if shape is not None else -1


def _check_json(value: object, depth: int) -> None:
    if depth == 0:
        raise ValueError(f"the value contains itself, or is nested more than {MAX_DEPTH} deep")
    match value:
        case None | bool() | int() | float() | str():
            pass
        case list() | tuple():
            for item in value:
                _check_json(item, depth - 1)
        case dict():
            for key, item in value.items():
                if not isinstance(key, str):
                    raise TypeError(f"the key {key!r} is a {type(key).__name__}; JSON has texts as keys")
                _check_json(item, depth - 1)
        case _:
            raise TypeError(f"JSON cannot hold a {type(value).__name__}")
