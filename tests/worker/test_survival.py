"""Hosts, zygotes, sockets and acknowledgements get lost; attempts, bytes, points and event numbers do not."""

import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from deepforge.model.execution import Cause
from deepforge.model.hosting import AttemptSpec
from deepforge.worker.processes import alive, identity, tagged
from tests.worker.attempts import attempt
from tests.worker.conftest import HostProcess
from tests.worker.fake_server import FakeServer

SELECTORS = Path(selectors.__file__).read_text()
STEPS = """
import deepforge, os, time
def work():
    line = deepforge.Graph("loss").line("train")
    step = 0
    while not os.path.exists("enough"):
        line.add(step, -step)
        print("step", step)
        step += 1
        time.sleep(0.001)
    print("steps", step)
    return step
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeServer]:
    with FakeServer() as running:
        yield running


@pytest.fixture
def host(server: FakeServer, tmp_path: Path) -> Iterator[HostProcess]:
    running = HostProcess(server, tmp_path / "worker")
    yield running
    running.stop()
    print((running.directory / "host.log").read_text())


def begin(server: FakeServer) -> AttemptSpec:
    """An attempt that is under way."""
    spec = attempt(STEPS, outputs={"result": "Number"})
    server.lease(spec)
    server.wait(lambda: "step 10" in server.console(spec))
    return spec


def finish(server: FakeServer, host: HostProcess, spec: AttemptSpec) -> None:
    """Let it end, and compare what the server has with what the attempt did."""
    (host.directory / "attempts" / spec.attempt / "enough").touch()
    ended = server.ended(spec)
    assert (ended.exit_code, ended.cause) == (0, None)
    lines = server.console(spec).splitlines()
    steps = int(lines[-2].removeprefix("steps "))
    assert lines[1:-2] == [f"step {step}" for step in range(steps)]
    assert list(server.points(spec).values()) == [[(float(step), float(-step)) for step in range(steps)]]
    assert float(server.blobs[ended.outputs[0].blob.hash]) == steps
    server.wait(lambda: host.gone(spec.attempt))


def test_a_host_that_was_killed_adopts_and_goes_on_counting(server: FakeServer, host: HostProcess) -> None:
    spec = begin(server)
    pid = server.started(spec)
    for _ in range(3):
        host.kill()
        assert alive(identity(pid))
        had = len(server.of(spec))
        host.restart()
        server.wait(partial(_longer, server.of(spec), had + 5))
    assert server.started(spec) == pid
    adopted = server.registers[-1].adopted[0]
    assert (adopted.attempt, adopted.fence) == (spec.attempt, spec.fence)
    assert adopted.acknowledged > 10
    finish(server, host, spec)


def test_an_attempt_that_ended_while_no_host_was_there_is_reported(server: FakeServer, host: HostProcess) -> None:
    spec = begin(server)
    host.kill()
    (host.directory / "attempts" / spec.attempt / "enough").touch()
    exit_file = host.directory / "attempts" / spec.attempt / "exit.json"
    server.wait(exit_file.exists)
    host.restart()
    finish(server, host, spec)


def test_what_was_not_acknowledged_is_sent_again_and_is_the_same(server: FakeServer, host: HostProcess) -> None:
    server.acknowledging = False
    spec = begin(server)
    for loss in (server.disconnect, host.kill, server.disconnect):
        before, count = len(server.registers), len(server.reports)
        loss()
        if loss == host.kill:
            host.restart()
        server.wait(partial(_longer, server.registers, before))
        assert server.registers[-1].adopted[0].acknowledged == 0
        server.wait(partial(_resent, server, count))
    server.acknowledging = True
    server.acknowledge(spec)
    finish(server, host, spec)


def _longer(things: Sequence[object], than: int) -> bool:
    return len(things) > than


def _resent(server: FakeServer, after: int) -> bool:
    return any(report.first == 1 for report in server.reports[after:])


def test_a_lost_acknowledgement_of_the_end_keeps_the_directory(server: FakeServer, host: HostProcess) -> None:
    spec = begin(server)
    server.acknowledging = False
    directory = host.directory / "attempts" / spec.attempt
    (directory / "enough").touch()
    ended = server.ended(spec)
    host.kill()
    host.restart()
    server.wait(lambda: len(server.registers) == 2)
    assert directory.exists()
    assert server.ended(spec) == ended
    server.acknowledging = True
    server.disconnect()
    server.wait(lambda: host.gone(spec.attempt))


def test_a_zygote_that_died_is_replaced_and_its_runners_end_truly(server: FakeServer, host: HostProcess) -> None:
    spec = begin(server)
    parent = int(Path(f"/proc/{server.started(spec)}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(parent, signal.SIGKILL)
    finish_without_status(server, host, spec)
    finish(server, host, begin(server))


def finish_without_status(server: FakeServer, host: HostProcess, spec: AttemptSpec) -> None:
    (host.directory / "attempts" / spec.attempt / "enough").touch()
    ended = server.ended(spec)
    assert (ended.exit_code, ended.signal, ended.cause) == (None, None, None)


def test_a_zygote_that_user_code_stopped_goes_on(server: FakeServer, host: HostProcess) -> None:
    spec = attempt("import os, signal\ndef work():\n    os.kill(os.getppid(), signal.SIGSTOP)\n")
    server.lease(spec)
    assert server.ended(spec).cause is None


def test_a_runner_that_killed_its_parent_and_then_itself_is_told_of(server: FakeServer, host: HostProcess) -> None:
    spec = attempt("import os\ndef work():\n    os.kill(os.getppid(), 9)\n    os.kill(os.getpid(), 9)\n")
    server.lease(spec)
    cause = server.ended(spec).cause
    assert cause is not None
    assert (cause.kind, cause.message.partition(",")[0]) == ("internal", "the process that watched it ended first")


def test_attempts_that_the_server_dropped_are_ended_and_deleted(server: FakeServer, host: HostProcess) -> None:
    spec = begin(server)
    server.drop = (spec.attempt,)
    server.disconnect()
    server.wait(lambda: host.gone(spec.attempt))
    assert tagged(spec.attempt) == []


def test_a_host_that_is_told_to_end_stops_its_attempts(server: FakeServer, host: HostProcess) -> None:
    spec = begin(server)
    assert host.stop() == 0
    assert server.ended(spec).cause == Cause(kind="canceled", message="the worker was stopped", hint="Run it again.")
    assert host.gone(spec.attempt)


def test_a_host_may_leave_its_attempts_running(server: FakeServer, tmp_path: Path) -> None:
    host = HostProcess(server, tmp_path / "left", "--leave-running")
    spec = begin(server)
    assert host.stop() == 0
    assert tagged(spec.attempt) == [server.started(spec)]
    host.restart()
    finish(server, host, spec)
    assert host.stop() == 0


def test_a_cancel_outlives_the_host(server: FakeServer, host: HostProcess) -> None:
    code = (
        "import signal\ndef work():\n    signal.signal(signal.SIGINT, signal.SIG_IGN)\n    print('deaf')\n    while True: pass\n"
    )
    spec = attempt(code)
    server.lease(spec)
    server.wait(lambda: "deaf" in server.console(spec))
    server.cancel(spec, 1.5)
    server.wait((host.directory / "attempts" / spec.attempt / "cancel.json").exists)
    host.kill()
    host.restart()
    ended = server.ended(spec)
    assert (ended.signal, ended.cause) == (9, Cause(kind="canceled", message="canceled"))


def test_on_a_shared_disk_nothing_is_copied(tmp_path: Path) -> None:
    blobs, directory = tmp_path / "blobs", tmp_path / "worker"
    blobs.mkdir()
    with FakeServer(blob_dir=blobs, worker_dir=directory) as server:
        host = HostProcess(server, directory)
        spec = begin(server)
        finish(server, host, spec)
        assert [request for request in server.requests if not request.endswith("adopt")] == []
        assert host.stop() == 0


def test_without_a_zygote_plain_processes_do_the_same(server: FakeServer, tmp_path: Path) -> None:
    host = HostProcess(server, tmp_path / "plain", "--plain")
    finish(server, host, begin(server))
    assert host.stop() == 0


def test_an_installation_that_cannot_start_a_runner_is_said(server: FakeServer, tmp_path: Path) -> None:
    """Fault injection: the zygote's own modules, broken by a file in front of them."""
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "selectors.py").write_text("import sys\nif 'zygote' in ' '.join(sys.orig_argv): raise SystemExit(3)\n" + SELECTORS)
    host = HostProcess(server, tmp_path / "worker", path=str(broken))
    spec = attempt("def work():\n    pass\n")
    server.lease(spec)
    cause = server.ended(spec).cause
    assert cause is not None
    assert (cause.kind, cause.message) == ("internal", "the worker's warm process ends as soon as it is started")
    assert host.stop() == 0


