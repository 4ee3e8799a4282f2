"""Files that survive a crash: written aside, flushed to the disk, renamed into place."""

import errno
import os
from pathlib import Path

__all__ = ["free_reserve", "make_reserve", "sync_directory", "write_durably", "write_last"]

_RESERVE = ".reserve"
_RESERVED = 256 * 1024


def write_durably(path: Path, data: bytes) -> None:
    """Replace the file at `path`; whoever reads it sees the old bytes or all of the new ones."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError:
        aside.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def make_reserve(directory: Path) -> None:
    """Set some space aside, so that what an attempt's end is told by can be written though the attempt filled the disk."""
    with (directory / _RESERVE).open("wb") as file:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, _RESERVED)
        else:
            file.write(bytes(_RESERVED))


def free_reserve(directory: Path) -> None:
    """Give that space free."""
    (directory / _RESERVE).unlink(missing_ok=True)


def write_last(path: Path, data: bytes) -> None:
    """Like `write_durably`, from the directory's reserve if need be."""
    try:
        write_durably(path, data)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        free_reserve(path.parent)
        write_durably(path, data)


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
