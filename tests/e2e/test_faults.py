"""Code that fails, and processes that are killed: every execution comes to a truthful end, and nothing is lost or doubled."""

import json
import os
import signal
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from struct import iter_unpack

import pytest

from deepforge.model.execution import Execution, Job, Status
from deepforge.model.feedback import Feedback
from deepforge.model.project import LinePoints
from tests.e2e.failing import FAILING, STEPS, TRAINING
from tests.e2e.installation import Installation, processes_of
from tests.e2e.workshop import Workshop, connected, until

pytestmark = pytest.mark.timeout(240)

KILLED_SECONDS = 2
STOP_SECONDS = 5


@pytest.fixture(scope="module")
def failing(installation: Installation) -> Workshop:
    return Workshop(installation.data_dir, "failing", *FAILING)


@pytest.fixture
def training(tmp_path: Path) -> Iterator[tuple[Installation, Workshop, Job]]:
    """An installation of its own whose project trains: some steps are through."""
    with Installation(tmp_path / "data") as installed:
        workshop = Workshop(installed.data_dir, "training", *TRAINING)
        execution = workshop.start("p-trains")
        until(lambda: "step 20\n" in workshop.console(workshop.execution(execution).jobs[0]))
        yield installed, workshop, workshop.execution(execution).jobs[0]


def worker_process(installed: Installation, program: str) -> int:
    """The one process of the installation whose command line has this."""
    found = [pid for pid in processes_of(installed.data_dir) if program.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()]
    assert len(found) == 1, found
    return found[0]


def runner_of(installed: Installation, job: Job) -> int:
    runner = installed.data_dir / "worker" / "attempts" / job.attempts[-1].id / "runner.json"
    return int(json.loads(runner.read_bytes())["pid"])


def whole(workshop: Workshop, job: Job) -> None:
    """The training went through: each line and each point is there, once and in order."""
    steps = [line for line in workshop.console(job).splitlines() if line.startswith("step ")]
    assert steps == [f"step {number}" for number in range(STEPS)]
    with workshop.api as api:
        feedback = api.get(f"/api/jobs/{job.id}/feedback", Feedback)
        (line,) = feedback.graphs[0].lines
        page = api.get(f"/api/jobs/{job.id}/lines/{line.line}", LinePoints)
    assert list(iter_unpack("<dd", b64decode(page.points))) == [(step, 1 / (1 + step)) for step in range(STEPS)]


def execution_of(workshop: Workshop, job: Job) -> Execution:
    with workshop.api as api:
        return api.get(f"/api/executions/{job.execution}", Execution)


def job_of(workshop: Workshop, job: Job) -> Job:
    return next(one for one in execution_of(workshop, job).jobs if one.id == job.id)


@pytest.mark.parametrize(
    ("pipeline", "kind", "said"),
    [
        ("leaves", "outputs", "exited without outputs"),
        ("crashes", "signal", "killed by signal 11 (SIGSEGV)"),
        ("mistyped", "outputs", 'The output "result" was not stored: it cannot be saved as Dataset: '),
        ("incomplete", "outputs", 'The output "second" was not stored: the operation did not return it.'),
    ],
    ids=["fault_45_leaves", "fault_43_crashes", "wrong_type", "missing_output"],
)
def test_what_an_operation_does_wrong_is_the_cause(
    installation: Installation, failing: Workshop, pipeline: str, kind: str, said: str
) -> None:
    done = installation.run("run", "failing", pipeline, "--json")
    (job,) = json.loads(done.stdout)["jobs"]
    assert (done.returncode, job["status"], job["cause"]["kind"]) == (1, "failed", kind), done
    assert job["cause"]["message"].startswith(said)
    assert (f"{pipeline} failed: {said}" in done.stderr, "Traceback" in done.stderr) == (True, False), done
    assert f"{pipeline}_execution_1: failed" in done.stderr


def test_an_exception_is_told_with_the_user_s_own_lines(installation: Installation, failing: Workshop) -> None:
    done = installation.run("run", "failing", "raises", "--json")
    (job,) = json.loads(done.stdout)["jobs"]
    cause = job["cause"]
    trace = (
        "Traceback (most recent call last):\n"
        '  File "operations/raises.py", line 12, in raises\n'
        "    return look({})\n"
        "           ^^^^^^^^\n"
        '  File "operations/raises.py", line 7, in look\n'
        '    return table["labels"]\n'
        "           ~~~~~^^^^^^^^^^\n"
        "KeyError: 'labels'\n"
    )
    assert (cause["kind"], cause["message"], cause["file"], cause["line"], cause["record"], done.returncode) == (
        "exception",
        "KeyError: 'labels'",
        "operations/raises.py",
        7,
        "op-raises",
        1,
    )
    assert (cause["traceback"], trace in job["console"], done.stderr.count(trace)) == (trace, True, 1), done
    assert "raises failed: KeyError: 'labels' (operations/raises.py, line 7)" in done.stderr


