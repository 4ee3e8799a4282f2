"""Pipelines run end to end: REST, the live socket, a worker host that speaks the protocol."""

import asyncio
import base64

import msgspec
import pytest
from websockets.exceptions import ConnectionClosed

from deepforge.errors import Busy
from deepforge.ids import AttemptId, RecordId, TransactionId, new_id
from deepforge.model.execution import Cause, Execution, Progress, Snapshot, Status
from deepforge.model.feedback import FeedbackRecord, GraphCreated, LineCreated, Points, ProgressChanged
from deepforge.model.hosting import Adopted, AttemptSpec, Console, ConsoleWritten, Ended, FeedbackWritten, Started
from deepforge.model.live import ArtifactSaved, ExecutionChanged, FeedbackCame, LogCame, Watch, Watching
from deepforge.model.project import (
    ApiError,
    ArtifactPage,
    DocumentAt,
    ExecutionPage,
    InputOverride,
    JobCode,
    LinePoints,
    LogPage,
    NewExecution,
    OutputOverride,
    Restart,
    Workers,
)
from deepforge.model.records import Input, Node, OperationRef, Output, Pipeline
from tests.server.fake_host import FakeHost, begin, fail, fake_host, wait_for_cancel
from tests.server.harness import Running, Tab


def new(pipeline: str = "prepare", **changes: object) -> NewExecution:
    return msgspec.structs.replace(NewExecution(key=TransactionId(new_id()), pipeline=RecordId(pipeline)), **changes)


async def run(server: Running, project: str, execution: NewExecution) -> Execution:
    return await server.post(f"/api/projects/{project}/executions", execution, Execution)


async def ended(tab: Tab, execution: Execution) -> Execution:
    """The execution at its end, as the live socket told it."""
    message = await tab.receive(ExecutionChanged, lambda one: one.execution.id == execution.id and one.execution.status.final)
    return message.execution


async def test_S010_S044_S211_a_pipeline_runs_and_its_artifacts_appear(server: Running) -> None:
    project = await server.project()
    async with server.live(project.id) as tab, fake_host(server):
        execution = await run(server, project.id, new())
        assert (execution.name, execution.version) == ("prepare_execution_1", 0)
        done = await ended(tab, execution)
        assert done.status is Status.SUCCESS
        told = [one.execution.jobs[0].status for one in tab.came if isinstance(one, ExecutionChanged)]
        assert list(dict.fromkeys(told)) == [Status.QUEUED, Status.RUNNING, Status.SUCCESS]
        saved = [one.artifact for one in tab.came if isinstance(one, ArtifactSaved)]
        page = await server.get(f"/api/projects/{project.id}/artifacts", ArtifactPage)
        assert {one.id for one in saved} == set(done.artifacts) < {one.id for one in page.items}
        assert {one.made_by for one in saved} == {"prepare in prepare_execution_1"}


async def test_S211_the_same_content_under_the_same_name_is_saved_once(server: Running) -> None:
    project = await server.project()
    async with server.live(project.id) as tab, fake_host(server):
        first = await ended(tab, await run(server, project.id, new()))
        second = await ended(tab, await run(server, project.id, new()))
        assert (second.name, second.artifacts) == ("prepare_execution_2", first.artifacts)


async def test_the_output_of_one_pipeline_is_the_input_of_the_next(server: Running) -> None:
    project = await server.project()
    async with server.live(project.id) as tab, fake_host(server):
        await ended(tab, await run(server, project.id, new()))
        document = await server.get(f"/api/projects/{project.id}/branches/main/document", DocumentAt)
        nodes = [one for one in document.records if isinstance(one, Node) and one.pipeline == "train"]
        made = await server.get(f"/api/projects/{project.id}/artifacts", ArtifactPage)
        dataset = next(one for one in made.items if one.type == "Dataset")
        given = tuple(InputOverride(node=one.id, artifact=dataset.id) for one in nodes if isinstance(one.target, Input))
        outputs = tuple(OutputOverride(node=one.id, name="renamed") for one in nodes if isinstance(one.target, Output))
        done = await ended(tab, await run(server, project.id, new("train", inputs=given, outputs=outputs[:1])))
        assert done.status is Status.SUCCESS
        assert "renamed" in {one.artifact.name for one in tab.came if isinstance(one, ArtifactSaved)}
        snapshot = await server.get(f"/api/executions/{done.id}/snapshot", Snapshot)
        assert {one.artifact for one in snapshot.artifacts.values()} == {dataset.id}


