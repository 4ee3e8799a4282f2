"""Attacks on the gate, each named by its row of the security list: authentication, hosts, origins, cookies, headers."""

import asyncio
import base64
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from deepforge.errors import Broken
from deepforge.ids import BranchName
from deepforge.model.project import Project
from deepforge.server.policy import POLICY, WEBSOCKET, Access, check_table
from deepforge.server.routes import HANDLERS
from tests.server.attacks import JSON_MUTATIONS, by_hand, filled, port_of, uploaded
from tests.server.harness import Running, running, settings_in

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
PUBLIC = {("GET", "/healthz"), ("GET", "/"), ("GET", "/{path}"), ("POST", "/api/session")}
ABSENT = ("/docs", "/schema", "/schema/openapi.json", "/openapi.json", "/metrics", "/api", "/api/", "/api/admin", "/.env")
HTTP_ROUTES = sorted({path for method, path in POLICY if method != WEBSOCKET})
EVIL = (
    "https://evil.example",
    "http://localhost:{port}.evil.example",
    "http://localhost:3000",
    "http://127.0.0.1.evil",
    "https://127.0.0.1:{port}",
    "http://127.0.0.1",
    "null",
    "",
)
EVIL_HOSTS = ("evil.example", "evil.example:{port}", "0.0.0.0:{port}", "[::]:{port}", "2130706433:{port}", "127.0.0.1:1", "")


def test_A1_every_route_has_a_row_and_the_public_ones_are_these() -> None:
    assert {pair for pair, (access, _) in POLICY.items() if access is Access.PUBLIC} == PUBLIC
    assert len(POLICY) == sum(len(handler.paths) for handler in HANDLERS)


def test_A1_a_route_without_a_row_keeps_the_server_from_starting() -> None:
    with pytest.raises(Broken, match="policy"):
        check_table([])


async def test_A1_strangers_get_nothing_from_any_route(server: Running) -> None:
    await server.project("secret-project")
    for template in (*HTTP_ROUTES, *ABSENT):
        for method in METHODS:
            if (method, template) in PUBLIC:
                continue
            response = await server.anonymous.request(method, filled(template), headers={"Origin": server.url})
            assert response.status_code in (401, 403, 404, 405), (method, template, response.status_code)
            assert response.status_code != 405 or not template.startswith("/api"), (method, template)
            assert b"secret-project" not in response.content


async def test_A2_strangers_get_no_socket(server: Running) -> None:
    """Without a session: accepted and closed with 4401 at once (a browser would retry for ever otherwise), nothing is sent."""
    async with server.socket(filled("/api/projects/{project}/live"), cookie="") as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401
    for path in ("/api/workers/live", "/", "/healthz", "/api/projects", "/nothing"):
        with pytest.raises(InvalidStatus) as refused:
            async with server.socket(path, cookie="", origin=None):
                pass
        assert refused.value.response.status_code == 403


@pytest.mark.parametrize("host", ["a/?x=", "127.0.0.1:{port}/healthz#", "127.0.0.1:{port}@evil", "127.0.0.1:{port}, evil"])
async def test_A4_a_strange_host_header_is_refused(server: Running, host: str) -> None:
    value = host.format(port=port_of(server))
    assert await by_hand(server, "GET /healthz HTTP/1.1", f"Host: {value}") in (400, 421)


async def test_A4_two_host_headers_and_absolute_targets_are_refused(server: Running) -> None:
    own = f"Host: 127.0.0.1:{port_of(server)}"
    assert await by_hand(server, "GET /healthz HTTP/1.1", own, own) in (400, 421)
    assert await by_hand(server, "GET /healthz HTTP/1.1") in (400, 421)
    assert await by_hand(server, "GET http://evil.example/healthz HTTP/1.1", own) in (400, 404)
    assert await by_hand(server, f"GET {server.url}/api/projects HTTP/1.1", own) in (400, 401, 404)


@pytest.mark.parametrize(
    "path",
    [
        "//api/projects",
        "/API/projects",
        "/%61pi/projects",
        "/api;x/projects",
        "/api/./projects",
        "/api//projects",
        "/api/projects/",
        "/api\\projects",
        "/x/../api/projects",
        "/api/projects%00",
        "/api/projects;/..",
        "/./api/projects",
        "/api/%70rojects",
    ],
)
async def test_A5_no_other_spelling_of_a_path_opens_it(server: Running, path: str) -> None:
    own = f"Host: 127.0.0.1:{port_of(server)}"
    assert await by_hand(server, f"GET {path} HTTP/1.1", own) in (400, 401, 404)
    assert await by_hand(server, f"GET {path} HTTP/1.1", own, f"Cookie: {server.cookie}") in (400, 404)


