"""Sessions, seeds, projects and artifacts over REST."""

import asyncio

import httpx
import msgspec

from deepforge.ids import RecordId, TransactionId
from deepforge.model.analysis import Catalogue
from deepforge.model.artifact import Artifact
from deepforge.model.document import Transaction
from deepforge.model.live import Analysis, Committed, Edit, PresenceMoved
from deepforge.model.project import (
    ApiError,
    ArtifactPage,
    Branch,
    DocumentAt,
    NewProject,
    Project,
    Seed,
    Session,
)
from deepforge.model.records import Input, Node, Pipeline
from tests.server.harness import Running


async def test_a_session_is_a_guest_until_it_has_a_name(server: Running) -> None:
    guest = await server.get("/api/session", Session)
    assert (guest.named, guest.person.name) == (False, "Guest 1")
    change = {"name": " Ada ", "color": "#6a4fc9"}
    ada = msgspec.json.decode((await server.browser.patch("/api/session", json=change)).content, type=Session)
    assert (ada.named, ada.person.name, ada.person.color, ada.person.id) == (True, "Ada", "#6a4fc9", guest.person.id)
    assert await server.get("/api/session", Session) == ada
    for wrong in ({"name": "", "color": "#6a4fc9"}, {"name": "a\nb", "color": "#6a4fc9"}, {"name": "Ada", "color": "red"}):
        assert (await server.browser.patch("/api/session", json=wrong)).status_code == 400


async def test_a_new_name_is_told_to_the_others(server: Running) -> None:
    project = await server.project(seed="blank")
    async with server.live(project.id) as tab:
        launch = (await server.owner.post("/api/launch")).json()["url"]
        async with httpx.AsyncClient(base_url=server.url, trust_env=False, headers={"Origin": server.url}) as ben:
            await ben.get(launch)
            cookie = "; ".join(f"{name}={value}" for name, value in ben.cookies.items())
            async with server.socket(f"/api/projects/{project.id}/live", cookie=cookie) as socket:
                await socket.send('{"type": "hello", "client": "bens"}')
                await tab.receive(PresenceMoved, lambda one: one.client == "bens")
                await ben.patch("/api/session", json={"name": "Ben", "color": "#00796b"})
                moved = await tab.receive(PresenceMoved, lambda one: one.client == "bens")
                assert (moved.person.name, moved.person.color) == ("Ben", "#00796b")


async def test_S021_S022_S023_projects_are_listed_and_made_from_seeds(server: Running) -> None:
    seeds = await server.get("/api/seeds", list[Seed])
    assert {"digits", "cifar10", "xor", "blank"} <= {seed.name for seed in seeds}
    for seed in seeds:
        project = await server.project(name=f"my {seed.name}", seed=seed.name)
        assert (project.seed, project.pipelines) == (seed.name, len(seed.pipelines))
    listed = await server.get("/api/projects", list[Project])
    assert {one.name for one in listed} == {f"my {seed.name}" for seed in seeds}


async def test_the_artifacts_of_a_seed_become_the_projects_own(server: Running) -> None:
    project = await server.project()
    (artifact,) = (await server.get(f"/api/projects/{project.id}/artifacts", ArtifactPage)).items
    document = await server.get(f"/api/projects/{project.id}/branches/main/document", DocumentAt)
    inputs = {one.target.artifact for one in document.records if isinstance(one, Node) and isinstance(one.target, Input)}
    assert artifact.id in inputs
    assert inputs <= {artifact.id, None}


async def test_names_of_projects_are_taken_once(server: Running) -> None:
    await server.project()
    again = await server.browser.post("/api/projects", json={"name": "demo", "seed": "blank"})
    assert again.status_code == 409
    for wrong in ({"name": "x"}, {"name": "x", "seed": "blank", "copy_of": "y"}, {"name": " ", "seed": "blank"}):
        assert (await server.browser.post("/api/projects", json=wrong)).status_code == 400
    for missing in ({"name": "x", "seed": "../digits"}, {"name": "x", "copy_of": "unknown"}):
        assert (await server.browser.post("/api/projects", json=missing)).status_code == 404
    assert len(await server.get("/api/projects", list[Project])) == 1


async def test_a_copy_has_the_document_and_artifacts_of_its_own(server: Running) -> None:
    project = await server.project()
    await edit(server, project)
    copy = await server.post("/api/projects", NewProject(name="copy", copy_of=project.id), Project)
    ours, theirs = [await server.get(f"/api/projects/{one.id}/branches/main/document", DocumentAt) for one in (project, copy)]
    assert {one.id for one in ours.records} == {one.id for one in theirs.records}
    mine = (await server.get(f"/api/projects/{copy.id}/artifacts", ArtifactPage)).items
    inputs = {one.target.artifact for one in theirs.records if isinstance(one, Node) and isinstance(one.target, Input)}
    assert {one.id for one in mine} == inputs - {None}
    await server.browser.delete(f"/api/projects/{project.id}")
    response = await server.browser.get(f"/api/artifacts/{mine[0].id}/content")
    assert (response.status_code, len(response.content)) == (200, mine[0].blob.size)


