"""What was acknowledged is there after a crash; what cannot be stored is not acknowledged."""

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from deepforge.errors import Broken, Busy, DeepForgeError
from deepforge.settings import Settings, load_settings
from deepforge.storage import Storage, open_storage
from deepforge.storage.blobs import DirectoryBlobStore
from tests.storage.things import ATTEMPT, JOB, MAIN, PROJECT, console, document, pack, pipeline, renames, stream

ROOT = Path(__file__).parents[2]


def kill_while_appending(data: Path, acknowledged: int) -> list[list[str]]:
    """Start the appending process, kill it after some acknowledgements; all that it gave."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    command = [sys.executable, "-m", "tests.storage.appending", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=environment) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(acknowledged)]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
    return [line.decode().split() for line in lines if line.endswith(b"\n")]


@pytest.mark.parametrize("acknowledged", [3, 40, 151])
async def test_everything_acknowledged_survives_kill_9(settings: Settings, acknowledged: int) -> None:
    said = await asyncio.to_thread(kill_while_appending, settings.data_dir, acknowledged)
    edits = max((int(line[1]) for line in said if line[0] == "edit"), default=0)
    event, end = max(((int(line[1]), int(line[2])) for line in said if line[0] == "event"), default=(1, 0))
    async with open_storage(settings) as storage:
        newest = (await storage.documents.load(PROJECT, MAIN)).document
        assert newest.version in (edits, edits + 1)
        assert newest == document(pipeline(f"name{newest.version}"), version=newest.version)
        through = await storage.reports.through(ATTEMPT)
        assert event <= through <= event + 2
        whole = b"".join(b"%d\n" % number * 100 for number in range(2, through // 2 + 2))
        stored = await storage.reports.console(ATTEMPT, limit=10_000_000)
        assert stored.data == whole
        assert stored.end >= end
        count = through // 2 * 10
        expected = pack((float(x), float(x)) for x in range(count))
        assert await storage.reports.points(ATTEMPT, 1) == (count, expected)
        await storage.documents.append(PROJECT, MAIN, renames(newest.version + 1, 1))
        await storage.reports.append(ATTEMPT, through + 1, [console(len(whole), b"again")])
        assert (await storage.reports.console(ATTEMPT, offset=len(whole))).data == b"again"


async def test_a_torn_tail_of_the_console_is_cut_off(settings: Settings) -> None:
    async with open_storage(settings) as storage:
        await storage.reports.append(ATTEMPT, 1, [console(0, b"good\n")])
    (file,) = [path for path in (settings.data_dir / "console").rglob("*") if path.is_file()]
    with file.open("ab") as tail:
        tail.write(b"never acknowledged, and longer than what follows")
    async with open_storage(settings) as storage:
        assert (await storage.reports.console(ATTEMPT)).data == b"good\n"
        await storage.reports.append(ATTEMPT, 2, [console(5, b"next\n")])
        assert (await storage.reports.console(ATTEMPT)).data == b"good\nnext\n"
    assert file.read_bytes() == b"good\nnext\n"


async def test_lost_console_bytes_are_said_not_hidden(settings: Settings) -> None:
    async with open_storage(settings) as storage:
        await storage.reports.append(ATTEMPT, 1, [console(0, b"good\n")])
        (file,) = [path for path in (settings.data_dir / "console").rglob("*") if path.is_file()]
        file.write_bytes(b"go")
        with pytest.raises(Broken):
            await storage.reports.console(ATTEMPT)


async def test_everything_is_for_this_user_alone(settings: Settings) -> None:
    async with open_storage(settings) as storage:
        await storage.documents.create(PROJECT, MAIN, document())
        await storage.reports.append(ATTEMPT, 1, [console(0, b"x")])
        modes = {path.name: path.stat().st_mode & 0o077 for path in settings.data_dir.rglob("*")}
    assert settings.data_dir.stat().st_mode & 0o777 == 0o700
    assert set(modes.values()) == {0}, modes


async def test_concurrent_edits_and_reports_are_all_there(settings: Settings) -> None:
    async with open_storage(settings) as storage:

        async def edit(number: int) -> None:
            project = type(PROJECT)(f"p{number}")
            await storage.documents.create(project, MAIN, document(pipeline("name0")))
            for first in range(1, 6):
                await storage.documents.append(project, MAIN, renames(first, 1))

        async def report(number: int) -> None:
            attempt = type(ATTEMPT)(f"attempt{number}")
            chance = random.Random(number)
            for event in range(1, 6):
                data = console((event - 1) * 10, b"0123456789")
                twice = [storage.reports.append(attempt, event, [data]) for _ in range(chance.choice([1, 2]))]
                await asyncio.gather(*twice)

        await asyncio.gather(*(each(number) for number in range(20) for each in (edit, report)))
        for number in range(20):
            loaded = await storage.documents.load(type(PROJECT)(f"p{number}"), MAIN)
            assert loaded.document == document(pipeline("name5"), version=5)
            assert (await storage.reports.console(type(ATTEMPT)(f"attempt{number}"))).data == b"0123456789" * 5


async def test_a_report_whose_caller_goes_away_is_stored_once(settings: Settings) -> None:
    async with open_storage(settings) as storage:
        for _ in range(20):
            through = await storage.reports.through(ATTEMPT)
            end = (await storage.reports.console(ATTEMPT)).end
            task = asyncio.create_task(storage.reports.append(ATTEMPT, through + 1, [console(end, b"ab")]))
            for _ in range(random.Random(through).randrange(5)):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await storage.reports.append(ATTEMPT, through + 1, [console(end, b"ab")])
        stored = await storage.reports.console(ATTEMPT)
        assert (stored.data, await storage.reports.through(ATTEMPT)) == (b"ab" * 20, 20)


async def test_a_damaged_database_is_refused_with_a_sentence(settings: Settings) -> None:
    settings.data_dir.mkdir()
    (settings.data_dir / "deepforge.db").write_bytes(b"no database" * 1000)
    with pytest.raises(Broken, match=r"deepforge\.db is damaged"):
        async with open_storage(settings):
            pass


async def test_fault_22_a_damaged_page_is_found_at_opening(settings: Settings) -> None:
    async with open_storage(settings) as storage:
        await storage.documents.create(PROJECT, MAIN, document(pipeline("name0")))
        await storage.documents.append(PROJECT, MAIN, renames(1, 300))
    file = settings.data_dir / "deepforge.db"
    data = bytearray(file.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 4096] = b"\xa5" * 4096
    file.write_bytes(data)
    with pytest.raises(Broken, match="damaged"):
        async with open_storage(settings):
            pass


@pytest.mark.parametrize("spoil", ["truncated", "flipped"])
async def test_fault_21_a_torn_log_of_the_database_leaves_a_beginning_of_the_edits(tmp_path: Path, spoil: str) -> None:
    chance = random.Random(spoil)
    async with open_storage(load_settings({"DEEPFORGE_DATA_DIR": str(tmp_path / "whole")})) as storage:
        await storage.documents.create(PROJECT, MAIN, document(pipeline("name0")))
        for number in range(1, 40):
            await storage.documents.append(PROJECT, MAIN, renames(number, 1))
        files = {path.name: path.read_bytes() for path in (tmp_path / "whole").glob("deepforge.db*")}
    for turn in range(25):
        copy = load_settings({"DEEPFORGE_DATA_DIR": str(tmp_path / str(turn))})
        copy.data_dir.mkdir()
        log = bytearray(files["deepforge.db-wal"])
        at = chance.randrange(len(log) // 2, len(log))
        if spoil == "truncated":
            del log[at:]
        else:
            log[at] ^= 0x10
        (copy.data_dir / "deepforge.db").write_bytes(files["deepforge.db"])
        (copy.data_dir / "deepforge.db-wal").write_bytes(log)
        async with open_storage(copy) as storage:
            newest = (await storage.documents.load(PROJECT, MAIN)).document
            assert newest == document(pipeline(f"name{newest.version}"), version=newest.version)
            assert await storage.documents.since(PROJECT, MAIN, 0) == renames(1, newest.version)


async def test_a_newer_database_is_refused_and_unchanged(settings: Settings) -> None:
    async with open_storage(settings):
        pass
    with sqlite3.connect(settings.data_dir / "deepforge.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = (settings.data_dir / "deepforge.db").read_bytes()
    with pytest.raises(Broken) as caught:
        async with open_storage(settings):
            pass
    assert caught.value.code == "database-newer"
    assert (settings.data_dir / "deepforge.db").read_bytes() == before


async def test_fault_29_an_unusable_directory_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DeepForgeError, match="file"):
        async with open_storage(load_settings({"DEEPFORGE_DATA_DIR": str(tmp_path / "file" / "data")})):
            pass


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", place], check=False).returncode:
        pytest.skip("needs root and the right to mount a small disk")
    yield place
    subprocess.run(["umount", place], check=True)


def remount(disk: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", disk], check=True)


async def test_fault_29_a_disk_that_may_not_be_written_is_refused_with_a_sentence(small_disk: Path) -> None:
    settings = load_settings({"DEEPFORGE_DATA_DIR": str(small_disk / "data")})
    async with open_storage(settings) as storage:
        await storage.documents.create(PROJECT, MAIN, document())
    remount(small_disk, "ro")
    with pytest.raises(Broken) as caught:
        async with open_storage(settings):
            pass
    assert caught.value.code == "not-writable"
    remount(small_disk, "rw")
    async with open_storage(settings) as storage:
        assert (await storage.documents.load(PROJECT, MAIN)).document == document()


async def fill(storage: Storage) -> int:
    """Append edits until the disk is full; the newest version that was acknowledged."""
    stored = 0
    with suppress(Busy):
        while stored < 10_000:
            await storage.documents.append(PROJECT, MAIN, renames(stored + 1, 50))
            stored += 50
    with pytest.raises(Busy) as caught:
        await storage.documents.append(PROJECT, MAIN, renames(stored + 1, 50))
    assert caught.value.code == "no-space"
    return stored


def write_until_full(path: Path) -> None:
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))


async def test_a_full_disk_acknowledges_nothing_and_loses_nothing(small_disk: Path) -> None:
    settings = load_settings({"DEEPFORGE_DATA_DIR": str(small_disk / "data")})
    async with open_storage(settings) as storage:
        await storage.documents.create(PROJECT, MAIN, document(pipeline("name0")))
        await storage.reports.append(ATTEMPT, 1, [console(0, b"x")])
        stored = await fill(storage)
        with pytest.raises(Busy):
            await storage.blobs.put(stream(bytes(4_000_000)))
        with pytest.raises(Busy):
            await storage.reports.append(ATTEMPT, 2, [console(1, bytes(4_000_000))])
        assert (await storage.documents.load(PROJECT, MAIN)).document.version == stored
        assert (await storage.reports.console(ATTEMPT)).data == b"x"
    remount(small_disk, "size=16m")
    async with open_storage(settings) as storage:
        assert (await storage.documents.load(PROJECT, MAIN)).document.version == stored
        await storage.documents.append(PROJECT, MAIN, renames(stored + 1, 50))
        await storage.reports.append(ATTEMPT, 2, [console(1, b"y")])
        assert (await storage.reports.console(ATTEMPT)).data == b"xy"


async def test_writing_works_again_without_a_restart_when_there_is_space(small_disk: Path) -> None:
    filler = small_disk / "filler"
    async with open_storage(load_settings({"DEEPFORGE_DATA_DIR": str(small_disk / "data")})) as storage:
        await storage.documents.create(PROJECT, MAIN, document(pipeline("name0")))
        write_until_full(filler)
        with pytest.raises(Busy):
            await storage.documents.append(PROJECT, MAIN, renames(1, 500))
        filler.unlink()
        await storage.documents.append(PROJECT, MAIN, renames(1, 500))
        assert (await storage.documents.load(PROJECT, MAIN)).document.version == 500


async def test_fault_19_a_lock_of_another_program_is_waited_for(settings: Settings) -> None:
    async with open_storage(settings) as storage:
        await storage.documents.create(PROJECT, MAIN, document(pipeline("name0")))
        other = sqlite3.connect(settings.data_dir / "deepforge.db", isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(storage.documents.append(PROJECT, MAIN, renames(1, 1)))
        assert (await storage.documents.load(PROJECT, MAIN)).document.version == 0
        assert not waiting.done()
        other.execute("COMMIT")
        other.close()
        await waiting
        assert (await storage.reports.feedback(JOB, ATTEMPT)).graphs == ()


def test_a_blob_directory_is_opened_while_nothing_is_there(tmp_path: Path) -> None:
    DirectoryBlobStore(tmp_path / "a" / "b" / "c")
    assert (tmp_path / "a" / "b" / "c" / "tmp").stat().st_mode & 0o777 == 0o700


async def test_readers_that_go_away_leave_nothing_behind(settings: Settings) -> None:
    chance = random.Random(5)
    async with open_storage(settings) as storage:
        await storage.documents.create(PROJECT, MAIN, document(pipeline("name0")))
        await storage.documents.append(PROJECT, MAIN, renames(1, 50))
        for _ in range(60):
            task = asyncio.create_task(storage.documents.load(PROJECT, MAIN))
            for _ in range(chance.randrange(12)):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        loaded = await asyncio.gather(*(storage.documents.load(PROJECT, MAIN) for _ in range(10)))
    assert {each.document.version for each in loaded} == {50}