async def test_A9_wrong_logins_are_throttled_and_a_right_one_still_comes_in(server: Running) -> None:
    async def log_in(token: str) -> int:
        headers = {"Origin": server.url}
        return (await server.anonymous.post("/api/session", json={"token": token}, headers=headers)).status_code

    assert [await log_in("wrong") for _ in range(20)] == [401] * 10 + [503] * 10
    launch = (await server.owner.post("/api/launch")).json()["url"]
    assert await log_in(launch.partition("=")[2]) == 200


async def test_A11_a_login_link_works_once_and_leaves_a_clean_address(
    server: Running, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(0)
    launch = (await server.owner.post("/api/launch")).json()["url"]
    token = launch.partition("=")[2]
    first = await server.anonymous.get(launch)
    assert (first.status_code, first.headers["location"]) == (303, "/")
    assert first.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" in first.headers
    again = await server.anonymous.get(launch)
    assert (again.status_code, "set-cookie" in again.headers) == (303, False)
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert token not in "".join(ours)
    assert token not in "".join(capfd.readouterr())


async def test_A14_forwarded_headers_of_strangers_count_for_nothing(server: Running) -> None:
    headers = {"X-Forwarded-User": "admin", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    assert (await server.anonymous.get("/api/projects", headers=headers)).status_code == 401
    own = f"Host: 127.0.0.1:{port_of(server)}"
    assert await by_hand(server, "GET /healthz HTTP/1.1", own, "Content-Length: 1", "Content-Length: 2") in (0, 400)


@pytest.mark.parametrize("host", EVIL_HOSTS)
async def test_B1_B10_other_hosts_are_refused(server: Running, host: str) -> None:
    value = host.format(port=port_of(server))
    for method in ("GET", "POST", "DELETE"):
        for path in ("/", "/healthz", "/api/projects"):
            lines = (f"{method} {path} HTTP/1.1", f"Host: {value}", f"Cookie: {server.cookie}", f"Origin: {server.url}")
            assert await by_hand(server, *lines) in (400, 421)
    upgrade = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", f"Origin: {server.url}")
    key = f"Sec-WebSocket-Key: {base64.b64encode(b'0' * 16).decode()}"
    path = filled("/api/projects/{project}/live")
    status = await by_hand(server, f"GET {path} HTTP/1.1", f"Host: {value}", f"Cookie: {server.cookie}", *upgrade, key)
    assert status in (400, 403, 421)


async def test_B2_B4_sockets_of_other_origins_are_refused_before_they_are_accepted(server: Running) -> None:
    project = await server.project()
    for origin in (*EVIL, None):
        given = origin.format(port=port_of(server)) if origin is not None else None
        with pytest.raises(InvalidStatus) as refused:
            async with server.socket(f"/api/projects/{project.id}/live", origin=given):
                pass
        assert refused.value.response.status_code == 403


async def test_B4_mutations_of_other_origins_are_refused(server: Running) -> None:
    for origin in EVIL:
        headers = {"Origin": origin.format(port=port_of(server)), "Content-Type": "application/json"}
        response = await server.browser.post("/api/projects", content=b'{"name": "x", "seed": "blank"}', headers=headers)
        assert response.status_code == 403
    async with httpx.AsyncClient(base_url=server.url, cookies=dict(server.browser.cookies), trust_env=False) as without:
        assert (await without.post("/api/projects", json={"name": "x", "seed": "blank"})).status_code == 403
    assert await server.get("/api/projects", list[Project]) == []


async def test_B4_requests_that_say_they_are_cross_site_are_refused(server: Running) -> None:
    for site in ("cross-site", "same-site"):
        assert (await server.browser.get("/api/projects", headers={"Sec-Fetch-Site": site})).status_code == 403
        assert (await server.anonymous.get("/", headers={"Sec-Fetch-Site": site})).status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
async def test_B5_forms_change_nothing(server: Running, kind: str) -> None:
    project = await server.project()
    for method, template in JSON_MUTATIONS:
        path = filled(template.replace("{project}", project.id))
        client = server.owner if POLICY[method, template][0] is Access.OWNER else server.browser
        response = await client.request(method, path, content=b'{"name": "changed"}', headers={"Content-Type": kind})
        assert response.status_code in (403, 415), (method, template)
    assert [one.name for one in await server.get("/api/projects", list[Project])] == ["demo"]


async def test_B8_no_other_page_may_read_answers(server: Running) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for response in (
        await server.browser.options("/api/projects", headers=asked),
        await server.browser.get("/api/projects", headers=asked),
    ):
        assert not [name for name in response.headers if name.lower().startswith("access-control-")]


async def test_B9_the_cookie_is_strict(server: Running) -> None:
    launch = (await server.owner.post("/api/launch")).json()["url"]
    cookie = (await server.anonymous.get(launch)).headers["set-cookie"]
    name, *attributes = [part.strip() for part in cookie.split(";")]
    assert name.startswith(f"deepforge_{port_of(server)}=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(attributes)
    assert not any(one.lower().startswith("domain") for one in attributes)


async def test_B9_behind_tls_the_cookie_is_bound_to_the_host(tmp_path: Path) -> None:
    async with running(settings_in(tmp_path, public_url="https://deepforge.example")) as server:
        launch = (await server.owner.post("/api/launch")).json()["url"]
        assert launch.startswith("https://deepforge.example/?token=")
        own = {"Host": "deepforge.example"}
        cookie = (await server.anonymous.get("/?" + launch.partition("?")[2], headers=own)).headers["set-cookie"]
        assert cookie.startswith(f"__Host-deepforge_{port_of(server)}=")
        assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}


async def test_B11_nothing_may_be_framed_and_no_inline_script_runs(server: Running) -> None:
    for path in ("/", "/healthz", "/api/projects", "/nothing", "/projects/a/main/pipelines"):
        headers = (await server.browser.get(path)).headers
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'self';" in policy
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")


async def test_B11_E2_an_artifact_is_a_download_that_runs_nothing(server: Running) -> None:
    artifact = await uploaded(server, "<b>.html", b"<script>alert(1)</script>")
    response = await server.browser.get(f"/api/artifacts/{artifact.id}/content")
    assert response.content == b"<script>alert(1)</script>"
    assert response.headers["content-disposition"].startswith("attachment;")
    assert response.headers["content-security-policy"].startswith("sandbox;")
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
    assert (response.headers["x-content-type-options"], response.headers["content-type"]) == (
        "nosniff",
        "application/octet-stream",
    )


async def test_B14_errors_are_json_and_repeat_no_markup(server: Running) -> None:
    for path in ("/api/<script>alert(1)</script>", "/api/projects/<script>", f"/api/projects?{'k' * 1025}=1"):
        response = await server.browser.get(path)
        assert response.headers["content-type"].startswith("application/json")
        assert b"<script>" not in response.content
    wrong = await server.browser.post("/api/projects", content=b"{}", headers={"Content-Type": "<script>"})
    assert (wrong.status_code, wrong.headers["content-type"]) == (415, "application/json")


async def test_C1_a_worker_token_opens_nothing_else_and_a_session_no_blobs(server: Running) -> None:
    bearer = {"Authorization": f"Bearer {server.info.worker_token}"}
    for (method, template), (access, _) in POLICY.items():
        if method == WEBSOCKET:
            continue
        if access in (Access.SESSION, Access.OWNER):
            response = await server.anonymous.request(method, filled(template), headers=bearer)
            assert response.status_code == 403, (method, template)
        if access in (Access.WORKER, Access.OWNER):
            assert (await server.browser.request(method, filled(template))).status_code == 403, (method, template)
        if access is Access.WORKER:
            assert (await server.owner.request(method, filled(template))).status_code == 403, (method, template)


async def test_a_session_ends_with_its_sockets(server: Running) -> None:
    project = await server.project(seed="blank")
    async with server.live(project.id) as tab:
        assert (await server.browser.delete("/api/session")).status_code == 204
        await asyncio.wait_for(tab.socket.wait_closed(), 10)
        assert tab.socket.close_code == 4401
    assert (await server.browser.get("/api/session")).status_code == 401


async def test_B6_reading_changes_nothing(server: Running) -> None:
    project = await server.project()
    stores = server.services.stores
    document = (await stores.documents.load(project.id, BranchName("main"))).document
    artifacts = await stores.artifacts.all(project.id)
    for (method, template), (access, _) in POLICY.items():
        if method == "GET" and access is not Access.WORKER:
            for verb in ("GET", "HEAD"):
                response = await server.browser.request(verb, filled(template.replace("{project}", project.id)))
                assert response.status_code in (200, 404, 405), (verb, template, response.status_code)
    assert (await stores.documents.load(project.id, BranchName("main"))).document == document
    assert await stores.artifacts.all(project.id) == artifacts
    assert [one.id for one in await stores.projects.all()] == [project.id]
    assert (await stores.executions.page(project.id)).items == ()