def test_a_host_with_the_wrong_token_says_so_and_ends(server: FakeServer, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "deepforge.worker", "--server", server.url, "--dir", str(tmp_path / "other")]
    done = subprocess.run(command, env=os.environ | {"DEEPFORGE_WORKER_TOKEN": "x"}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "does not accept this worker" in done.stderr


def test_two_hosts_do_not_share_a_directory(server: FakeServer, host: HostProcess) -> None:
    server.wait(lambda: server.registers)
    command = [sys.executable, "-m", "deepforge.worker", "--server", server.url, "--dir", str(host.directory)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, "Another worker uses" in done.stderr) == (1, True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 6 MiB."""
    place = tmp_path / "small"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", str(place)], check=False).returncode != 0:
        pytest.skip("only root can mount a small disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


FILLERS = {
    "the console": "def work():\n    while True:\n        print('x' * 1000)\n",
    "the spool": """
import deepforge
def work():
    line = deepforge.Graph("loss").line("train")
    while True:
        line.add(0, 0)
""",
    "a file": "def work():\n    with open('large', 'wb') as file:\n        while True:\n            file.write(bytes(4096))\n",
}


def test_a_full_disk_fails_the_attempt_and_not_the_host(server: FakeServer, small_disk: Path) -> None:
    host = HostProcess(server, small_disk / "worker")
    for code in FILLERS.values():
        spec = attempt(code)
        server.lease(spec)
        cause = server.ended(spec).cause
        assert cause is not None
        assert (cause.kind, cause.message) == ("no-space", "OSError: [Errno 28] No space left on device")
        server.wait(lambda: not list((small_disk / "worker" / "attempts").iterdir()))
    finish(server, host, begin(server))
    assert host.stop() == 0


def test_loaders_with_processes_of_their_own_work_in_a_fork(server: FakeServer, host: HostProcess) -> None:
    code = """
import torch, deepforge
from torch.utils.data import DataLoader, Dataset
line = deepforge.Graph("seen").line("by a loader")
class Numbers(Dataset):
    def __len__(self):
        return 64
    def __getitem__(self, index):
        line.add(index, index)  # in a forked process: goes nowhere, and harms nothing
        return torch.tensor([float(index)])
def work():
    line.add(-1, -1)
    total = sum(float(batch.sum()) for batch in DataLoader(Numbers(), batch_size=8, num_workers=2))
    line.add(total, total)
    return total
"""
    spec = attempt(code, outputs={"result": "Number"})
    server.lease(spec)
    assert server.ended(spec).cause is None
    assert list(server.points(spec).values()) == [[(-1.0, -1.0), (2016.0, 2016.0)]]
