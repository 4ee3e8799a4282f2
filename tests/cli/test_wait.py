"""`deepforge run` where a server runs, but nobody who computes."""

import signal
import subprocess
import threading
from pathlib import Path

import pytest

from deepforge.server.info import read_server_info
from tests.cli.test_start import command, environment, until

pytestmark = pytest.mark.timeout(180)
SAID = "No worker is connected. Start one with `deepforge start --worker`.\n"


def test_S257_a_run_that_nobody_computes_says_so_and_goes_on_when_a_worker_comes(tmp_path: Path) -> None:
    here = environment(tmp_path)
    with subprocess.Popen(
        command("start", "--server", "--no-browser", "--port", "0"), env=here, stdout=subprocess.PIPE, start_new_session=True
    ) as server:
        until(lambda: read_server_info(tmp_path) is not None)
        subprocess.run(command("new", "mine", "--seed", "xor"), env=here, check=True, capture_output=True)
        with subprocess.Popen(
            command("run", "mine", "train"), env=here, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        ) as run:
            assert run.stderr is not None
            assert run.stderr.readline() == SAID
            # Whatever else it says must not fill the pipe while the worker starts.
            reader = threading.Thread(target=run.stderr.read)
            reader.start()
            with subprocess.Popen(
                command("start", "--worker"), env=here, stderr=subprocess.DEVNULL, start_new_session=True
            ) as worker:
                assert run.wait(120) == 0
                reader.join()
                worker.send_signal(signal.SIGTERM)
        server.send_signal(signal.SIGTERM)
