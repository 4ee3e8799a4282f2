"""The analyst: a niced child that reads source code and lists what torch offers, so that the server need do neither.

It is started when it is first asked, and started again when it dies or answers nobody for a while; a question that takes too long
fails alone. Answers about sources are kept by (record, hash of the source): only what changed is asked, a little at a time, so
that one project's code holds up no other's.
"""

import asyncio
import hashlib
import logging
import os
import signal
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from deepforge.errors import Broken, Busy, Conflict
from deepforge.ids import RecordId
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
from deepforge.model.hosting import AttemptSpec
from deepforge.model.records import Definition

__all__ = ["Analyst", "SourceKey", "source_key"]

logger = logging.getLogger(__name__)
_READ_SECONDS = 10.0
_QUEUE_SECONDS = 20.0
"""How much longer a question may wait for those of others."""
_SILENT_SECONDS = 20.0
"""After so long without any answer the child hangs: no reader takes half as long."""
_PIECE_BYTES = 200 * 1024
_START_SECONDS = 20.0
_DESCRIBE_SECONDS = 120.0
_LONGEST_ANSWER = 256 * 1024 * 1024
_KEPT = 20_000
_KEPT_KEYS = 5_000
_STOP_SECONDS = 1.0
COMMAND = (sys.executable, "-P", "-m", "deepforge.worker.analyst")
A = TypeVar("A", SourcesRead, FrameworkDescribed, FilesEmitted)
SourceKey = tuple[RecordId, bytes]


def source_key(definition: Definition) -> SourceKey:
    """What the facts about a definition depend on: its kind, its name, its text."""
    return definition.id, hashlib.blake2b(msgspec.msgpack.encode(definition), digest_size=16).digest()


