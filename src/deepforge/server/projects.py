"""Projects: made from a seed or as a copy, listed, renamed, deleted with all that belongs to them."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

from msgspec.structs import replace

from deepforge.dispatch.clock import Clock
from deepforge.dispatch.dispatcher import Dispatcher
from deepforge.dispatch.events import Events
from deepforge.errors import Invalid, NotFound
from deepforge.ids import ArtifactId, BranchName, ProjectId, RecordId, new_id
from deepforge.model.artifact import Artifact
from deepforge.model.document import Document
from deepforge.model.live import ProjectChanged
from deepforge.model.project import Branch, NewProject, Person, Project, Seed
from deepforge.model.records import Input, Node, Record
from deepforge.server.documents import Documents
from deepforge.server.names import checked_name
from deepforge.server.seeds import Seeds
from deepforge.server.stores import Stores

__all__ = ["Projects"]

_MAIN = BranchName("main")
_PIECE = 1024 * 1024


class Projects:
    """All projects of the server."""

    def __init__(
        self, stores: Stores, documents: Documents, dispatcher: Dispatcher, events: Events, clock: Clock, seeds: Seeds
    ) -> None:
        self._stores = stores
        self._documents = documents
        self._dispatcher = dispatcher
        self._events = events
        self._clock = clock
        self._seeds = seeds

    async def seeds(self) -> list[Seed]:
        return await asyncio.to_thread(self._seeds.all)

    async def all(self) -> list[Project]:
        return [await self._counted(project) for project in await self._stores.projects.all()]

    async def get(self, project: ProjectId) -> Project:
        return await self._counted(await self._stores.projects.get(project))

    async def known(self, project: ProjectId) -> None:
        """Raises `NotFound` unless there is such a project."""
        await self._stores.projects.get(project)

    async def branches(self, project: ProjectId) -> list[Branch]:
        return list((await self._stores.projects.get(project)).branches)

    async def create(self, new: NewProject, person: Person) -> Project:
        """Make a project; if that fails half-way nothing of it stays. Raises `Invalid`, `NotFound`, `Conflict`."""
        name = checked_name(new.name)
        if (new.seed is None) == (new.copy_of is None):
            raise Invalid("A project is made from a seed or as a copy of a project: name one of the two.", where="seed")
        now = self._clock.now()
        seed = new.seed or (await self._stores.projects.get(ProjectId(new.copy_of or ""))).seed
        project = Project(id=ProjectId(new_id()), name=name, owner=person.name, seed=seed, created=now, changed=now)
        if new.seed is not None:
            self._seeds.check(new.seed)
        await self._stores.projects.create(project)
        try:
            if new.copy_of is not None:
                await self._fill_from_project(project.id, new.copy_of)
            else:
                await self._fill_from_seed(project.id, seed)
        except BaseException:
            await self._stores.projects.remove(project.id)
            raise
        return await self.get(project.id)

    async def _fill_from_seed(self, project: ProjectId, name: str) -> None:
        seed = await asyncio.to_thread(self._seeds.read, name)
        made: dict[ArtifactId, ArtifactId] = {}
        for one in seed.artifacts:
            blob = await self._stores.blobs.put(_pieces(one.path))
            artifact = Artifact(
                id=ArtifactId(new_id()),
                project=project,
                name=one.name,
                type=one.type,
                blob=blob,
                created=self._clock.now(),
                made_by=f"came with the seed {name}",
            )
            made[one.id] = (await self._stores.artifacts.add(artifact)).id
        await self._stores.documents.create(project, _MAIN, _document(seed.records, made))

    async def _fill_from_project(self, project: ProjectId, source: ProjectId) -> None:
        """The newest document and all artifacts; executions stay with the source."""
        document = await self._documents.at(source, _MAIN, None)
        made: dict[ArtifactId, ArtifactId] = {}
        for old in reversed(await self._stores.artifacts.all(source)):
            copy = replace(old, id=ArtifactId(new_id()), project=project, execution=None, job=None)
            made[old.id] = (await self._stores.artifacts.add(copy)).id
        await self._stores.documents.create(project, _MAIN, _document(document.records.values(), made))

    async def rename(self, project: ProjectId, name: str) -> Project:
        renamed = await self._stores.projects.rename(project, checked_name(name))
        self._events.publish(project, ProjectChanged(name=renamed.name))
        return await self._counted(renamed)

    async def remove(self, project: ProjectId) -> None:
        """Stop what runs, tell who is in it, remove it with what its attempts reported."""
        await self.known(project)
        await self._dispatcher.remove_all(project)
        self._events.publish(project, ProjectChanged(name=None))
        attempts = await self._stores.executions.attempts(project)
        await self._stores.projects.remove(project)
        await self._documents.close(project)  # after the store: nobody can open it again
        await self._stores.reports.remove(sorted(attempts))

    async def _counted(self, project: Project) -> Project:
        newest = next((branch.version for branch in project.branches if branch.name == _MAIN), None)
        if newest is None:
            return project  # it is being made just now
        try:
            pipelines = await self._documents.pipelines(project.id, _MAIN, newest)
        except NotFound:
            return project  # it is being removed just now
        return replace(
            project,
            pipelines=pipelines,
            executions=len(await self._stores.executions.names(project.id)),
            running=self._dispatcher.running(project.id),
        )


def _document(records: Iterable[Record], artifacts: dict[ArtifactId, ArtifactId]) -> Document:
    """The records with Input nodes naming the new project's own artifacts."""
    found: dict[RecordId, Record] = {}
    for record in records:
        if isinstance(record, Node) and isinstance(record.target, Input) and record.target.artifact is not None:
            record = replace(record, target=Input(artifact=artifacts.get(record.target.artifact)))
        found[record.id] = record
    return Document(records=found)


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece
