"""`deepforge new` and `deepforge run` against real servers, workers and runners."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deepforge.cli.api import Api
from deepforge.cli.choices import find_project
from deepforge.ids import ProjectId, RecordId, TransactionId, new_id
from deepforge.model.document import Transaction
from deepforge.model.live import Committed, Edit
from deepforge.model.project import DocumentAt, NewProject, Project
from deepforge.model.records import Input, Node, NodeTarget, Operation, OperationRef, Output, Pipeline, Record, Wire
from deepforge.server.info import read_server_info
from tests.e2e.installation import Installation

pytestmark = pytest.mark.timeout(300)
DEADLINE = 120.0

MAKE = """
from deepforge import Number


def make(*, value: float = 3.0, shout: bool = False) -> Number:
    print("made", value)
    if shout:
        print("loud")
    return value
"""
DOUBLE = """
from deepforge import Number


def double(number: Number) -> Number:
    print("doubled", 2 * number)
    return 2 * number
"""
BREAK = """
from deepforge import Number


def broken() -> Number:
    return {}["labels"]
"""
SLEEP = """
import time

from deepforge import Number


def sleeper() -> Number:
    print("asleep", flush=True)
    time.sleep(600)
    return 0.0
"""


def operations() -> list[Record]:
    code = {"make": MAKE, "double": DOUBLE, "broken": BREAK, "sleeper": SLEEP}
    return [Operation(id=RecordId(f"op-{name}"), name=name, code=text.lstrip()) for name, text in code.items()]


def pipeline(name: str, *steps: str, source: bool = False, saved: str | None = None) -> list[Record]:
    """A chain of operations, from an Input if `source`, to an Output if `saved`."""
    id = RecordId(f"p-{name}")
    targets: list[NodeTarget] = [
        *([Input()] if source else []),
        *(OperationRef(operation=RecordId(f"op-{step}")) for step in steps),
        *([Output(name=saved)] if saved is not None else []),
    ]
    nodes = [Node(id=RecordId(f"{name}-{number}"), pipeline=id, target=target) for number, target in enumerate(targets)]
    wires = [
        Wire(
            id=RecordId(f"{name}-w{number}"),
            pipeline=id,
            source=nodes[number].id,
            output="data" if isinstance(nodes[number].target, Input) else "result",
            target=nodes[number + 1].id,
            input="data" if isinstance(nodes[number + 1].target, Output) else "number",
        )
        for number in range(len(nodes) - 1)
    ]
    return [Pipeline(id=id, name=name), *nodes, *wires]


RECORDS = (
    *operations(),
    *pipeline("good", "make", "double", saved="six"),
    *pipeline("lone", "make", saved="three"),
    *pipeline("again", "double", source=True, saved="twelve"),
    *pipeline("failing", "broken"),
    *pipeline("refused", "double"),
    *pipeline("slow", "sleeper"),
)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with Installation(tmp_path_factory.mktemp("run")) as installed:
        with server(installed) as api:
            project = api.post("/api/projects", Project, NewProject(name="sums", seed="blank"))
            fill(api, project.id)
        yield installed


def server(installed: Installation) -> Api:
    info = read_server_info(installed.data_dir)
    assert info is not None
    return Api(info.url, info.token)


def fill(api: Api, project: ProjectId) -> None:
    branch = f"/api/projects/{project}/branches/main"
    base = api.get(f"{branch}/document", DocumentAt).version
    transaction = Transaction(id=TransactionId(new_id()), label="Make pipelines", put=RECORDS)
    api.post(f"{branch}/transactions", Committed, Edit(base=base, transaction=transaction))


def report(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_console_streams_to_standard_output_and_the_status_is_the_execution_s(installation: Installation) -> None:
    done = installation.run("run", "sums", "good", "--set", "make.value=5", "--output", "six=ten")
    lines = done.stdout.splitlines()
    assert ("make   | made 5.0" in lines, "double | doubled 10.0" in lines, done.returncode) == (True, True, 0), done
    assert "good_execution_1: success" in done.stderr


def test_one_job_s_console_comes_as_it_is(installation: Installation) -> None:
    done = installation.run("run", "sums", "lone", "--set", "make.shout=true")
    lines = done.stdout.splitlines()
    assert (lines.index("loud") - lines.index("made 3.0"), done.returncode) == (1, 0)


def test_json_is_the_only_thing_on_standard_output(installation: Installation) -> None:
    done = installation.run("run", "sums", "good", "--output", "six=six", "--json")
    execution = report(done)
    jobs = {job["name"]: job for job in execution["jobs"]}
    assert (execution["project"], execution["pipeline"], execution["status"], done.returncode) == ("sums", "good", "success", 0)
    assert ({name: job["status"] for name, job in jobs.items()}, [saved["name"] for saved in execution["artifacts"]]) == (
        {"make": "success", "double": "success"},
        ["six"],
    )
    assert ("doubled 6.0" in jobs["double"]["console"], "doubled 6.0" in done.stderr) == (True, True)
    assert execution["duration"] >= 0
    assert jobs["double"]["outputs"][0]["blob"].keys() == {"hash", "size"}


def test_an_input_is_chosen_by_name(installation: Installation) -> None:
    assert installation.run("run", "sums", "lone", "--output", "three=chosen", "--set", "make.value=7").returncode == 0
    done = installation.run("run", "sums", "again", "--input", "number=chosen")
    assert ("doubled 14.0" in done.stdout, done.returncode) == (True, 0), done


def test_an_input_with_one_fitting_artifact_takes_it_and_with_several_asks(installation: Installation) -> None:
    assert installation.run("new", "few", "--seed", "blank").returncode == 0
    with server(installation) as api:
        fill(api, find_project(api.get("/api/projects", list[Project]), "few").id)
    none = installation.run("run", "few", "again")
    assert ("  DF211: " in none.stderr, none.returncode) == (True, 1), none
    assert installation.run("run", "few", "lone", "--set", "make.value=4").returncode == 0
    one = installation.run("run", "few", "again")
    assert ("doubled 8.0" in one.stdout, one.returncode) == (True, 0), one
    several = installation.run("run", "few", "again")
    assert (several.returncode, several.stderr) == (
        1,
        "Error: Several artifacts fit the Input that feeds number. "
        "Choose one for number: --input number=twelve, --input number=three.\n",
    )


def test_an_operation_that_raises_shows_its_own_traceback(installation: Installation) -> None:
    done = installation.run("run", "sums", "failing")
    said = done.stdout + done.stderr
    assert ("KeyError: 'labels'" in said, 'return {}["labels"]' in said, done.returncode) == (True, True, 1), done
    assert "failing_execution_1: failed" in done.stderr


def test_a_refused_run_says_each_reason(installation: Installation) -> None:
    done = installation.run("run", "sums", "refused")
    assert (done.stdout, done.returncode, "Traceback" in done.stderr) == ("", 1, False)
    assert [line for line in done.stderr.splitlines() if line.startswith("  DF2")], done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("run", "nothing", "good"), "Error: There is no project 'nothing'. There are: "),
        (
            ("run", "sums", "nothing"),
            "Error: There is no pipeline 'nothing'. There are: again, failing, good, lone, refused, slow.",
        ),
        (("run", "sums", "good", "--set", "make.value=much"), "Error: 'much' is no value of value. It takes a number."),
        (("run", "sums", "again", "--input", "number=none"), "Error: There is no artifact 'none'."),
        (("new", "another", "--seed", "nothing"), "Error: There is no seed 'nothing'. There are: "),
    ],
)
def test_what_is_not_there_is_one_sentence(installation: Installation, arguments: tuple[str, ...], sentence: str) -> None:
    done = installation.run(*arguments)
    assert (done.stdout, done.returncode, done.stderr.startswith(sentence), done.stderr.count("\n")) == ("", 1, True, 1), done


def test_ctrl_c_stops_the_execution(installation: Installation) -> None:
    command = [sys.executable, "-P", "-m", "deepforge", "run", "sums", "slow"]
    with subprocess.Popen(
        command, env=installation.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert any("asleep" in line for line in process.stdout)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=DEADLINE)
    assert ("slow_execution_1: canceled" in err, "Traceback" in err, process.returncode) == (True, False, 130), err
    assert time.monotonic() - began < 15


def test_without_a_server_one_is_started_and_stopped(tmp_path: Path) -> None:
    installed = Installation(tmp_path / "data")
    made = installed.run("new", "mine", "--seed", "xor")
    assert (made.returncode, made.stdout) == (0, "Created the project mine from the seed xor.\n"), made.stderr
    assert read_server_info(installed.data_dir) is None
    done = installed.run("run", "mine", "train", "--json")
    assert (done.returncode, report(done)["status"]) == (0, "success"), done.stderr
    assert read_server_info(installed.data_dir) is None


def test_without_a_server_a_broken_data_directory_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = Installation(tmp_path / "file" / "data").run("run", "mine", "train")
    assert (done.returncode, "Error: The data directory" in done.stderr, "Traceback" in done.stderr) == (1, True, False)
