"""What the README tells people to type is typed here."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.installation import Installation

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"^```sh\n(.*?)^```", README, re.M | re.S) for line in block.splitlines()]
ELSEWHERE = {
    "./bin/deepforge start": "tests/cli/test_start.py",
    "./bin/test": "it runs this",
}

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with Installation(tmp_path_factory.mktemp("readme")) as installed:
        yield installed


def test_every_command_is_known() -> None:
    assert set(ELSEWHERE) <= set(COMMANDS)
    assert all(command.startswith("./bin/deepforge ") for command in COMMANDS if command not in ELSEWHERE)


def test_the_quick_start_without_a_browser_works(installation: Installation) -> None:
    for command in COMMANDS:
        if command in ELSEWHERE:
            continue
        done = installation.run(*command.split()[1:])
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    execution = json.loads(done.stdout)
    assert (execution["pipeline"], execution["status"]) == ("test", "success")
