"""Executions and what they pinned. Each is one value, replaced whole when anything in it changes."""

from collections.abc import AsyncIterator

from msgspec import msgpack
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import ColumnElement

from deepforge.ids import AttemptId, BlobHash, ExecutionId, JobId, ProjectId, RecordId, TransactionId
from deepforge.model.execution import Execution, Snapshot
from deepforge.model.project import ExecutionPage
from deepforge.storage import missing
from deepforge.storage.database import Database
from deepforge.storage.paging import page_of
from deepforge.storage.references import outputs_of, pinned_by
from deepforge.storage.tables import execution_jobs, execution_snapshots, executions

__all__ = ["SqlExecutionStore"]

_BATCH = 100
"""Rows that are read at a time where all are read."""
_encode = msgpack.Encoder().encode
_execution = msgpack.Decoder(Execution)
_snapshot = msgpack.Decoder(Snapshot)


class SqlExecutionStore:
    """`ExecutionStore` in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, execution: Execution, snapshot: Snapshot, key: TransactionId) -> Execution:
        row = _row(execution) | {
            "id": execution.id,
            "project": execution.project,
            "pipeline": execution.pipeline,
            "request_key": key,
        }
        jobs = [{"job": job.id, "execution": execution.id} for job in execution.jobs]
        pinned = {"execution": execution.id, "body": _encode(snapshot)}

        async def work(connection: AsyncConnection) -> Execution:
            known = await _bodies(connection, executions.c.project == execution.project, executions.c.request_key == key)
            if known:
                return known[0]
            await connection.execute(insert(executions).values(row))
            await connection.execute(insert(execution_snapshots).values(pinned))
            if jobs:
                await connection.execute(insert(execution_jobs), jobs)
            return execution

        return await self._database.write(work)

    async def made_with(self, project: ProjectId, key: TransactionId) -> Execution | None:
        found = await self._find(executions.c.project == project, executions.c.request_key == key)
        return found[0] if found else None

    async def save(self, execution: Execution) -> None:
        row = _row(execution)
        jobs = {job.id for job in execution.jobs}

        async def work(connection: AsyncConnection) -> None:
            changed = await connection.execute(update(executions).where(executions.c.id == execution.id).values(row))
            if not changed.rowcount:
                raise missing.no_execution(execution.id)
            query = select(execution_jobs.c.job).where(execution_jobs.c.execution == execution.id)
            added = jobs.difference((await connection.execute(query)).scalars())
            if added:
                rows = [{"job": job, "execution": execution.id} for job in sorted(added)]
                await connection.execute(insert(execution_jobs), rows)

        await self._database.write(work)

    async def get(self, execution: ExecutionId) -> Execution:
        found = await self._find(executions.c.id == execution)
        if not found:
            raise missing.no_execution(execution)
        return found[0]

    async def of_job(self, job: JobId) -> Execution:
        owner = select(execution_jobs.c.execution).where(execution_jobs.c.job == job).scalar_subquery()
        found = await self._find(executions.c.id == owner)
        if not found:
            raise missing.no_job(job)
        return found[0]

    async def snapshot(self, execution: ExecutionId) -> Snapshot:
        query = select(execution_snapshots.c.body).where(execution_snapshots.c.execution == execution)
        async with self._database.read() as connection:
            body = (await connection.execute(query)).scalar_one_or_none()
        if body is None:
            raise missing.no_execution(execution)
        return _snapshot.decode(body)

    async def page(
        self, project: ProjectId, *, pipeline: RecordId | None = None, cursor: str | None = None, limit: int = 100
    ) -> ExecutionPage:
        query = select(executions.c.number, executions.c.body).where(executions.c.project == project)
        if pipeline is not None:
            query = query.where(executions.c.pipeline == pipeline)
        async with self._database.read() as connection:
            bodies, after = await page_of(connection, query, executions.c.number, cursor=cursor, limit=limit)
        return ExecutionPage(items=tuple(map(_execution.decode, bodies)), cursor=after)

    async def names(self, project: ProjectId) -> set[str]:
        query = select(executions.c.name).distinct().where(executions.c.project == project)
        async with self._database.read() as connection:
            return set((await connection.execute(query)).scalars())

    async def unfinished(self) -> list[Execution]:
        return await self._find(executions.c.final.is_(False))

    async def attempts(self, project: ProjectId | None = None) -> set[AttemptId]:
        where = () if project is None else (executions.c.project == project,)
        return {attempt.id async for one, _ in self._each(*where) for job in one.jobs for attempt in job.attempts}

    async def blobs(self) -> set[BlobHash]:
        found: set[BlobHash] = set()
        async for execution, snapshot in self._each():
            found.update(outputs_of(execution), pinned_by(snapshot))
        return found

    async def _each(self, *where: ColumnElement[bool]) -> AsyncIterator[tuple[Execution, Snapshot]]:
        """All executions with what they pinned, in batches, so that others have their turn."""
        query = select(executions.c.number, executions.c.body, execution_snapshots.c.body.label("pinned"))
        query = query.join(execution_snapshots, execution_snapshots.c.execution == executions.c.id).where(*where)
        last = -1
        while True:
            batch = query.where(executions.c.number > last).order_by(executions.c.number).limit(_BATCH)
            async with self._database.read() as connection:
                rows = (await connection.execute(batch)).all()
            for row in rows:
                yield _execution.decode(row.body), _snapshot.decode(row.pinned)
            if len(rows) < _BATCH:
                return
            last = rows[-1].number

    async def remove(self, execution: ExecutionId) -> None:
        async def work(connection: AsyncConnection) -> None:
            await connection.execute(delete(executions).where(executions.c.id == execution))

        await self._database.write(work)

    async def _find(self, *where: ColumnElement[bool]) -> list[Execution]:
        async with self._database.read() as connection:
            return await _bodies(connection, *where)


async def _bodies(connection: AsyncConnection, *where: ColumnElement[bool]) -> list[Execution]:
    query = select(executions.c.body).where(*where).order_by(executions.c.number)
    return [_execution.decode(body) for body in (await connection.execute(query)).scalars()]


def _row(execution: Execution) -> dict[str, object]:
    """The columns that change with it."""
    return {"name": execution.name, "final": execution.status.final, "body": _encode(execution)}
