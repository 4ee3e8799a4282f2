"""Browser sessions. Of the cookie's secret only a hash is stored: who reads the database cannot log in with it.

One that is older than `SESSION_LIFE` has ended, whatever the browser keeps; the next login removes it.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from deepforge.ids import PersonId, SessionId
from deepforge.model.project import SESSION_LIFE, Person
from deepforge.storage import missing
from deepforge.storage.clock import utc_now
from deepforge.storage.database import Database
from deepforge.storage.tables import people, sessions

__all__ = ["SqlSessionStore"]


class SqlSessionStore:
    """`SessionStore` in a database. People outlive their sessions: history names them."""

    def __init__(self, database: Database, *, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    async def create(self, session: SessionId, secret_hash: str, person: Person) -> None:
        row = {"id": session, "secret_hash": secret_hash, "person": person.id, "named": False, "created": self._now().timestamp()}
        ended = delete(sessions).where(sessions.c.created <= self._oldest())

        async def work(connection: AsyncConnection) -> None:
            await _put_person(connection, person)
            await connection.execute(ended)
            await connection.execute(insert(sessions).values(row))

        await self._database.write(work)

    async def find(self, secret_hash: str) -> tuple[SessionId, Person, bool] | None:
        query = (
            select(sessions.c.id.label("session"), sessions.c.named, people.c.id, people.c.name, people.c.color)
            .join_from(sessions, people)
            .where(sessions.c.secret_hash == secret_hash, sessions.c.created > self._oldest())
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        return SessionId(row.session), Person(id=PersonId(row.id), name=row.name, color=row.color), row.named

    async def rename(self, session: SessionId, *, name: str, color: str) -> Person:
        async def work(connection: AsyncConnection) -> Person:
            query = select(sessions.c.person).where(sessions.c.id == session)
            owner = (await connection.execute(query)).scalar_one_or_none()
            if owner is None:
                raise missing.no_session(session)
            person = Person(id=PersonId(owner), name=name, color=color)
            await _put_person(connection, person)
            await connection.execute(update(sessions).where(sessions.c.id == session).values(named=True))
            return person

        return await self._database.write(work)

    async def person(self, person: PersonId) -> Person:
        async with self._database.read() as connection:
            row = (await connection.execute(select(people).where(people.c.id == person))).one_or_none()
        if row is None:
            raise missing.no_person(person)
        return Person(id=PersonId(row.id), name=row.name, color=row.color)

    async def remove(self, session: SessionId) -> None:
        async def work(connection: AsyncConnection) -> None:
            await connection.execute(delete(sessions).where(sessions.c.id == session))

        await self._database.write(work)

    def _oldest(self) -> float:
        """Sessions that began by then have ended; in seconds since 1970."""
        return (self._now() - SESSION_LIFE).timestamp()


async def _put_person(connection: AsyncConnection, person: Person) -> None:
    row = {"name": person.name, "color": person.color}
    changed = await connection.execute(update(people).where(people.c.id == person.id).values(row))
    if not changed.rowcount:
        await connection.execute(insert(people).values(row | {"id": person.id}))
