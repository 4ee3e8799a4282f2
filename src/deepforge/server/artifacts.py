"""Artifacts that people upload, rename and delete. Their bytes are stored as they come and never looked into."""

from collections.abc import AsyncIterator

from deepforge.dispatch.clock import Clock
from deepforge.dispatch.events import Events
from deepforge.errors import Invalid
from deepforge.ids import ArtifactId, ProjectId, new_id
from deepforge.model.artifact import Artifact
from deepforge.model.live import ArtifactRemoved, ArtifactSaved
from deepforge.model.project import Person
from deepforge.server.names import checked_name
from deepforge.server.stores import Stores

__all__ = ["Artifacts"]


class Artifacts:
    """The artifacts of all projects; listeners hear of every change."""

    def __init__(self, stores: Stores, events: Events, clock: Clock, *, max_upload: int) -> None:
        self._stores = stores
        self._events = events
        self._clock = clock
        self._max_upload = max_upload

    async def upload(
        self, project: ProjectId, name: str, data_type: str, chunks: AsyncIterator[bytes], *, person: Person
    ) -> Artifact:
        """Store the bytes, then the artifact. Raises `NotFound`, `Invalid`, `TooLarge`; then nothing is stored."""
        await self._stores.projects.get(project)
        name = checked_name(name)
        if not data_type.isidentifier() or len(data_type) > 200:
            raise Invalid("The type is the name of a data type.", where="type")
        blob = await self._stores.blobs.put(chunks, limit=self._max_upload)
        artifact = Artifact(
            id=ArtifactId(new_id()),
            project=project,
            name=name,
            type=data_type,
            blob=blob,
            created=self._clock.now(),
            made_by=f"uploaded by {person.name}",
        )
        return await self._saved(await self._stores.artifacts.add(artifact))

    async def rename(self, artifact: ArtifactId, name: str) -> Artifact:
        return await self._saved(await self._stores.artifacts.rename(artifact, checked_name(name)))

    async def remove(self, artifact: ArtifactId) -> None:
        """Remove it from the project. What ran with it keeps its content by hash."""
        found = await self._stores.artifacts.get(artifact)
        await self._stores.artifacts.remove(artifact)
        self._events.publish(found.project, ArtifactRemoved(artifact=artifact))

    async def _saved(self, artifact: Artifact) -> Artifact:
        self._events.publish(artifact.project, ArtifactSaved(artifact=artifact))
        return artifact
