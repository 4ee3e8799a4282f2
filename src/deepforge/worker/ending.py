"""How an attempt ended: from what its runner and its parent left behind to one truthful cause. Pure."""

import json
import signal
from collections.abc import Sequence
from pathlib import PurePosixPath

import msgspec
from msgspec import Struct

from deepforge.ids import RecordId
from deepforge.model.artifact import Preview
from deepforge.model.execution import Cause
from deepforge.model.hosting import AttemptSpec
from deepforge.model.records import DataType, LayerDefinition, Module, Operation
from deepforge.worker.control import CanceledFile, ExitFile
from deepforge.worker.failure import Failure

__all__ = ["Result", "ResultOutput", "cause_of", "read_result"]


_FOLDERS: dict[str, type[Operation | DataType | LayerDefinition | Module]] = {
    "operations": Operation,
    "data_types": DataType,
    "layers": LayerDefinition,
    "utils": Module,
}


class ResultOutput(Struct, frozen=True, kw_only=True):
    name: str
    type: str
    preview: Preview | None = None


class Result(Struct, frozen=True, kw_only=True):
    """`result.json`."""

    outputs: tuple[ResultOutput, ...] = ()
    error: Failure | None = None


class _Output(Struct, frozen=True):
    name: str
    type: str
    preview: object = None


class _Result(Struct, frozen=True):
    outputs: tuple[_Output, ...] = ()
    error: Failure | None = None


def read_result(data: bytes | None) -> Result | None:
    """`result.json`, or None if there is none that can be read. A preview that cannot be told on is left out."""
    if data is None:
        return None
    try:
        # Twice: names of files that are no text become half characters, which nothing that tells them on could write.
        told = json.dumps(json.loads(data), ensure_ascii=False).encode("utf-8", "replace")
        loose = msgspec.convert(json.loads(told), type=_Result)
    except (ValueError, RecursionError, msgspec.ValidationError):
        return None
    outputs = (ResultOutput(name=each.name, type=each.type, preview=_preview(each.preview)) for each in loose.outputs)
    return Result(outputs=tuple(outputs), error=loose.error)


def _preview(value: object) -> Preview | None:
    """The preview, if it survives the way to the server (JSON has no NaN)."""
    if value is None:
        return None
    try:
        preview: Preview = msgspec.json.decode(msgspec.json.encode(value), type=Preview)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError):
        return None
    return preview


def cause_of(
    spec: AttemptSpec, *, ended: ExitFile | None, result: Result | None, present: Sequence[str], canceled: CanceledFile | None
) -> Cause | None:
    """Why the attempt did not succeed; None if it did.

    `ended` is None if the runner's parent did not live to see it end; `present` names the outputs whose files are there.
    """
    if canceled is not None:
        return canceled.cause
    if result is not None and result.error is not None:
        return _raised(spec, result.error)
    if ended is not None and ended.signal is not None:
        return _killed(ended)
    if ended is not None and ended.exit_code:
        return Cause(kind="exit", message=f"exited with code {ended.exit_code}", hint="Its console may say why.")
    if result is None:
        return _silent(ended)
    named = {output.name for output in result.outputs}
    missing = [port.name for port in spec.outputs if port.name not in named or port.name not in present]
    if missing:
        return Cause(kind="outputs", message=f"exited without outputs: {', '.join(missing)}", hint="Return every output.")
    return None


def _silent(ended: ExitFile | None) -> Cause:
    if ended is None:
        message = "the process that watched it ended first, so that how it ended is not known"
        return Cause(kind="internal", message=message, hint="Run it again.")
    hint = "It ended before it returned: os._exit or sys.exit in its code, or in a library."
    return Cause(kind="outputs", message="exited without outputs", hint=hint)


def _killed(ended: ExitFile) -> Cause:
    assert ended.signal is not None
    message = f"killed by signal {ended.signal} ({_signal_name(ended.signal)})"
    if ended.signal == signal.SIGKILL and ended.oom:
        return Cause(
            kind="memory", message=f"out of memory: {message}", hint="Use smaller batches or a machine with more memory."
        )
    hints = {
        signal.SIGSEGV: "A native library crashed; the console shows where Python was.",
        signal.SIGKILL: "Something outside ended it; the machine may have been short of memory.",
    }
    return Cause(kind="signal", message=message, hint=hints.get(signal.Signals(ended.signal), "") if _known(ended.signal) else "")


def _known(number: int) -> bool:
    return number in {member.value for member in signal.Signals}


def _signal_name(number: int) -> str:
    return signal.Signals(number).name if _known(number) else "unknown"


def _raised(spec: AttemptSpec, failure: Failure) -> Cause:
    hints = {
        "memory": "Use smaller batches, or a machine with more memory.",
        "no-space": "Free space on the worker's disk.",
    }
    return Cause(
        kind=failure.kind,
        message=failure.message,
        hint=hints.get(failure.kind, failure.hint),
        file=failure.file,
        line=failure.line,
        record=_record(spec, failure.file),
        traceback=failure.traceback,
    )


def _record(spec: AttemptSpec, file: str) -> RecordId | None:
    """The record whose code the file is."""
    path = PurePosixPath(file)
    kind = _FOLDERS.get(path.parts[0]) if len(path.parts) > 1 else None
    if kind is None:
        return None
    name = ".".join(path.with_suffix("").parts[1:])
    return next((record.id for record in spec.records if isinstance(record, kind) and record.name == name), None)
