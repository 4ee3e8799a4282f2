"""Files that are written so that a crash leaves either all or nothing, and read without following links."""

import errno
import fcntl
import os
import signal
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from deepforge.errors import Invalid

__all__ = ["make_directory", "open_regular", "sync_directory", "written_elsewhere"]


def open_regular(path: Path) -> FileIO:
    """Open a regular file for reading. Raises `Invalid` for links and everything else that is no regular file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise Invalid(f"There is no file {path}.", code="no-file", where=str(path)) from None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            raise _not_regular(path) from None
        raise Invalid(f"{path} cannot be read: {error.strerror}.", code="no-file", where=str(path)) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _not_regular(path)
    return FileIO(descriptor, "rb")


def _not_regular(path: Path) -> Invalid:
    return Invalid(f"{path} is a link or no regular file.", code="not-a-file", where=str(path))


def written_elsewhere(descriptor: int) -> bool:
    """Whether some process may have this file open for writing: the kernel refuses a read lease then.

    The lease is given up at once; until then another's opening would send SIGURG, which nobody heeds, instead of SIGIO.
    """
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError:
        return True
    return False


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable."""
    with directory(path) as descriptor:
        os.fsync(descriptor)


@contextmanager
def directory(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def make_directory(path: Path) -> None:
    """Make a directory for this user alone, durably, with those above it."""
    if path.is_dir():
        return
    make_directory(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    sync_directory(path.parent)