async def test_an_older_version_can_be_run(server: Running) -> None:
    project = await server.project()
    async with server.live(project.id) as tab, fake_host(server):
        await tab.edit(0, put=(Pipeline(id=RecordId("p2"), name="second"),))
        old, newest = await run(server, project.id, new(version=0)), await run(server, project.id, new())
        assert (old.version, newest.version) == (0, 1)
        for version in (0, 7):
            asked = {"key": "k", "pipeline": "p2", "version": version}
            assert (await server.browser.post(f"/api/projects/{project.id}/executions", json=asked)).status_code == 404


async def test_the_same_key_answers_with_the_same_execution(server: Running) -> None:
    project = await server.project()
    asked = new()
    answers = await asyncio.gather(*(run(server, project.id, asked) for _ in range(5)))
    assert len({one.id for one in answers}) == 1
    page = await server.get(f"/api/projects/{project.id}/executions", ExecutionPage)
    assert len(page.items) == 1


async def test_fault_63_a_retry_is_answered_though_the_pipeline_could_not_run_any_more(server: Running) -> None:
    project = await server.project()
    document = await server.get(f"/api/projects/{project.id}/branches/main/document", DocumentAt)
    needing = next(
        one
        for one in document.records
        if isinstance(one, Node) and isinstance(one.target, OperationRef) and one.pipeline == "train"
    )
    async with server.live(project.id) as tab:
        first = await run(server, project.id, asked := new())
        await tab.edit(0, put=(Node(id=RecordId("unconnected"), pipeline=RecordId("prepare"), target=needing.target),))
        body = msgspec.json.encode(new())
        path, headers = f"/api/projects/{project.id}/executions", {"Content-Type": "application/json"}
        assert (await server.browser.post(path, content=body, headers=headers)).status_code == 422
        again = await run(server, project.id, asked)
    assert (again.id, again.version) == (first.id, 0)


async def test_an_unconnected_input_refuses_the_run_with_marks(server: Running) -> None:
    project = await server.project()
    response = await server.browser.post(
        f"/api/projects/{project.id}/executions",
        content=msgspec.json.encode(new("train")),
        headers={"Content-Type": "application/json"},
    )
    error = msgspec.json.decode(response.content, type=ApiError)
    assert (response.status_code, error.code) == (422, "DF211")
    assert error.marks
    assert error.marks[0].where.record


async def test_a_failure_names_the_job_and_the_cause(server: Running) -> None:
    project = await server.project()
    async with server.live(project.id) as tab, fake_host(server, fail):
        done = await ended(tab, await run(server, project.id, new()))
        assert (done.status, done.cause) == (Status.FAILED, "\"prepare\" failed: KeyError: 'labels'")
        cause = done.jobs[0].cause
        assert cause is not None
        assert (cause.file, cause.line) == ("operations/prepare.py", 3)
        assert done.artifacts == ()


async def test_success_without_a_stored_output_is_a_failure(server: Running) -> None:
    async def lie(host: FakeHost, spec: AttemptSpec) -> None:
        stored = await host.outputs(spec)
        missing = msgspec.structs.replace(stored[0].blob, hash="0" * 64)
        outputs = (msgspec.structs.replace(stored[0], blob=missing), *stored[1:])
        await host.report(spec, Started(pid=1), Ended(exit_code=0, outputs=outputs))

    project = await server.project()
    async with server.live(project.id) as tab, fake_host(server, lie):
        done = await ended(tab, await run(server, project.id, new()))
        assert done.status is Status.FAILED
        assert done.jobs[0].cause is not None
        assert done.jobs[0].cause.kind == "outputs"


