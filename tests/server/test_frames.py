"""Hostile and broken frames on both WebSockets: the sender is closed with a code, everybody else goes on."""

import asyncio
from contextlib import suppress

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from deepforge.ids import AttemptId, RecordId, TransactionId, WorkerId
from deepforge.model.execution import Execution
from deepforge.model.hosting import PROTOCOL, Heartbeat, Register, Rejected, Report, Resources, ServerOrder, Started
from deepforge.model.live import ProjectChanged
from deepforge.model.project import NewExecution, Project, Workers
from tests.server.fake_host import begin, fake_host
from tests.server.harness import SECONDS, Running, until

HELLO = '{"type": "hello", "client": "tab"}'
REGISTER = Register(worker=WorkerId("w"), name="w", protocol=PROTOCOL, version="0", resources=Resources(cpus=1, memory=1))


async def code_of(socket: ClientConnection) -> int | None:
    """The code with which the server ends the connection."""
    await asyncio.wait_for(socket.wait_closed(), SECONDS)
    return socket.close_code


LIVE_FRAMES: dict[str, str | bytes] = {
    "text": "hello",
    "binary": HELLO.encode(),
    "unknown type": '{"type": "worker"}',
    "no type": "{}",
    "deep": "[" * 100_000,
    "endless integer": '{"type": "edit", "base": ' + "9" * 5000 + "}",
    "NaN": '{"type": "presence", "place": {"pointer": [NaN, 0]}}',
    "half a surrogate": '{"type": "hello", "client": "\\ud800"}',
    "a hello again": HELLO,
    "no transaction": '{"type": "edit", "base": 0}',
    "a record of no kind": '{"type": "edit", "base": 0, "transaction": {"id": "t", "label": "", "put": ["x"]}}',
    "a strange transaction id": '{"type": "edit", "base": 0, "transaction": {"id": "../x", "label": ""}}',
}


@pytest.mark.parametrize("frame", LIVE_FRAMES.values(), ids=LIVE_FRAMES.keys())
async def test_G4_a_frame_that_is_no_message_ends_its_sender_only(server: Running, frame: str | bytes) -> None:
    project = await server.project(seed="blank")
    async with server.live(project.id) as other, server.socket(f"/api/projects/{project.id}/live") as socket:
        await socket.send(HELLO)
        await socket.send(frame)
        assert await code_of(socket) == 4400
        await server.browser.patch(f"/api/projects/{project.id}", json={"name": "renamed"})
        assert (await other.receive(ProjectChanged)).name == "renamed"


async def test_the_first_message_is_hello_with_an_id(server: Running) -> None:
    project = await server.project(seed="blank")
    for frame in ('{"type": "unwatch", "job": "x"}', '{"type": "hello", "client": "../x"}', '{"type": "hello", "client": ""}'):
        async with server.socket(f"/api/projects/{project.id}/live") as socket:
            await socket.send(frame)
            assert await code_of(socket) == 4400


async def test_an_unknown_project_is_closed_with_4404(server: Running) -> None:
    async with server.socket("/api/projects/unknown/live") as socket:
        assert await code_of(socket) == 4404


async def test_G4_too_large_a_frame_is_closed_with_1009(server: Running) -> None:
    project = await server.project(seed="blank")
    async with server.socket(f"/api/projects/{project.id}/live") as socket:
        await socket.send(HELLO)
        with suppress(ConnectionClosed):  # the server may end it before the last byte has left
            await socket.send('"' + "x" * (server.settings.max_frame + 1) + '"')
        assert await code_of(socket) == 1009


async def test_G4_compressed_frames_are_not_agreed_to(server: Running) -> None:
    project = await server.project(seed="blank")
    async with server.socket(f"/api/projects/{project.id}/live", compression="deflate") as socket:
        assert socket.response is not None
        assert "Sec-WebSocket-Extensions" not in socket.response.headers


async def test_a_removed_project_ends_its_sockets(server: Running) -> None:
    project = await server.project(seed="blank")
    async with server.live(project.id) as tab:
        assert (await server.browser.delete(f"/api/projects/{project.id}")).status_code == 204
        assert (await tab.receive(ProjectChanged)).name is None
        assert await code_of(tab.socket) in (1001, 4404)
    assert await server.get("/api/projects", list[Project]) == []


# The worker socket


def worker_socket(server: Running, token: str, **more: str) -> connect:
    headers = {"Authorization": f"Bearer {token}", **more}
    return connect(server.url.replace("http", "ws", 1) + "/api/workers/live", additional_headers=headers, proxy=None)


