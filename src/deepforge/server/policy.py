"""Who may call what: one literal row for each route. A route without a row keeps the server from starting.

`SESSION` stands for a browser session or the machine's owner (the token of `server.json`). What a row does not name is denied.
"""

import re
from collections.abc import Iterable
from enum import StrEnum

from litestar.routes import BaseRoute, HTTPRoute, WebSocketRoute
from msgspec import Struct

from deepforge.errors import Broken

__all__ = ["POLICY", "WEBSOCKET", "Access", "Body", "Route", "Table", "check_table"]

WEBSOCKET = "WEBSOCKET"


class Access(StrEnum):
    PUBLIC = "public"
    SESSION = "session"
    OWNER = "owner"
    WORKER = "worker"


class Body(StrEnum):
    """What a request may carry: nothing, JSON that is read and checked before anything else sees it, or a stream of bytes."""

    NONE = "none"
    JSON = "json"
    STREAM = "stream"


_P, _S, _O, _W = Access.PUBLIC, Access.SESSION, Access.OWNER, Access.WORKER
_NONE, _JSON, _STREAM = Body.NONE, Body.JSON, Body.STREAM
_BRANCH = "/api/projects/{project}/branches/{branch}"
_EXECUTION = "/api/executions/{execution}"
_JOB = "/api/jobs/{job}"

POLICY: dict[tuple[str, str], tuple[Access, Body]] = {
    ("GET", "/healthz"): (_P, _NONE),
    ("GET", "/"): (_P, _NONE),
    ("GET", "/{path}"): (_P, _NONE),
    ("POST", "/api/session"): (_P, _JSON),
    ("GET", "/api/session"): (_S, _NONE),
    ("PATCH", "/api/session"): (_S, _JSON),
    ("DELETE", "/api/session"): (_S, _NONE),
    ("POST", "/api/launch"): (_O, _JSON),
    ("GET", "/api/seeds"): (_S, _NONE),
    ("GET", "/api/projects"): (_S, _NONE),
    ("POST", "/api/projects"): (_S, _JSON),
    ("GET", "/api/projects/{project}"): (_S, _NONE),
    ("PATCH", "/api/projects/{project}"): (_S, _JSON),
    ("DELETE", "/api/projects/{project}"): (_S, _NONE),
    ("GET", "/api/projects/{project}/branches"): (_S, _NONE),
    ("GET", f"{_BRANCH}/document"): (_S, _NONE),
    ("GET", f"{_BRANCH}/versions"): (_S, _NONE),
    ("POST", f"{_BRANCH}/transactions"): (_S, _JSON),
    ("GET", f"{_BRANCH}/analysis"): (_S, _NONE),
    ("GET", "/api/projects/{project}/executions"): (_S, _NONE),
    ("POST", "/api/projects/{project}/executions"): (_S, _JSON),
    ("GET", _EXECUTION): (_S, _NONE),
    ("PATCH", _EXECUTION): (_S, _JSON),
    ("DELETE", _EXECUTION): (_S, _NONE),
    ("GET", f"{_EXECUTION}/snapshot"): (_S, _NONE),
    ("POST", f"{_EXECUTION}/stop"): (_S, _JSON),
    ("POST", f"{_EXECUTION}/restart"): (_S, _JSON),
    ("GET", _JOB): (_S, _NONE),
    ("GET", f"{_JOB}/log"): (_S, _NONE),
    ("GET", f"{_JOB}/log.txt"): (_S, _NONE),
    ("GET", f"{_JOB}/feedback"): (_S, _NONE),
    ("GET", f"{_JOB}/lines/{{line}}"): (_S, _NONE),
    ("GET", f"{_JOB}/images/{{image}}"): (_S, _NONE),
    ("GET", f"{_JOB}/code"): (_S, _NONE),
    ("GET", "/api/projects/{project}/artifacts"): (_S, _NONE),
    ("PUT", "/api/projects/{project}/artifacts"): (_S, _STREAM),
    ("GET", "/api/artifacts/{artifact}"): (_S, _NONE),
    ("PATCH", "/api/artifacts/{artifact}"): (_S, _JSON),
    ("DELETE", "/api/artifacts/{artifact}"): (_S, _NONE),
    ("GET", "/api/artifacts/{artifact}/content"): (_S, _NONE),
    ("GET", "/api/catalogue"): (_S, _NONE),
    ("GET", "/api/workers"): (_S, _NONE),
    ("GET", "/api/blobs/{blob}"): (_W, _NONE),
    ("PUT", "/api/blobs/{blob}"): (_W, _STREAM),
    (WEBSOCKET, "/api/projects/{project}/live"): (_S, _NONE),
    (WEBSOCKET, "/api/workers/live"): (_W, _NONE),
}

_PARAMETER = {
    "branch": r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}",
    "blob": r"[0-9a-f]{64}",
    "line": r"[0-9]{1,9}",
    "image": r"[0-9]{1,9}",
}
_ID = r"[A-Za-z0-9_-]{1,64}"
# The client's own paths and files: plain segments, never the interface's, never a hidden file or a step up.
_PAGE = r"(?!/+[aA][pP][iI](?:/|$))(?:/[A-Za-z0-9_~-][A-Za-z0-9_~.-]{0,199}){1,8}"


class Route(Struct, frozen=True, kw_only=True):
    """A path's template and what each method needs."""

    template: str
    methods: dict[str, tuple[Access, Body]]


class Table:
    """Finds the row of a request: by the whole path, exactly, as the router matches it."""

    def __init__(self, policy: dict[tuple[str, str], tuple[Access, Body]]) -> None:
        templates = sorted({template for _, template in policy}, key=lambda template: ("{" in template, template))
        self._routes = [
            (
                re.compile(_pattern(template)),
                Route(template=template, methods={method: row for (method, path), row in policy.items() if path == template}),
            )
            for template in templates
        ]

    def find(self, path: str) -> Route | None:
        return next((route for pattern, route in self._routes if pattern.fullmatch(path)), None)


def _pattern(template: str) -> str:
    if template == "/{path}":
        return _PAGE
    parts = re.split(r"\{(\w+)\}", template)
    return "".join(re.escape(part) if index % 2 == 0 else _PARAMETER.get(part, _ID) for index, part in enumerate(parts))


def check_table(routes: Iterable[BaseRoute]) -> None:
    """Raises `Broken` unless the policy has exactly one row for each route of the application."""
    found: set[tuple[str, str]] = set()
    for route in routes:
        if isinstance(route, HTTPRoute):
            found |= {(method, route.path_format) for method in route.methods if method != "OPTIONS"}
        elif isinstance(route, WebSocketRoute):
            found.add((WEBSOCKET, route.path_format))
        else:
            found.add(("ASGI", route.path_format))
    if wrong := found ^ set(POLICY):
        names = ", ".join(f"{method} {path}" for method, path in sorted(wrong))
        raise Broken(f"The policy and the routes do not agree about: {names}.", code="policy")
