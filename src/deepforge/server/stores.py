"""What the server itself needs stored: projects and browser sessions. `deepforge.storage` implements these."""

from typing import Protocol

from deepforge.dispatch.stores import DispatchStores
from deepforge.document.stores import DocumentStore
from deepforge.ids import PersonId, ProjectId, SessionId
from deepforge.model.project import Person, Project

__all__ = ["ProjectStore", "SessionStore", "Stores"]


class ProjectStore(Protocol):
    """The list of projects. Counts of pipelines and executions are filled in by the caller."""

    async def create(self, project: Project) -> None:
        """Raises `Conflict` if the owner has a project of that name."""
        ...

    async def get(self, project: ProjectId) -> Project: ...

    async def all(self) -> list[Project]:
        """The newest change first."""
        ...

    async def rename(self, project: ProjectId, name: str) -> Project: ...

    async def touch(self, project: ProjectId) -> None:
        """It changed now."""
        ...

    async def remove(self, project: ProjectId) -> None:
        """Remove it with its branches, executions and artifacts (blobs are collected later)."""
        ...


class SessionStore(Protocol):
    """Browser sessions: the hash of a cookie's secret, and who it is."""

    async def create(self, session: SessionId, secret_hash: str, person: Person) -> None: ...

    async def find(self, secret_hash: str) -> tuple[SessionId, Person, bool] | None:
        """The session, its person, and whether the person has chosen a name; None for one older than `SESSION_LIFE`."""
        ...

    async def rename(self, session: SessionId, *, name: str, color: str) -> Person: ...

    async def person(self, person: PersonId) -> Person: ...

    async def remove(self, session: SessionId) -> None: ...


class Stores(DispatchStores, Protocol):
    """Everything that the server keeps. `storage.Storage` is one, and so is its twin in memory."""

    @property
    def projects(self) -> ProjectStore: ...

    @property
    def sessions(self) -> SessionStore: ...

    @property
    def documents(self) -> DocumentStore: ...
