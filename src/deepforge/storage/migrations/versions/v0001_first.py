"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _documents()
    _executions()
    _people()
    _reports()


def _documents() -> None:
    op.create_table(
        "projects",
        sa.Column("number", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("changed", sa.Double(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_projects"),
        sa.UniqueConstraint("id", name="uq_projects_id"),
        sa.UniqueConstraint("owner", "name", name="uq_projects_owner_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "branches",
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("newest", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("project", "name", name="pk_branches"),
    )
    op.create_table(
        "versions",
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("transaction_id", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project", "branch"], ["branches.project", "branches.name"], name="fk_versions_project", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project", "branch", "version", name="pk_versions"),
        sa.UniqueConstraint("project", "branch", "transaction_id", name="uq_versions_project_branch_transaction_id"),
    )
    op.create_table(
        "snapshots",
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project", "branch"], ["branches.project", "branches.name"], name="fk_snapshots_project", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project", "branch", "version", name="pk_snapshots"),
    )


def _executions() -> None:
    op.create_table(
        "executions",
        sa.Column("number", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("pipeline", sa.Text(), nullable=False),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_executions"),
        sa.UniqueConstraint("id", name="uq_executions_id"),
        sa.UniqueConstraint("project", "request_key", name="uq_executions_project_request_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_executions_final", "executions", ["final"], unique=False)
    op.create_index("ix_executions_project_number", "executions", ["project", "number"], unique=False)
    op.create_table(
        "execution_snapshots",
        sa.Column("execution", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["execution"], ["executions.id"], name="fk_execution_snapshots_execution", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("execution", name="pk_execution_snapshots"),
    )
    op.create_table(
        "execution_jobs",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("execution", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["execution"], ["executions.id"], name="fk_execution_jobs_execution", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job", name="pk_execution_jobs"),
    )
    op.create_index("ix_execution_jobs_execution", "execution_jobs", ["execution"], unique=False)
    op.create_table(
        "artifacts",
        sa.Column("number", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("blob", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_artifacts"),
        sa.UniqueConstraint("id", name="uq_artifacts_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_artifacts_project_name_blob", "artifacts", ["project", "name", "blob"], unique=False)
    op.create_index("ix_artifacts_project_number", "artifacts", ["project", "number"], unique=False)


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("color", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_sessions_person"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("secret_hash", name="uq_sessions_secret_hash"),
    )
    op.create_index("ix_sessions_person", "sessions", ["person"], unique=False)


def _reports() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("through", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
    )
    op.create_table(
        "points",
        sa.Column("attempt", sa.Text(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("chunk", sa.BigInteger(), nullable=False),
        sa.Column("whole", sa.LargeBinary(), nullable=False),
        sa.Column("blocks", sa.LargeBinary(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["attempt"], ["attempts.id"], name="fk_points_attempt", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("attempt", "line", "chunk", name="pk_points"),
    )
