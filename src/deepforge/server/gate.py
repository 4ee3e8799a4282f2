"""The one gate: every HTTP request and every WebSocket handshake passes here first, and is denied unless a rule lets it in.

Pure ASGI, around the whole application, so that no kind of connection goes past it. It decides on the row of the matched route
(`policy.py`), never on a part of the path's text; `same_route` then makes sure, inside, that the router matched the same one.
"""

import asyncio
from collections.abc import Iterable

import msgspec

from deepforge.errors import TooLarge
from deepforge.server.answers import send_error
from deepforge.server.asgi import App, Message, Receive, Scope, Send
from deepforge.server.caller import Caller, Kind
from deepforge.server.policy import POLICY, WEBSOCKET, Access, Body, Table
from deepforge.server.sessions import Sessions

__all__ = ["CALLER", "Gate", "same_route"]

CALLER = "deepforge.caller"
_ROUTE = "deepforge.route"
_SAFE = ("GET", "HEAD", "OPTIONS")
_LITTLE = 64 * 1024
_BODY_SECONDS = 60.0
_HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        b"worker-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        b"frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)


class Denied(Exception):
    """The request goes no further."""

    def __init__(self, status: int, message: str, hint: str = "", *, code: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint


class Gate:
    """`hosts` are the values of Host that are ours ("127.0.0.1:8888"), `origins` those of Origin ("http://127.0.0.1:8888")."""

    def __init__(
        self,
        app: App,
        sessions: Sessions,
        *,
        hosts: Iterable[str],
        origins: Iterable[str],
        max_body: int,
        max_upload: int,
    ) -> None:
        self._app = app
        self._sessions = sessions
        self._hosts = frozenset(hosts)
        self._origins = frozenset(origins)
        self._limits = {Body.NONE: _LITTLE, Body.JSON: max_body, Body.STREAM: max_upload}
        self._table = Table(POLICY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            headers = _headers(scope)
            body = await self._admit(scope, headers, scope["method"])
            receive = await self._body(headers, receive, body)
        except Denied as denied:
            await send_error(send, denied.status, denied.code, denied.message, denied.hint)
            return
        except ConnectionAbortedError:
            return
        await self._app(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        try:
            await self._admit(scope, _headers(scope), WEBSOCKET)
        except Denied as denied:
            if denied.code == "no-session":
                # A browser retries for ever what is refused before it is accepted; this code tells it to stop.
                await send({"type": "websocket.accept", "subprotocol": None, "headers": []})
                await send({"type": "websocket.close", "code": 4401, "reason": "no session"})
            else:
                await send({"type": "websocket.close", "code": 4403, "reason": denied.code})
            return
        await self._app(scope, _first({"type": "websocket.connect"}, receive), send)

    async def _admit(self, scope: Scope, headers: dict[str, list[str]], method: str) -> Body:
        """Every rule on what comes before the body. Raises `Denied`; the caller is in the scope then."""
        self._check_host(headers)
        self._check_path(scope)
        route = self._table.find(scope["path"])
        row = route.methods.get(method) if route else None
        origin = self._check_origin(headers, method, row)
        caller = await self._caller(headers)
        if route is None or row is None:
            raise _unknown(scope["path"], caller, known=route is not None)
        access, body = row
        _check_access(access, caller, method)
        if method not in _SAFE and not origin and (caller is None or caller.kind is Kind.SESSION):
            raise Denied(
                403, "This request does not say where it comes from.", "Browsers do; programs use a token.", code="origin"
            )
        scope[_ROUTE] = route.template
        scope[CALLER] = caller
        return body

    def _check_host(self, headers: dict[str, list[str]]) -> None:
        hosts = headers.get("host", [])
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            raise Denied(421, "This server does not answer to that name.", "Use the address that it printed.", code="host")

    @staticmethod
    def _check_path(scope: Scope) -> None:
        raw = scope.get("raw_path") or b""
        if raw.decode("latin-1") != scope["path"] and raw:  # nothing of ours is ever written with per cent signs
            raise Denied(404, "There is no such page.", code="not-found")

    def _check_origin(self, headers: dict[str, list[str]], method: str, row: tuple[Access, Body] | None) -> bool:
        """Whether the request says that it comes from our own pages. Raises `Denied` if it says that it comes from others."""
        origins = headers.get("origin", [])
        if method not in _SAFE and origins and (len(origins) > 1 or origins[0] not in self._origins):
            raise Denied(403, "This request comes from another page.", code="origin")
        site = headers.get("sec-fetch-site", ["none"])
        public = row is not None and row[0] is Access.PUBLIC and method in _SAFE
        if not public and any(one not in ("same-origin", "none") for one in site):
            raise Denied(403, "This request comes from another page.", code="origin")
        return bool(origins)

    async def _caller(self, headers: dict[str, list[str]]) -> Caller | None:
        if given := headers.get("authorization"):
            scheme, _, token = given[0].partition(" ")
            return self._sessions.by_token(token.strip()) if len(given) == 1 and scheme.lower() == "bearer" else None
        secrets = _cookies(headers.get("cookie", []), self._sessions.cookie_name)
        return await self._sessions.by_cookie(secrets[0]) if len(secrets) == 1 else None

    async def _body(self, headers: dict[str, list[str]], receive: Receive, body: Body) -> Receive:
        """A `receive` that gives no more than the limit, and JSON only after a look at it. Raises `Denied`."""
        limit = self._limits[body]
        length = headers.get("content-length", ["0"])[0]
        if not length.isascii() or not length.isdigit() or int(length) > limit:
            raise Denied(413, f"The body is larger than {limit} bytes.", code="too-large")
        if body is not Body.JSON:
            return _limited(receive, limit)
        kinds = headers.get("content-type", [])
        carries = length != "0" or "transfer-encoding" in headers
        if (carries or kinds) and [kind.partition(";")[0].strip().lower() for kind in kinds] != ["application/json"]:
            raise Denied(415, "Send application/json.", code="wrong-type")
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                data = await _read(receive, limit)
        except TimeoutError:
            raise Denied(408, "The body did not arrive in time.", code="too-slow") from None
        _check_json(data)
        return _first({"type": "http.request", "body": data, "more_body": False}, receive)


def _unknown(path: str, caller: Caller | None, *, known: bool) -> Denied:
    """The answer where no row is: strangers are not told what there is."""
    if caller is None and path.lower().startswith("/api"):
        return Denied(401, "Log in first.", "`deepforge start` prints a login link.", code="unauthorized")
    if known:
        return Denied(405, "This cannot be done here.", code="method-not-allowed")
    return Denied(404, "There is no such page.", code="not-found")


def _check_access(access: Access, caller: Caller | None, method: str) -> None:
    if access is Access.PUBLIC:
        return
    if caller is None:
        code = "no-session" if method == WEBSOCKET and access is Access.SESSION else "unauthorized"
        raise Denied(401, "Log in first.", "`deepforge start` prints a login link.", code=code)
    allowed = {Access.SESSION: (Kind.SESSION, Kind.OWNER), Access.OWNER: (Kind.OWNER,), Access.WORKER: (Kind.WORKER,)}
    if caller.kind not in allowed[access]:
        raise Denied(403, "This is not for you.", code="forbidden")


def _check_json(data: bytes) -> None:
    """Whether it is JSON at all: too deep, no UTF-8, half a surrogate pair, NaN or endless digits are not."""
    if not data:
        return
    try:
        msgspec.json.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise Denied(400, "The body is not JSON.", code="invalid") from None


def _headers(scope: Scope) -> dict[str, list[str]]:
    headers: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return headers


def _cookies(headers: list[str], name: str) -> list[str]:
    pairs = (part.strip().partition("=") for header in headers for part in header.split(";"))
    return [value for key, _, value in pairs if key == name]


def _with_headers(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", []))
            there = {name.lower() for name, _ in headers}
            message["headers"] = headers + [pair for pair in _HEADERS if pair[0] not in there]
        await send(message)

    return with_headers


def _limited(receive: Receive, limit: int) -> Receive:
    """Raises `TooLarge` in the handler that reads on past the limit."""
    seen = 0

    async def limited() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > limit:
                raise TooLarge(f"The body is larger than {limit} bytes.")
        return message

    return limited


async def _read(receive: Receive, limit: int) -> bytes:
    data = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ConnectionAbortedError
        data += message.get("body", b"")
        if len(data) > limit:
            raise Denied(413, f"The body is larger than {limit} bytes.", code="too-large")
        if not message.get("more_body", False):
            return bytes(data)


def _first(message: Message, receive: Receive) -> Receive:
    """A `receive` that gives again what the gate has taken, then what follows."""
    given = False

    async def first() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return message

    return first


def same_route(app: App) -> App:
    """Inside the router: refuse a request for which it matched another route than the gate did, or that came past the gate."""

    async def checked(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and scope.get(_ROUTE) != scope.get("path_template"):
            raise PermissionError(f"{scope.get('path_template')} was reached past the gate")
        await app(scope, receive, send)

    return checked
