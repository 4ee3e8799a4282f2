"""Inputs in, outputs out: by hard link where the server's blobs lie on the same disk, over HTTP elsewhere; always checked.

A server that cannot be reached is waited for; the caller ends the wait by cancelling.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import blake3
import httpx
import msgspec

from deepforge.errors import Conflict, DeepForgeError, Invalid
from deepforge.ids import BlobHash
from deepforge.model.artifact import BlobInfo

__all__ = ["Blobs", "hash_file"]

Outcome = TypeVar("Outcome")
_PIECE = 1024 * 1024
_LONGEST_PAUSE = 5.0


class Blobs:
    """The server's blobs as a worker sees them. `directory` is the worker's own."""

    def __init__(self, client: httpx.AsyncClient, directory: Path) -> None:
        self._client = client
        self._directory = directory
        self._shared: Path | None = None

    def share(self, blob_dir: str) -> None:
        """Link from and to the server's blob directory, if it is there and on the same disk."""
        path = Path(blob_dir)
        here = bool(blob_dir) and path.is_dir() and path.stat().st_dev == self._directory.stat().st_dev
        self._shared = path if here else None

    @property
    def shared(self) -> bool:
        return self._shared is not None

    async def fetch(self, blob: BlobInfo, target: Path) -> None:
        """Have the blob's bytes at `target`, read-only. Raises `Invalid` when they are not what the hash says, and `OSError`."""
        with suppress(FileNotFoundError):
            target.unlink()
        if self._shared is not None and await asyncio.to_thread(_link, self._shared, blob, target):
            return
        await _patiently(lambda: self._download(blob, target))

    async def store(self, path: Path) -> BlobInfo:
        """Give the server the file's bytes; on return they are stored there. Raises a `DeepForgeError` if it refuses them."""
        info = await asyncio.to_thread(hash_file, path)
        if self._shared is not None:
            with suppress(DeepForgeError):  # the server cannot see this directory after all
                return await _patiently(lambda: self._put(info, params={"adopt": str(path.resolve())}))
        return await _patiently(lambda: self._put(info, path=path))

    async def _download(self, blob: BlobInfo, target: Path) -> None:
        aside = target.with_name(f".{target.name}.part")
        digest = blake3.blake3()
        async with self._client.stream("GET", f"/api/blobs/{blob.hash}") as response:
            await _check(response)
            with aside.open("wb") as file:
                async for piece in response.aiter_bytes(_PIECE):
                    digest.update(piece)
                    await asyncio.to_thread(file.write, piece)
        if digest.hexdigest() != blob.hash:
            aside.unlink()
            raise Conflict("What arrived is not what its hash says.", code="wrong-hash", hint="Try again.")
        aside.chmod(0o444)
        aside.replace(target)

    async def _put(self, info: BlobInfo, *, path: Path | None = None, params: dict[str, str] | None = None) -> BlobInfo:
        content = _pieces(path) if path is not None else None
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(info.size if path else 0)}
        response = await self._client.put(f"/api/blobs/{info.hash}", content=content, params=params, headers=headers)
        await _check(response)
        stored = msgspec.json.decode(response.content, type=BlobInfo)
        if stored != info:
            raise Conflict("The server stored other bytes than were sent.", code="wrong-hash", hint="Try again.")
        return info


def hash_file(path: Path) -> BlobInfo:
    """The blake3 hash and the size of a file."""
    digest = blake3.blake3()
    digest.update_mmap(path)
    return BlobInfo(hash=BlobHash(digest.hexdigest()), size=path.stat().st_size)


def _link(shared: Path, blob: BlobInfo, target: Path) -> bool:
    """Link the server's own file, if it is found and right."""
    source = shared / blob.hash[:2] / blob.hash[2:]
    if not source.is_file() or hash_file(source) != blob:
        return False
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
        target.chmod(0o444)
    return True


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece


async def _check(response: httpx.Response) -> None:
    """Raises for anything but success: to be tried again (`HTTPStatusError`) or not (`Invalid`)."""
    if response.status_code >= 500 or response.status_code == 429:
        response.raise_for_status()
    if response.status_code >= 400:
        await response.aread()
        raise Invalid(f"The server answered {response.status_code}: {response.text[:300]}", code="blob-refused")


async def _patiently(call: Callable[[], Awaitable[Outcome]]) -> Outcome:
    pause = 0.1
    while True:
        try:
            return await call()
        except (httpx.TransportError, httpx.HTTPStatusError):
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
