"""What the code of an open branch says: interfaces, types and marks, computed again whenever something changed.

For every definition the analyst's answer is kept by the hash of its source, so an edit asks about one file. While a file is
half typed its last good interface stays: wires do not fall off while somebody types.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager

from msgspec import Struct

from deepforge.code.annotations import BUILT_IN_TYPES
from deepforge.dispatch.events import Events, ProjectEvent
from deepforge.engine.check import check
from deepforge.errors import Busy, NotFound
from deepforge.ids import BranchName, ProjectId, RecordId
from deepforge.model.artifact import Artifact
from deepforge.model.document import Document
from deepforge.model.interface import Interface, Mark, Severity, TypeInfo
from deepforge.model.live import Analysis, ArtifactRemoved, ArtifactSaved
from deepforge.model.records import DataType, Definition, LayerDefinition, Module, Operation
from deepforge.server.analyst import Analyst
from deepforge.server.documents import Documents
from deepforge.server.stores import Stores

__all__ = ["Analyses", "BranchAnalysis", "Facts"]

logger = logging.getLogger(__name__)
_SETTLE_SECONDS = 15.0
_RETRY_SECONDS = 1.0
_KINDS = Operation | DataType | LayerDefinition | Module
_BUILT_IN = tuple(TypeInfo(name=name, base="" if name == "Data" else "Data") for name in BUILT_IN_TYPES)


class Facts(Struct, frozen=True, kw_only=True):
    """What the definitions of a document say. `interfaces` may hold older ones of definitions that are not `readable` now."""

    interfaces: dict[RecordId, Interface]
    types: tuple[TypeInfo, ...]
    marks: tuple[Mark, ...]
    readable: frozenset[RecordId]


class BranchAnalysis:
    """The analysis of one open branch, kept up to date by a task of its own for as long as somebody has it open."""

    def __init__(self, owner: "Analyses", project: ProjectId, branch: BranchName) -> None:
        self._owner = owner
        self._project = project
        self._branch = branch
        self._changed = asyncio.Event()
        self._changed.set()
        self._told = asyncio.Condition()
        self._good: dict[RecordId, Interface] = {}
        self._artifacts: list[Artifact] = []
        self._artifacts_changed = True
        self.users = 0
        self.task: asyncio.Task[None] | None = None
        self.current: Analysis | None = None
        self._listeners: list[Callable[[Analysis], None]] = []

    @contextmanager
    def listening(self, listener: Callable[[Analysis], None]) -> Iterator[None]:
        """Hear of every analysis while the block runs; must not wait."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    async def keep_current(self) -> None:
        """Compute for ever: at once with what is known, again when the analyst has answered."""
        with (
            self._owner.documents.listening(self._project, self._branch, lambda _: self._changed.set()),
            self._owner.events.of_project(self._project, self._hear),
        ):
            while True:
                await self._changed.wait()
                self._changed.clear()
                try:
                    await self._compute()
                except NotFound:
                    return  # the project was removed
                except Exception as error:  # the top of the loop: whatever it was, edits go on
                    logger.error("The analysis of %s failed; it is tried again", self._project, exc_info=error)
                    await asyncio.sleep(_RETRY_SECONDS)
                    self._changed.set()

    def _hear(self, event: ProjectEvent) -> None:
        if isinstance(event, ArtifactSaved | ArtifactRemoved):
            self._artifacts_changed = True
            self._changed.set()

    async def _compute(self) -> None:
        document = await self._owner.documents.at(self._project, self._branch, None)
        definitions = definitions_of(document)
        missing = [one for one in definitions if self._owner.analyst.known(one) is None]
        if missing:
            await self._tell(document, definitions, missing)
            await self._owner.analyst.read(missing)
        await self._tell(document, definitions, [])

    async def _tell(self, document: Document, definitions: Sequence[Definition], missing: Sequence[Definition]) -> None:
        facts = gather(definitions, self._owner.analyst, self._good)
        self._good = facts.interfaces
        marks = check(document, facts.interfaces, facts.types, await self._all_artifacts(), facts.readable)
        pending = tuple(one.id for one in missing)
        analysis = Analysis(
            version=document.version,
            interfaces=facts.interfaces,
            types=facts.types,
            marks=facts.marks + marks,
            pending=pending,
        )
        self.current = analysis
        for listener in tuple(self._listeners):
            listener(analysis)
        async with self._told:
            self._told.notify_all()

    async def _all_artifacts(self) -> list[Artifact]:
        """Read again only when one came, changed or went: each keystroke asks."""
        if self._artifacts_changed:
            self._artifacts_changed = False  # before it is read: what changes meanwhile is read the next time
            try:
                self._artifacts = await self._owner.stores.artifacts.all(self._project)
            except BaseException:
                self._artifacts_changed = True
                raise
        return self._artifacts

    async def settled(self, version: int) -> Analysis:
        """The analysis of this version or a later one, when nothing is pending in it."""
        async with self._told:
            await self._told.wait_for(
                lambda: self.current is not None and self.current.version >= version and not self.current.pending
            )
        if self.current is None:
            raise Busy("There is no analysis yet.")
        return self.current


