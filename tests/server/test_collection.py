"""Collection takes what nothing refers to, and never anything else."""

import asyncio
import base64
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from deepforge.dispatch.clock import SystemClock
from deepforge.ids import ArtifactId, AttemptId, BlobHash, ExecutionId, RecordId, TransactionId
from deepforge.model.artifact import Artifact, BlobInfo
from deepforge.model.execution import Attempt, SourceArtifact, Status, StoredOutput
from deepforge.model.feedback import ImageChanged
from deepforge.server.collection import Collection
from deepforge.storage import MemoryStorage, Storage, open_storage
from tests.server.fake_host import fake_host
from tests.server.harness import SECONDS, Running, settings_in
from tests.server.test_runs import ended, new, run
from tests.storage import things

DAYS_AGO = datetime.now(UTC) - timedelta(days=3)
PNG = b"\x89PNG\r\n\x1a\n"


async def between(_: float) -> None:
    """Nothing happens between the two looks."""


async def put(storage: Storage, data: bytes, *, days: float = 2) -> BlobInfo:
    info = await storage.blobs.put(things.stream(data))
    await age(storage, info.hash, days)
    return info


async def age(storage: Storage, blob: BlobHash, days: float) -> None:
    os.utime(await storage.blobs.path(blob), (time.time() - days * 86_400,) * 2)


def artifact(name: str, blob: BlobInfo) -> Artifact:
    return replace(things.artifact(name, name=name), blob=blob)


async def fill(storage: Storage) -> set[BlobHash]:
    """Something of every kind that refers to a blob; gives the blobs. All are two days old."""
    blobs = {name: await put(storage, name.encode()) for name in ("artifact", "output", "pinned")}
    await storage.artifacts.add(artifact("a", blobs["artifact"]))
    made = things.execution("e", Status.SUCCESS)
    output = StoredOutput(name="net", type="Model", blob=blobs["output"])
    attempt = Attempt(id=AttemptId("attempt"), number=1, fence=1, status=Status.SUCCESS)
    job = replace(made.jobs[0], outputs=(output,), attempts=(attempt,))
    source = SourceArtifact(artifact=ArtifactId("gone"), name="gone", type="Data", blob=blobs["pinned"])
    snapshot = replace(things.snapshot("e"), artifacts={RecordId("n"): source})
    await storage.executions.create(replace(made, jobs=(job,)), snapshot, TransactionId("k"))
    picture = ImageChanged(image=1, title="digits", png=base64.b64encode(PNG).decode())
    await storage.reports.append(attempt.id, 1, [things.feedback(picture)])
    (drawn,) = await storage.reports.blobs()
    await age(storage, drawn, 2)
    return {drawn, *(blob.hash for blob in blobs.values())}


async def test_nothing_that_is_referenced_goes_and_the_rest_does(tmp_path: Path) -> None:
    async with open_storage(settings_in(tmp_path)) as storage:
        used = await fill(storage)
        unused, young = await put(storage, b"unused"), await put(storage, b"young", days=0.01)
        collection = Collection(storage, SystemClock(), sleep=between)
        assert await collection.collect() == [unused.hash]
        assert {(await storage.blobs.info(blob)).hash for blob in (*used, young.hash)} == {*used, young.hash}
        await storage.executions.remove(ExecutionId("e"))
        await storage.artifacts.remove(ArtifactId("a"))
        assert set(await collection.collect()) == used
        assert await storage.reports.attempts() == set()


async def test_what_may_be_of_an_unfinished_execution_stays(tmp_path: Path) -> None:
    """A host stores its outputs, and reports that it ended when it has contact again: perhaps days later."""
    async with open_storage(settings_in(tmp_path)) as storage:
        running = replace(things.execution("e", Status.RUNNING), created=DAYS_AGO)
        await storage.executions.create(running, things.snapshot("e"), TransactionId("k"))
        await put(storage, b"stored and not reported yet")
        older = await put(storage, b"older than the execution", days=4)
        collection = Collection(storage, SystemClock(), sleep=between)
        assert await collection.collect() == [older.hash]
        await storage.executions.save(replace(running, status=Status.FAILED))
        assert len(await collection.collect()) == 1


async def test_what_is_referred_to_at_either_look_stays(tmp_path: Path) -> None:
    async with open_storage(settings_in(tmp_path)) as storage:
        before, after = await put(storage, b"before"), await put(storage, b"after")
        await storage.artifacts.add(artifact("before", before))

        async def change(_: float) -> None:
            await storage.artifacts.remove(ArtifactId("before"))
            await storage.artifacts.add(artifact("after", after))

        assert await Collection(storage, SystemClock(), sleep=change).collect() == []


async def test_it_collects_at_the_start_and_daily_though_a_day_goes_wrong() -> None:
    pauses: list[float] = []
    enough = asyncio.Event()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 1:
            raise OSError("the disk fails today")
        if len(pauses) == 4:
            enough.set()
            await asyncio.Event().wait()

    async with asyncio.timeout(SECONDS), Collection(MemoryStorage(), SystemClock(), sleep=sleep):
        await enough.wait()
    assert pauses == [600.0, 86_400.0, 600.0, 86_400.0]


@pytest.mark.parametrize("what", ["project", "execution"])
async def test_what_attempts_reported_goes_with_a_project_and_an_execution(server: Running, what: str) -> None:
    project = await server.project()
    async with server.live(project.id) as tab, fake_host(server):
        execution = await ended(tab, await run(server, project.id, new()))
    reports = server.services.stores.reports
    assert await reports.attempts() == {execution.jobs[0].attempts[0].id}
    path = f"/api/projects/{project.id}" if what == "project" else f"/api/executions/{execution.id}"
    assert (await server.browser.delete(path)).status_code == 204
    assert await reports.attempts() == set()
