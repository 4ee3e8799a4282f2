"""What the main.py of an attempt calls: load inputs, build references, store outputs. `docs/spec/attempt.md` has the files.

An output that is missing, extra, of the wrong type or not written is said so in one sentence: nothing that is not there is
ever reported as stored.
"""

import errno
import json
import os
import random
import stat
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
import torch
from torch import nn

from deepforge.library.data import Data, is_class_type, read_value, write_value
from deepforge.library.dataset import Dataset
from deepforge.library.model import Model, attach_design
from deepforge.library.plain import File, Json, Number, Text
from deepforge.library.preview import preview_of
from deepforge.library.tensor import Tensor
from deepforge.model.artifact import Preview
from deepforge.model.blueprint import Design

__all__ = ["Attempt", "AttemptFailed"]

Network = TypeVar("Network", bound=nn.Module)


class AttemptFailed(Exception):
    """An input cannot be read or an output not stored. `cause_kind` is "inputs" or "outputs"; the message is a sentence."""

    def __init__(self, cause_kind: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.cause_kind = cause_kind
        self.message = message
        self.hint = hint


class _Seed(msgspec.Struct, frozen=True):
    seed: int = 0


class _Output(msgspec.Struct, frozen=True):
    name: str
    type: str
    preview: Preview | None


class Attempt:
    """The directory of an attempt; making it seeds `random`, numpy and torch from the recorded seed."""

    def __init__(self, main: str) -> None:
        self.directory = Path(main).resolve().parent
        self.attributes: dict[str, object] = json.loads((self.directory / "attributes.json").read_bytes())
        seed = msgspec.json.decode((self.directory / "spec.json").read_bytes(), type=_Seed).seed
        random.seed(seed)
        np.random.seed(seed % 2**32)
        torch.manual_seed(seed)

    def load(self, name: str, kind: type[Data]) -> object:
        """An input, read by its type."""
        path = self.directory / "inputs" / name
        if not path.is_file():
            raise AttemptFailed("inputs", f'The input "{name}" is not there.', "Run the pipeline again.")
        try:
            return read_value(kind, path)
        except (MemoryError, KeyboardInterrupt):
            raise
        except Exception as error:
            message = f'The input "{name}" cannot be read as {kind.__name__}: {_sentence(error)}'
            raise AttemptFailed("inputs", message, "Choose another artifact, or correct the data type.") from error

    def build(self, name: str, network: type[Network]) -> Network:
        """A reference to an architecture: its network, newly built, carrying the drawing it came from."""
        module = network()
        source = Path(str(sys.modules[network.__module__].__file__))
        attach_design(module, msgspec.json.decode(source.with_suffix(".json").read_bytes(), type=Design))
        return module

    def store(self, result: object, /, **kinds: type[Data]) -> None:
        """Write every output, then result.json. `kinds` are the types of the outputs by name."""
        values = _by_name(result, list(kinds))
        (self.directory / "outputs").mkdir(exist_ok=True)
        outputs = [self._store(name, kind, values[name]) for name, kind in kinds.items()]
        text = msgspec.json.encode({"outputs": outputs})
        partial = self.directory / "result.json.partial"
        with partial.open("wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.directory / "result.json")

    def _store(self, name: str, declared: type[Data], value: object) -> _Output:
        path = self.directory / "outputs" / name
        path.unlink(missing_ok=True)
        if value is None and declared is not Json:
            raise _wrong_output(name, "the operation returned None for it")
        try:
            kind = _kind(declared, value)
            write_value(kind, value, path)
        except (MemoryError, KeyboardInterrupt):
            raise
        except Exception as error:
            path.unlink(missing_ok=True)
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise _wrong_output(name, f"it cannot be saved as {declared.__name__}: {_sentence(error)}") from error
        _check_written(name, kind, path)
        return _Output(name, kind.__name__, preview_of(value))


def _by_name(result: object, names: list[str]) -> Mapping[str, object]:
    """The values of the outputs: a NamedTuple or a dictionary by name, or the one value itself."""
    fields = getattr(result, "_fields", None)
    if isinstance(result, tuple) and fields is not None and (len(names) != 1 or names[0] in fields):
        given: Mapping[str, object] = dict(zip(fields, result, strict=True))
    elif len(names) == 1:
        return {names[0]: result}
    elif isinstance(result, Mapping):
        given = {str(name): value for name, value in result.items()}
    elif not names:
        return {}
    else:
        shown = "None" if result is None else f"a {type(result).__name__}"
        listed = _listed(names)
        raise AttemptFailed(
            "outputs",
            f"The operation returned {shown} instead of the outputs {listed}.",
            "Return a NamedTuple with these fields.",
        )
    for name in names:
        if name not in given:
            raise _wrong_output(name, "the operation did not return it")
    extra = [name for name in given if name not in names]
    if extra:
        message = f"The operation returned {_listed(extra)}, which it does not declare as output."
        raise AttemptFailed("outputs", message, "Declare it in the return annotation, or do not return it.")
    return given


def _kind(declared: type[Data], value: object) -> type[Data]:
    """The type that writes a value: the declared one, a class that inherits from it, or what fits where anything is declared."""
    if isinstance(value, Data) and isinstance(value, declared) and is_class_type(type(value)):
        return type(value)
    if declared is not Data:
        return declared
    match value:
        case torch.Tensor() | np.ndarray():
            return Tensor
        case nn.Module():
            return Model
        case Path() | bytes():
            return File
        case str():
            return Text
        case int() | float() if not isinstance(value, bool):
            return Number
        case Dataset():
            return Dataset
        case _:
            return Json


def _check_written(name: str, kind: type[Data], path: Path) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        raise _wrong_output(name, f"{kind.__name__}.serialize wrote nothing to the path it was given") from None
    if not stat.S_ISREG(mode):
        raise _wrong_output(name, f"{kind.__name__}.serialize did not write one regular file")


def _wrong_output(name: str, reason: str) -> AttemptFailed:
    hint = "Compare what the operation returns with its return annotation."
    return AttemptFailed("outputs", f'The output "{name}" was not stored: {reason}.'.replace("..", "."), hint)


def _sentence(error: Exception) -> str:
    text = str(error).strip()
    return f"{text or type(error).__name__}" if isinstance(error, TypeError | ValueError) else f"{type(error).__name__}: {text}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
