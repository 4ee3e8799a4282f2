"""When a session began, so that it can end. Those that are there begin now."""

import time

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("sessions", sa.Column("created", sa.Double(), nullable=False, server_default="0"))
    sessions = sa.table("sessions", sa.column("created", sa.Double()))
    op.execute(sa.update(sessions).values(created=time.time()))
    op.create_index("ix_sessions_created", "sessions", ["created"], unique=False)