async def edit(server: Running, project: Project, name: str = "second") -> Committed:
    transaction = Transaction(id=TransactionId(f"t-{name}"), label="Add", put=(Pipeline(id=RecordId(f"p-{name}"), name=name),))
    path = f"/api/projects/{project.id}/branches/main/transactions"
    return await server.post(path, Edit(base=0, transaction=transaction), Committed, 200)


async def test_programs_edit_through_the_same_room(server: Running) -> None:
    project = await server.project()
    async with server.live(project.id) as tab:
        committed = await edit(server, project)
        assert await tab.receive(Committed) == committed
        assert (await edit(server, project)).repeated
        branches = await server.get(f"/api/projects/{project.id}/branches", list[Branch])
        assert branches == [Branch(name="main", version=1)]  # type: ignore[arg-type]
        old = await server.get(f"/api/projects/{project.id}/branches/main/document", DocumentAt, version=0)
        assert "p-second" not in {one.id for one in old.records}
        later = await server.browser.get(f"/api/projects/{project.id}/branches/main/document?version=9")
        assert later.status_code == 404


async def test_a_refused_edit_says_why(server: Running) -> None:
    project = await server.project(seed="blank")
    transaction = Transaction(id=TransactionId("t"), label="Remove", remove=(RecordId("nothing"),))
    response = await server.browser.post(
        f"/api/projects/{project.id}/branches/main/transactions",
        content=msgspec.json.encode(Edit(base=0, transaction=transaction)),
        headers={"Content-Type": "application/json"},
    )
    assert response.status_code == 422
    assert msgspec.json.decode(response.content, type=ApiError).code == "DF101"


async def test_the_analysis_waits_until_the_code_is_read(server: Running) -> None:
    project = await server.project()
    analysis = await server.get(f"/api/projects/{project.id}/branches/main/analysis", Analysis)
    assert (analysis.version, analysis.pending) == (0, ())
    assert {one.name for one in analysis.interfaces.values()} == {"prepare", "train", "test"}
    assert {"DF211"} <= {mark.code for mark in analysis.marks}


async def test_the_catalogue_lists_what_torch_has(server: Running) -> None:
    catalogue = await server.get("/api/catalogue", Catalogue)
    assert {"Conv2d", "Linear"} <= {one.name for one in catalogue.layers}
    assert {"NLLLoss"} <= {one.name for one in catalogue.criterions}


async def test_S210_artifacts_are_uploaded_renamed_and_deleted(server: Running) -> None:
    project = await server.project(seed="blank")
    data = b"0123456789" * 300_000
    path = f"/api/projects/{project.id}/artifacts"
    response = await server.browser.put(path, params={"name": "digits", "type": "File"}, content=data)
    artifact = msgspec.json.decode(response.content, type=Artifact)
    assert (response.status_code, artifact.blob.size, artifact.made_by) == (201, len(data), "uploaded by Guest 1")
    assert (await server.browser.get(f"/api/artifacts/{artifact.id}/content")).content == data
    renamed = await server.browser.patch(f"/api/artifacts/{artifact.id}", json={"name": "more"})
    assert renamed.json()["name"] == "more"
    assert (await server.browser.delete(f"/api/artifacts/{artifact.id}")).status_code == 204
    assert (await server.browser.get(f"/api/artifacts/{artifact.id}")).status_code == 404
    assert (await server.browser.put("/api/projects/unknown/artifacts?name=x", content=b"")).status_code == 404
    assert (await server.browser.put(path, params={"name": "x", "type": "no type"}, content=b"")).status_code == 400


async def test_uploads_run_beside_each_other(server: Running) -> None:
    project = await server.project(seed="blank")
    path = f"/api/projects/{project.id}/artifacts"
    responses = await asyncio.gather(
        *(server.browser.put(path, params={"name": f"a{n}", "type": "File"}, content=bytes([n]) * 100_000) for n in range(5))
    )
    assert [one.status_code for one in responses] == [201] * 5


async def test_renaming_a_project_keeps_it(server: Running) -> None:
    project = await server.project(seed="blank")
    await server.browser.patch(f"/api/projects/{project.id}", json={"name": "other"})
    assert (await server.get(f"/api/projects/{project.id}", Project)).name == "other"