def test_ctrl_c_ends_an_endless_loop(installation: Installation, failing: Workshop) -> None:
    command = [sys.executable, "-m", "deepforge", "run", "failing", "loops", "--json"]
    with subprocess.Popen(
        command, env=installation.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stderr is not None
        assert any("round and round" in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, json.loads(out)["status"], "deepforge" in err) == (130, "canceled", False), err


def test_a_failing_branch_lets_running_jobs_finish_and_starts_nothing(failing: Workshop) -> None:
    ended = failing.ended(failing.start("p-wide"))
    assert {job.name: job.status for job in ended.jobs} == {
        "quick": Status.FAILED,
        "patient": Status.SUCCESS,
        "after": Status.CANCELED,
    }
    assert (ended.status, ended.cause) == (Status.FAILED, '"quick" failed: ValueError: the branch that fails')


def test_fault_41_two_hundred_thousand_lines_are_all_kept(failing: Workshop) -> None:
    ended = failing.ended(failing.start("p-talks"))
    lines = failing.console(ended.jobs[0]).splitlines()
    assert [line for line in lines if line.startswith("line ")] == [f"line {number}" for number in range(200_000)]


def test_fault_03_a_training_outlives_the_server(training: tuple[Installation, Workshop, Job]) -> None:
    """Killed with SIGKILL and started again: the training has gone on; no line and no point is missing or doubled."""
    installed, workshop, job = training
    os.kill(installed.server_pid, signal.SIGKILL)
    installed.wait()
    installed.start()
    until(lambda: execution_of(workshop, job).status.final)
    ended = job_of(workshop, job)
    assert (ended.status, len(ended.attempts)) == (Status.SUCCESS, 1)
    whole(workshop, job)


def test_fault_08_a_training_outlives_the_worker_host(training: tuple[Installation, Workshop, Job]) -> None:
    """Its keeper starts another host, which adopts the attempt."""
    installed, workshop, job = training
    os.kill(worker_process(installed, "deepforge.worker\0--server"), signal.SIGKILL)
    until(lambda: execution_of(workshop, job).status.final)
    ended = job_of(workshop, job)
    assert (ended.status, len(ended.attempts)) == (Status.SUCCESS, 1)
    whole(workshop, job)


def test_fault_09_a_killed_runner_is_told_at_once(training: tuple[Installation, Workshop, Job]) -> None:
    installed, workshop, job = training
    os.kill(runner_of(installed, job), signal.SIGKILL)
    until(lambda: execution_of(workshop, job).status.final, seconds=KILLED_SECONDS)
    ended = job_of(workshop, job)
    assert ended.cause is not None
    assert (ended.status, ended.cause.kind, ended.cause.message) == (Status.FAILED, "signal", "killed by signal 9 (SIGKILL)")
    assert execution_of(workshop, job).cause == '"trains" failed: killed by signal 9 (SIGKILL)'


def test_fault_10_after_everything_was_killed_the_end_is_truthful(training: tuple[Installation, Workshop, Job]) -> None:
    """Server, host, zygote and runner at once: the training did not end well, and what it wrote before is there."""
    installed, workshop, job = training
    seen = workshop.console(job)
    installed.kill_everything()
    assert processes_of(installed.data_dir) == []
    installed.start()
    until(lambda: execution_of(workshop, job).status.final)
    ended = job_of(workshop, job)
    assert ended.cause is not None
    assert (ended.status, ended.cause.kind) == (Status.FAILED, "internal")
    assert workshop.console(job).startswith(seen)
    until(lambda: connected(workshop))
    again = workshop.ended(workshop.start("p-trains"))
    assert again.status is Status.SUCCESS


def test_fault_10_an_attempt_whose_directory_is_gone_is_lost(training: tuple[Installation, Workshop, Job]) -> None:
    """Host and runner killed, and all that the host had on disk is wiped: the next host does not have it, and says so."""
    installed, workshop, job = training
    host, runner = worker_process(installed, "deepforge.worker\0--server"), runner_of(installed, job)
    os.kill(installed.server_pid, signal.SIGSTOP)  # its keeper starts no other host in between
    for pid in (host, runner):
        os.kill(pid, signal.SIGKILL)
    # At one stroke: the warm process still writes how the runner ended.
    (installed.data_dir / "worker" / "attempts").rename(installed.data_dir / "wiped")
    os.kill(installed.server_pid, signal.SIGCONT)
    until(lambda: execution_of(workshop, job).status.final, seconds=30)
    ended = job_of(workshop, job)
    assert ended.cause is not None
    assert (ended.status, ended.cause.kind) == (Status.FAILED, "lost")
    assert workshop.console(job).startswith("##### Running")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_fault_06_a_signal_ends_every_process(training: tuple[Installation, Workshop, Job], number: signal.Signals) -> None:
    installed, _, _job = training
    began = time.monotonic()
    os.kill(installed.server_pid, number)
    assert installed.wait() == 0
    until(lambda: not processes_of(installed.data_dir), seconds=STOP_SECONDS)
    assert time.monotonic() - began < STOP_SECONDS
