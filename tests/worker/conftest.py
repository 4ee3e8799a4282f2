"""A worker host as a real process, against the fake server."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worker.fake_server import TOKEN, FakeServer


class HostProcess:
    """`python -m deepforge.worker`, which can be killed and started again."""

    def __init__(self, server: FakeServer, directory: Path, *arguments: str, path: str = "") -> None:
        self.server = server
        self.directory = directory
        self._arguments = arguments
        self._path = path
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "deepforge.worker", "--server", self.server.url, "--dir", str(self.directory)]
        environment = os.environ | {"DEEPFORGE_WORKER_TOKEN": TOKEN, "DEEPFORGE_GRACE_SECONDS": "1", "MY_API_KEY": "secret"}
        environment |= {"PYTHONPATH": self._path} if self._path else {}
        self.directory.mkdir(parents=True, exist_ok=True)
        with (self.directory / "host.log").open("ab") as log:
            return subprocess.Popen([*command, "--name", "tester", *self._arguments], env=environment, stdout=log, stderr=log)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def restart(self) -> None:
        self.process = self._start()

    def stop(self) -> int:
        """A clean end."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(20)

    def gone(self, attempt: str) -> bool:
        """The attempt's directory is deleted."""
        return not (self.directory / "attempts" / attempt).exists()


@pytest.fixture(scope="module")
def server() -> Iterator[FakeServer]:
    with FakeServer() as running:
        yield running


@pytest.fixture(scope="module")
def host(server: FakeServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostProcess]:
    running = HostProcess(server, tmp_path_factory.mktemp("worker"))
    yield running
    running.stop()
    print((running.directory / "host.log").read_text())