class Analyst:
    """One child process, and what it has answered. An asynchronous context manager."""

    def __init__(self, cache: Path, *, command: Sequence[str] = COMMAND) -> None:
        self._cache = cache
        self._command = command
        self._child: asyncio.subprocess.Process | None = None
        self._starting = asyncio.Lock()
        self._reader: asyncio.Task[None] | None = None
        self._waking: asyncio.Task[None] | None = None
        self._answered = False
        self._questions: dict[int, asyncio.Future[Answer]] = {}
        self._number = 0
        self._heard = 0.0
        self._overdue = False
        self._facts: OrderedDict[SourceKey, SourceFacts] = OrderedDict()
        self._keys: OrderedDict[RecordId, tuple[Definition, SourceKey]] = OrderedDict()
        self._catalogue: Catalogue | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._waking is not None:
            self._waking.cancel()
            await asyncio.gather(self._waking, return_exceptions=True)
        await self._end_child()

    def wake(self) -> None:
        """Somebody is here: start it, and have the framework described, so that the first question need not wait for that."""
        if self._waking is None:
            self._waking = asyncio.create_task(self._wake())

    async def _wake(self) -> None:
        try:
            await self.catalogue()
        except (Broken, Busy) as error:
            logger.error("%s", error)  # the first question says it to whoever asks

    def known(self, definition: Definition) -> SourceFacts | None:
        """The facts, if they have been read."""
        key = self._key(definition)
        facts = self._facts.get(key)
        if facts is not None:
            self._facts.move_to_end(key)
        return facts

    def _key(self, definition: Definition) -> SourceKey:
        """Counted once for each record as it is: an edit leaves the others the objects that they were."""
        last = self._keys.get(definition.id)
        if last is None or last[0] is not definition:
            last = definition, source_key(definition)
            self._keys[definition.id] = last
            if len(self._keys) > _KEPT_KEYS:
                self._keys.popitem(last=False)
        return last[1]

    async def read(self, wanted: Sequence[Definition]) -> None:
        """Ask for those of which nothing is known; afterwards all are known. Raises `Busy` if the analyst cannot answer.

        What was read before that is known nevertheless.
        """
        for piece in _pieces([one for one in wanted if self._key(one) not in self._facts]):
            await self._read_piece(piece)

    async def _read_piece(self, piece: Sequence[Definition]) -> None:
        """Read definitions in one question, and in smaller ones what that leaves out because together they were too much."""
        answer = await self._ask(
            lambda number: ReadSources(number=number, definitions=tuple(piece)), SourcesRead, _READ_SECONDS + _QUEUE_SECONDS
        )
        by_record = {facts.record: facts for facts in answer.facts}
        for definition in piece:
            if definition.id in by_record:
                self._facts[self._key(definition)] = by_record[definition.id]
        while len(self._facts) > _KEPT:
            self._facts.popitem(last=False)
        left = [definition for definition in piece if definition.id not in by_record]
        if left and len(piece) == 1:
            raise Busy("The code could not be read: the analyst left a definition out.", code="analyst")
        half = (len(left) + 1) // 2
        for part in (left[:half], left[half:]):
            if part:
                await self._read_piece(part)

    async def catalogue(self) -> Catalogue:
        """Layers, criterions and optimizers of the installed framework. Raises `Busy`."""
        if self._catalogue is None:
            answer = await self._ask(lambda number: DescribeFramework(number=number), FrameworkDescribed, _DESCRIBE_SECONDS)
            self._catalogue = answer.catalogue
        return self._catalogue

    async def emit(self, spec: AttemptSpec) -> dict[str, str]:
        """The files of an attempt's directory. Raises `Conflict` when they cannot be written, `Busy`."""
        answer = await self._ask(lambda number: EmitFiles(number=number, spec=spec), FilesEmitted, _READ_SECONDS)
        return answer.files

    async def _ask(self, question: Callable[[int], Question], kind: type[A], seconds: float) -> A:
        try:
            answer = await self._try(question, seconds)
        except ConnectionError:
            answer = await self._try_again(question, seconds)
        if isinstance(answer, kind):
            return answer
        if isinstance(answer, QuestionFailed) and answer.code:
            raise Conflict(answer.message, code=answer.code, hint=answer.hint)
        reason = answer.message if isinstance(answer, QuestionFailed) else "its answer was of another kind"
        raise Busy(f"The code could not be read: {reason}", code="analyst", hint="Try again.")

    async def _try_again(self, question: Callable[[int], Question], seconds: float) -> Answer:
        """It died, perhaps of another question: once more, with a new one."""
        try:
            return await self._try(question, seconds)
        except ConnectionError:
            return QuestionFailed(number=0, message="it ended while it read.")

    async def _try(self, question: Callable[[int], Question], seconds: float) -> Answer:
        child = await self._running()
        questions = self._questions
        self._number += 1
        number = self._number
        if not questions and not self._overdue:
            self._heard = asyncio.get_running_loop().time()
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        questions[number] = future
        try:
            if child.stdin is None:
                raise ConnectionResetError
            child.stdin.write(msgspec.json.encode(question(number)) + b"\n")
            async with asyncio.timeout(seconds if self._answered else seconds + _START_SECONDS):
                await child.stdin.drain()
                answer = await future
            self._answered = True
            return answer
        except TimeoutError:
            await self._end_silent(child)
            return QuestionFailed(number=number, message=f"there was no answer within {seconds:g} s.")
        finally:
            questions.pop(number, None)

    async def _running(self) -> asyncio.subprocess.Process:
        async with self._starting:
            if self._child is None or self._child.returncode is not None:
                await self._start()
            if self._child is None:
                raise ConnectionResetError
            return self._child

    async def _start(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.endswith(("_TOKEN", "DATABASE_URL"))}
        environment["DEEPFORGE_CATALOGUE_CACHE"] = str(self._cache)
        try:
            self._child = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=environment,
                limit=_LONGEST_ANSWER,
                start_new_session=True,
            )
        except OSError as error:
            raise Broken(f"The analyst cannot be started: {error}.", code="analyst") from error
        os.setpriority(os.PRIO_PROCESS, self._child.pid, 10)
        self._questions, self._answered, self._overdue = {}, False, False
        self._reader = asyncio.create_task(self._read_answers(self._child, self._questions))

    async def _end_silent(self, child: asyncio.subprocess.Process) -> None:
        """A question took too long. If no other was answered either, the child hangs; else that is the question's own fault."""
        self._overdue = True
        if child is self._child and asyncio.get_running_loop().time() - self._heard >= _SILENT_SECONDS:
            await self._end_child()

    async def _end_child(self) -> None:
        child, reader, self._child, self._reader = self._child, self._reader, None, None
        if child is None:
            return
        if child.returncode is None:
            _signal(child, signal.SIGTERM)
            try:
                async with asyncio.timeout(_STOP_SECONDS):
                    await child.wait()
            except TimeoutError:
                _signal(child, signal.SIGKILL)
        if reader is not None:
            await reader

    async def _read_answers(self, child: asyncio.subprocess.Process, questions: dict[int, asyncio.Future[Answer]]) -> None:
        """Give each answer to whoever waits for it, until the child ends; then all who wait are told."""
        try:
            while child.stdout is not None and (line := await child.stdout.readline()):
                self._heard, self._overdue = asyncio.get_running_loop().time(), False
                answer = msgspec.json.decode(line, type=Answer)
                future = questions.get(answer.number)
                if future is not None and not future.done():
                    future.set_result(answer)
        except (msgspec.DecodeError, ValueError):
            logger.exception("The analyst answered nonsense; it is started again")
            _signal(child, signal.SIGKILL)
        finally:
            await child.wait()
            for future in questions.values():
                if not future.done():
                    future.set_exception(ConnectionResetError("the analyst ended"))


def _pieces(definitions: Sequence[Definition]) -> Iterator[list[Definition]]:
    """In order, as many together as a reader reads in a moment; one that is larger stands alone."""
    piece: list[Definition] = []
    size = 0
    for definition in definitions:
        length = len(definition.code)
        if piece and size + length > _PIECE_BYTES:
            yield piece
            piece, size = [], 0
        piece.append(definition)
        size += length
    if piece:
        yield piece


def _signal(child: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """To the child and its readers: they are a process group of their own."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, number)
