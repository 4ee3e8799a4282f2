"""What a disk or a database reports, as one of our errors: a sentence, and what to do about it."""

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError

from deepforge.errors import Broken, Busy, DeepForgeError

__all__ = ["damaged", "disk_fault", "explain", "no_space"]

_FULL = (errno.ENOSPC, errno.EDQUOT)
_POSTGRES_DISK_FULL = "53100"
_READ_ONLY = (errno.EACCES, errno.EPERM, errno.EROFS)


def no_space(where: str) -> Busy:
    return Busy(
        f"There is no space left on the disk of {where}; nothing was stored.",
        code="no-space",
        hint="Free some space, then try again.",
    )


def disk_fault(error: OSError, where: str) -> DeepForgeError:
    """Why the disk refused to store something under `where`."""
    if error.errno in _FULL:
        return no_space(where)
    if error.errno in _READ_ONLY:
        return Broken(
            f"{where} cannot be written: {error.strerror}.",
            code="not-writable",
            hint="Give this user the right to write there, or set DEEPFORGE_DATA_DIR to another directory.",
        )
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return Busy("Too many files are open.", code="too-many-files", hint="Try again later.")
    return Broken(
        f"The disk of {where} reports an error: {error.strerror or error}.",
        code="disk-error",
        hint="Check the disk; DeepForge stores nothing more until it is started again.",
    )


def explain(error: BaseException, where: str) -> DeepForgeError:
    """The error of a database at `where` as one of ours."""
    if isinstance(error, DeepForgeError):
        return error
    if isinstance(error, OSError):
        return disk_fault(error, where)
    cause = error.orig if isinstance(error, DBAPIError) else error
    text = str(cause)
    if isinstance(cause, sqlite3.Error):
        return _sqlite(getattr(cause, "sqlite_errorcode", 0), text, where)
    if getattr(cause, "sqlstate", None) == _POSTGRES_DISK_FULL:
        return no_space(where)
    return Busy(f"The database {where} does not answer: {text}.", code="database", hint="Try again later.")


def _sqlite(code: int, text: str, where: str) -> DeepForgeError:
    if code == sqlite3.SQLITE_IOERR_SHMSIZE:  # the index of the log cannot grow: SQLite calls only its own files' end "full"
        return no_space(where)
    match code & 0xFF:
        case sqlite3.SQLITE_FULL:
            return no_space(where)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Busy(
                f"The database {where} is locked by another program.",
                code="database-locked",
                hint="End the other program, then try again.",
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return Broken(
                f"The database {where} cannot be written: {text}.",
                code="not-writable",
                hint="Give this user the right to write there, or set DEEPFORGE_DATA_DIR to another directory.",
            )
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return damaged(where, text)
        case sqlite3.SQLITE_IOERR:
            return Broken(
                f"The disk of the database {where} reports an error: {text}.",
                code="disk-error",
                hint="Check the disk; DeepForge stores nothing more until it is started again.",
            )
        case _:
            return Busy(f"The database {where} reports an error: {text}.", code="database", hint="Try again later.")


def damaged(where: str, text: str) -> Broken:
    return Broken(
        f"The database {where} is damaged: {text}.",
        code="database-damaged",
        hint="Put a backup in its place, or move it away to begin with an empty one.",
    )
