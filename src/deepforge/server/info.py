"""How the other programs of this machine find a running server: `server.json`, believed only while `server.lock` is held."""

import errno
import fcntl
import os
import secrets
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from deepforge.errors import Broken
from deepforge.storage.faults import disk_fault

__all__ = ["ServerFile", "ServerInfo", "lasting_token", "read_server_info"]

_INFO = "server.json"
_LOCK = "server.lock"
_TRIES = 20
_PAUSE = 0.01


class ServerInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Where the server listens, and the tokens of the machine's owner and of worker hosts."""

    url: str
    pid: int
    token: str
    worker_token: str
    version: str


class ServerFile:
    """The lock of a data directory for as long as the server runs, and the file that says where it listens.

    Raises `Broken` on entering when another server holds the directory, or when it cannot be written.
    """

    def __init__(self, data_dir: Path) -> None:
        self._dir = data_dir
        self._lock = -1

    def __enter__(self) -> Self:
        try:
            self._dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._dir.chmod(0o700)
            self._lock = os.open(self._dir / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise disk_fault(error, str(self._dir)) from error
            raise Broken(
                f"The data directory {self._dir} cannot be used: {error.strerror}.",
                code="data-directory",
                hint="Make it writable, or name another one in DEEPFORGE_DATA_DIR.",
            ) from error
        if not self._locked():
            os.close(self._lock)
            self._lock = -1
            raise Broken(f"A server is already running in {self._dir}.", code="already-running", hint="Use it, or stop it first.")
        return self

    def _locked(self) -> bool:
        """Take the lock; a moment's patience, because those who only look hold it for an instant."""
        for _ in range(_TRIES):
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                time.sleep(_PAUSE)
            else:
                return True
        return False

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        (self._dir / _INFO).unlink(missing_ok=True)
        os.close(self._lock)
        self._lock = -1

    def write(self, info: ServerInfo) -> None:
        """Say where the server listens: written beside and moved into place, readable by nobody else from its first byte."""
        _write_private(self._dir / _INFO, msgspec.json.format(msgspec.json.encode(info), indent=2))


def read_server_info(data_dir: Path) -> ServerInfo | None:
    """What the running server of this data directory says of itself; None when none runs."""
    if not _held(data_dir / _LOCK):
        return None
    try:
        return msgspec.json.decode((data_dir / _INFO).read_bytes(), type=ServerInfo)
    except (OSError, msgspec.DecodeError):
        return None  # it starts or stops just now


def _held(lock: Path) -> bool:
    try:
        file = os.open(lock, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(file)  # this gives the lock back if it was had
    return False


def lasting_token(path: Path) -> str:
    """The token in this file, made the first time: worker hosts on other machines keep theirs when the server is restarted."""
    try:
        token = path.read_text().strip()
    except FileNotFoundError:
        token = ""
    if not token:
        token = secrets.token_urlsafe(32)
        _write_private(path, token.encode())
    return token


def _write_private(path: Path, data: bytes) -> None:
    """Raises what the disk reports as one of our errors; then the file is as it was."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        beside.unlink(missing_ok=True)
        file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(file, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise disk_fault(error, str(path)) from error
