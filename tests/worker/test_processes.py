"""What is asked of the operating system about processes."""

import os
import subprocess
import sys

import pytest

from deepforge.worker.keeper import scrubbed
from deepforge.worker.processes import alive, end_attempt, identity, state, tagged, thread_count


def test_a_process_is_told_from_another_of_its_pid() -> None:
    own = identity(os.getpid())
    assert alive(own)
    assert not alive(own.replace(":", ":9", 1))
    assert not alive("")
    assert state(os.getpid()) == "R"
    assert thread_count() >= 1


def test_a_zombie_is_not_alive() -> None:
    pid = os.posix_spawn(sys.executable, [sys.executable, "-c", ""], os.environ)
    who = identity(pid)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert not alive(who)
    os.waitpid(pid, 0)
    assert identity(pid) == str(pid)


def test_tagged_processes_are_found_and_ended_wherever_they_are() -> None:
    environment = os.environ | {"DEEPFORGE_ATTEMPT": "test-of-tags"}
    with subprocess.Popen(["sleep", "100"], env=environment, start_new_session=True) as process:
        assert tagged("test-of-tags") == [process.pid]
        assert tagged("test-of-tag") == []
        end_attempt(None, "test-of-tags")
        assert process.wait(5) == -9


@pytest.mark.parametrize(
    "name",
    ["DEEPFORGE_WORKER_TOKEN", "AWS_SECRET_ACCESS_KEY", "OPENAI_API_KEY", "DB_PASSWORD", "DATABASE_URL", "MONGO_URI", "Gh_Token"],
)
def test_secrets_are_scrubbed(name: str) -> None:
    assert scrubbed({name: "x", "PATH": "/bin"}) == {"PATH": "/bin"}
