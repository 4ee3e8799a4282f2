"""The blob directory beyond its contract: crashes, links, damage, collection."""

import os
import time
from pathlib import Path

import pytest

from deepforge.errors import Broken, Busy, Invalid, NotFound
from deepforge.storage.blobs import DirectoryBlobStore
from tests.storage.contracts_blobs import info_of
from tests.storage.things import stream


@pytest.fixture
def store(tmp_path: Path) -> DirectoryBlobStore:
    return DirectoryBlobStore(tmp_path / "blob")


def files(directory: Path) -> list[str]:
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file())


async def test_a_blob_lies_under_its_hash_and_nothing_else_is_left(store: DirectoryBlobStore, tmp_path: Path) -> None:
    info = await store.put(stream(b"abc"))
    await store.put(stream(b"abc"))
    with pytest.raises(Invalid):
        await store.put(stream(b"abd"), expected=info.hash)
    assert files(tmp_path / "blob") == [f"{info.hash[:2]}/{info.hash[2:]}"]


async def test_what_a_crash_left_is_removed_at_opening(store: DirectoryBlobStore, tmp_path: Path) -> None:
    info = await store.put(stream(b"abc"))
    (tmp_path / "blob" / "tmp" / "half").write_bytes(b"ab")
    again = DirectoryBlobStore(tmp_path / "blob")
    assert files(tmp_path / "blob" / "tmp") == []
    assert await again.info(info.hash) == info


async def test_a_file_of_the_same_disk_is_linked_and_read_only(store: DirectoryBlobStore, tmp_path: Path) -> None:
    file = tmp_path / "output"
    file.write_bytes(b"abc")
    info = await store.adopt(file)
    assert os.path.samefile(file, await store.path(info.hash))
    assert file.stat().st_mode & 0o777 == 0o444


async def test_a_file_that_can_still_be_written_is_copied(store: DirectoryBlobStore, tmp_path: Path) -> None:
    held, linked = tmp_path / "held", tmp_path / "linked"
    linked.write_bytes(b"other")
    os.link(linked, tmp_path / "second name")
    with held.open("wb") as writer:
        writer.write(b"abc")
        writer.flush()
        infos = [await store.adopt(held), await store.adopt(linked)]
        writer.write(b"more")
    linked.write_bytes(b"changed")
    assert infos == [info_of(b"abc"), info_of(b"other")]
    assert [(await store.path(info.hash)).read_bytes() for info in infos] == [b"abc", b"other"]


async def test_fault_24_damage_is_found_and_mended_by_storing_again(store: DirectoryBlobStore) -> None:
    info = await store.put(stream(b"abc"))
    await store.verify(info.hash)
    path = await store.path(info.hash)
    path.chmod(0o644)
    path.write_bytes(b"ab")
    with pytest.raises(Broken):
        await store.verify(info.hash)
    await store.put(stream(b"abc"))
    await store.verify(info.hash)
    with pytest.raises(NotFound):
        await store.verify(info_of(b"never").hash)


async def test_collection_keeps_what_is_referenced_or_recent(store: DirectoryBlobStore, tmp_path: Path) -> None:
    old, used, young, again = [await store.put(stream(data)) for data in (b"old", b"used", b"young", b"again")]
    for info in (old, used, again):
        os.utime(await store.path(info.hash), (time.time() - 7200,) * 2)
    await store.put(stream(b"again"))
    assert await store.collect({used.hash}) == [old.hash]
    kept = sorted(info.hash for info in (used, young, again))
    assert [path.replace("/", "") for path in files(tmp_path / "blob")] == kept


async def test_D13_a_planted_link_is_not_followed(store: DirectoryBlobStore, tmp_path: Path) -> None:
    info = info_of(b"abc")
    place = tmp_path / "blob" / info.hash[:2] / info.hash[2:]
    place.parent.mkdir()
    place.symlink_to(tmp_path / "secret")
    with pytest.raises(NotFound):
        await store.path(info.hash)
    (tmp_path / "secret").write_bytes(b"abc")
    with pytest.raises(NotFound):
        await store.path(info.hash)


def test_fault_29_a_directory_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises((Broken, Busy), match="file"):
        DirectoryBlobStore(tmp_path / "file" / "blob")
