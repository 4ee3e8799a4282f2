"""One open tab's place in a room: what it has still to be told, and who it is.

Commits come in the order of versions, none left out; presence is the newest of each client. A subscriber that does not
keep up with the commits is closed with a reason, so that it costs no more memory; it can come back and catch up.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Self

from msgspec import Struct

from deepforge.ids import ClientId
from deepforge.model.document import Version
from deepforge.model.live import Committed, Left, PeopleHere, Place, PresenceMoved
from deepforge.model.project import Person
from deepforge.model.records import Record

__all__ = ["SLOW", "CatchUp", "Subscription"]

SLOW = "slow"
"""The subscriber did not read what it was sent."""


class CatchUp(Struct, frozen=True, kw_only=True):
    """What a client needs to be up to date when it comes in: all records, or the versions that it missed."""

    epoch: str
    version: int
    people: tuple[PeopleHere, ...]
    records: tuple[Record, ...] | None = None
    missed: tuple[Version, ...] | None = None


class Subscription:
    """A context manager; leaving it leaves the room. `catch_up` is the state at the moment of coming in: what `committed`
    then gives follows it without a gap. `closed` is empty, or why nothing comes any more."""

    def __init__(
        self, client: ClientId, person: Person, catch_up: CatchUp, *, limit: int, on_leave: Callable[["Subscription"], None]
    ) -> None:
        self.client = client
        self.person = person
        self.catch_up = catch_up
        self.place = Place()
        self.closed = ""
        self._limit = limit
        self._on_leave = on_leave
        self._commits: deque[Committed] = deque()
        self._presence: dict[ClientId, PresenceMoved | Left] = {}
        self._commit_came = asyncio.Event()
        self._presence_came = asyncio.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._on_leave(self)

    async def committed(self) -> Committed | None:
        """The next commit, when there is one; None once the subscription is closed."""
        while not self._commits and not self.closed:
            self._commit_came.clear()
            await self._commit_came.wait()
        return None if self.closed == SLOW or not self._commits else self._commits.popleft()

    async def presence(self) -> tuple[PresenceMoved | Left, ...] | None:
        """The newest of everybody who came, moved or left since the last call; None once the subscription is closed."""
        while not self._presence and not self.closed:
            self._presence_came.clear()
            await self._presence_came.wait()
        if self.closed:
            return None
        news = tuple(self._presence.values())
        self._presence.clear()
        return news

    # What the room calls

    def tell(self, committed: Committed) -> None:
        """Add a commit, or close the subscription if too many wait."""
        if self.closed:
            return
        if len(self._commits) >= self._limit:
            self.close(SLOW)
            return
        self._commits.append(committed)
        self._commit_came.set()

    def tell_presence(self, news: PresenceMoved | Left) -> None:
        """Replace what was to be told of this client."""
        if not self.closed:
            self._presence.pop(news.client, None)
            self._presence[news.client] = news
            self._presence_came.set()

    def close(self, reason: str) -> None:
        """Nothing comes any more; commits that wait can still be read, unless they are too many."""
        if self.closed:
            return
        self.closed = reason
        if reason == SLOW:
            self._commits.clear()
        self._presence.clear()
        self._commit_came.set()
        self._presence_came.set()
