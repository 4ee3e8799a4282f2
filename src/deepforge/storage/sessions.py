"""Browser sessions. Of the cookie's secret only a hash is stored: who reads the database cannot log in with it."""

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from deepforge.ids import PersonId, SessionId
from deepforge.model.project import Person
from deepforge.storage import missing
from deepforge.storage.database import Database
from deepforge.storage.tables import people, sessions

__all__ = ["SqlSessionStore"]


class SqlSessionStore:
    """`SessionStore` in a database. People outlive their sessions: history names them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, session: SessionId, secret_hash: str, person: Person) -> None:
        row = {"id": session, "secret_hash": secret_hash, "person": person.id, "named": False}

        async def work(connection: AsyncConnection) -> None:
            await _put_person(connection, person)
            await connection.execute(insert(sessions).values(row))

        await self._database.write(work)

    async def find(self, secret_hash: str) -> tuple[SessionId, Person, bool] | None:
        query = (
            select(sessions.c.id.label("session"), sessions.c.named, people.c.id, people.c.name, people.c.color)
            .join_from(sessions, people)
            .where(sessions.c.secret_hash == secret_hash)
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


async def _put_person(connection: AsyncConnection, person: Person) -> None:
    row = {"name": person.name, "color": person.color}
    changed = await connection.execute(update(people).where(people.c.id == person.id).values(row))
    if not changed.rowcount:
        await connection.execute(insert(people).values(row | {"id": person.id}))