async def test_stop_ends_a_running_execution(server: Running) -> None:
    project = await server.project()
    async with server.live(project.id) as tab, fake_host(server, wait_for_cancel):
        execution = await run(server, project.id, new())
        await tab.receive(ExecutionChanged, lambda one: one.execution.status is Status.RUNNING)
        await server.post(f"/api/executions/{execution.id}/stop", {}, Execution, 200)
        done = await ended(tab, execution)
        assert done.status is Status.CANCELED
        assert done.cause.startswith("Stopped by Guest")


async def test_stop_ends_what_only_waits(server: Running) -> None:
    project = await server.project()
    execution = await run(server, project.id, new())
    assert len((await server.get("/api/workers", Workers)).queue) == 1
    stopped = await server.post(f"/api/executions/{execution.id}/stop", {}, Execution, 200)
    assert stopped.status is Status.CANCELED
    assert (await server.get("/api/workers", Workers)).queue == ()


async def test_restart_runs_the_pinned_plan_again(server: Running) -> None:
    project = await server.project()
    async with server.live(project.id) as tab, fake_host(server):
        first = await ended(tab, await run(server, project.id, new()))
        again = await server.post(f"/api/executions/{first.id}/restart", Restart(key=TransactionId("again")), Execution)
        done = await ended(tab, again)
        assert (done.name, done.version, done.status) == ("prepare_execution_2", first.version, Status.SUCCESS)


async def test_delete_stops_first(server: Running) -> None:
    project = await server.project()
    async with server.live(project.id) as tab, fake_host(server, wait_for_cancel) as host:
        execution = await run(server, project.id, new())
        await tab.receive(ExecutionChanged, lambda one: one.execution.status is Status.RUNNING)
        assert (await server.browser.delete(f"/api/executions/{execution.id}")).status_code == 204
        assert all(event.is_set() for event in host.canceled.values())
        assert (await server.browser.get(f"/api/executions/{execution.id}")).status_code == 404


async def feedback(host: FakeHost, spec: AttemptSpec) -> None:
    points = base64.b64encode(b"\0" * 32).decode()
    records: tuple[FeedbackRecord, ...] = (
        GraphCreated(graph=1, name="loss"),
        LineCreated(graph=1, line=1, name="train"),
        Points(line=1, first=0, points=points),
        ProgressChanged(progress=Progress(label="epochs", done=1, total=2)),
    )
    text = "größer\n".encode()
    await host.report(spec, Started(pid=1), ConsoleWritten(offset=0, data=text[:4]))
    await host.report(spec, ConsoleWritten(offset=4, data=text[4:]), FeedbackWritten(records=records))
    await host.canceled[spec.attempt].wait()
    await host.report(spec, Ended(signal=2, cause=Cause(kind="canceled", message="Stopped.")))


async def test_S048_S049_S191_S192_console_and_feedback_are_streamed_to_who_watches(server: Running) -> None:
    project = await server.project()
    async with server.live(project.id) as tab, fake_host(server, feedback):
        execution = await run(server, project.id, new())
        job = execution.jobs[0].id
        await tab.send(Watch(job=job))
        await tab.receive(Watching)
        text = ""
        while text != "größer\n":
            came = await tab.receive(LogCame)
            text += came.text
        if not any(isinstance(one, FeedbackCame) for one in tab.came):
            await tab.receive(FeedbackCame)
        page = await server.get(f"/api/jobs/{job}/log", LogPage)
        assert (page.offset, page.next, page.end, page.text) == (0, 9, 9, "größer\n")
        progress = Progress(label="epochs", done=1, total=2)
        (listed,) = (await server.get(f"/api/projects/{project.id}/executions", ExecutionPage)).items
        assert [one.jobs[0].progress for one in (listed, await server.get(f"/api/executions/{listed.id}", Execution))] == [
            progress
        ] * 2
        line = await server.get(f"/api/jobs/{job}/lines/1", LinePoints)
        assert (line.count, line.reduced, base64.b64decode(line.points)) == (2, False, b"\0" * 32)
        whole = await server.browser.get(f"/api/jobs/{job}/log.txt")
        assert (whole.text, whole.headers["content-disposition"]) == ("größer\n", f'attachment; filename="{job}.txt"')
        code = await server.get(f"/api/jobs/{job}/code", JobCode)
        operation = next(one for one in code.files if one.path == "operations/prepare.py")
        assert operation.record == "op-prepare"
        assert {"attributes.json", "main.py"} < {one.path for one in code.files}
        await server.browser.post(f"/api/executions/{execution.id}/stop")
        await ended(tab, execution)


