"""Trouble around the server: network, port, directory, disk. Each is one sentence and a status that is not 0; nothing is lost."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from deepforge.errors import Busy
from deepforge.ids import RecordId
from deepforge.model.execution import Status
from deepforge.model.project import DocumentAt, Project
from deepforge.model.records import Note
from tests.e2e.failing import FILLS, STEPS, TRAINING
from tests.e2e.installation import Installation
from tests.e2e.workshop import Workshop, connected, until

pytestmark = pytest.mark.timeout(240)
NOBODY = "65534"
CIFAR = "Set the attribute `url` of this operation to a mirror, or to the path of a copy of cifar-10-python.tar.gz"


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(installed: Installation, *before: str, port: int = 0) -> subprocess.CompletedProcess[str]:
    """`deepforge start` where it cannot start."""
    command = [*before, sys.executable, "-P", "-m", "deepforge", "start", "--server", "--no-browser", "--port", str(port)]
    return subprocess.run(command, env=installed.environment, capture_output=True, text=True, check=False, timeout=60)


def told(done: subprocess.CompletedProcess[str], *said: str) -> None:
    """One line on standard error, which says this; nothing else; a status that is not 0."""
    assert (done.returncode, done.stdout, done.stderr.count("\n"), done.stderr[:7]) == (1, "", 1, "Error: "), done
    assert [text for text in said if text not in done.stderr] == [], done.stderr


@pytest.fixture(scope="module")
def cifar(installation: Installation) -> Installation:
    assert installation.run("new", "pictures", "--seed", "cifar10").returncode == 0
    return installation


@pytest.mark.parametrize("trouble", ["no network", "wrong checksum"])
def test_a_download_that_fails_says_what_to_do(cifar: Installation, tmp_path: Path, trouble: str) -> None:
    archive = tmp_path / "cifar-10-python.tar.gz"
    archive.write_bytes(b"something else")
    address = f"http://127.0.0.1:{closed_port()}/cifar-10-python.tar.gz"
    url, said = {
        "no network": (address, f"ConnectionError: Downloading {address} failed: [Errno 111] Connection refused. {CIFAR}"),
        "wrong checksum": (str(archive), "ValueError: The archive has the MD5 sum "),
    }[trouble]
    done = cifar.run("run", "pictures", "download-normalize", "--set", f"download_cifar10.url={url}", "--json")
    jobs = {job["name"]: job for job in json.loads(done.stdout)["jobs"]}
    cause = jobs["download_cifar10"]["cause"]
    assert (done.returncode, jobs["normalize_data"]["status"], cause["kind"]) == (1, "canceled", "exception")
    assert (cause["message"].startswith(said), CIFAR in cause["message"]) == (True, True), cause
    assert (said in jobs["download_cifar10"]["console"], f"download_cifar10 failed: {said}" in done.stderr) == (True, True)


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told(start(Installation(tmp_path), port=port), f"Port {port} is in use", f"deepforge start --port {port + 1}")


@pytest.mark.skipif(os.getuid() != 0 or not shutil.which("setpriv"), reason="needs root and setpriv, to start as another user")
def test_fault_29_a_data_directory_of_another_user_is_said() -> None:
    place = Path("/var/tmp/deepforge-of-root")  # where other users may look
    place.mkdir(mode=0o755)
    try:
        other = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
        if subprocess.run([*other, sys.executable, "-c", "import deepforge"], check=False, capture_output=True).returncode:
            pytest.skip("another user may not read this installation")
        told(start(Installation(place), *other), str(place), "cannot be used: ", "DEEPFORGE_DATA_DIR")
        assert list(place.iterdir()) == []
    finally:
        shutil.rmtree(place)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", place], check=False, capture_output=True).returncode:
        pytest.skip("needs root and the right to mount a small disk")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Nothing more can be written to the disk."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(1024))
    yield
    filler.unlink()


def test_fault_17_a_server_without_space_says_so_and_goes_on_when_there_is_some(disk: Path, tmp_path: Path) -> None:
    with Installation(disk / "data", DEEPFORGE_WORKER_DIR=str(tmp_path / "worker")) as installed:
        workshop = Workshop(installed.data_dir, "training", *TRAINING)
        execution = workshop.start("p-trains")
        until(lambda: "step 5\n" in workshop.console(workshop.execution(execution).jobs[0]))
        with full(disk):
            assert refused_edit(workshop) == "no-space"
            stored = document(workshop)
            done = installed.run("new", "another", "--seed", "digits")
            told(done, "There is no space left on the disk", "nothing was stored. Free some space, then try again.")
            assert document(workshop) == stored
        workshop.put(note("again"))
        assert len(document(workshop).records) == len(stored.records) + 1
        assert workshop.ended(execution).status is Status.SUCCESS
        lines = workshop.console(workshop.execution(execution).jobs[0]).splitlines()
        assert [line for line in lines if line.startswith("step ")] == [f"step {number}" for number in range(STEPS)]
        assert installed.run("new", "another", "--seed", "digits").returncode == 0


def refused_edit(workshop: Workshop) -> str:
    """The code with which the server refuses an edit at last: what little room is left in its files is used up first."""
    for number in range(100):
        try:
            workshop.put(note(f"full-{number}"))
        except Busy as refused:
            return refused.code
    return "stored"


def note(name: str) -> Note:
    return Note(id=RecordId(name), graph=RecordId("p-trains"), text="x" * 20_000)


def document(workshop: Workshop) -> DocumentAt:
    with workshop.api as api:
        return api.get(f"/api/projects/{workshop.project}/branches/main/document", DocumentAt)


def test_fault_17_a_start_without_space_is_one_sentence_and_harms_nothing(disk: Path) -> None:
    installed = Installation(disk / "data")
    with full(disk):
        told(start(installed), "no space left", "Free some space")
    assert installed.run("new", "mine", "--seed", "xor").returncode == 0
    with full(disk):
        told(start(installed), "no space left", "Free some space")
    with installed, Workshop(installed.data_dir, "more").api as api:
        assert sorted(project.name for project in api.get("/api/projects", list[Project])) == ["mine", "more"]


def test_fault_18_a_worker_without_space_fails_the_job_and_lives(disk: Path, tmp_path: Path) -> None:
    with Installation(tmp_path / "data", DEEPFORGE_WORKER_DIR=str(disk)) as installed:
        workshop = Workshop(installed.data_dir, "filling", *FILLS)
        until(lambda: connected(workshop))
        done = installed.run("run", "filling", "fills", "--json")
        (job,) = json.loads(done.stdout)["jobs"]
        assert (done.returncode, job["cause"]["kind"]) == (1, "no-space"), job
        assert "No space left on device" in job["cause"]["message"]
        assert installed.run("run", "filling", "modest").returncode == 0


def test_fault_17_18_one_full_disk_for_all_leaves_a_truthful_end_and_a_whole_installation(disk: Path) -> None:
    """As people have it, server and worker share a disk. The training fails for want of space, or goes through whole."""
    with Installation(disk / "data") as installed:
        workshop = Workshop(installed.data_dir, "training", *TRAINING)
        execution = workshop.start("p-trains")
        until(lambda: "step 5\n" in workshop.console(workshop.execution(execution).jobs[0]))
        with full(disk):
            assert refused_edit(workshop) == "no-space"
        (job,) = workshop.ended(execution).jobs
        assert job.cause is None or job.cause.kind == "no-space", job
        lines = [line for line in workshop.console(job).splitlines() if line.startswith("step ")]
        assert lines == [f"step {number}" for number in range(len(lines))]
        assert job.cause is not None or len(lines) == STEPS
        until(lambda: connected(workshop))
        assert installed.run("run", "training", "trains").returncode == 0
