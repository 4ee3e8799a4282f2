"""Projects and browser sessions in memory: the contracts of the durable stores, over a `Memory`."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from deepforge.ids import PersonId, ProjectId, SessionId
from deepforge.model.project import SESSION_LIFE, Branch, Person, Project
from deepforge.storage import missing
from deepforge.storage.clock import utc_now
from deepforge.storage.memory import Memory, MemoryExecutionStore

__all__ = ["MemoryProjectStore", "MemorySessionStore"]


class MemoryProjectStore:
    """`ProjectStore` in memory. Branches are those of the document store that shares its `Memory`."""

    def __init__(self, memory: Memory | None = None, *, now: Callable[[], datetime] = utc_now) -> None:
        self._memory = memory or Memory()
        self._now = now

    async def create(self, project: Project) -> None:
        self._check_name(project)
        self._memory.projects[project.id] = project
        self._memory.number(project.id)

    async def get(self, project: ProjectId) -> Project:
        return self._with_branches(self._stored(project))

    async def all(self) -> list[Project]:
        numbers = self._memory.numbers
        found = list(self._memory.projects.values())
        found.sort(key=lambda project: (project.changed, numbers[project.id]), reverse=True)
        return [self._with_branches(project) for project in found]

    async def rename(self, project: ProjectId, name: str) -> Project:
        renamed = replace(self._stored(project), name=name, changed=self._now())
        self._check_name(renamed)
        self._memory.projects[project] = renamed
        return self._with_branches(renamed)

    async def touch(self, project: ProjectId) -> None:
        self._memory.projects[project] = replace(self._stored(project), changed=self._now())

    async def remove(self, project: ProjectId) -> None:
        memory = self._memory
        memory.projects.pop(project, None)
        for place in [place for place in memory.branches if place[0] == project]:
            del memory.branches[place]
        for execution in [each.id for each in memory.executions.values() if each.project == project]:
            await MemoryExecutionStore(memory).remove(execution)
        for artifact in [each.id for each in memory.artifacts.values() if each.project == project]:
            del memory.artifacts[artifact]

    def _stored(self, project: ProjectId) -> Project:
        stored = self._memory.projects.get(project)
        if stored is None:
            raise missing.no_project(project)
        return stored

    def _check_name(self, project: Project) -> None:
        others = (other for other in self._memory.projects.values() if other.id != project.id)
        if any((other.owner, other.name) == (project.owner, project.name) for other in others):
            raise missing.name_taken(project.name)

    def _with_branches(self, project: Project) -> Project:
        places = sorted(place for place in self._memory.branches if place[0] == project.id)
        branches = tuple(Branch(name=name, version=self._memory.branches[owner, name].newest) for owner, name in places)
        return replace(project, branches=branches)


class _MemorySession(Struct, frozen=True, kw_only=True):
    id: SessionId
    person: PersonId
    named: bool
    created: datetime


class MemorySessionStore:
    """`SessionStore` in memory."""

    def __init__(self, *, now: Callable[[], datetime] = utc_now) -> None:
        self._now = now
        self._people: dict[PersonId, Person] = {}
        self._sessions: dict[str, _MemorySession] = {}

    async def create(self, session: SessionId, secret_hash: str, person: Person) -> None:
        self._people[person.id] = person
        self._sessions = {secret: stored for secret, stored in self._sessions.items() if self._lasts(stored)}
        self._sessions[secret_hash] = _MemorySession(id=session, person=person.id, named=False, created=self._now())

    async def find(self, secret_hash: str) -> tuple[SessionId, Person, bool] | None:
        stored = self._sessions.get(secret_hash)
        return None if stored is None or not self._lasts(stored) else (stored.id, self._people[stored.person], stored.named)

    async def rename(self, session: SessionId, *, name: str, color: str) -> Person:
        for secret_hash, stored in self._sessions.items():
            if stored.id == session:
                person = Person(id=stored.person, name=name, color=color)
                self._people[person.id] = person
                self._sessions[secret_hash] = replace(stored, named=True)
                return person
        raise missing.no_session(session)

    async def person(self, person: PersonId) -> Person:
        stored = self._people.get(person)
        if stored is None:
            raise missing.no_person(person)
        return stored

    async def remove(self, session: SessionId) -> None:
        self._sessions = {secret: stored for secret, stored in self._sessions.items() if stored.id != session}

    def _lasts(self, session: _MemorySession) -> bool:
        return self._now() - session.created < SESSION_LIFE
