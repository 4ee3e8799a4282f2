"""The live socket: welcome, edits to everybody, presence, refusals, what came while away."""

from collections.abc import Sequence

import pytest
from websockets.exceptions import ConnectionClosed

from deepforge.errors import Busy
from deepforge.ids import BranchName, ProjectId, RecordId
from deepforge.model.artifact import Artifact
from deepforge.model.document import Version
from deepforge.model.live import Analysis, ArtifactSaved, Committed, Edit, Place, Presence, PresenceMoved, RefusedEdit
from deepforge.model.records import Pipeline, Wire
from tests.server.attacks import uploaded
from tests.server.harness import Running, until

PIPELINE = Pipeline(id=RecordId("p2"), name="second")
DANGLING = Wire(id=RecordId("w"), pipeline=RecordId("no"), source=RecordId("a"), output="x", target=RecordId("b"), input="y")


async def test_two_sockets_see_each_others_edits(server: Running) -> None:
    project = await server.project()
    async with server.live(project.id) as one, server.live(project.id) as other:
        assert one.welcome is not None
        committed = await one.edit(one.welcome.version, "Add a pipeline", put=(PIPELINE,))
        seen = await other.receive(Committed)
        assert seen == committed
        assert (seen.label, seen.author) == ("Add a pipeline", one.welcome.person.id)


async def test_analysis_follows_welcome(server: Running) -> None:
    project = await server.project()
    async with server.live(project.id) as tab:
        analysis = await tab.receive(Analysis, lambda one: not one.pending)
        assert {one.name for one in analysis.interfaces.values()} == {"prepare", "train", "test"}


async def test_artifacts_are_read_for_the_analysis_only_when_they_changed(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = await server.project()
    artifact = await uploaded(server, "new", b"data")
    store = server.services.stores.artifacts
    read, reads = store.all, list[ProjectId]()

    async def counted(project: ProjectId) -> list[Artifact]:
        reads.append(project)
        return await read(project)

    async with server.live(project.id) as tab:
        await tab.receive(Analysis, lambda one: not one.pending)
        monkeypatch.setattr(store, "all", counted)
        for version, name in enumerate("abc"):
            await tab.edit(version, put=(Pipeline(id=RecordId(name), name=name),))
            analysis = await server.services.analyses.settled(project.id, BranchName("main"))
            assert analysis.version == version + 1
        assert reads == []
        server.services.events.publish(project.id, ArtifactSaved(artifact=artifact))
        await until(lambda: reads == [project.id])


async def test_a_refused_edit_is_told_to_its_sender_only(server: Running) -> None:
    project = await server.project()
    async with server.live(project.id) as one, server.live(project.id) as other:
        await one.send_edit(0, put=(DANGLING,))
        refused = await one.receive(RefusedEdit)
        assert refused.error.code == "DF102"
        committed = await other.edit(0, put=(PIPELINE,))
        assert committed.version == 1
        assert not any(isinstance(message, RefusedEdit) for message in other.came)


async def test_presence_reaches_the_others(server: Running) -> None:
    project = await server.project()
    async with server.live(project.id) as one, server.live(project.id) as other:
        place = Place(screen="pipeline", record=RecordId("train"))
        await one.send(Presence(place=place))
        moved = await other.receive(PresenceMoved, lambda message: message.place == place)
        assert moved.client == one.client


async def test_who_comes_back_gets_what_it_missed(server: Running) -> None:
    project = await server.project()
    async with server.live(project.id) as one:
        assert one.welcome is not None
        await one.edit(0, put=(PIPELINE,))
        epoch = one.welcome.epoch
    async with server.live(project.id, epoch=epoch, version=0) as back:
        assert back.welcome is not None
        assert back.welcome.records is None
        assert [version.version for version in back.welcome.missed or ()] == [1]


@pytest.mark.parametrize("kept", [False, True])
async def test_an_edit_that_could_not_be_stored_is_no_refusal(
    server: Running, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    """The connection ends, the client sends the edit again, and it is there once: also if the store had kept it."""
    project = await server.project()
    store = server.services.stores.documents
    append = store.append

    async def busy(project: ProjectId, branch: BranchName, versions: Sequence[Version]) -> None:
        if kept:
            await append(project, branch, versions)
        raise Busy("The database is locked.", code="locked")

    monkeypatch.setattr(store, "append", busy)
    async with server.live(project.id) as tab:
        transaction = await tab.send_edit(0, put=(PIPELINE,))
        with pytest.raises(ConnectionClosed) as closed:
            await tab.receive(Committed)
        assert not any(isinstance(message, RefusedEdit) for message in tab.came)
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4500, "locked")
    monkeypatch.undo()
    async with server.live(project.id) as back:
        await back.send(Edit(base=0, transaction=transaction))
        committed = await back.receive(Committed, lambda one: one.transaction == transaction.id)
        assert committed.version == 1
    assert (await server.services.documents.at(project.id, BranchName("main"), None)).version == 1
