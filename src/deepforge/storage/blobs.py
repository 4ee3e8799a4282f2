"""Bytes by their blake3 hash, in a directory: `<dir>/<2 hex>/<62 hex>`, written once, read-only.

A file gets its name only when it is whole and on the disk: it is written under a random name in `<dir>/tmp`, its hash is
computed on the way, it is synced, renamed, and its directory is synced. What a crash left in `tmp` is removed at opening.

`adopt` gives a file of the same disk a second name (a hard link) instead of copying it. That is sound only while nobody can
write to it under its first name, so it is done only for a regular file that has no other name, belongs to this user, and that no
process has open for writing (asked of the kernel by a read lease); it is made read-only before its hash is computed. All
others are copied. A program of the same user can always undo the mode, as it could write to the store itself:
`verify` finds out.
"""

import asyncio
import os
import re
import secrets
import threading
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import ParamSpec, TypeVar

from blake3 import blake3

from deepforge.errors import Broken, Invalid, TooLarge
from deepforge.ids import BlobHash
from deepforge.model.artifact import BlobInfo
from deepforge.storage import missing
from deepforge.storage.faults import disk_fault
from deepforge.storage.files import make_directory, open_regular, sync_directory, written_elsewhere

__all__ = ["COLLECT_AFTER", "DirectoryBlobStore", "check_hash", "too_large"]

_P = ParamSpec("_P")
_T = TypeVar("_T")
_PIECE = 1024 * 1024
_HASH = re.compile(r"[0-9a-f]{64}")
COLLECT_AFTER = 3600.0
"""Seconds for which an unreferenced blob is kept: whoever stored it may be about to refer to it."""


def check_hash(found: BlobHash, expected: BlobHash | None) -> None:
    """Raises `Invalid` when the bytes are not those that were announced."""
    if expected is not None and found != expected:
        raise Invalid(
            f"The bytes have the hash {found}, not {expected} as announced.",
            code="hash-mismatch",
            hint="They were changed or cut off on the way; send them again.",
        )


def too_large(limit: int) -> TooLarge:
    return TooLarge(f"The file is larger than {limit} bytes.", hint="Store a smaller file, or raise the limit.")


