"""The command as a whole: help, version, and errors as sentences."""

from collections.abc import Sequence
from pathlib import Path

import click
import pytest

from deepforge.cli import main
from deepforge.cli.program import cli
from deepforge.errors import Broken, DeepForgeError, Refused
from deepforge.ids import RecordId
from deepforge.model.interface import Mark, Severity, Where


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DEEPFORGE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("DEEPFORGE_WORKER_TOKEN", raising=False)
    return tmp_path / "data"


def test_S250_the_command_alone_prints_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    status = main([])
    out, err = capsys.readouterr()
    assert (status, out.splitlines()[0], err) == (0, "Usage: deepforge [OPTIONS] [COMMAND] [ARGS]...", "")
    assert all(f"  {name} " in out for name in ("start", "new", "run"))


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_S231_S251_the_version_is_printed(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert (main([option]), *capsys.readouterr()) == (0, "v0.1.0\n", "")


@pytest.mark.parametrize("command", ["start", "new", "run"])
def test_S269_a_command_prints_its_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: deepforge {command} [OPTIONS]")


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["fly"], 2, "Error: No such command 'fly'."),
        (["start", "--port", "many"], 2, "Error: Invalid value for '-p' / '--port': 'many' is not a valid integer range."),
        (
            ["start", "--host", "0.0.0.0"],
            1,
            "Error: 0.0.0.0 can be reached from other machines, and whoever logs in can run code on this one. "
            "Add --allow-remote if you want that, and put a proxy with TLS in front of it.",
        ),
        (
            ["start", "--server", "--worker", "http://other:8888"],
            1,
            "Error: A worker for another server cannot be started together with a server. Use two commands.",
        ),
        (
            ["start", "--worker", "http://other:8888"],
            1,
            "Error: A worker needs a token for http://other:8888. "
            "Set DEEPFORGE_WORKER_TOKEN to the worker_token in server.json on the server's machine.",
        ),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    arguments: Sequence[str], status: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == status
    out, err = capsys.readouterr()
    assert (out, err.splitlines()[-1]) == ("", sentence)


def test_S257_a_worker_alone_needs_a_server(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["start", "--worker"]) == 1
    assert capsys.readouterr().err == (
        f"Error: No server is running in {data_dir}. Start one with `deepforge start --server`, or name its URL.\n"
    )


MARK = Mark(
    code="DF201",
    severity=Severity.ERROR,
    message="The input `data` of train is not connected.",
    where=Where(record=RecordId("n1")),
    hint="Connect it.",
)


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (Broken("The disk is full.", hint="Make room."), "Error: The disk is full. Make room.\n"),
        (
            Refused("The pipeline cannot run.", marks=(MARK,)),
            "Error: The pipeline cannot run.\n  DF201: The input `data` of train is not connected. Connect it.\n",
        ),
        (ExceptionGroup("tasks", [ExceptionGroup("inner", [Broken("No port.")])]), "Error: No port.\n"),
    ],
    ids=["a sentence and what to do", "a refusal's reasons", "out of groups of tasks"],
)
def test_errors_become_sentences(
    error: DeepForgeError | ExceptionGroup[DeepForgeError],
    shown: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    @click.command
    def broken() -> None:
        raise error

    monkeypatch.setitem(cli.commands, "broken", broken)
    assert (main(["broken"]), *capsys.readouterr()) == (1, "", shown)


def test_an_interrupted_command_has_the_status_of_shells(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(cli.commands, "interrupted", interrupted)
    assert main(["interrupted"]) == 130
