"""Bringing a database to the version of this program when it is opened."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from deepforge.errors import Broken

__all__ = ["upgrade"]

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection, where: str) -> None:
    """Apply the migrations that are missing, in the transaction of `connection`.

    Raises `Broken` when the database was made by a newer program.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection).get_current_heads()
    known = {script.revision for script in scripts.walk_revisions()}
    if not known.issuperset(current):
        raise Broken(
            f"The database {where} was made by a newer version of DeepForge.",
            code="database-newer",
            hint="Update DeepForge, or set DEEPFORGE_DATA_DIR to another directory.",
            where=where,
        )
    if set(current) != set(scripts.get_heads()):
        command.upgrade(config, "head")
