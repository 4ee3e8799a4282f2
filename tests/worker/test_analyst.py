"""The analyst as a process: every question gets one answer, whatever the source."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from deepforge.code.emit import emit_attempt
from deepforge.code.read import read_definition
from deepforge.ids import RecordId
from deepforge.model.analysis import (
    Answer,
    DescribeFramework,
    EmitFiles,
    FilesEmitted,
    FrameworkDescribed,
    Question,
    QuestionFailed,
    ReadSources,
    SourceFacts,
    SourcesRead,
)
from deepforge.model.hosting import AttemptSpec
from deepforge.model.records import Definition, Operation, RecordRef
from deepforge.worker import analyst as module
from deepforge.worker.analyst import Analyst
from tests.code.specs import make_spec

GIB = 1024**3


class Process:
    """`python -m deepforge.worker.analyst`."""

    def __init__(self, cache: Path) -> None:
        environment = os.environ | {"DEEPFORGE_CATALOGUE_CACHE": str(cache)}
        command = [sys.executable, "-m", "deepforge.worker.analyst"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)

    def ask(self, *questions: Question) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"".join(msgspec.json.encode(question) + b"\n" for question in questions))
        self.process.stdin.flush()

    def answer(self) -> Answer:
        assert self.process.stdout is not None
        answer: Answer = msgspec.json.decode(self.process.stdout.readline(), type=Answer)
        return answer

    def close(self) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait(10)


@pytest.fixture
def analyst(tmp_path: Path) -> Iterator[Process]:
    process = Process(tmp_path / "catalogue.json")
    yield process
    assert process.close() == 0


def operation(name: str, code: str) -> Operation:
    return Operation(id=RecordId(name), name=name, code=code)


def test_questions_are_answered_by_number(analyst: Process) -> None:
    good = operation("train", "def train(data, *, rate: float = 0.1):\n    return data\n")
    broken = operation("broken", "def broken(:\n")
    analyst.ask(ReadSources(number=1, definitions=(good, broken)), ReadSources(number=2, definitions=()))
    answers = {answer.number: answer for answer in (analyst.answer(), analyst.answer())}
    assert answers[2] == SourcesRead(number=2, facts=())
    read = answers[1]
    assert isinstance(read, SourcesRead)
    first, second = read.facts
    assert first.interface is not None
    assert [attribute.name for attribute in first.interface.attributes] == ["rate"]
    assert (second.record, second.marks[0].code) == ("broken", "DF200")


def test_the_framework_is_described_once_and_cached(analyst: Process, tmp_path: Path) -> None:
    analyst.ask(DescribeFramework(number=7), DescribeFramework(number=8))
    first, second = analyst.answer(), analyst.answer()
    assert isinstance(first, FrameworkDescribed)
    assert isinstance(second, FrameworkDescribed)
    assert (first.number, second.number) == (7, 8)
    assert first.catalogue == second.catalogue
    cached: list[Answer] = []
    Analyst(cached.append, tmp_path / "catalogue.json")._describe(9)
    assert cached == [FrameworkDescribed(number=9, catalogue=first.catalogue)]


def test_the_files_of_an_attempt_are_written(analyst: Process) -> None:
    spec = make_spec("def train(*, steps: int = 2) -> None:\n    pass\n", attributes={"steps": 3})
    lost = make_spec(records=(), references={"net": RecordRef(record=RecordId("gone"))})
    analyst.ask(EmitFiles(number=1, spec=spec), EmitFiles(number=2, spec=lost))
    answers = {answer.number: answer for answer in (analyst.answer(), analyst.answer())}
    assert answers[1] == FilesEmitted(number=1, files=emit_attempt(spec))
    failed = answers[2]
    assert isinstance(failed, QuestionFailed)
    assert (failed.code, failed.message[-1]) == ("DF212", ".")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("crash", "writing its files took more than 1 GiB of memory, or ended the reader."),
        ("endless", "writing its files took more than 1 s."),
    ],
)
def test_what_ends_the_reader_is_said(monkeypatch: pytest.MonkeyPatch, fault: str, reason: str) -> None:
    def emit(_: AttemptSpec) -> dict[str, str]:
        if fault == "crash":
            os.kill(os.getpid(), signal.SIGTERM)
        while True:
            pass

    monkeypatch.setattr(module, "MEMORY_LIMIT", 64 * GIB)
    monkeypatch.setattr(module, "CPU_LIMIT", 1)
    monkeypatch.setattr(module, "emit_attempt", emit)
    assert answered(EmitFiles(number=1, spec=make_spec())) == QuestionFailed(number=1, message=reason)


def answered(question: Question, read: Callable[[Definition], SourceFacts] = read_definition) -> Answer:
    """What an analyst of this process answers."""
    answers: list[Answer] = []
    questions, asking = os.pipe()

    def answer(message: Answer) -> None:
        answers.append(message)
        os.close(asking)

    os.write(asking, msgspec.json.encode(question) + b"\n")
    Analyst(answer, None, read).serve(questions)
    os.close(questions)
    (only,) = answers
    return only


def test_a_line_that_is_no_question_is_survived(analyst: Process) -> None:
    assert analyst.process.stdin is not None
    analyst.process.stdin.write(b"{]\n")
    analyst.ask(ReadSources(number=3, definitions=()))
    assert analyst.answer() == SourcesRead(number=3, facts=())


def test_a_reader_that_dies_marks_the_definition_it_died_of_and_says_nothing_of_several(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fault injection: sources that crash the parser itself are not to be had in this version of Python."""

    def crashing(definition: Definition) -> SourceFacts:
        if definition.name == "memory":
            bytearray(2 * GIB)
        if definition.name == "crash":
            os.kill(os.getpid(), signal.SIGTERM)
        while definition.name == "endless":
            pass
        return SourceFacts(record=definition.id, source_hash="")

    used = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGESIZE")
    monkeypatch.setattr(module, "MEMORY_LIMIT", used + GIB)
    monkeypatch.setattr(module, "CPU_LIMIT", 1)
    definitions = {name: operation(name, f"def {name}():\n    pass\n") for name in ("fine", "crash", "memory", "endless", "good")}
    read = {name: answered(ReadSources(number=1, definitions=(one,)), crashing) for name, one in definitions.items()}
    fine = SourcesRead(number=1, facts=tuple(crashing(definitions[name]) for name in ("fine", "good")))
    assert answered(ReadSources(number=1, definitions=(definitions["fine"], definitions["good"])), crashing) == fine
    assert answered(ReadSources(number=2, definitions=tuple(definitions.values())), crashing) == SourcesRead(number=2, facts=())
    assert {name: marks_of(answer) for name, answer in read.items()} == {
        "fine": [],
        "crash": ["crash cannot be read: reading it took more than 1 GiB of memory, or ended the reader."],
        "memory": ["memory cannot be read: reading it took more than 1 GiB of memory, or ended the reader."],
        "endless": ["endless cannot be read: reading it took more than 1 s."],
        "good": [],
    }


def marks_of(answer: Answer) -> list[str]:
    assert isinstance(answer, SourcesRead)
    (facts,) = answer.facts
    return [mark.message for mark in facts.marks]
