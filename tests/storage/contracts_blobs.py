"""What every `BlobStore` does."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from blake3 import blake3

from deepforge.dispatch.stores import BlobStore
from deepforge.errors import Invalid, NotFound, TooLarge
from deepforge.ids import BlobHash
from deepforge.model.artifact import BlobInfo
from deepforge.storage import MemoryStorage, Storage
from tests.storage.things import stream

BYTES = bytes(range(256)) * 5000


def info_of(data: bytes) -> BlobInfo:
    return BlobInfo(hash=BlobHash(blake3(data).hexdigest()), size=len(data))


class BlobContract:
    backend = ""

    @pytest.fixture
    def blobs(self, storage: MemoryStorage | Storage) -> BlobStore:
        return storage.blobs

    @pytest.mark.parametrize("data", [b"", b"x", BYTES], ids=["empty", "one byte", "more than a piece"])
    async def test_bytes_come_back_under_their_hash(self, blobs: BlobStore, data: bytes) -> None:
        info = info_of(data)
        assert await blobs.put(stream(data[:1], data[1:1000], data[1000:]), expected=info.hash, limit=len(data)) == info
        path = await blobs.path(info.hash)
        assert path.read_bytes() == data
        assert path.stat().st_mode & 0o777 == 0o444
        assert await blobs.info(info.hash) == info

    async def test_equal_bytes_are_one_blob(self, blobs: BlobStore) -> None:
        assert await blobs.put(stream(b"abc")) == await blobs.put(stream(b"a", b"bc"))

    async def test_wrong_hash_and_too_many_bytes_leave_nothing(self, blobs: BlobStore) -> None:
        with pytest.raises(Invalid):
            await blobs.put(stream(b"abc"), expected=info_of(b"abd").hash)
        with pytest.raises(TooLarge):
            await blobs.put(stream(b"ab", b"c"), limit=2)
        with pytest.raises(NotFound):
            await blobs.info(info_of(b"abc").hash)

    async def test_a_stream_that_breaks_off_leaves_nothing(self, blobs: BlobStore) -> None:
        async def broken() -> AsyncIterator[bytes]:
            yield BYTES
            raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            await blobs.put(broken())
        with pytest.raises(NotFound):
            await blobs.info(info_of(BYTES).hash)

    @pytest.mark.parametrize("data", [b"", b"x", BYTES], ids=["empty", "one byte", "more than a piece"])
    async def test_a_file_is_adopted(self, blobs: BlobStore, tmp_path: Path, data: bytes) -> None:
        file = tmp_path / "output"
        file.write_bytes(data)
        info = info_of(data)
        assert await blobs.adopt(file, expected=info.hash) == info
        assert await blobs.adopt(file) == info
        file.unlink()
        assert (await blobs.path(info.hash)).read_bytes() == data

    async def test_what_is_no_regular_file_is_not_adopted(self, blobs: BlobStore, tmp_path: Path) -> None:
        file = tmp_path / "file"
        file.write_bytes(b"abc")
        (tmp_path / "link").symlink_to(file)
        os.mkfifo(tmp_path / "pipe")
        for name in ("link", "pipe", "missing", "."):
            with pytest.raises(Invalid):
                await blobs.adopt(tmp_path / name)
        with pytest.raises(Invalid):
            await blobs.adopt(file, expected=info_of(b"abd").hash)
        with pytest.raises(NotFound):
            await blobs.info(info_of(b"abc").hash)

    @pytest.mark.parametrize("name", ["", "../../etc/passwd", "0" * 63, "A" * 64, "0" * 64, "tmp", "\0"])
    async def test_what_is_not_there_is_not_found(self, blobs: BlobStore, name: str) -> None:
        with pytest.raises(NotFound):
            await blobs.path(BlobHash(name))
        with pytest.raises(NotFound):
            await blobs.info(BlobHash(name))

    async def test_collection_takes_only_what_nothing_refers_to(self, blobs: BlobStore) -> None:
        used, unused = await blobs.put(stream(b"used")), await blobs.put(stream(b"unused"))
        assert await blobs.collect({used.hash}) == []
        assert await blobs.collect({used.hash, unused.hash}, older_than=-60) == []
        assert await blobs.collect({used.hash}, older_than=-60) == [unused.hash]
        assert await blobs.info(used.hash) == used
        with pytest.raises(NotFound):
            await blobs.info(unused.hash)
        assert await blobs.put(stream(b"unused")) == unused

    async def test_removing_is_repeatable(self, blobs: BlobStore) -> None:
        info = await blobs.put(stream(b"abc"))
        for _ in range(2):
            await blobs.remove(info.hash)
        with pytest.raises(NotFound):
            await blobs.path(info.hash)
