"""The open rooms: one for each branch that is in use. Every edit, from a socket or over REST, goes through here.

A room that nobody has had open for some minutes is closed: its document need not stay in memory.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from deepforge.dispatch.clock import Clock
from deepforge.document.room import Room
from deepforge.document.stores import DocumentStore
from deepforge.errors import DeepForgeError, NotFound
from deepforge.ids import BranchName, ClientId, ProjectId
from deepforge.model.document import Document, Version
from deepforge.model.live import Committed, Edit
from deepforge.model.project import DocumentAt, Person
from deepforge.model.records import Pipeline
from deepforge.server.stores import ProjectStore

__all__ = ["Documents"]

logger = logging.getLogger(__name__)
_TOUCH_SECONDS = 10.0
_IDLE_SECONDS = 600.0
_LOOK_SECONDS = 60.0
Key = tuple[ProjectId, BranchName]


class Documents:
    """Rooms by project and branch. An asynchronous context manager: what waits is stored before it ends."""

    def __init__(self, store: DocumentStore, projects: ProjectStore, clock: Clock) -> None:
        self._store = store
        self._projects = projects
        self._clock = clock
        self._rooms: dict[Key, Room] = {}
        self._opening = asyncio.Lock()
        self._listeners: defaultdict[Key, list[Callable[[Committed], None]]] = defaultdict(list)
        self._touched: dict[ProjectId, float] = {}
        self._used: dict[Key, float] = {}
        self._pipelines: dict[Key, tuple[int, int]] = {}
        self._closer: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._closer = asyncio.create_task(self._close_idle_ones())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._closer is not None:
            self._closer.cancel()
            await asyncio.gather(self._closer, return_exceptions=True)
        for room in list(self._rooms.values()):
            await room.__aexit__(kind, error, trace)
        self._rooms.clear()

    @property
    def open_rooms(self) -> int:
        """How many rooms are open."""
        return len(self._rooms)

    async def room(self, project: ProjectId, branch: BranchName) -> Room:
        """The room of a branch. Raises `NotFound` if there is no such project or branch."""
        found = self._rooms.get((project, branch))
        if found is None:
            found = await self._open(project, branch)
        self._used[project, branch] = self._clock.monotonic()
        return found

    async def _open(self, project: ProjectId, branch: BranchName) -> Room:
        async with self._opening:
            if (project, branch) not in self._rooms:
                room = Room(self._store, project, branch, on_commit=lambda one: self._tell((project, branch), one))
                self._rooms[project, branch] = await room.__aenter__()
            return self._rooms[project, branch]

    async def _close_idle_ones(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                await self.close_idle()
            except Exception as error:  # the top of the loop: the next look tries again
                logger.error("Rooms that nobody uses could not be closed", exc_info=error)

    async def close_idle(self) -> None:
        """Close the rooms in which nobody is, and that nobody has asked for in the last ten minutes."""
        async with self._opening:
            now = self._clock.monotonic()
            for key, room in list(self._rooms.items()):
                if room.people:
                    self._used[key] = now
                elif now - self._used.setdefault(key, now) > _IDLE_SECONDS:
                    del self._rooms[key], self._used[key]
                    await room.__aexit__(None, None, None)

    async def pipelines(self, project: ProjectId, branch: BranchName, version: int) -> int:
        """How many pipelines the branch has, of which this is the newest version; no room is opened for that.

        Raises `NotFound`.
        """
        room = self._rooms.get((project, branch))
        counted, count = self._pipelines.get((project, branch), (-1, 0))
        if room is None and counted == version:
            return count
        document = room.document if room is not None else (await self._store.load(project, branch)).document
        count = sum(isinstance(record, Pipeline) for record in document.records.values())
        self._pipelines[project, branch] = document.version, count
        return count

    async def close(self, project: ProjectId) -> None:
        """The project is removed: whoever is in its rooms is told nothing more."""
        for known in (self._used, self._pipelines):
            for key in [key for key in known if key[0] == project]:
                known.pop(key)
        self._touched.pop(project, None)
        async with self._opening:  # also one that is being opened just now
            for key in [key for key in self._rooms if key[0] == project]:
                await self._rooms.pop(key).__aexit__(None, None, None)

    async def at(self, project: ProjectId, branch: BranchName, version: int | None) -> Document:
        """The newest document, or the one at a version."""
        document = (await self.room(project, branch)).document
        if version is None or version == document.version:
            return document
        if version > document.version:
            raise NotFound(f"There is no version {version} yet.", where="version")
        return (await self._store.load(project, branch, version=version)).document

    async def shown(self, project: ProjectId, branch: BranchName, version: int | None) -> DocumentAt:
        document = await self.at(project, branch, version)
        return DocumentAt(project=project, branch=branch, version=document.version, records=tuple(document.records.values()))

    async def since(self, project: ProjectId, branch: BranchName, version: int) -> list[Version]:
        room = await self.room(project, branch)
        at_hand = room.since(version)
        return list(at_hand) if at_hand is not None else await self._store.since(project, branch, version)

    async def edit(self, project: ProjectId, branch: BranchName, edit: Edit, *, client: ClientId, person: Person) -> Committed:
        """Commit a transaction. Raises `Refused` with the rule that it breaks."""
        room = await self.room(project, branch)
        committed = await room.edit(edit, client=client, author=person)
        if not committed.repeated:
            await self._touch(project)
        return committed

    def _tell(self, key: Key, committed: Committed) -> None:
        for listener in tuple(self._listeners.get(key, ())):
            listener(committed)

    @contextmanager
    def listening(self, project: ProjectId, branch: BranchName, listener: Callable[[Committed], None]) -> Iterator[None]:
        """Hear of every commit while the block runs, also of what the store had kept of a failed one; must not wait."""
        listeners = self._listeners[project, branch]
        listeners.append(listener)
        try:
            yield
        finally:
            listeners.remove(listener)

    async def _touch(self, project: ProjectId) -> None:
        """The list of projects shows when each changed: as exact as a person can see, and no more often stored than that."""
        now = self._clock.monotonic()
        if now - self._touched.get(project, -_TOUCH_SECONDS) < _TOUCH_SECONDS:
            return
        try:
            await self._projects.touch(project)
        except DeepForgeError as error:  # the edit itself is stored, and that is what its author is told
            logger.warning("The time of the change of project %s was not stored: %s", project, error)
        else:
            self._touched[project] = now