class Analyses:
    """The analyses of all open branches."""

    def __init__(self, stores: Stores, documents: Documents, analyst: Analyst, events: Events) -> None:
        self.stores = stores
        self.documents = documents
        self.analyst = analyst
        self.events = events
        self._open: dict[tuple[ProjectId, BranchName], BranchAnalysis] = {}

    async def facts(self, document: Document) -> Facts:
        """What the definitions of any document say, when all of it has been read. Raises `Busy`."""
        definitions = definitions_of(document)
        await self.analyst.read(definitions)
        return gather(definitions, self.analyst, {})

    @asynccontextmanager
    async def open(self, project: ProjectId, branch: BranchName) -> AsyncIterator[BranchAnalysis]:
        """The branch's analysis, kept up to date within the block: the first who opens it starts its task, the last ends it."""
        analysis = self._open.setdefault((project, branch), BranchAnalysis(self, project, branch))
        analysis.users += 1
        try:
            if analysis.task is None:
                analysis.task = asyncio.create_task(analysis.keep_current())
            yield analysis
        finally:
            analysis.users -= 1
            if analysis.users == 0 and analysis.task is not None:
                del self._open[project, branch]
                analysis.task.cancel()
                await asyncio.gather(analysis.task, return_exceptions=True)

    async def settled(self, project: ProjectId, branch: BranchName) -> Analysis:
        """The whole analysis of the newest document. Raises `Busy` after a while."""
        document = await self.documents.at(project, branch, None)
        async with self.open(project, branch) as analysis:
            try:
                async with asyncio.timeout(_SETTLE_SECONDS):
                    return await analysis.settled(document.version)
            except TimeoutError:
                raise Busy("The code is still being read.", code="analysis", hint="Ask again.") from None


def definitions_of(document: Document) -> list[Definition]:
    """The records that hold code."""
    return [record for record in document.records.values() if isinstance(record, _KINDS)]


def gather(definitions: Iterable[Definition], analyst: Analyst, good: Mapping[RecordId, Interface]) -> Facts:
    """What is known of these definitions; an interface that cannot be read now is the last `good` one."""
    interfaces: dict[RecordId, Interface] = {}
    types: list[TypeInfo] = list(_BUILT_IN)
    marks: list[Mark] = []
    readable: set[RecordId] = set()
    for definition in definitions:
        facts = analyst.known(definition)
        last = good.get(definition.id) if facts is None else facts.interface or good.get(definition.id)
        if last is not None:
            interfaces[definition.id] = last
        if facts is None:
            readable.add(definition.id)  # it is being read: nothing can be said against it yet
            continue
        marks.extend(facts.marks)
        if facts.type is not None:
            types.append(facts.type)
        if not any(mark.severity is Severity.ERROR for mark in facts.marks):
            readable.add(definition.id)
    return Facts(interfaces=interfaces, types=tuple(types), marks=tuple(marks), readable=frozenset(readable))
