"""Reading the files of an attempt, which its own code may have replaced by anything: by nothing, a pipe, a directory, a link.

Only regular files are read, so that no read can wait for a writer that never comes; everything else counts as not there.
"""

import errno
import os
import stat
from pathlib import Path

import msgspec

__all__ = ["UNREADABLE", "file_size", "read_file", "read_range"]

UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError)
"""What decoding raises for bytes that no process of ours wrote."""
_LARGEST = 64 * 1024 * 1024
_NO_FILE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO, errno.EACCES, errno.EPERM, errno.ENAMETOOLONG})


def file_size(path: Path) -> int:
    """The size in bytes of a regular file, 0 for anything else."""
    try:
        found = path.lstat()
    except OSError as error:
        if error.errno in _NO_FILE:
            return 0
        raise
    return found.st_size if stat.S_ISREG(found.st_mode) else 0


def read_file(path: Path, largest: int = _LARGEST) -> bytes | None:
    """All of a regular file; None for anything else, and for what is larger than `largest` bytes."""
    data = read_range(path, 0, largest + 1)
    return data if data is not None and len(data) <= largest else None


def read_range(path: Path, start: int, end: int) -> bytes | None:
    """The bytes of a regular file from `start` up to `end`, fewer where it is shorter; None for anything else."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in _NO_FILE:
            return None
        raise
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            return None
        return os.pread(descriptor, max(0, min(end, found.st_size) - start), start)
    finally:
        os.close(descriptor)
