"""An attempt's working directory is also where the host keeps its files: whatever its code does to them, the host goes on."""

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest

from deepforge.feedback.spool import Spool
from deepforge.model.hosting import AttemptEvent, AttemptSpec, ConsoleWritten, Ended, FeedbackWritten, Register, Report
from deepforge.worker.attempt import AttemptDirectory
from deepforge.worker.follow import EventLog
from deepforge.worker.host import Host, HostOptions, open_host
from deepforge.worker.journal import JournalBroken
from deepforge.worker.processes import alive, identity
from tests.worker.attempts import attempt
from tests.worker.conftest import HostProcess
from tests.worker.fake_server import FakeServer
from tests.worker.waiting import until

GARBAGE: dict[str, Callable[[Path], object]] = {
    "nothing": lambda path: None,
    "text": lambda path: path.write_text("garbage"),
    "another JSON": lambda path: path.write_text('{"pid": -1, "exit_code": 1e99, "runner": "?", "zygote": "x", "zygote_pid": 1}'),
    "half a character": lambda path: path.write_bytes(b'"\xff"'),
    "nested": lambda path: path.write_text('{"x":' * 100_000),
    "a pipe": os.mkfifo,
    "a directory": Path.mkdir,
    "a link": lambda path: path.symlink_to("/dev/zero"),
}


def replaced(path: Path, garbage: str) -> None:
    path.unlink(missing_ok=True)
    GARBAGE[garbage](path)


@pytest.mark.parametrize("garbage", GARBAGE)
def test_files_that_say_how_it_goes_are_not_there_when_they_cannot_be_read(tmp_path: Path, garbage: str) -> None:
    directory = AttemptDirectory.create(tmp_path, attempt(""))
    for name in ("exit.json", "cancel.json", "runner.json", "result.json"):
        replaced(directory.path / name, garbage)
    assert (directory.ended(), directory.canceled(), directory.runner()) == (None, None, None)
    assert directory.result() is None or garbage in ("text", "another JSON", "half a character", "nested")


@pytest.mark.parametrize("garbage", GARBAGE)
def test_a_console_that_was_replaced_is_zeros_where_it_was_not_sent(tmp_path: Path, garbage: str) -> None:
    directory = AttemptDirectory.create(tmp_path, attempt(""))
    directory.console.write_bytes(b"x" * 200_000)
    log = EventLog(directory)
    while log.cut():
        pass
    replaced(directory.console, garbage)
    events = EventLog(directory).after(0)[1]
    told = b"".join(event.data for event in events if isinstance(event, ConsoleWritten))
    plain = directory.console.is_file() and not directory.console.is_symlink()
    left = directory.console.read_bytes()[:200_000] if plain else b""
    assert told == left.ljust(200_000, b"\0")


@pytest.mark.parametrize("garbage", GARBAGE)
def test_a_spool_that_was_replaced_ends_feedback_and_keeps_the_numbers(tmp_path: Path, garbage: str) -> None:
    directory = AttemptDirectory.create(tmp_path, attempt(""))
    spooled(directory)
    log = EventLog(directory)
    log.cut()
    replaced(directory.spool, garbage)
    log = EventLog(directory)
    assert (log.after(0), bool(log.spool_problem), log.drained) == ((1, (FeedbackWritten(records=()),)), True, True)


def spooled(directory: AttemptDirectory) -> None:
    spool = Spool(directory.spool)
    spool.point(1, 2.0, 3.0)
    spool.close()


@pytest.mark.parametrize("garbage", GARBAGE)
def test_a_journal_that_was_replaced_does_not_pass_for_ours(tmp_path: Path, garbage: str) -> None:
    directory = AttemptDirectory.create(tmp_path, attempt(""))
    replaced(directory.journal, garbage)
    with pytest.raises((JournalBroken, OSError)):
        EventLog(directory)


LINES = {
    "a part is gone": (1, b""),
    "a range that was never cut": (1, b'{"entry":"console","number":1,"start":0,"end":99999999999}\n'),
    "an acknowledgement of what was never sent": (1, b'{"entry":"acknowledged","through":9}\n'),
}


@pytest.mark.parametrize("name", LINES)
def test_a_journal_that_was_written_over_does_not_pass_for_ours(tmp_path: Path, name: str) -> None:
    directory = AttemptDirectory.create(tmp_path, attempt(""))
    directory.console.write_bytes(b"x" * 200_000)
    EventLog(directory).cut()
    lines = directory.journal.read_bytes().splitlines(keepends=True)
    index, line = LINES[name]
    directory.journal.write_bytes(b"".join([*lines[:index], line, *lines[index + 1 :]]))
    with pytest.raises(JournalBroken):
        EventLog(directory)


@contextlib.asynccontextmanager
async def running(directory: Path) -> AsyncIterator[Host]:
    """A host that no server answers."""
    options = HostOptions(server="http://127.0.0.1:9", directory=directory, name="x", token="x", grace=0.1, plain=True)
    async with open_host(options) as host:
        task = asyncio.create_task(host.run())
        yield host
        host.stop()
        await asyncio.wait_for(task, 30)


