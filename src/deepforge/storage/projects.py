"""The list of projects. Removing one removes everything of it but blobs and what attempts reported, which are collected later."""

from collections.abc import Callable
from datetime import datetime

from msgspec import msgpack
from msgspec.structs import replace
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import ColumnElement

from deepforge.ids import BranchName, ProjectId
from deepforge.model.project import Branch, Project
from deepforge.storage import missing
from deepforge.storage.clock import utc_now
from deepforge.storage.database import Database
from deepforge.storage.tables import artifacts, branches, executions, projects

__all__ = ["SqlProjectStore"]

_encode = msgpack.Encoder().encode
_project = msgpack.Decoder(Project)


class SqlProjectStore:
    """`ProjectStore` in a database. Branches are those of its document store."""

    def __init__(self, database: Database, *, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    async def create(self, project: Project) -> None:
        async def work(connection: AsyncConnection) -> None:
            await _check_name(connection, project)
            await connection.execute(insert(projects).values(_row(project) | {"id": project.id}))

        await self._database.write(work)

    async def get(self, project: ProjectId) -> Project:
        async with self._database.read() as connection:
            return await _get(connection, project)

    async def all(self) -> list[Project]:
        async with self._database.read() as connection:
            return await _find(connection)

    async def rename(self, project: ProjectId, name: str) -> Project:
        async def work(connection: AsyncConnection) -> Project:
            renamed = replace(await _get(connection, project), name=name, changed=self._now())
            await _check_name(connection, renamed)
            await _replace(connection, renamed)
            return renamed

        return await self._database.write(work)

    async def touch(self, project: ProjectId) -> None:
        async def work(connection: AsyncConnection) -> None:
            await _replace(connection, replace(await _get(connection, project), changed=self._now()))

        await self._database.write(work)

    async def remove(self, project: ProjectId) -> None:
        async def work(connection: AsyncConnection) -> None:
            await connection.execute(delete(projects).where(projects.c.id == project))
            for table in (branches, executions, artifacts):
                await connection.execute(delete(table).where(table.c.project == project))

        await self._database.write(work)


async def _find(connection: AsyncConnection, *where: ColumnElement[bool]) -> list[Project]:
    """Projects with their branches, the newest change first."""
    query = select(projects.c.body).where(*where).order_by(projects.c.changed.desc(), projects.c.number.desc())
    found = [_project.decode(body) for body in (await connection.execute(query)).scalars()]
    ids = [project.id for project in found]
    parts: dict[str, list[Branch]] = {project: [] for project in ids}
    query_branches = select(branches).where(branches.c.project.in_(ids)).order_by(branches.c.name)
    for row in await connection.execute(query_branches):
        parts[row.project].append(Branch(name=BranchName(row.name), version=row.newest))
    return [replace(project, branches=tuple(parts[project.id])) for project in found]


async def _get(connection: AsyncConnection, project: ProjectId) -> Project:
    found = await _find(connection, projects.c.id == project)
    if not found:
        raise missing.no_project(project)
    return found[0]


async def _check_name(connection: AsyncConnection, project: Project) -> None:
    query = select(projects.c.id).where(projects.c.owner == project.owner, projects.c.name == project.name)
    if (await connection.execute(query.where(projects.c.id != project.id))).first() is not None:
        raise missing.name_taken(project.name)


async def _replace(connection: AsyncConnection, project: Project) -> None:
    await connection.execute(update(projects).where(projects.c.id == project.id).values(_row(project)))


def _row(project: Project) -> dict[str, object]:
    return {
        "owner": project.owner,
        "name": project.name,
        "changed": project.changed.timestamp(),
        "body": _encode(project),
    }
