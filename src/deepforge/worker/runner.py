"""The process of one attempt: becomes a clean process of its own, runs `main.py`, and says how it went.

Forked from the zygote (`run_forked`) or started as a program where forking is not possible
(`python -m deepforge.worker.runner DIRECTORY`). Everything that outlives it lies in the attempt's directory: what it prints
goes to `console.log`, what it reports to `spool`, its result to `result.json`, written last. Its exit status is written by
its parent. Only this module stands between the zygote and the user's code, so it is the boundary at which anything that
user code raises is caught.
"""

import argparse
import atexit
import faulthandler
import gc
import importlib.util
import io
import json
import os
import random
import signal
import sys
import threading
import time
import types
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from deepforge.feedback.channel import CHANNEL
from deepforge.worker.control import Fork
from deepforge.worker.durable import write_last
from deepforge.worker.failure import describe_failure
from deepforge.worker.processes import TAG, overwrite_environment

__all__ = ["main", "run_forked"]

_EXIT_PATIENCE = 10.0
"""Seconds that threads and exit handlers of user code may take after the result is written."""
_CANCELED = 130
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def run_forked(order: Fork) -> NoReturn:
    """In a fresh child of the zygote: leave everything of the parent behind, run the attempt, end."""
    directory = Path(order.directory).resolve()
    os.setsid()
    _reset_signals()
    _redirect(directory)
    overwrite_environment(TAG, order.attempt)
    os.environ[TAG] = order.attempt
    os.environ.update(order.environment)
    os.environ.update(dict.fromkeys(_THREAD_VARIABLES, str(order.threads)))
    gc.enable()
    _run(directory, seed=order.seed, threads=order.threads)


def main(arguments: list[str] | None = None) -> NoReturn:
    """The same as a program; its environment was made by its parent."""
    parser = argparse.ArgumentParser(prog="deepforge.worker.runner")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)
    with suppress(PermissionError):  # it leads a session already
        os.setsid()
    _reset_signals()
    directory = options.directory.resolve()
    _redirect(directory)
    _run(directory, seed=options.seed, threads=options.threads)


def _run(directory: Path, *, seed: int, threads: int) -> NoReturn:
    os.chdir(directory)
    sys.path.insert(0, str(directory))
    sys.argv = [str(directory / "main.py")]
    CHANNEL.open(directory / "spool")
    code = 1
    try:
        _set_up_numbers(seed, threads)
        _run_main(directory / "main.py")
        if not (directory / "result.json").exists():
            _write_result(directory, {"outputs": []})
        code = 0
    except SystemExit as stop:
        code = _status(stop)
    except KeyboardInterrupt as stop:
        code = _CANCELED
        _fail(directory, stop)
    except BaseException as error:  # noqa: BLE001 (the boundary of user code: whatever it raised is its own, and is shown)
        _fail(directory, error)
    _end(code)


def _run_main(path: Path) -> None:
    """Run `main.py` as `__main__`, from its real file, so that tracebacks, pickles and spawned processes find it."""
    module = types.ModuleType("__main__")
    module.__file__ = str(path)
    module.__builtins__ = __builtins__  # type: ignore[attr-defined]
    sys.modules["__main__"] = module
    exec(compile(path.read_bytes(), str(path), "exec"), module.__dict__)


def _set_up_numbers(seed: int, threads: int) -> None:
    """Seed every generator (forks would share their parent's numbers otherwise) and give torch its threads."""
    random.seed(seed)
    if importlib.util.find_spec("numpy"):
        importlib.import_module("numpy").random.seed(seed % 2**32)
    if importlib.util.find_spec("torch"):
        torch = importlib.import_module("torch")
        torch.manual_seed(seed)
        torch.set_num_threads(threads)


def _reset_signals() -> None:
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _redirect(directory: Path) -> None:
    """Standard output and error to the console's file, in order; nothing on standard input; no other descriptor stays."""
    console = os.open(directory / "console.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(console, 1)
    os.dup2(console, 2)
    os.closerange(3, 65536)
    sys.stdin = io.TextIOWrapper(io.FileIO(0, "r", closefd=False), encoding="utf-8")
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        stream = _stream(descriptor)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    faulthandler.enable(file=2)


def _stream(descriptor: int) -> io.TextIOWrapper:
    raw = io.BufferedWriter(io.FileIO(descriptor, "w", closefd=False))
    return io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", line_buffering=True)


def _fail(directory: Path, error: BaseException) -> None:
    failure = describe_failure(error, directory)
    with suppress(OSError, ValueError):  # user code may have closed its streams, or filled the disk
        sys.stdout.flush()
        sys.stderr.write(failure.traceback)
        sys.stderr.flush()
    fields = {name: getattr(failure, name) for name in failure.__struct_fields__}
    with suppress(OSError):
        _write_result(directory, {"error": fields})


def _write_result(directory: Path, result: dict[str, object]) -> None:
    write_last(directory / "result.json", json.dumps(result).encode())


def _status(stop: SystemExit) -> int:
    """The exit status, as the interpreter would choose it."""
    if stop.code is None:
        return 0
    if isinstance(stop.code, int):
        return stop.code & 0xFF
    sys.stderr.write(f"{stop.code}\n")
    return 1


def _end(code: int) -> NoReturn:
    """End as the interpreter would (threads, exit handlers), but surely: a thread that hangs cannot keep the attempt."""
    threading.Thread(target=_end_anyway, args=(code,), daemon=True).start()
    with suppress(BaseException):  # exit handlers are user code; the result is already written
        threading._shutdown()  # type: ignore[attr-defined]
    with suppress(BaseException):
        atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _end_anyway(code: int) -> None:
    time.sleep(_EXIT_PATIENCE)
    os._exit(code)


if __name__ == "__main__":
    main()
