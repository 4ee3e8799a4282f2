"""Branches: the log of each and its snapshots. `append` is what an edit's acknowledgement waits for."""

from collections.abc import Sequence

from msgspec import msgpack
from sqlalchemy import RowMapping, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from deepforge.ids import BranchName, ProjectId, TransactionId, new_id
from deepforge.model.document import Document, StoredBranch, Version, replay
from deepforge.storage import missing
from deepforge.storage.database import Database
from deepforge.storage.tables import branches, snapshots
from deepforge.storage.tables import versions as log_rows

__all__ = ["SqlDocumentStore"]

_encode = msgpack.Encoder().encode
_version = msgpack.Decoder(Version)
_document = msgpack.Decoder(Document)


class SqlDocumentStore:
    """`DocumentStore` in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, project: ProjectId, branch: BranchName, document: Document) -> None:
        body = _encode(document)

        async def work(connection: AsyncConnection) -> None:
            if await _find_branch(connection, project, branch) is not None:
                raise missing.branch_exists(branch)
            row = {"project": project, "name": branch, "epoch": new_id(), "newest": document.version}
            await connection.execute(insert(branches).values(row))
            row = {"project": project, "branch": branch, "version": document.version, "body": body}
            await connection.execute(insert(snapshots).values(row))

        await self._database.write(work)

    async def load(self, project: ProjectId, branch: BranchName, *, version: int | None = None) -> StoredBranch:
        async with self._database.read() as connection:
            stored = await _branch(connection, project, branch)
            wanted = stored["newest"] if version is None else version
            place = (snapshots.c.project == project, snapshots.c.branch == branch, snapshots.c.version <= wanted)
            query = select(snapshots.c.body).where(*place).order_by(snapshots.c.version.desc()).limit(1)
            body = (await connection.execute(query)).scalar_one_or_none()
            if body is None or wanted > stored["newest"]:
                raise missing.no_version(wanted)
            document = _document.decode(body)
            log = await _log(connection, project, branch, document.version, wanted)
        return StoredBranch(epoch=stored["epoch"], document=replay(document, (entry.diff for entry in log)))

    async def append(self, project: ProjectId, branch: BranchName, versions: Sequence[Version]) -> None:
        place = {"project": project, "branch": branch}
        rows = [
            place | {"version": entry.version, "transaction_id": entry.transaction, "body": _encode(entry)} for entry in versions
        ]

        async def work(connection: AsyncConnection) -> None:
            stored = await _branch(connection, project, branch)
            missing.check_order(stored["newest"], versions)
            if rows:
                await connection.execute(insert(log_rows), rows)
                newest = update(branches).where(branches.c.project == project, branches.c.name == branch)
                await connection.execute(newest.values(newest=versions[-1].version))

        await self._database.write(work)

    async def since(self, project: ProjectId, branch: BranchName, version: int) -> list[Version]:
        async with self._database.read() as connection:
            stored = await _branch(connection, project, branch)
            return await _log(connection, project, branch, version, stored["newest"])

    async def find(self, project: ProjectId, branch: BranchName, transaction: TransactionId) -> Version | None:
        place = (log_rows.c.project == project, log_rows.c.branch == branch, log_rows.c.transaction_id == transaction)
        async with self._database.read() as connection:
            await _branch(connection, project, branch)
            body = (await connection.execute(select(log_rows.c.body).where(*place))).scalar_one_or_none()
        return None if body is None else _version.decode(body)

    async def snapshot(self, project: ProjectId, branch: BranchName, document: Document) -> None:
        row = {"project": project, "branch": branch, "version": document.version, "body": _encode(document)}
        place = (
            snapshots.c.project == project,
            snapshots.c.branch == branch,
            snapshots.c.version == document.version,
        )

        async def work(connection: AsyncConnection) -> None:
            await _branch(connection, project, branch)
            await connection.execute(delete(snapshots).where(*place))
            await connection.execute(insert(snapshots).values(row))

        await self._database.write(work)


async def _find_branch(connection: AsyncConnection, project: ProjectId, branch: BranchName) -> RowMapping | None:
    query = select(branches).where(branches.c.project == project, branches.c.name == branch)
    return (await connection.execute(query)).mappings().one_or_none()


async def _branch(connection: AsyncConnection, project: ProjectId, branch: BranchName) -> RowMapping:
    stored = await _find_branch(connection, project, branch)
    if stored is None:
        raise missing.no_branch(project, branch)
    return stored


async def _log(connection: AsyncConnection, project: ProjectId, branch: BranchName, after: int, through: int) -> list[Version]:
    """The versions after `after`, up to `through`, in order."""
    place = (log_rows.c.project == project, log_rows.c.branch == branch)
    between = (log_rows.c.version > after, log_rows.c.version <= through)
    query = select(log_rows.c.body).where(*place, *between).order_by(log_rows.c.version)
    return [_version.decode(body) for body in (await connection.execute(query)).scalars()]