async def test_G1_only_a_worker_token_opens_the_worker_socket(server: Running) -> None:
    worker = server.info.worker_token
    attempts = {
        "no token": worker_socket(server, ""),
        "another token": worker_socket(server, "x" * 43),
        "the owner's token": worker_socket(server, server.info.token),
        "a browser's cookie": worker_socket(server, "", Cookie=server.cookie),
        "a page of another origin": worker_socket(server, worker, Origin="https://evil.example"),
    }
    for name, attempt in attempts.items():
        with pytest.raises(InvalidStatus) as refused:
            async with attempt:
                pass
        assert refused.value.response.status_code == 403, name


async def test_G1_another_protocol_is_refused_with_a_sentence(server: Running) -> None:
    async with worker_socket(server, server.info.worker_token) as socket:
        await socket.send(msgspec.msgpack.encode(msgspec.structs.replace(REGISTER, protocol=99)))
        data = await socket.recv()
        rejected = msgspec.msgpack.decode(data if isinstance(data, bytes) else b"", type=ServerOrder)
        assert isinstance(rejected, Rejected)
        assert rejected.code == "protocol"
        assert "99" in rejected.message
        assert await code_of(socket) == 4400


WORKER_FRAMES: dict[str, str | bytes] = {
    "text": "hello",
    "nonsense": b"\xff\xff\xff",
    "nothing": b"",
    "unknown type": msgspec.msgpack.encode({"type": "order66"}),
    "registered twice": msgspec.msgpack.encode(REGISTER),
    "number 0": msgspec.msgpack.encode(Report(attempt=AttemptId("a"), fence=1, first=0, events=(Started(pid=1),))),
    "number -1": msgspec.msgpack.encode(Report(attempt=AttemptId("a"), fence=1, first=-1, events=(Started(pid=1),))),
    "no events": msgspec.msgpack.encode(Report(attempt=AttemptId("a"), fence=1, first=1, events=())),
    "unknown event": msgspec.msgpack.encode(
        {"type": "report", "attempt": "a", "fence": 1, "first": 1, "events": [{"event": "explode"}]}
    ),
    "deep": b"\x91" * 100_000,
}


@pytest.mark.parametrize("frame", WORKER_FRAMES.values(), ids=WORKER_FRAMES.keys())
async def test_G4_a_host_that_sends_nonsense_is_closed_and_the_others_go_on(server: Running, frame: str | bytes) -> None:
    async with fake_host(server, worker="good") as good, worker_socket(server, server.info.worker_token) as socket:
        await socket.send(msgspec.msgpack.encode(REGISTER))
        await socket.send(frame)
        assert await code_of(socket) == 4400
        await good.send(Heartbeat())
        workers = (await server.get("/api/workers", Workers)).workers
        assert [one.name for one in workers if one.connected] == ["good"]


@pytest.mark.parametrize("first", [2, 10**18])
async def test_G4_a_gap_in_the_numbers_is_refused(server: Running, first: int) -> None:
    project = await server.project()
    async with fake_host(server, begin, worker="w") as host:
        asked = NewExecution(key=TransactionId("k"), pipeline=RecordId("prepare"))
        await server.post(f"/api/projects/{project.id}/executions", asked, Execution)
        await host.until(lambda: bool(host.acks))
        (spec,) = host.specs.values()
        host.reported(spec, first + 5)
        await host.report(spec, Started(pid=1))
        await until(lambda: host.socket.close_code is not None)
        assert host.socket.close_code == 4400


async def test_G2_a_report_on_an_attempt_of_another_host_is_refused(server: Running) -> None:
    project = await server.project()
    async with fake_host(server, begin, worker="one") as one, worker_socket(server, server.info.worker_token) as socket:
        asked = NewExecution(key=TransactionId("k"), pipeline=RecordId("prepare"))
        await server.post(f"/api/projects/{project.id}/executions", asked, Execution)
        await one.until(lambda: bool(one.acks))
        (spec,) = one.specs.values()
        await socket.send(msgspec.msgpack.encode(REGISTER))
        report = Report(attempt=spec.attempt, fence=spec.fence, first=2, events=(Started(pid=1),))
        await socket.send(msgspec.msgpack.encode(report))
        assert await code_of(socket) == 4403


async def test_G5_a_blob_whose_bytes_are_others_is_refused(server: Running) -> None:
    bearer = {"Authorization": f"Bearer {server.info.worker_token}"}
    response = await server.anonymous.put(f"/api/blobs/{'0' * 64}", content=b"other bytes", headers=bearer)
    assert response.status_code == 400
    assert (await server.anonymous.get(f"/api/blobs/{'0' * 64}", headers=bearer)).status_code == 404


async def test_a_second_connection_of_a_host_ends_the_first(server: Running) -> None:
    async with fake_host(server, begin, worker="w") as first, fake_host(server, begin, worker="w"):
        assert await code_of(first.socket) == 1001
        workers = await server.get("/api/workers", Workers)
        assert [(one.id, one.connected) for one in workers.workers] == [("w", True)]
