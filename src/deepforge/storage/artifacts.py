"""Artifacts of projects: what they are called, and which blob they are."""

from msgspec import msgpack
from msgspec.structs import replace
from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from deepforge.ids import ArtifactId, BlobHash, ProjectId
from deepforge.model.artifact import Artifact
from deepforge.model.project import ArtifactPage
from deepforge.storage import missing
from deepforge.storage.database import Database
from deepforge.storage.paging import page_of
from deepforge.storage.tables import artifacts

__all__ = ["SqlArtifactStore"]

_encode = msgpack.Encoder().encode
_artifact = msgpack.Decoder(Artifact)


class SqlArtifactStore:
    """`ArtifactStore` in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, artifact: Artifact) -> Artifact:
        place = {"project": artifact.project, "name": artifact.name, "blob": artifact.blob.hash}
        same = select(artifacts.c.body).where(*(artifacts.c[column] == value for column, value in place.items()))
        row = place | {"id": artifact.id, "body": _encode(artifact)}

        async def work(connection: AsyncConnection) -> Artifact:
            known = await _first(connection, same.order_by(artifacts.c.number).limit(1))
            if known is None:
                await connection.execute(insert(artifacts).values(row))
            return known or artifact

        return await self._database.write(work)

    async def get(self, artifact: ArtifactId) -> Artifact:
        async with self._database.read() as connection:
            return await _get(connection, artifact)

    async def all(self, project: ProjectId) -> list[Artifact]:
        query = select(artifacts.c.body).where(artifacts.c.project == project).order_by(artifacts.c.number.desc())
        async with self._database.read() as connection:
            return [_artifact.decode(body) for body in (await connection.execute(query)).scalars()]

    async def page(self, project: ProjectId, *, cursor: str | None = None, limit: int = 100) -> ArtifactPage:
        query = select(artifacts.c.number, artifacts.c.body).where(artifacts.c.project == project)
        async with self._database.read() as connection:
            bodies, after = await page_of(connection, query, artifacts.c.number, cursor=cursor, limit=limit)
        return ArtifactPage(items=tuple(map(_artifact.decode, bodies)), cursor=after)

    async def rename(self, artifact: ArtifactId, name: str) -> Artifact:
        async def work(connection: AsyncConnection) -> Artifact:
            renamed = replace(await _get(connection, artifact), name=name)
            row = {"name": name, "body": _encode(renamed)}
            await connection.execute(update(artifacts).where(artifacts.c.id == artifact).values(row))
            return renamed

        return await self._database.write(work)

    async def blobs(self) -> set[BlobHash]:
        query = select(artifacts.c.blob).distinct()
        async with self._database.read() as connection:
            return {BlobHash(found) for found in (await connection.execute(query)).scalars()}

    async def remove(self, artifact: ArtifactId) -> None:
        async def work(connection: AsyncConnection) -> None:
            await connection.execute(delete(artifacts).where(artifacts.c.id == artifact))

        await self._database.write(work)


async def _first(connection: AsyncConnection, query: Select[bytes]) -> Artifact | None:
    body = (await connection.execute(query)).scalar_one_or_none()
    return None if body is None else _artifact.decode(body)


async def _get(connection: AsyncConnection, artifact: ArtifactId) -> Artifact:
    found = await _first(connection, select(artifacts.c.body).where(artifacts.c.id == artifact))
    if found is None:
        raise missing.no_artifact(artifact)
    return found