def reported(host: Host) -> list[Report]:
    return [msgspec.msgpack.decode(message, type=Report) for message in host.reports()]


def adopted(register: Register) -> list[str]:
    return [one.attempt for one in register.adopted]


async def test_one_attempt_that_cannot_be_adopted_is_reported_and_the_others_are(tmp_path: Path) -> None:
    specs = [attempt("def work():\n    pass\n") for _ in range(3)]
    (tmp_path / "attempts").mkdir()
    for spec in specs:
        AttemptDirectory.create(tmp_path / "attempts", spec)
    bad = specs[1]
    (tmp_path / "attempts" / bad.attempt / "events.journal").unlink()
    async with running(tmp_path) as host:
        await until((tmp_path / "failed" / bad.attempt).exists)
        assert set(adopted(host.register())) == {spec.attempt for spec in specs}
        (report,) = [one for one in reported(host) if one.attempt == bad.attempt]
        assert (report.fence, report.first) == (bad.fence, 1)
        assert kind_of(report.events) == "internal"
        assert [one for one in reported(host) if one.attempt == bad.attempt] == []


def kind_of(events: tuple[AttemptEvent, ...] | list[AttemptEvent]) -> str:
    last = events[-1]
    assert isinstance(last, Ended)
    return last.cause.kind if last.cause else ""


CODES: dict[str, tuple[str, str]] = {
    "says that it has ended": ("open('exit.json', 'w').write('{}'); time.sleep(1); print('still here')", ""),
    "forges how it ended": ("open('exit.json', 'w').write('garbage'); open('cancel.json', 'w').write('garbage')", ""),
    "puts pipes there": ("[os.mkfifo(name) for name in ('exit.json', 'cancel.json')]", ""),
    "puts pipes in place": ("[(os.remove(name), os.mkfifo(name)) for name in ('console.log', 'spool', 'events.journal')]", ""),
    "forges its runner": ("""open('runner.json', 'w').write('{"zygote_pid": 1, "zygote": "?", "pid": 1, "runner": "?"}')""", ""),
    # The host may write a file while the tree is removed: what is left then is of no use either.
    "removes its directory": ("shutil.rmtree(os.getcwd(), ignore_errors=True); os._exit(0)", "internal|exit|outputs"),
    "puts a directory there": ("os.mkdir('exit.json')", ""),
    "says what cannot be sent": (
        "open('outputs/result', 'w').write('1'); open('result.json', 'w').write(json.dumps({'outputs': [{'name': 'result',"
        " 'type': 'Number', 'preview': {'kind': 'tensor', 'shape': [2**70], 'dtype': 'x'}}]})); os._exit(0)",
        "internal",
    ),
    "raises what is no text": ("raise ValueError(chr(0xdcff))", "exception"),
    "counts to what no message can carry": ("[None for _ in deepforge.progress([1, 2], total=2**64)]", ""),
    "reports a graph of its own": (
        "from deepforge.feedback.channel import CHANNEL; CHANNEL.spool.record(2, {'graph': 10**23, 'name': 'x'})",
        "",
    ),
}


@pytest.mark.parametrize("name", CODES)
def test_code_that_does_this_ends_alone(server: FakeServer, host: HostProcess, name: str) -> None:
    code, kind = CODES[name]
    spec = attempt(
        f"import deepforge, json, os, shutil, time\ndef work():\n    {code}\n    return 1\n", outputs={"result": "Number"}
    )
    server.wait(lambda: server.registers)
    before = len(server.registers)
    server.lease(spec)
    server.ended(spec)
    assert kind_of(server.of(spec)) in kind.split("|")
    server.wait(lambda: host.gone(spec.attempt))
    assert ends_well(server)
    assert (len(server.registers), host.process.poll()) == (before, None)


def ends_well(server: FakeServer) -> bool:
    spec = attempt("def work():\n    return 1\n", outputs={"result": "Number"})
    server.lease(spec)
    return server.ended(spec).cause is None


WAITING = "import time\ndef work():\n    print('there', flush=True)\n    while True: time.sleep(0.1)\n"


def test_a_host_starts_again_over_an_attempt_that_removed_the_hosts_files(tmp_path: Path) -> None:
    with FakeServer() as server:
        host = HostProcess(server, tmp_path / "worker")
        try:
            _start_again(server, host)
        finally:
            assert host.stop() == 0


def _start_again(server: FakeServer, host: HostProcess) -> None:
    spec = begun(server)
    runner = identity(server.started(spec))
    host.kill()
    directory = host.directory / "attempts" / spec.attempt
    for name in ("console.log", "spool", "events.journal"):
        (directory / name).unlink()
    shutil.copy(__file__, directory / "cancel.json")
    host.restart()
    server.wait(lambda: host.gone(spec.attempt))
    server.wait(lambda: not alive(runner))
    assert ends_well(server)
    assert (host.directory / "failed" / spec.attempt / "main.py").exists()


def begun(server: FakeServer) -> AttemptSpec:
    spec = attempt(WAITING)
    server.lease(spec)
    server.wait(lambda: "there" in server.console(spec))
    return spec
