"""What user code raised, told for people: the user's own frames and lines, without the runner's."""

import errno
import re
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from msgspec import Struct

__all__ = ["Failure", "describe_failure"]

_LONGEST = 64 * 1024
_MEMORY = re.compile(r"DefaultCPUAllocator|out of memory|not enough memory|can't allocate memory")
_STATED = ("inputs", "outputs")
_USER_FOLDERS = ("operations", "data_types", "layers", "utils", "architectures")


class Failure(Struct, frozen=True, kw_only=True):
    """The `error` of `result.json`. `kind` is one of `Cause`'s; `file` is relative to the attempt's directory."""

    kind: str
    message: str
    file: str = ""
    line: int | None = None
    hint: str = ""
    traceback: str = ""


def describe_failure(error: BaseException, directory: Path) -> Failure:
    """Describe what was raised in an attempt that ran in `directory`.

    The place is the innermost frame in the user's own files, `main.py` only if there is no other. Where an input or output is
    at fault and no code of the user had a part in it, the sentence stands in place of a traceback.
    """
    for each in _chain(error):
        each.__traceback__ = _without_runner(each.__traceback__, directory)
    file, line = _place(error, directory)
    kind, message, hint = _kind(error), _message(error), ""
    if kind in _STATED:
        hint = str(getattr(error, "hint", ""))
        error.__traceback__ = None
        if file == "main.py":
            file, line = "", None
    own = kind not in _STATED or file
    text = "".join(traceback.format_exception(error)) if own else f"{message} {hint}".rstrip() + "\n"
    text = text.replace(f'File "{directory}/', 'File "')
    return Failure(kind=kind, message=message, file=file, line=line, hint=hint, traceback=_shortened(text))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and all that it was raised from or holds."""
    seen: set[int] = set()
    left = [error]
    while left:
        each = left.pop()
        if id(each) not in seen:
            seen.add(id(each))
            yield each
            left += [other for other in (each.__cause__, each.__context__) if other is not None]
            left += each.exceptions if isinstance(each, BaseExceptionGroup) else ()


def _without_runner(trace: TracebackType | None, directory: Path) -> TracebackType | None:
    """The same from the first frame of the user's own files on; of `main.py` if there is none; as it was if not even that."""
    user = tuple(f"{directory}/{folder}/" for folder in _USER_FOLDERS)
    return _from(trace, user) or _from(trace, (f"{directory}/",)) or trace


def _from(trace: TracebackType | None, starts: tuple[str, ...]) -> TracebackType | None:
    """The trace from its first frame in a file whose path starts so."""
    while trace is not None and not trace.tb_frame.f_code.co_filename.startswith(starts):
        trace = trace.tb_next
    return trace


def _place(error: BaseException, directory: Path) -> tuple[str, int | None]:
    """The innermost place in the user's own files; of what it was raised from, if it has none itself."""
    found = _own_place(error, directory)
    if found[0].split("/")[0] not in _USER_FOLDERS and error.__cause__ is not None:
        below = _place(error.__cause__, directory)
        return below if below[0].split("/")[0] in _USER_FOLDERS else found
    return found


def _own_place(error: BaseException, directory: Path) -> tuple[str, int | None]:
    if isinstance(error, SyntaxError) and error.filename and error.filename.startswith(f"{directory}/"):
        return error.filename[len(str(directory)) + 1 :], error.lineno
    frames = [
        (frame.filename[len(str(directory)) + 1 :], frame.lineno)
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(f"{directory}/")
    ]
    own = [frame for frame in frames if frame[0].split("/")[0] in _USER_FOLDERS]
    return (own or frames or [("", None)])[-1]


def _kind(error: BaseException) -> str:
    stated = getattr(error, "cause_kind", None)  # what loads inputs and stores outputs says it itself
    if stated in _STATED:
        return str(stated)
    if isinstance(error, KeyboardInterrupt):
        return "canceled"
    if isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and _MEMORY.search(str(error))):
        return "memory"
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "no-space"
    return "exception"


def _message(error: BaseException) -> str:
    if _kind(error) in _STATED:
        return str(error)[:1000]
    lines = "".join(traceback.format_exception_only(error)).strip().splitlines()
    return lines[-1][:1000] if isinstance(error, SyntaxError) and lines else "\n".join(lines)[:1000]


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return f"{text[: _LONGEST // 2]}\n  [...]\n{text[-_LONGEST // 2 :]}"
