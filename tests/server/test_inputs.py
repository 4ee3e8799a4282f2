"""Hostile inputs, each named by its row of the security list: paths, names, bodies, ranges."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import msgspec
import pytest
from websockets.exceptions import ConnectionClosed

from deepforge.model.project import NewProject
from deepforge.server import gate
from deepforge.server.policy import POLICY, Access
from tests.server.attacks import JSON_MUTATIONS, alive, by_hand, filled, port_of, uploaded
from tests.server.harness import Running, running, settings_in


@pytest.mark.parametrize("branch", ["../x", "B%00", "a" * 10_000, "B\u0308", "\u1e02", "..", ""])
async def test_C7_strange_branches_are_not_found(server: Running, branch: str) -> None:
    project = await server.project()
    response = await server.browser.get(f"/api/projects/{project.id}/branches/{branch}/document")
    assert response.status_code in (400, 404)
    if len(branch) < 1000:
        async with server.socket(
            f"/api/projects/{project.id}/live?branch={httpx.URL('/', params={'b': branch}).query.decode()[2:]}"
        ) as socket:
            if branch == "":
                return
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4404


PATHS = (
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "%252e%252e%252fetc",
    "..\\windows",
    "%2fetc%2fpasswd",
    "file:%2f%2f%2fetc%2fpasswd",
    "C:%5c",
    "%5c%5ch%5cs",
    "a%00b",
    ";/../x",
)


def parameters() -> Iterator[str]:
    for (method, template), _ in POLICY.items():
        if method == "GET" and "{" in template and template != "/{path}":
            yield template


@pytest.mark.parametrize("attack", PATHS)
async def test_D1_no_parameter_is_a_path(server: Running, attack: str) -> None:
    own = f"Host: 127.0.0.1:{port_of(server)}"
    for template in parameters():
        start, _, rest = template.partition("{")
        path = start + attack + filled("{" + rest).partition("2345")[2]
        assert await by_hand(server, f"GET {path} HTTP/1.1", own, f"Cookie: {server.cookie}") in (400, 403, 404), path
    for path in (f"/assets/{attack}", f"/{attack}"):
        assert await by_hand(server, f"GET {path} HTTP/1.1", own) in (400, 404)


async def test_D1_an_output_is_adopted_from_the_workers_own_directory_only(server: Running, tmp_path: Path) -> None:
    (tmp_path / "worker").mkdir()
    (tmp_path / "worker" / "link").symlink_to("/etc/hostname")
    (tmp_path / "worker" / "out").symlink_to(tmp_path)
    (tmp_path / "outside").write_text("secret")
    bearer = {"Authorization": f"Bearer {server.info.worker_token}"}
    worker = tmp_path / "worker"
    attacks = (
        "/etc/passwd",
        f"{worker}/../outside",
        f"{worker}/link",
        f"{worker}/out/outside",
        f"{worker}",
        "outside",
        "/dev/zero",
    )
    for path in attacks:
        response = await server.anonymous.put(f"/api/blobs/{'0' * 64}", params={"adopt": path}, headers=bearer)
        assert response.status_code == 404, path


@pytest.mark.parametrize("name", ["../../x", "-rf", "<img src=x onerror=alert(1)>", "größe.bin", "a;b", 'a"b', "C:\\x"])
async def test_D5_a_name_is_data(server: Running, tmp_path: Path, name: str) -> None:
    artifact = await uploaded(server, name, b"data")
    assert artifact.name == name
    header = (await server.browser.get(f"/api/artifacts/{artifact.id}/content")).headers["content-disposition"]
    assert "\n" not in header
    assert header.count('"') == 2
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\0b", "\u202egnp.exe", "x" * 300])
async def test_D5_a_name_that_cannot_be_shown_is_refused(server: Running, name: str) -> None:
    await uploaded(server, name, b"data", status=400)


BODIES = {
    "deep list": b"[" * 100_000,
    "deep object": b'{"a":' * 100_000,
    "endless integer": b'{"name": ' + b"9" * 5000 + b"}",
    "half a surrogate": b'{"name": "\\ud800", "seed": "blank"}',
    "NaN": b'{"name": NaN}',
    "infinity": b'{"name": 1e999}',
    "no UTF-8": b'{"name": "\xff"}',
    "cut": b'{"name": "x"',
    "nothing": b"",
    "null": b"null",
    "list": b"[]",
    "wrong field": b'{"name": 1, "seed": []}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_D10_strange_json_is_a_client_error_everywhere(server: Running, body: bytes) -> None:
    project = await server.project(seed="blank")
    for method, template in JSON_MUTATIONS:
        client = server.owner if POLICY[method, template][0] is Access.OWNER else server.browser
        path = filled(template.replace("{project}", project.id))
        assert (await client.get("/api/projects")).status_code == 200, "the session holds"
        response = await client.request(method, path, content=body, headers={"Content-Type": "application/json"})
        no_body = template == "/api/launch" and response.status_code == 200
        assert no_body or response.status_code in (400, 404, 422), (method, template, response.text)
    assert await alive(server)


async def test_D10_bodies_over_the_limit_are_refused_unread(tmp_path: Path) -> None:
    async with running(settings_in(tmp_path, max_body=1000, max_upload=2000)) as server:
        project = await server.project(seed="blank")
        long = msgspec.json.encode(NewProject(name="x" * 2000, seed="blank"))
        kind = {"Content-Type": "application/json"}
        assert (await server.browser.post("/api/projects", content=long, headers=kind)).status_code == 413

        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(4):
                yield b"x" * 1000

        path = f"/api/projects/{project.id}/artifacts?name=a&type=File"
        assert (await server.browser.put(path, content=b"x" * 3000)).status_code == 413
        assert (await server.browser.put(path, content=pieces())).status_code == 413
        artifacts = (await server.browser.get(f"/api/projects/{project.id}/artifacts")).json()["items"]
        assert artifacts == []
        assert await alive(server)


RANGES = {
    "bytes=0-3": (206, b"0123"),
    "bytes=4-": (206, b"456789"),
    "bytes=-3": (206, b"789"),
    "bytes=0-99": (206, b"0123456789"),
    "bytes=10-": (416, b""),
    "bytes=-0": (416, b""),
    "bytes=5-4": (416, b""),
    "bytes=0-1,3-4": (416, b""),
    "bytes=" + "0-1," * 1450: (416, b""),
    "bytes=1" + "0" * 30 + "-": (416, b""),
    "lines=0-1": (416, b""),
}


@pytest.mark.parametrize("wanted", RANGES, ids=lambda wanted: wanted[:20])
async def test_D12_single_ranges_only(server: Running, wanted: str) -> None:
    artifact = await uploaded(server, "ten", b"0123456789")
    response = await server.browser.get(f"/api/artifacts/{artifact.id}/content", headers={"Range": wanted})
    assert (response.status_code, response.content) == RANGES[wanted]


async def test_D11_a_body_that_does_not_come_is_not_waited_for(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "_BODY_SECONDS", 0.2)
    lines = (f"Cookie: {server.cookie}", f"Origin: {server.url}", "Content-Type: application/json", "Content-Length: 100")
    assert await by_hand(server, "POST /api/projects HTTP/1.1", f"Host: 127.0.0.1:{port_of(server)}", *lines) == 408
    assert await alive(server)