async def test_a_watch_that_fails_ends_the_connection(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the browser would wait for a console that nobody reads any more; it comes back and watches anew."""
    project = await server.project()

    async def locked(attempt: AttemptId, *, offset: int = 0, limit: int = 0) -> Console:
        raise Busy("The database is locked.", code="locked")

    async with server.live(project.id) as tab, fake_host(server, feedback) as host:
        execution = await run(server, project.id, new())
        await host.until(lambda: list(host.acks.values()) == [4])
        monkeypatch.setattr(server.services.stores.reports, "console", locked)
        await tab.send(Watch(job=execution.jobs[0].id))
        with pytest.raises(ConnectionClosed) as closed:
            await tab.receive(LogCame)
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4500, "locked")


async def test_who_begins_to_watch_late_gets_the_state(server: Running) -> None:
    project = await server.project()
    async with server.live(project.id) as tab, fake_host(server, feedback) as host:
        execution = await run(server, project.id, new())
        await host.until(lambda: list(host.acks.values()) == [4])
        await tab.send(Watch(job=execution.jobs[0].id, log_offset=4))
        watching = await tab.receive(Watching)
        assert watching.feedback is not None
        assert [graph.name for graph in watching.feedback.graphs] == ["loss"]
        assert (await tab.receive(LogCame)).text == "ßer\n"


async def test_a_host_that_comes_back_without_its_attempt_has_lost_it(server: Running) -> None:
    project = await server.project()
    async with server.live(project.id) as tab:
        async with fake_host(server, begin):
            execution = await run(server, project.id, new())
            await tab.receive(ExecutionChanged, lambda one: one.execution.status is Status.RUNNING)
        async with fake_host(server):
            done = await ended(tab, execution)
            assert done.jobs[0].cause is not None
            assert (done.status, done.jobs[0].cause.kind) == (Status.FAILED, "lost")


async def test_a_host_that_comes_back_with_its_attempt_goes_on(server: Running) -> None:
    project = await server.project()
    async with server.live(project.id) as tab:
        async with fake_host(server, begin) as host:
            execution = await run(server, project.id, new())
            await tab.receive(ExecutionChanged, lambda one: one.execution.status is Status.RUNNING)
            (spec,) = host.specs.values()
        adopted = (Adopted(attempt=spec.attempt, fence=spec.fence, acknowledged=1),)
        async with fake_host(server, adopted=adopted) as host:
            assert host.registered is not None
            assert host.registered.drop == ()
            host.reported(spec, 1)
            await host.report(spec, Ended(exit_code=0, outputs=await host.outputs(spec)))
            assert (await ended(tab, execution)).status is Status.SUCCESS


async def test_G13_who_comes_to_a_long_console_gets_its_end(server: Running) -> None:
    size, line = 3 * 1024 * 1024, b"x" * 63 + b"\n"

    async def flood(host: FakeHost, spec: AttemptSpec) -> None:
        await host.report(spec, Started(pid=1))
        for offset in range(0, size, 256 * 1024):
            await host.report(spec, ConsoleWritten(offset=offset, data=line * (256 * 1024 // 64)))
        await host.report(spec, Ended(exit_code=0, outputs=await host.outputs(spec)))

    project = await server.project()
    async with server.live(project.id) as tab, fake_host(server, flood):
        done = await ended(tab, await run(server, project.id, new()))
        await tab.send(Watch(job=done.jobs[0].id))
        first = await tab.receive(LogCame)
        assert (first.offset, first.next) == (size - 256 * 1024, size)
        page = await server.get(f"/api/jobs/{done.jobs[0].id}/log", LogPage, offset=64, limit=128)
        assert (page.offset, page.next, page.end, page.text) == (64, 192, size, (line * 2).decode())
