"""Browser sessions: login links that work once, cookies of which only hashes are stored, names that people choose."""

import hashlib
import hmac
import re
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from deepforge import __version__
from deepforge.errors import Busy, Invalid, Unauthorized
from deepforge.ids import PersonId, SessionId, new_id
from deepforge.model.project import SESSION_LIFE, Person, Session, SessionChange
from deepforge.server.caller import Caller, Kind
from deepforge.server.stores import SessionStore

__all__ = ["Sessions"]

_COLORS = ("#6a4fc9", "#00796b", "#c2185b", "#9a5b00")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_LINK_SECONDS = 12 * 3600.0
_LINKS = 100
_COOKIE_SECONDS = round(SESSION_LIFE.total_seconds())
_WINDOW = 10.0
_FAILURES = 10
_OWNER = Person(id=PersonId("owner"), name="Owner", color=_COLORS[0])
_HOST = Person(id=PersonId("worker"), name="Worker", color=_COLORS[0])


class Sessions:
    """Who may come in. `secure` when the browser sees https."""

    def __init__(self, store: SessionStore, *, url: str, port: int, secure: bool, token: str, worker_token: str) -> None:
        self._store = store
        self._url = url
        self._secure = secure
        self._tokens = {_hash(token): Kind.OWNER, _hash(worker_token): Kind.WORKER}
        self._links: dict[str, float] = {}
        self._failures: dict[str, deque[float]] = {}
        self._listeners: dict[SessionId, list[Callable[[Person | None], None]]] = {}
        self._guests = 0
        self.cookie_name = f"{'__Host-' if secure else ''}deepforge_{port}"

    def launch_url(self) -> str:
        """A login URL that works once, for some hours."""
        token = secrets.token_urlsafe(32)
        while len(self._links) >= _LINKS:
            del self._links[next(iter(self._links))]
        self._links[_hash(token)] = time.monotonic() + _LINK_SECONDS
        return f"{self._url}/?token={token}"

    async def log_in(self, token: str, *, source: str) -> tuple[str, Session]:
        """A new session for a launch token, and the secret of its cookie. Raises `Unauthorized`; `Busy` after many wrong ones.

        A right token is never throttled, so nobody can keep others out.
        """
        ends = self._links.pop(_hash(token), 0.0)
        if ends < time.monotonic():
            self._count_failure(source)
            raise Unauthorized("This login link has been used or is not valid.", hint="`deepforge start` prints a new one.")
        self._guests += 1
        person = Person(id=PersonId(new_id()), name=f"Guest {self._guests}", color=secrets.choice(_COLORS))
        secret = secrets.token_urlsafe(32)
        await self._store.create(SessionId(new_id()), _hash(secret), person)
        return secret, Session(person=person, named=False, version=__version__)

    def _count_failure(self, source: str) -> None:
        now = time.monotonic()
        if len(self._failures) > 1000:
            self._failures = {key: times for key, times in self._failures.items() if times[-1] > now - _WINDOW}
        times = self._failures.setdefault(source, deque(maxlen=_FAILURES))
        if len(times) == _FAILURES and times[0] > now - _WINDOW:
            raise Busy("Too many wrong logins.", code="throttled", hint="Wait some seconds.")
        times.append(now)

    async def by_cookie(self, secret: str) -> Caller | None:
        """The session of a cookie's secret."""
        found = await self._store.find(_hash(secret))
        if found is None:
            return None
        session, person, named = found
        return Caller(kind=Kind.SESSION, person=person, named=named, session=session)

    def by_token(self, token: str) -> Caller | None:
        """The program that has this bearer token."""
        given = _hash(token)
        for known, kind in self._tokens.items():
            if hmac.compare_digest(known, given):
                return Caller(kind=kind, person=_OWNER if kind is Kind.OWNER else _HOST)
        return None

    def describe(self, caller: Caller) -> Session:
        return Session(person=caller.person, named=caller.named, version=__version__)

    async def change(self, caller: Caller, change: SessionChange) -> Session:
        """Choose a name and a colour. Raises `Invalid`."""
        name = change.name.strip()
        if not 1 <= len(name) <= 60 or not name.isprintable():
            raise Invalid("A name has 1 to 60 printable characters.", where="name")
        if not _COLOR.fullmatch(change.color):
            raise Invalid('A colour looks like "#6a4fc9".', where="color")
        if caller.session is None:
            raise Invalid("Only a browser's session has a name to choose.")
        person = await self._store.rename(caller.session, name=name, color=change.color)
        self._tell(caller.session, person)
        return Session(person=person, named=True, version=__version__)

    async def end(self, caller: Caller) -> None:
        if caller.session is not None:
            await self._store.remove(caller.session)
            self._tell(caller.session, None)

    @contextmanager
    def listening(self, session: SessionId, listener: Callable[[Person | None], None]) -> Iterator[None]:
        """Hear of a session's new name (None: it has ended) while the block runs."""
        self._listeners.setdefault(session, []).append(listener)
        try:
            yield
        finally:
            self._listeners[session].remove(listener)
            if not self._listeners[session]:
                del self._listeners[session]

    def _tell(self, session: SessionId, person: Person | None) -> None:
        for listener in tuple(self._listeners.get(session, ())):
            listener(person)

    def cookie(self, secret: str) -> str:
        """The header that sets the session's cookie."""
        return f"{self.cookie_name}={secret}; Max-Age={_COOKIE_SECONDS}; {self._attributes()}"

    def no_cookie(self) -> str:
        """The header that removes it."""
        return f"{self.cookie_name}=; Max-Age=0; {self._attributes()}"

    def _attributes(self) -> str:
        return "Path=/; HttpOnly; SameSite=Strict" + ("; Secure" if self._secure else "")


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
