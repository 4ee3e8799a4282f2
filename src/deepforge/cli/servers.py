"""The server that a command uses: the one that runs in the data directory, else one of its own for as long as it needs it."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from deepforge.cli.api import Api
from deepforge.cli.terminal import tell
from deepforge.errors import Broken
from deepforge.server.info import read_server_info
from deepforge.settings import Settings

__all__ = ["server_at_hand"]

_START_SECONDS = 90.0
_STOP_SECONDS = 10.0
_POLL_SECONDS = 0.05


@contextmanager
def server_at_hand(settings: Settings, *, worker: bool) -> Iterator[Api]:
    """The running server of the data directory, or an embedded one (with a local worker if `worker`) until the block ends.

    Raises `Broken` with the server's own sentence when it cannot start.
    """
    info = read_server_info(settings.data_dir)
    if info is not None:
        with Api(info.url, info.token) as api:
            yield api
        return
    tell("No server is running here: starting one for this command.")
    with tempfile.TemporaryFile() as messages:
        process = _start(worker=worker, messages=messages.fileno())
        try:
            _await(process, messages)
            info = read_server_info(settings.data_dir)
            if info is None:
                raise Broken(_reason(_text(messages)))
            with Api(info.url, info.token) as api:
                yield api
        finally:
            _stop(process)


def _start(*, worker: bool, messages: int) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl+C is for the command, which stops its server when it has done with it.
    parts = [] if worker else ["--server"]
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "deepforge", "start", *parts, "--port", "0", "--no-browser", "--parent", str(os.getpid())],
        stdin=subprocess.DEVNULL,
        stdout=messages,
        stderr=messages,
        start_new_session=True,
    )


def _await(process: subprocess.Popen[bytes], messages: BinaryIO) -> None:
    """Return when the server has said where it listens, or has ended."""
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and "DeepForge: " not in _text(messages):
        if time.monotonic() > deadline:
            raise Broken(f"The server did not start within {_START_SECONDS:g} s.", hint="Try `deepforge start` to see why.")
        time.sleep(_POLL_SECONDS)


def _text(messages: BinaryIO) -> str:
    """What the server has printed so far. Its descriptor shares our position, so that is left alone."""
    return os.pread(messages.fileno(), 1_000_000, 0).decode(errors="replace")


def _reason(output: str) -> str:
    """The sentence of a server that could not start."""
    lines = [line for line in output.splitlines() if line.strip()]
    found = [line.removeprefix("Error: ") for line in lines if line.startswith("Error: ")]
    return (found or lines[-1:] or ["The server ended before it listened."])[0]


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