class _Incoming:
    """A file that is being written. Its methods block, and run in threads."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / secrets.token_hex(16)
        self.size = 0
        self._hasher = blake3()
        self._lock = threading.Lock()  # a canceled writer's thread may still be writing when it is discarded
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = FileIO(os.open(self.path, flags, 0o600), "wb")

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        with self._lock:
            while view:
                view = view[self._file.write(view) :]
            self._hasher.update(data)
            self.size += len(data)

    def finish(self) -> BlobHash:
        """Sync, close, make read-only."""
        with self._lock:
            os.fchmod(self._file.fileno(), 0o444)
            os.fsync(self._file.fileno())
            self._file.close()
            return BlobHash(self._hasher.hexdigest())

    def discard(self) -> None:
        with self._lock:
            with suppress(OSError):
                self._file.close()
            self.path.unlink(missing_ok=True)


class DirectoryBlobStore:
    """`BlobStore` in a directory. Opening it removes what a crash left half written."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._incoming = directory / "tmp"
        self._naming = threading.Lock()  # a blob that is stored once more must not be collected at the same moment
        try:
            make_directory(self._incoming)
            for left in self._incoming.iterdir():
                left.unlink()
        except OSError as error:
            raise disk_fault(error, str(directory)) from error

    async def put(self, chunks: AsyncIterator[bytes], *, expected: BlobHash | None = None, limit: int | None = None) -> BlobInfo:
        incoming = await self._in_thread(_Incoming, self._incoming)
        try:
            async for piece in _pieces(chunks):
                if limit is not None and incoming.size + len(piece) > limit:
                    raise too_large(limit)
                await self._in_thread(incoming.write, piece)
            return await self._in_thread(self._accept, incoming, expected)
        finally:
            await self._in_thread(incoming.discard)

    async def adopt(self, path: Path, *, expected: BlobHash | None = None) -> BlobInfo:
        return await self._in_thread(self._adopt, path, expected)

    async def path(self, blob: BlobHash) -> Path:
        path = self._place(blob)
        if not path.is_file() or path.is_symlink():
            raise missing.no_blob(blob)
        return path

    async def info(self, blob: BlobHash) -> BlobInfo:
        return BlobInfo(hash=blob, size=(await self.path(blob)).stat().st_size)

    async def remove(self, blob: BlobHash) -> None:
        with suppress(FileNotFoundError):
            self._place(blob).unlink()

    async def verify(self, blob: BlobHash) -> None:
        """Compute the hash again. Raises `NotFound`, or `Broken` when the bytes are no longer those that were stored."""
        path = await self.path(blob)
        found, _ = await self._in_thread(_hash_of, path)
        if found != blob:
            raise Broken(
                f"The stored file {blob} is damaged.",
                code="blob-damaged",
                hint="Make it again by running what made it, or upload it again.",
                where=blob,
            )

    async def collect(self, referenced: Collection[BlobHash], *, older_than: float = COLLECT_AFTER) -> list[BlobHash]:
        """Remove blobs that nothing refers to and that nobody stored within the last `older_than` seconds; says which."""
        return await self._in_thread(self._collect, frozenset(referenced), time.time() - older_than)

    async def _in_thread(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Do what blocks on the disk in a thread; what the disk refuses becomes one of our errors."""
        try:
            return await asyncio.to_thread(work, *args, **kwargs)
        except OSError as error:
            raise disk_fault(error, str(self._directory)) from error

    def _collect(self, referenced: frozenset[BlobHash], before: float) -> list[BlobHash]:
        removed = []
        for blob, path in self._all():
            with self._naming:
                if blob in referenced or path.stat().st_mtime >= before:
                    continue
                path.unlink()
            removed.append(blob)
        return removed

    def _all(self) -> Iterator[tuple[BlobHash, Path]]:
        for shelf in sorted(self._directory.iterdir()):
            if len(shelf.name) == 2 and shelf.is_dir():
                for path in sorted(shelf.iterdir()):
                    if _HASH.fullmatch(shelf.name + path.name):
                        yield BlobHash(shelf.name + path.name), path

    def _place(self, blob: BlobHash) -> Path:
        if not _HASH.fullmatch(blob):
            raise missing.no_blob(blob[:80])
        return self._directory / blob[:2] / blob[2:]

    def _accept(self, incoming: _Incoming, expected: BlobHash | None) -> BlobInfo:
        blob = incoming.finish()
        check_hash(blob, expected)
        return self._name(incoming.path, blob, incoming.size)

    def _name(self, temporary: Path, blob: BlobHash, size: int) -> BlobInfo:
        """Give a whole file its name, unless the store has it; one of another size there is damaged, and is replaced."""
        place = self._place(blob)
        make_directory(place.parent)
        with self._naming:
            known = place.is_file() and place.stat().st_size == size
            if known:
                os.utime(place)
            else:
                os.replace(temporary, place)
        if known:
            temporary.unlink()
        else:
            sync_directory(place.parent)
        return BlobInfo(hash=blob, size=size)

    def _adopt(self, path: Path, expected: BlobHash | None) -> BlobInfo:
        with open_regular(path) as file:
            if not self._may_link(file):
                return self._copy(file, expected)
            os.fchmod(file.fileno(), 0o444)
            os.fsync(file.fileno())
            blob, size = _hash_of(Path(f"/proc/self/fd/{file.fileno()}"))
            check_hash(blob, expected)
            temporary = self._incoming / secrets.token_hex(16)
            os.link(path, temporary, follow_symlinks=False)
            try:
                if not os.path.samestat(os.fstat(file.fileno()), temporary.lstat()):
                    raise Invalid(f"{path} was replaced while it was being stored.", code="changed", where=str(path))
                os.utime(temporary)
                return self._name(temporary, blob, size)
            finally:
                temporary.unlink(missing_ok=True)

    def _may_link(self, file: FileIO) -> bool:
        status = os.fstat(file.fileno())
        return (
            status.st_dev == self._incoming.stat().st_dev
            and status.st_nlink == 1
            and status.st_uid == os.geteuid()
            and not written_elsewhere(file.fileno())
        )

    def _copy(self, file: FileIO, expected: BlobHash | None) -> BlobInfo:
        incoming = _Incoming(self._incoming)
        try:
            while piece := file.read(_PIECE):
                incoming.write(piece)
            return self._accept(incoming, expected)
        finally:
            incoming.discard()


def _hash_of(path: Path) -> tuple[BlobHash, int]:
    """The hash and the size of a file, through a map of it, so that its bytes are not copied."""
    hasher = blake3(max_threads=blake3.AUTO)
    hasher.update_mmap(path)
    return BlobHash(hasher.hexdigest()), path.stat().st_size


async def _pieces(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces of about a MiB: fewer ways into a thread."""
    buffer = bytearray()
    async for chunk in chunks:
        buffer += chunk
        if len(buffer) >= _PIECE:
            yield bytes(buffer)
            buffer.clear()
    if buffer:
        yield bytes(buffer)
