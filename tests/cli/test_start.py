"""`deepforge start` as people use it: real processes in a data directory of their own."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from deepforge.cli.api import Api
from deepforge.model.project import Workers
from deepforge.server.info import ServerInfo, read_server_info
from tests.e2e.installation import Installation

DEADLINE = 60.0
STOP_SECONDS = 5.0
LOGIN = re.compile(r"^DeepForge: (http://127\.0\.0\.1:\d+/\?token=\S+)$", re.M)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "deepforge", *arguments]


def environment(data_dir: Path) -> dict[str, str]:
    return {**os.environ, "DEEPFORGE_DATA_DIR": str(data_dir)}


def refused(data_dir: Path, *arguments: str) -> str:
    """What `deepforge start` says when it cannot start."""
    done = subprocess.run(
        command("start", "--no-browser", "--server", *arguments),
        env=environment(data_dir),
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


def running(data_dir: Path) -> ServerInfo:
    info = read_server_info(data_dir)
    assert info is not None
    return info


def connected(info: ServerInfo) -> int:
    with Api(info.url, info.token) as api:
        return sum(worker.connected for worker in api.get("/api/workers", Workers).workers)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with Installation(tmp_path_factory.mktemp("start") / "data") as installed:
        yield installed


def test_S255_start_brings_up_a_server_and_a_worker(installation: Installation) -> None:
    info = running(installation.data_dir)
    until(lambda: connected(info) == 1)
    assert httpx.get(f"{info.url}/healthz", trust_env=False).json() == {"status": "ok"}


def test_the_printed_url_logs_in_once(installation: Installation) -> None:
    url = installation.new_login()
    with httpx.Client(trust_env=False) as browser:
        assert browser.get(url).status_code == 303
        assert browser.get(running(installation.data_dir).url).status_code == 200
    with httpx.Client(trust_env=False) as other:
        assert other.get(url).cookies == httpx.Cookies()


def test_a_second_start_prints_a_fresh_url_of_the_running_server(installation: Installation) -> None:
    done = installation.run("start", "--no-browser")
    again = installation.run("start", "--no-browser")
    first, second = LOGIN.findall(done.stdout), LOGIN.findall(again.stdout)
    assert (len(first), len(second), first != second, again.returncode, again.stderr) == (
        1,
        1,
        True,
        0,
        "DeepForge is already running here.\n",
    )


def test_server_json_is_for_its_owner_alone(installation: Installation) -> None:
    files = {name: (installation.data_dir / name).stat().st_mode & 0o777 for name in (".", "server.json")}
    assert files == {".": 0o700, "server.json": 0o600}


def test_a_worker_that_dies_is_started_again(installation: Installation) -> None:
    info = running(installation.data_dir)
    until(lambda: connected(info) == 1)
    (worker,) = [
        child for child in children(installation.server_pid) if b"deepforge.worker" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]
    os.kill(worker, signal.SIGKILL)
    until(lambda: not Path(f"/proc/{worker}").exists() and connected(info) == 1)


def test_S257_a_worker_alone_joins_the_running_server(tmp_path: Path) -> None:
    with (
        subprocess.Popen(
            command("start", "--server", "--no-browser", "--port", "0"),
            env=environment(tmp_path),
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as server,
    ):
        assert server.stdout is not None
        assert LOGIN.match(server.stdout.readline())
        info = running(tmp_path)
        assert connected(info) == 0
        with subprocess.Popen(
            command("start", "--worker"), env=environment(tmp_path), stderr=subprocess.DEVNULL, start_new_session=True
        ) as worker:
            until(lambda: connected(info) == 1)
            worker.send_signal(signal.SIGTERM)
        server.send_signal(signal.SIGTERM)


def test_S256_S258_the_server_alone_listens_on_the_port_and_ctrl_c_ends_it_soon(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        command("start", "--server", "--no-browser", "--port", str(port)),
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(f"DeepForge: http://127.0.0.1:{port}/?token=")
        assert (running(tmp_path).pid, connected(running(tmp_path))) == (process.pid, 0)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=DEADLINE)
    assert (out, "Traceback" in err, process.returncode) == ("", False, 0)
    assert time.monotonic() - began < STOP_SECONDS
    assert read_server_info(tmp_path) is None


def test_ctrl_c_ends_server_and_worker_soon(tmp_path: Path) -> None:
    with Installation(tmp_path) as installed:
        info = running(tmp_path)
        until(lambda: connected(info) == 1)
        family = [installed.server_pid, *children(installed.server_pid)]
        began = time.monotonic()
        installed.stop()
        assert time.monotonic() - began < STOP_SECONDS
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family))


def test_S258_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused(tmp_path, "--port", str(port))
    assert re.fullmatch(rf"Error: [^\n]*\b{port}\b[^\n]*\n", said)


def test_a_data_directory_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = refused(tmp_path / "file" / "data")
    assert re.fullmatch(r"Error: The data directory [^\n]* cannot be used: Not a directory\.[^\n]*\n", said)


def test_a_database_of_a_newer_program_is_one_sentence_and_stays_as_it_is(tmp_path: Path) -> None:
    with Installation(tmp_path):
        pass
    (database,) = tmp_path.glob("deepforge.db")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'tomorrow'")
    said = refused(tmp_path, "--port", "0")
    assert re.fullmatch(r"Error: The database [^\n]* was made by a newer version of DeepForge\. [^\n]+\n", said)
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("tomorrow",)]


def test_an_unreadable_server_json_is_no_server(tmp_path: Path) -> None:
    (tmp_path / "server.json").write_text(json.dumps({"url": "http://127.0.0.1:1"}))
    assert read_server_info(tmp_path) is None


def test_a_server_that_was_started_for_a_command_ends_with_it(tmp_path: Path) -> None:
    code = (
        "import os, subprocess, sys\n"
        "subprocess.run([sys.executable, '-P', '-m', 'deepforge', 'start', '--server', '--no-browser', '--port', '0',\n"
        "                '--parent', str(os.getpid())])\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], env=environment(tmp_path), stdout=subprocess.DEVNULL) as parent:
        until(lambda: read_server_info(tmp_path) is not None)
        parent.kill()
        until(lambda: read_server_info(tmp_path) is None)


def test_after_a_crash_of_the_server_the_next_start_has_its_worker_back(tmp_path: Path) -> None:
    with Installation(tmp_path) as installed:
        until(lambda: connected(running(tmp_path)) == 1)
        workers = children(installed.server_pid)
        os.kill(installed.server_pid, signal.SIGKILL)
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
        installed.kill_everything()
        installed.start()
        until(lambda: connected(running(tmp_path)) == 1)
