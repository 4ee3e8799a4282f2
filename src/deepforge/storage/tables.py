"""The tables, the same on SQLite and PostgreSQL.

Whole Structs lie in `body` as MessagePack (which keeps NaN and instants); the columns beside it are what is searched for.
`number` is the order of making, which no clock can turn round. A column of its own stands before large ones, so that SQLite
reads it without them (`points`).
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

__all__ = [
    "METADATA",
    "artifacts",
    "attempts",
    "branches",
    "execution_jobs",
    "execution_snapshots",
    "executions",
    "people",
    "points",
    "projects",
    "sessions",
    "snapshots",
    "versions",
]

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)
_NUMBER = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite numbers rows by itself only in a column declared INTEGER."""

projects = Table(
    "projects",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("owner", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("changed", Double, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("owner", "name"),
    sqlite_autoincrement=True,
)

branches = Table(
    "branches",
    METADATA,
    Column("project", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("epoch", Text, nullable=False),
    Column("newest", BigInteger, nullable=False),
)

versions = Table(
    "versions",
    METADATA,
    Column("project", Text, primary_key=True),
    Column("branch", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("transaction_id", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    ForeignKeyConstraint(["project", "branch"], ["branches.project", "branches.name"], ondelete="CASCADE"),
    UniqueConstraint("project", "branch", "transaction_id"),
)

snapshots = Table(
    "snapshots",
    METADATA,
    Column("project", Text, primary_key=True),
    Column("branch", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    ForeignKeyConstraint(["project", "branch"], ["branches.project", "branches.name"], ondelete="CASCADE"),
)

executions = Table(
    "executions",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("project", Text, nullable=False),
    Column("pipeline", Text, nullable=False),
    Column("request_key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("final", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("project", "request_key"),
    Index(None, "project", "number"),
    Index(None, "final"),
    sqlite_autoincrement=True,
)

execution_snapshots = Table(
    "execution_snapshots",
    METADATA,
    Column("execution", Text, ForeignKey("executions.id", ondelete="CASCADE"), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

execution_jobs = Table(
    "execution_jobs",
    METADATA,
    Column("job", Text, primary_key=True),
    Column("execution", Text, ForeignKey("executions.id", ondelete="CASCADE"), nullable=False, index=True),
)

artifacts = Table(
    "artifacts",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("project", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("blob", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index(None, "project", "number"),
    Index(None, "project", "name", "blob"),
    sqlite_autoincrement=True,
)

people = Table(
    "people",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("color", Text, nullable=False),
)

sessions = Table(
    "sessions",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("secret_hash", Text, nullable=False, unique=True),
    Column("person", Text, ForeignKey("people.id"), nullable=False, index=True),
    Column("named", Boolean, nullable=False),
    Column("created", Double, nullable=False, server_default="0", index=True),
)

attempts = Table(
    "attempts",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("through", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

points = Table(
    "points",
    METADATA,
    Column("attempt", Text, ForeignKey("attempts.id", ondelete="CASCADE"), primary_key=True),
    Column("line", BigInteger, primary_key=True),
    Column("chunk", BigInteger, primary_key=True),
    Column("whole", LargeBinary, nullable=False),
    Column("blocks", LargeBinary, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
