"""The server as a process: it starts quickly without torch, is found, stops in time, refuses what it must, and recovers."""

import asyncio
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from deepforge.errors import Broken, Forbidden, Invalid
from deepforge.ids import TransactionId
from deepforge.model.execution import Execution, Status
from deepforge.model.hosting import Adopted, Ended
from deepforge.model.live import ExecutionChanged
from deepforge.model.project import NewExecution, Project
from deepforge.server.composition import serve
from deepforge.server.info import ServerInfo, read_server_info
from deepforge.server.static_client import StaticClient
from deepforge.settings import load_settings
from deepforge.storage.sql_storage import open_storage
from tests.server.fake_host import begin, fake_host
from tests.server.harness import running, settings_in, until

PROGRAM = """
import asyncio, sys
from pathlib import Path
from deepforge.server import serve
from deepforge.settings import Settings

data = Path(sys.argv[1])
settings = Settings(data_dir=data, blob_dir=data / "blob", worker_dir=data / "worker", port=0)

def ready(info):
    print(info.url, "torch" in sys.modules, flush=True)

asyncio.run(serve(settings, on_ready=ready))
print("closed", flush=True)
"""


def start(directory: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", PROGRAM, str(directory)], stdout=subprocess.PIPE, text=True)


def said(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_it_starts_without_torch_is_found_and_stops_in_time(tmp_path: Path) -> None:
    data = tmp_path / "data"
    process = start(data)
    try:
        url, torch = said(process).split()
        assert torch == "False"
        info = read_server_info(data)
        assert info is not None
        assert (info.url, info.pid) == (url, process.pid)
        assert httpx.get(f"{url}/healthz", trust_env=False).json() == {"status": "ok"}
        assert stat.S_IMODE(data.stat().st_mode) == 0o700
        assert stat.S_IMODE((data / "server.json").stat().st_mode) == 0o600
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert said(process) == "closed"
        assert process.wait(5) == 0
        assert time.monotonic() - began < 5
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
    assert read_server_info(data) is None
    assert not (data / "server.json").exists()


async def test_S234_a_mongodb_is_answered_by_what_to_do(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "data", mongo_uri="mongodb://localhost:27017/deepforge")
    with pytest.raises(Invalid, match="Unset MONGO_URI") as refused:
        await serve(settings, on_ready=lambda _: None)
    assert refused.value.code == "mongo"
    assert not (tmp_path / "data").exists()


async def test_the_database_of_the_settings_is_the_one_that_is_opened(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, mongo_uri="mongodb://x", database_url="mysql://somewhere/deepforge")
    with pytest.raises(Invalid) as refused:
        await serve(settings, on_ready=lambda _: None)
    assert refused.value.code == "bad-database-url"


def test_the_database_is_set_by_the_environment() -> None:
    found = load_settings({"DEEPFORGE_DATABASE_URL": "postgresql://x/y", "MONGO_URI": "mongodb://z"})
    assert (found.database_url, found.mongo_uri) == ("postgresql://x/y", "mongodb://z")
    assert (load_settings({}).database_url, load_settings({}).mongo_uri) == ("", "")


async def test_a_port_in_use_is_one_clear_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Broken, match=f"^Port {port} is in use by another program") as refused:
            await serve(settings_in(tmp_path, port=port), on_ready=lambda _: None)
    assert (refused.value.code, "--port" in refused.value.hint) == ("port-in-use", True)


async def test_A13_an_address_that_others_reach_is_refused_without_the_flag(tmp_path: Path) -> None:
    with pytest.raises(Forbidden) as refused:
        await serve(settings_in(tmp_path, host="0.0.0.0"), on_ready=lambda _: None)
    assert refused.value.code == "remote-address"
    assert not (tmp_path / "server.json").exists()


async def test_a_second_server_in_the_same_directory_is_refused(tmp_path: Path) -> None:
    infos: list[ServerInfo] = []
    first = asyncio.create_task(serve(settings_in(tmp_path), on_ready=infos.append))
    try:
        await until(lambda: bool(infos))
        with pytest.raises(Broken) as refused:
            await serve(settings_in(tmp_path), on_ready=infos.append)
        assert refused.value.code == "already-running"
        assert read_server_info(tmp_path) == infos[0]
    finally:
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_a_data_directory_that_cannot_be_written_is_one_clear_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(Broken) as refused:
        await serve(settings_in(tmp_path / "data"), on_ready=lambda _: None)
    assert refused.value.code == "data-directory"


async def test_a_data_directory_that_is_a_file_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(Broken) as refused:
        await serve(settings_in(tmp_path / "data"), on_ready=lambda _: None)
    assert refused.value.code == "data-directory"


async def test_fault_06_it_stops_in_time_with_open_sockets_and_questions(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    async with running(settings_in(tmp_path)) as server:
        project = await server.project()
        async with server.live(project.id) as tab, fake_host(server, begin):
            server.services.analyst.wake()
            began = loop.time()
            server.stop()
            await tab.socket.wait_closed()
            await server.stopped.wait()
            assert loop.time() - began < 5


async def test_worker_hosts_keep_their_token_over_a_restart(tmp_path: Path) -> None:
    infos: list[ServerInfo] = []
    for count in (1, 2):
        task = asyncio.create_task(serve(settings_in(tmp_path), on_ready=infos.append))
        await until(lambda count=count: len(infos) == count)  # type: ignore[misc]
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert infos[0].worker_token == infos[1].worker_token
    assert infos[0].token != infos[1].token


async def test_after_a_restart_running_attempts_wait_for_their_host_and_queued_jobs_are_queued(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    async with open_storage(settings) as storage, running(settings, storage) as server:
        project = await server.project()
        async with server.live(project.id) as tab, fake_host(server, begin, slots=1) as host:
            first = await server.post(f"/api/projects/{project.id}/executions", asked("one"), Execution)
            await tab.receive(ExecutionChanged, lambda one: one.execution.status is Status.RUNNING)
            second = await server.post(f"/api/projects/{project.id}/executions", asked("two"), Execution)
            assert second.jobs[0].status is Status.QUEUED
            (spec,) = host.specs.values()
    async with open_storage(settings) as storage, running(settings, storage) as server:
        adopted = (Adopted(attempt=spec.attempt, fence=spec.fence, acknowledged=1),)
        async with server.live(project.id) as tab, fake_host(server, slots=1, adopted=adopted) as host:
            assert host.registered is not None
            assert host.registered.drop == ()
            host.reported(spec, 1)
            await host.report(spec, Ended(exit_code=0, outputs=await host.outputs(spec)))
            for execution in (first, second):
                done = await tab.receive(
                    ExecutionChanged,
                    lambda one, id=execution.id: one.execution.id == id and one.execution.status.final,  # type: ignore[misc]
                )
                assert done.execution.status is Status.SUCCESS
        projects = await server.get("/api/projects", list[Project])
        assert [(one.name, one.executions, one.running) for one in projects] == [("demo", 2, 0)]


def asked(key: str) -> NewExecution:
    return NewExecution(key=TransactionId(key), pipeline="prepare")  # type: ignore[arg-type]


async def test_the_client_is_served_with_lasting_assets_and_a_fresh_page(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "index-abc.js").write_text("1")
    (tmp_path / "index.html").write_text("<p>client")
    client = StaticClient(tmp_path)
    asset, page, deep, other = (client.file(path) for path in ("/assets/index-abc.js", "/index.html", "/projects/a/main/b", "/x"))
    assert asset.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert [one.content for one in (page, deep, other)] == [b"<p>client"] * 3
    assert [one.status_code for one in (page, deep, other)] == [200, 200, 404]
    assert page.headers["Cache-Control"] == "no-cache"


async def test_without_a_built_client_a_page_says_so(tmp_path: Path) -> None:
    page = StaticClient(tmp_path / "nothing").page()
    assert re.search(b"not built", page.content)
