"""Attempts on a real host with a real zygote: what happens in the runner is told truly, and nothing of it is lost."""

import math
import os
import struct
from pathlib import Path

import msgspec
import pytest

from deepforge.ids import AttemptId
from deepforge.model.artifact import TextPreview
from deepforge.model.execution import Cause
from deepforge.model.feedback import AxisLabels, GraphCreated, ImageChanged, LineCreated, ProgressChanged
from deepforge.model.hosting import Ended, InputFile, Started
from deepforge.worker.processes import tagged
from tests.worker.attempts import OPERATION, attempt
from tests.worker.conftest import HostProcess
from tests.worker.fake_server import FakeServer


def test_success_has_outputs_and_banners_S049(server: FakeServer, host: HostProcess) -> None:
    number = server.add_blob(b"20.5")
    code = "def work(given, *, factor):\n    print('working')\n    return given * factor\n"
    spec = attempt(
        code,
        outputs={"result": "Number"},
        inputs={"given": InputFile(type="Number", blob=number)},
        attributes={"factor": 2},
    )
    server.lease(spec)
    ended = server.ended(spec)
    assert (ended.exit_code, ended.signal, ended.cause) == (0, None, None)
    assert [(output.name, output.type) for output in ended.outputs] == [("result", "Number")]
    assert float(server.blobs[ended.outputs[0].blob.hash]) == 41.0
    assert isinstance(ended.outputs[0].preview, TextPreview)
    lines = server.console(spec).splitlines()
    assert lines == ['##### Running "work" Operation #####', "working", '##### "work" Operation Complete! #####']
    assert isinstance(server.of(spec)[0], Started)
    server.wait(lambda: host.gone(spec.attempt))


def test_an_exception_is_told_with_the_users_own_file_and_line(server: FakeServer, host: HostProcess) -> None:
    code = "def work():\n    labels = {}\n    # the next line fails\n    return labels['labels']\n"
    spec = attempt(code, outputs={"result": "Number"})
    server.lease(spec)
    ended = server.ended(spec)
    assert ended.exit_code == 1
    assert ended.cause is not None
    assert msgspec.structs.replace(ended.cause, traceback="") == Cause(
        kind="exception", message="KeyError: 'labels'", file="operations/work.py", line=4, record=OPERATION
    )
    assert ended.cause.traceback in server.console(spec)
    assert 'File "operations/work.py", line 4, in work' in ended.cause.traceback
    assert "deepforge/worker" not in ended.cause.traceback
    server.wait(lambda: host.gone(spec.attempt))
    assert (host.directory / "failed" / spec.attempt / "main.py").exists()


