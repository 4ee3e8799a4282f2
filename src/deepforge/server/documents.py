"""The open rooms: one for each branch that is in use. Every edit, from a socket or over REST, goes through here."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from deepforge.document.room import Room
from deepforge.document.stores import DocumentStore
from deepforge.errors import NotFound
from deepforge.ids import BranchName, ClientId, ProjectId
from deepforge.model.document import Document, Version
from deepforge.model.live import Committed, Edit
from deepforge.model.project import DocumentAt, Person
from deepforge.server.stores import ProjectStore

__all__ = ["Documents"]

_TOUCH_SECONDS = 10.0
Key = tuple[ProjectId, BranchName]


class Documents:
    """Rooms by project and branch. An asynchronous context manager: what waits is stored before it ends."""

    def __init__(self, store: DocumentStore, projects: ProjectStore) -> None:
        self._store = store
        self._projects = projects
        self._rooms: dict[Key, Room] = {}
        self._opening = asyncio.Lock()
        self._listeners: defaultdict[Key, list[Callable[[Committed], None]]] = defaultdict(list)
        self._touched: dict[ProjectId, float] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for room in list(self._rooms.values()):
            await room.__aexit__(kind, error, trace)
        self._rooms.clear()

    async def room(self, project: ProjectId, branch: BranchName) -> Room:
        """The room of a branch. Raises `NotFound` if there is no such project or branch."""
        found = self._rooms.get((project, branch))
        if found is not None:
            return found
        async with self._opening:
            if (project, branch) not in self._rooms:
                room = Room(self._store, project, branch, on_commit=lambda one: self._tell((project, branch), one))
                self._rooms[project, branch] = await room.__aenter__()
            return self._rooms[project, branch]

    async def close(self, project: ProjectId) -> None:
        """The project is removed: whoever is in its rooms is told nothing more."""
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
        now = time.monotonic()
        if now - self._touched.get(project, -_TOUCH_SECONDS) >= _TOUCH_SECONDS:
            self._touched[project] = now
            await self._projects.touch(project)
