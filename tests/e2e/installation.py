"""A whole DeepForge in a directory of its own, started the way people start it: `deepforge start`."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

__all__ = ["Installation", "processes_of"]

_STOP_SECONDS = 20


class Installation:
    """Server, database and worker as processes, on a port that stays; started on entering, ended on leaving.

    `settings` are further environment variables.
    """

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self._settings = settings
        self.port = _free_port()
        self.url = ""
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    @property
    def server_pid(self) -> int:
        """The process that `deepforge start` became."""
        assert self._process is not None
        return self._process.pid

    @property
    def environment(self) -> dict[str, str]:
        # Operations keep what they downloaded in the cache; each installation has its own.
        own = {"DEEPFORGE_DATA_DIR": str(self.data_dir), "XDG_CACHE_HOME": str(self.data_dir / "cache")}
        return {**os.environ, **own, **self._settings}

    def start(self) -> None:
        """Start it, and read the URL that it prints."""
        command = [sys.executable, "-m", "deepforge", "start", "--no-browser", "--port", str(self.port)]
        self._process = subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, text=True, start_new_session=True)
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if found := re.search(r"http://\S+token=\S+", line):
                self.url = found.group()
                return
        raise AssertionError(f"deepforge start ended with {self._process.wait()} and printed no URL")

    def stop(self) -> None:
        """Ctrl+C, as a person would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.communicate(timeout=_STOP_SECONDS)
            self._process = None

    def wait(self) -> int:
        """Until the process has ended by itself; its exit status."""
        assert self._process is not None
        self._process.communicate(timeout=_STOP_SECONDS)
        status = self._process.returncode
        self._process = None
        return status

    def kill_everything(self) -> None:
        """SIGKILL to every process that serves this directory: a power cut."""
        for process in processes_of(self.data_dir):
            os.kill(process, signal.SIGKILL)
        if self._process is not None:
            self._process.communicate(timeout=_STOP_SECONDS)
            self._process = None

    def new_login(self) -> str:
        """A fresh login URL of the running server, from a second `deepforge start`."""
        command = [sys.executable, "-m", "deepforge", "start", "--no-browser"]
        printed = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True, timeout=60).stdout
        found = re.search(r"http://\S+token=\S+", printed)
        assert found, printed
        return found.group()

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`deepforge ARGUMENTS` against this installation."""
        command = [sys.executable, "-m", "deepforge", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=600)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def processes_of(data_dir: Path) -> list[int]:
    """Every process whose environment or command line names the directory, this one left out."""
    name = os.fsencode(str(data_dir))
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            words = (entry / "environ").read_bytes() + b"\0" + (entry / "cmdline").read_bytes()
        except OSError:  # it ended, or is not ours
            continue
        if name in words:
            found.append(int(entry.name))
    return found
