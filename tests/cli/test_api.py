"""What a server answers becomes Structs, and what it refuses becomes the model's errors."""

import httpx
import pytest

from deepforge.cli.api import Api
from deepforge.errors import Broken, DeepForgeError, NotFound, Refused, Unauthorized
from deepforge.ids import RecordId
from deepforge.model.interface import Mark, Severity, Where
from deepforge.model.project import Seed

URL = "http://127.0.0.1:1"
MARK = Mark(code="DF201", severity=Severity.ERROR, message="Not connected.", where=Where(record=RecordId("n1")))


def api(status: int, body: str) -> Api:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["Authorization"] == "Bearer token"
        assert "Origin" not in request.headers
        return httpx.Response(status, text=body)

    return Api(URL, "token", transport=httpx.MockTransport(answer))


def test_an_answer_is_decoded() -> None:
    with api(200, '[{"name": "digits", "title": "Digits", "description": "Small"}]') as server:
        assert server.get("/api/seeds", list[Seed]) == [Seed(name="digits", title="Digits", description="Small")]


@pytest.mark.parametrize(
    ("status", "body", "kind", "sentence"),
    [
        (404, '{"code": "not-found", "message": "No such thing."}', NotFound, "No such thing."),
        (401, '{"code": "unauthorized", "message": "No session.", "hint": "Log in."}', Unauthorized, "No session. Log in."),
        (500, '{"code": "broken", "message": "The disk is full."}', Broken, "The disk is full."),
        (502, "<html>", Broken, "The server answered 502 Bad Gateway without saying why."),
    ],
)
def test_an_error_keeps_its_kind_and_sentence(status: int, body: str, kind: type[DeepForgeError], sentence: str) -> None:
    with api(status, body) as server, pytest.raises(kind) as raised:
        server.get("/api/projects", list[Seed])
    assert str(raised.value) == sentence


def test_a_refusal_keeps_its_marks() -> None:
    body = (
        '{"code": "plan", "message": "It cannot run.", "marks": [{"code": "DF201", "severity": "error", '
        '"message": "Not connected.", "where": {"record": "n1"}}]}'
    )
    with api(422, body) as server, pytest.raises(Refused) as raised:
        server.post("/api/projects/p/executions", list[Seed], {"pipeline": "p1"})
    assert raised.value.marks == (MARK,)


def test_a_server_that_is_gone_is_named() -> None:
    with Api(URL, "token") as server, pytest.raises(Broken, match=f"The server at {URL} does not answer"):
        server.get("/api/projects", list[Seed])