ENDINGS: dict[str, tuple[str, Ended]] = {
    "segfault": (
        "import ctypes\ndef work():\n    ctypes.string_at(0)\n",
        Ended(signal=11, cause=Cause(kind="signal", message="killed by signal 11 (SIGSEGV)")),
    ),
    "killed": (
        "import os\ndef work():\n    os.kill(os.getpid(), 9)\n",
        Ended(signal=9, cause=Cause(kind="signal", message="killed by signal 9 (SIGKILL)")),
    ),
    "os._exit(0)": (
        "import os\ndef work():\n    os._exit(0)\n",
        Ended(exit_code=0, cause=Cause(kind="outputs", message="exited without outputs")),
    ),
    "os._exit(3)": (
        "import os\ndef work():\n    os._exit(3)\n",
        Ended(exit_code=3, cause=Cause(kind="exit", message="exited with code 3")),
    ),
    "sys.exit(0)": (
        "import sys\ndef work():\n    sys.exit()\n",
        Ended(exit_code=0, cause=Cause(kind="outputs", message="exited without outputs")),
    ),
    "MemoryError": (
        "def work():\n    return bytearray(1 << 60)\n",
        Ended(
            exit_code=1, cause=Cause(kind="memory", message="MemoryError", file="operations/work.py", line=2, record=OPERATION)
        ),
    ),
    "torch's want of memory": (
        "import torch\ndef work():\n    return torch.empty(1 << 45)\n",
        Ended(exit_code=1, cause=Cause(kind="memory", message="", file="operations/work.py", line=3, record=OPERATION)),
    ),
    "no space": (
        "import errno\ndef work():\n    raise OSError(errno.ENOSPC, 'No space left on device')\n",
        Ended(
            exit_code=1,
            cause=Cause(
                kind="no-space",
                message="OSError: [Errno 28] No space left on device",
                file="operations/work.py",
                line=3,
                record=OPERATION,
            ),
        ),
    ),
    "a syntax error": (
        "def work():\n    return (\n",
        Ended(
            exit_code=1,
            cause=Cause(
                kind="exception", message="SyntaxError: '(' was never closed", file="operations/work.py", line=2, record=OPERATION
            ),
        ),
    ),
    "the wrong type": (
        "def work():\n    return 'text'\n",
        Ended(exit_code=1, cause=Cause(kind="outputs", message="")),
    ),
    "an interrupt of its own": (
        "def work():\n    raise KeyboardInterrupt\n",
        Ended(
            exit_code=130,
            cause=Cause(kind="canceled", message="KeyboardInterrupt", file="operations/work.py", line=2, record=OPERATION),
        ),
    ),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_every_ending_is_told_truly(server: FakeServer, host: HostProcess, name: str) -> None:
    code, expected = ENDINGS[name]
    spec = attempt(code, outputs={"result": "Number"})
    server.lease(spec)
    ended = server.ended(spec)
    assert ended.cause is not None
    assert expected.cause is not None
    message = ended.cause.message if expected.cause.message else ""
    plain = msgspec.structs.replace(ended.cause, hint="", traceback="", message=message)
    assert msgspec.structs.replace(ended, cause=plain, duration=0.0) == expected


def test_S048_S191_the_console_is_whole_and_in_order(server: FakeServer, host: HostProcess) -> None:
    code = """
import os, subprocess, sys
def work():
    for step in range(3):
        print(f"step {step}", end="\\r")
    os.write(1, b"raw\\n")
    print("error", file=sys.stderr)
    subprocess.run(["sh", "-c", "echo child; echo wrong >&2"])
    print("\\x1b[31mred\\x1b[0m ünïcode")
    print(input_is_empty := sys.stdin.read() == "")
    print("no newline at the end", end="")
    return 1
"""
    spec = attempt(code, outputs={"result": "Number"})
    server.lease(spec)
    assert server.ended(spec).cause is None
    body = "step 0\rstep 1\rstep 2\rraw\nerror\nchild\nwrong\n\x1b[31mred\x1b[0m ünïcode\nTrue\nno newline at the end"
    assert f"#####\n{body}##### " in server.console(spec)


def test_a_hundred_thousand_points_and_more_lines_arrive_whole(server: FakeServer, host: HostProcess) -> None:
    code = """
import deepforge
def work():
    graph = deepforge.Graph("loss")
    first, second = graph.line("train"), graph.line("test")
    for step in range(100_000):
        first.add(step, step * 0.5)
        if step % 1000 == 0:
            second.add(step, -step)
            print("line", step)
    return 1
"""
    spec = attempt(code, outputs={"result": "Number"})
    server.lease(spec)
    assert server.ended(spec).cause is None
    first, second = server.points(spec).values()
    assert first == [(float(step), step * 0.5) for step in range(100_000)]
    assert second == [(float(step), float(-step)) for step in range(0, 100_000, 1000)]
    assert server.console(spec).count("line") == 100
    assert all(len(msgspec.msgpack.encode(report)) < 300_000 for report in server.reports if report.attempt == spec.attempt)


def test_S110_S115_graphs_keep_names_labels_and_every_number(server: FakeServer, host: HostProcess) -> None:
    code = """
import deepforge, numpy, torch
def work():
    graph = deepforge.Graph("accuracy")
    graph.xlabel("epoch")
    line = graph.line("test")
    graph.ylabel("percent")
    for value in (float("nan"), float("inf"), float("-inf"), -0.0, 1e400, 2**70, torch.tensor([0.5]), numpy.float32(0.25)):
        line.add(0, value)
    line.add("one", 2)
"""
    spec = attempt(code)
    server.lease(spec)
    cause = server.ended(spec).cause
    assert cause is not None
    assert cause.message == "TypeError: adding point (one, 2) to test failed: expected (number, number)"
    assert cause.line == 10
    (values,) = server.points(spec).values()
    expected = [math.nan, math.inf, -math.inf, -0.0, math.inf, 2.0**70, 0.5, 0.25]
    assert [struct.pack("<d", y) for _, y in values] == [struct.pack("<d", y) for y in expected]
    kinds = (GraphCreated, AxisLabels, LineCreated)
    assert [record for record in server.feedback(spec) if isinstance(record, kinds)] == [
        GraphCreated(graph=1, name="accuracy"),
        AxisLabels(graph=1, x="epoch"),
        LineCreated(graph=1, line=2, name="test"),
        AxisLabels(graph=1, y="percent"),
    ]


def test_S116_S118_S192_images_and_progress_arrive(server: FakeServer, host: HostProcess) -> None:
    code = """
import deepforge, torch
def work():
    image = deepforge.Image("before")
    for step in deepforge.progress(range(10), "steps"):
        image.update(torch.rand(3, 8, 8))
    image.title("after")
"""
    spec = attempt(code)
    server.lease(spec)
    assert server.ended(spec).cause is None
    images = [record for record in server.feedback(spec) if isinstance(record, ImageChanged)]
    assert images[-1].title == "after"
    assert max(image.width for image in images) == 8
    progress = [record.progress for record in server.feedback(spec) if isinstance(record, ProgressChanged)]
    assert (progress[-1].label, progress[-1].done, progress[-1].total) == ("steps", 10, 10)


def test_cancel_ends_what_listens_by_interrupt(server: FakeServer, host: HostProcess) -> None:
    code = """
import time
def work():
    try:
        time.sleep(100)
    finally:
        print("cleaned up")
"""
    spec = attempt(code)
    server.lease(spec)
    server.wait(lambda: "Running" in server.console(spec))
    server.cancel(spec, 30)
    ended = server.ended(spec, 10)
    assert ended.cause == Cause(kind="canceled", message="canceled")
    assert ended.exit_code == 130
    assert "cleaned up" in server.console(spec)


def test_cancel_ends_what_does_not_listen_by_force(server: FakeServer, host: HostProcess) -> None:
    code = """
import os, signal, sys, time
def work():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if os.fork() == 0:  # a daemon: out of the session, its parent gone
        os.setsid()
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            print("daemon", flush=True)
            time.sleep(100)
        os._exit(0)
    while True:
        pass
"""
    spec = attempt(code)
    server.lease(spec)
    server.wait(lambda: "daemon" in server.console(spec))
    assert len(tagged(spec.attempt)) == 2
    server.cancel(spec, 0.2)
    ended = server.ended(spec, 10)
    assert (ended.signal, ended.cause) == (9, Cause(kind="canceled", message="canceled"))
    assert tagged(spec.attempt) == []


def test_a_daemon_does_not_outlive_a_success(server: FakeServer, host: HostProcess) -> None:
    code = """
import subprocess
def work():
    subprocess.Popen(["sleep", "100"], start_new_session=True, stdout=subprocess.DEVNULL)
    return 1
"""
    spec = attempt(code, outputs={"result": "Number"})
    server.lease(spec)
    assert server.ended(spec).cause is None
    assert tagged(spec.attempt) == []


def test_a_thread_that_hangs_at_the_end_does_not_keep_the_attempt(server: FakeServer, host: HostProcess) -> None:
    code = """
import threading, time
def work():
    threading.Thread(target=time.sleep, args=(1000,)).start()
    return 1
"""
    spec = attempt(code, outputs={"result": "Number"})
    server.lease(spec)
    ended = server.ended(spec, 30)
    assert (ended.exit_code, ended.cause) == (0, None)


def test_the_runner_sees_no_secret_and_nothing_of_the_host(server: FakeServer, host: HostProcess) -> None:
    code = """
import os, sys, threading
def work():
    print("secrets", [name for name in os.environ if "TOKEN" in name or "KEY" in name])
    print("descriptors", sorted(int(name) for name in os.listdir("/proc/self/fd"))[:4])
    print("group", os.getpgid(0) == os.getpid(), "threads", threading.active_count(), "place", os.getcwd() == sys.path[0])
    parent = open(f"/proc/{os.getppid()}/environ").read()
    print("parent", "worker-token" in parent)
"""
    spec = attempt(code)
    server.lease(spec)
    assert server.ended(spec).cause is None
    console = server.console(spec)
    assert "secrets []\n" in console
    assert "group True threads 1 place True" in console
    assert "parent False" in console
    assert b"worker-token" not in Path(f"/proc/{host.process.pid}/environ").read_bytes()


def test_equal_seeds_give_equal_numbers_and_others_do_not(server: FakeServer, host: HostProcess) -> None:
    assert _drawn(server, 1) == _drawn(server, 1) != _drawn(server, 2)


def _drawn(server: FakeServer, seed: int) -> str:
    code = """
import random, numpy, torch
def work():
    print('drawn', random.random(), numpy.random.rand(), torch.rand(1).item())
"""
    spec = attempt(code, seed=seed)
    server.lease(spec)
    assert server.ended(spec).cause is None
    return next(line for line in server.console(spec).splitlines() if line.startswith("drawn"))


def test_an_input_that_is_not_there_is_said(server: FakeServer, host: HostProcess) -> None:
    blob = server.add_blob(b"gone")
    del server.blobs[blob.hash]
    spec = attempt("def work(given):\n    pass\n", inputs={"given": InputFile(type="Number", blob=blob)})
    server.lease(spec)
    ended = server.ended(spec)
    assert ended.cause is not None
    assert ended.cause.kind == "inputs"
    assert len(server.of(spec)) == 1


def test_bytes_that_are_not_what_the_hash_says_are_refused(server: FakeServer, host: HostProcess) -> None:
    blob = server.add_blob(b"1")
    server.blobs[blob.hash] = b"2"
    spec = attempt("def work(given):\n    pass\n", inputs={"given": InputFile(type="Number", blob=blob)})
    server.lease(spec)
    cause = server.ended(spec).cause
    assert cause == Cause(kind="inputs", message="What arrived is not what its hash says.", hint="Try again.")


@pytest.mark.parametrize("name", ["../../outside", "", "a/b"])
def test_an_attempt_whose_id_is_no_name_is_refused_and_writes_nothing(server: FakeServer, host: HostProcess, name: str) -> None:
    spec = msgspec.structs.replace(attempt("def work():\n    pass\n"), attempt=AttemptId(name))
    before = sorted(host.directory.parent.rglob("*.json"))
    server.lease(spec)
    cause = server.ended(spec).cause
    assert cause is not None
    assert cause.kind == "internal"
    assert sorted(host.directory.parent.rglob("*.json")) == before


def test_the_first_step_of_an_optimizer_comes_quickly(server: FakeServer, host: HostProcess) -> None:
    code = """
import time, torch
def work():
    model = torch.nn.Linear(4, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model(torch.ones(3, 4)).sum().backward()
    optimizer.step()
    print("stepped", time.time())
"""
    began = os.times().elapsed
    spec = attempt(code)
    server.lease(spec)
    server.wait(lambda: "stepped" in server.console(spec))
    print(f"from the lease to the first optimizer step reported: {os.times().elapsed - began:.3f} s")
    assert server.ended(spec).cause is None
