"""A PostgreSQL server of our own for the tests, in a temporary directory, reached through a socket there."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["running_postgres", "why_not"]


def _programs() -> Path | None:
    """Where the newest PostgreSQL's programs lie: Debian keeps them out of the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def _user() -> str | None:
    """PostgreSQL refuses to run as root: who it runs as then."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def why_not() -> str:
    """Why there is no server to be had here; empty when there is."""
    return "" if _programs() else "PostgreSQL is not installed (Debian: postgresql)"


@contextmanager
def running_postgres() -> Iterator[str]:
    """Start a server; its address without the name of a database."""
    programs, user = _programs(), _user()
    assert programs is not None
    directory = Path(tempfile.mkdtemp(prefix="deepforge-pg-"))
    try:
        if user is not None:
            shutil.chown(directory, user)

        def run(program: str, *arguments: str) -> None:
            subprocess.run([programs / program, *arguments], user=user, cwd=directory, check=True, capture_output=True)

        data = str(directory / "data")
        run("initdb", "-D", data, "-U", "tester", "-A", "trust", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories={directory} -c fsync=off"
        run("pg_ctl", "-D", data, "-w", "-l", str(directory / "log"), "-o", options, "start")
        try:
            yield f"postgresql://tester@/{{name}}?host={directory}"
        finally:
            run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(directory)
