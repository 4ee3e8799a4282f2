"""The analyst: answers the server's questions about source and framework. `docs/spec/analyst.md` has the rules.

A child of the server that lives as long as its standard input is open. It has imported what reads source and nothing else, so a
reader is a fork of it, made for one question in a few milliseconds, with limits that only it can run into. Questions are
answered as they are done. A definition that a reader dies of gets a mark; if it was one of several, nothing is answered of these.
"""

import importlib.metadata
import os
import resource
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import assert_never

import msgspec
from msgspec import Struct

from deepforge import __version__
from deepforge.code.emit import emit_attempt
from deepforge.code.read import read_definition, source_hash
from deepforge.errors import DeepForgeError
from deepforge.model.analysis import (
    Answer,
    Catalogue,
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
from deepforge.model.interface import Mark, Severity, Where
from deepforge.model.records import Definition
from deepforge.worker.durable import write_durably

__all__ = ["Analyst", "main"]

CACHE_VARIABLE = "DEEPFORGE_CATALOGUE_CACHE"
MEMORY_LIMIT = 1024**3
CPU_LIMIT = 5
DEADLINE = 8.0
"""Seconds that a reader may take; the server gives a question ten."""
CATALOGUE_DEADLINE = 120.0
_MOST_CHILDREN = 2
_PIECE = 1 << 20


class _Cached(Struct, frozen=True):
    key: str
    catalogue: Catalogue


class _Work:
    """What a child process is to do, and what is done with what it wrote (None if it died) and with how it ended."""

    def __init__(self, start: Callable[[], tuple[int, int]], done: Callable[[bytes | None, int], None], seconds: float) -> None:
        self.start = start
        self.done = done
        self.seconds = seconds
        self.pid = 0
        self.deadline = 0.0
        self.output = bytearray()


class Analyst:
    """The loop: questions in, children out, answers back. `answer` sends one; `read` is what readers do."""

    def __init__(
        self, answer: Callable[[Answer], None], cache: Path | None, read: Callable[[Definition], SourceFacts] = read_definition
    ) -> None:
        self._answer = answer
        self._read_one = read
        self._cache = cache
        self._catalogue: Catalogue | None = None
        self._waiting: deque[_Work] = deque()
        self._running: dict[int, _Work] = {}
        self._asking: list[int] = []
        self._selector = selectors.DefaultSelector()

    def serve(self, questions: int) -> None:
        """Until the descriptor `questions` ends."""
        self._selector.register(questions, selectors.EVENT_READ)
        received = b""
        while True:
            for key, _ in self._selector.select(0.1 if self._running else None):
                if key.fd != questions:
                    self._collect(key.fd)
                    continue
                piece = os.read(questions, _PIECE)
                if not piece:
                    self._end()
                    return
                *lines, received = (received + piece).split(b"\n")
                for line in lines:
                    self._take(line)
            self._expire()
            while self._waiting and len(self._running) < _MOST_CHILDREN:
                self._begin(self._waiting.popleft())

    def _take(self, line: bytes) -> None:
        try:
            question = msgspec.json.decode(line, type=Question)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            sys.stderr.write(f"not a question: {error}\n")
            return
        match question:
            case ReadSources(definitions=definitions):
                self._read(question.number, definitions)
            case DescribeFramework(number=number):
                self._describe(number)
            case EmitFiles():
                self._emit(question)
            case _:
                assert_never(question)

    def _read(self, number: int, definitions: tuple[Definition, ...]) -> None:
        """One reader for a question, so that its time is bounded: where it dies of several, the server asks for fewer."""

        def done(output: bytes | None, status: int) -> None:
            if output is not None:
                facts = msgspec.json.decode(output, type=tuple[SourceFacts, ...])
            else:
                facts = (_unreadable(definitions[0], status),) if len(definitions) == 1 else ()
            self._answer(SourcesRead(number=number, facts=facts))

        if not definitions:
            self._answer(SourcesRead(number=number, facts=()))
            return
        self._waiting.append(_Work(lambda: _fork_reader(lambda: [self._read_one(one) for one in definitions]), done, DEADLINE))

    def _emit(self, question: EmitFiles) -> None:
        def done(output: bytes | None, status: int) -> None:
            if output is None:
                self._answer(QuestionFailed(number=question.number, message=f"{_reason(status, 'writing its files')}."))
            else:
                self._answer(msgspec.json.decode(output, type=FilesEmitted | QuestionFailed))

        self._waiting.append(_Work(lambda: _fork_reader(lambda: _emitted(question)), done, DEADLINE))

    def _describe(self, number: int) -> None:
        self._catalogue = self._catalogue or _cached(self._cache)
        if self._catalogue is not None:
            self._answer(FrameworkDescribed(number=number, catalogue=self._catalogue))
            return
        self._asking.append(number)
        if len(self._asking) == 1:
            self._waiting.append(_Work(_start_catalogue, self._described, CATALOGUE_DEADLINE))

    def _described(self, output: bytes | None, status: int) -> None:
        numbers, self._asking = self._asking, []
        try:
            self._catalogue = msgspec.json.decode(output or b"", type=Catalogue)
        except (msgspec.DecodeError, msgspec.ValidationError):
            sentence = f"The installed torch could not be described (status {status})."
            for number in numbers:
                self._answer(QuestionFailed(number=number, message=sentence))
            return
        if self._cache is not None:
            with suppress(OSError):
                write_durably(self._cache, msgspec.json.encode(_Cached(_cache_key(), self._catalogue)))
        for number in numbers:
            self._answer(FrameworkDescribed(number=number, catalogue=self._catalogue))

    def _begin(self, work: _Work) -> None:
        try:
            work.pid, pipe = work.start()
        except OSError as error:
            sys.stderr.write(f"no process could be made: {error}\n")
            work.done(None, -signal.SIGKILL)
            return
        work.deadline = time.monotonic() + work.seconds
        self._running[pipe] = work
        self._selector.register(pipe, selectors.EVENT_READ)

    def _collect(self, pipe: int) -> None:
        work = self._running[pipe]
        piece = os.read(pipe, _PIECE)
        if piece:
            work.output += piece
            return
        self._selector.unregister(pipe)
        os.close(pipe)
        del self._running[pipe]
        _, status = os.waitpid(work.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        work.done(bytes(work.output) if code == 0 else None, code)

    def _expire(self) -> None:
        for work in self._running.values():
            if time.monotonic() > work.deadline:
                with suppress(ProcessLookupError):
                    os.kill(work.pid, signal.SIGKILL)

    def _end(self) -> None:
        for work in self._running.values():
            with suppress(ProcessLookupError):
                os.kill(work.pid, signal.SIGKILL)


def _emitted(question: EmitFiles) -> FilesEmitted | QuestionFailed:
    try:
        return FilesEmitted(number=question.number, files=emit_attempt(question.spec))
    except DeepForgeError as error:
        return QuestionFailed(number=question.number, message=error.message, code=error.code, hint=error.hint)


def _fork_reader(work: Callable[[], object]) -> tuple[int, int]:
    """A fork that works within limits and writes the result as JSON to the pipe that is returned, beside its pid."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid:
        os.close(theirs)
        return pid, ours
    try:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT, CPU_LIMIT))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        result = msgspec.json.encode(work())
        with os.fdopen(theirs, "wb") as pipe:
            pipe.write(result)
        os._exit(0)
    finally:  # whatever happens, the child must not go on as a second analyst
        os._exit(1)


def _start_catalogue() -> tuple[int, int]:
    ours, theirs = os.pipe()
    environment = dict(os.environ) | {"OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-P", "-m", "deepforge.worker.catalogue"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=theirs, env=environment)
    os.close(theirs)
    process.returncode = 0  # it is waited for with the other children
    return process.pid, ours


def _reason(status: int, doing: str) -> str:
    reasons = {
        -signal.SIGXCPU: f"{doing} took more than {CPU_LIMIT} s of processor time",
        -signal.SIGKILL: f"{doing} took more than {CPU_LIMIT} s",
    }
    return reasons.get(status, f"{doing} took more than 1 GiB of memory, or ended the reader")


def _unreadable(definition: Definition, status: int) -> SourceFacts:
    mark = Mark(
        code="DF200",
        severity=Severity.ERROR,
        message=f"{definition.name} cannot be read: {_reason(status, 'reading it')}.",
        where=Where(record=definition.id),
        hint="Make it shorter or simpler.",
    )
    return SourceFacts(record=definition.id, source_hash=source_hash(definition), marks=(mark,))


def _cache_key() -> str:
    return f"deepforge {__version__}, torch {importlib.metadata.version('torch')}, python {sys.version.split()[0]}"


def _cached(path: Path | None) -> Catalogue | None:
    """The catalogue of an earlier time, if it is of this torch."""
    if path is None:
        return None
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_Cached)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        return None
    return found.catalogue if found.key == _cache_key() else None


def main() -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends it by closing its input
    place = os.environ.get(CACHE_VARIABLE, "")

    def answer(message: Answer) -> None:
        sys.stdout.buffer.write(msgspec.json.encode(message) + b"\n")
        sys.stdout.buffer.flush()

    try:
        Analyst(answer, Path(place) if place else None).serve(sys.stdin.fileno())
    except BrokenPipeError:  # the server is gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
