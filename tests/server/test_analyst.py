"""The analyst as the server sees it: started when needed, started again when it dies, given up on in time, cached."""

import asyncio
import sys
from pathlib import Path

import psutil
import pytest

from deepforge.errors import Busy, DeepForgeError
from deepforge.ids import RecordId
from deepforge.model.records import Definition, Operation
from deepforge.server import analyst as module
from deepforge.server.analyst import Analyst, SourceKey, source_key
from tests.code.specs import make_spec
from tests.server.harness import until

READS = """
import json, sys, os, subprocess
mode, log = sys.argv[1], sys.argv[2]
first = not os.path.exists(log)
with open(log, "a") as file:
    file.write("started\\n")
for line in sys.stdin:
    question = json.loads(line)
    with open(log, "a") as file:
        file.write("asked\\n")
    if mode == "dies" or (mode == "dies once" and first):
        sys.exit(1)
    if mode == "nonsense":
        print("nonsense", flush=True)
    if mode == "silent":
        continue
    if mode == "fails":
        print(json.dumps({"type": "failed", "number": question["number"], "message": "it is too hard"}), flush=True)
        continue
    if mode == "refuses":
        said = {"type": "failed", "number": question["number"], "message": "No.", "code": "DF212", "hint": "Choose."}
        print(json.dumps(said), flush=True)
        continue
    names = [one["id"] for one in question["definitions"]]
    with open(log, "a") as file:
        file.write("".join(name + "\\n" for name in names) if mode == "names" else "")
    if mode == "names" and "stuck" in names:
        continue
    if mode == "names" and "deadly" in names and len(names) > 1:
        names = []
    if mode == "forks":
        reader = subprocess.Popen(["sleep", "600"])
        with open(log, "a") as file:
            file.write(str(reader.pid) + "\\n")
    facts = [{"record": name, "source_hash": ""} for name in names]
    if mode == "forgets":
        facts = []
    print(json.dumps({"type": "read", "number": question["number"], "facts": facts}), flush=True)
"""


def operation(name: str, length: int = 0) -> Operation:
    return Operation(id=RecordId(name), name=name, code=f"def {name}(): ...  #".ljust(length, "."))


def analyst(tmp_path: Path, mode: str) -> Analyst:
    return Analyst(tmp_path / "cache", command=(sys.executable, "-c", READS, mode, str(tmp_path / "log")))


def asked(tmp_path: Path) -> list[str]:
    return (tmp_path / "log").read_text().split()


async def test_only_what_is_new_is_asked(tmp_path: Path) -> None:
    async with analyst(tmp_path, "reads") as it:
        await it.read([operation("a"), operation("b")])
        await it.read([operation("b"), operation("a")])
        assert asked(tmp_path) == ["started", "asked"]
        facts = it.known(operation("a"))
        assert facts is not None
        assert facts.record == "a"
        assert it.known(operation("c")) is None


async def test_a_text_is_hashed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[Definition] = []

    def counted(definition: Definition) -> SourceKey:
        hashed.append(definition)
        return source_key(definition)

    monkeypatch.setattr(module, "source_key", counted)
    a, b, changed = operation("a"), operation("b"), operation("b", 100)
    async with analyst(tmp_path, "reads") as it:
        for definitions in ([a, b], [a, b], [a, changed], [a, changed]):
            await it.read(definitions)
            assert all(it.known(one) is not None for one in definitions)
        assert hashed == [a, b, changed]


async def test_questions_run_beside_each_other(tmp_path: Path) -> None:
    async with analyst(tmp_path, "reads") as it:
        await asyncio.gather(*(it.read([operation(name)]) for name in "abcdef"))
        assert asked(tmp_path).count("started") == 1


async def test_one_that_dies_is_started_again(tmp_path: Path) -> None:
    async with analyst(tmp_path, "dies once") as it:
        await it.read([operation("a")])
        assert it.known(operation("a")) is not None
        assert asked(tmp_path) == ["started", "asked", "started", "asked"]


@pytest.mark.parametrize(
    ("mode", "reason"), [("dies", "it ended"), ("nonsense", "it ended"), ("fails", "too hard"), ("forgets", "left")]
)
async def test_what_cannot_be_answered_is_said(tmp_path: Path, mode: str, reason: str) -> None:
    async with analyst(tmp_path, mode) as it:
        with pytest.raises(Busy, match=reason):
            await it.read([operation("a")])


@pytest.mark.parametrize(
    ("mode", "code", "status"), [("refuses", "DF212", 409), ("fails", "analyst", 503), ("dies", "analyst", 503)]
)
async def test_files_that_cannot_be_written_are_a_clear_error(tmp_path: Path, mode: str, code: str, status: int) -> None:
    async with analyst(tmp_path, mode) as it:
        with pytest.raises(DeepForgeError) as error:
            await it.emit(make_spec())
        assert (error.value.code, error.value.status) == (code, status)


async def test_the_deadline_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_READ_SECONDS", 0.2)
    monkeypatch.setattr(module, "_QUEUE_SECONDS", 0.0)
    monkeypatch.setattr(module, "_START_SECONDS", 0.0)
    monkeypatch.setattr(module, "_SILENT_SECONDS", 0.3)
    async with analyst(tmp_path, "silent") as it:
        for _ in range(3):
            with pytest.raises(Busy, match="no answer within"):
                await it.read([operation("a")])
        assert asked(tmp_path).count("started") == 2


async def test_a_question_that_takes_too_long_fails_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read before it is kept, and the child goes on with the questions of others."""
    async with analyst(tmp_path, "names") as it:
        await it.read([operation("a")])
        monkeypatch.setattr(module, "_READ_SECONDS", 0.2)
        monkeypatch.setattr(module, "_QUEUE_SECONDS", 0.0)
        with pytest.raises(Busy, match="no answer within"):
            await it.read([operation("large", 900_000), operation("stuck", 900_000)])
        assert it.known(operation("large", 900_000)) is not None
        monkeypatch.undo()
        await it.read([operation("b")])
        assert asked(tmp_path).count("started") == 1


async def test_much_code_is_asked_for_in_pieces(tmp_path: Path) -> None:
    many = [operation(f"small{number}", 50_000) for number in range(8)] + [operation("large", 900_000)]
    async with analyst(tmp_path, "names") as it:
        await it.read(many)
        assert all(it.known(one) is not None for one in many)
        assert " ".join(asked(tmp_path)).split("asked ")[1:] == [
            "small0 small1 small2 small3 ",
            "small4 small5 small6 small7 ",
            "large",
        ]


async def test_where_the_reader_dies_of_several_fewer_are_asked_for(tmp_path: Path) -> None:
    several = [operation(name) for name in ("a", "b", "deadly", "c", "d")]
    async with analyst(tmp_path, "names") as it:
        await it.read(several)
        assert all(it.known(one) is not None for one in several)
        assert [len(question.split()) for question in " ".join(asked(tmp_path)).split("asked")[1:]] == [5, 3, 2, 1, 2]


async def test_its_readers_end_with_it(tmp_path: Path) -> None:
    async with analyst(tmp_path, "forks") as it:
        await it.read([operation("a")])
        reader = psutil.Process(int(asked(tmp_path)[-1]))
    await until(lambda: not reader.is_running() or reader.status() == psutil.STATUS_ZOMBIE)


async def test_it_is_woken_before_the_first_question(tmp_path: Path) -> None:
    async with analyst(tmp_path, "reads") as it:
        it.wake()
        await it.read([operation("a")])
        assert asked(tmp_path).count("started") == 1
