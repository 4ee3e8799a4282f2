"""The room of one open branch: it orders edits, has them stored, and only then tells everybody.

One task owns the document. It takes the edits that have arrived together, applies them one after another, appends them
to the store in one go (durable), and then publishes and acknowledges. If the store fails, nothing is acknowledged and the
document is as before; since the store may have kept them all the same, the room reads what it has before going on.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from msgspec.structs import replace

from deepforge.document.apply import apply
from deepforge.document.log import RecentVersions
from deepforge.document.people import People
from deepforge.document.rebase import effort, rebase
from deepforge.document.stores import DocumentStore
from deepforge.document.subscription import CatchUp, Subscription
from deepforge.document.units import refuse_change
from deepforge.errors import Busy, Conflict, DeepForgeError
from deepforge.ids import BranchName, ClientId, ProjectId
from deepforge.model.document import Diff, Document, Version, replay
from deepforge.model.live import Committed, Edit, PeopleHere, Place
from deepforge.model.project import Person

__all__ = ["Room"]

GROUP = 256
"""Edits that are stored together at most."""
FURTHEST = 20_000
"""Versions over which a stale change of text is carried at most."""
IN_LOOP = 5_000
"""Sections of change sets up to which a change of text is carried over others at once (about 10 ms), not in a thread."""
KEPT = 1_000
"""Versions that are kept in memory, for those who come back."""

logger = logging.getLogger(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class _Request:
    """An edit that waits, and the future that its sender waits for."""

    def __init__(self, edit: Edit, client: ClientId, author: Person) -> None:
        self.edit = edit
        self.client = client
        self.author = author
        self.answer: asyncio.Future[Committed] = asyncio.get_running_loop().create_future()

    def resolve(self, outcome: Committed | Exception) -> None:
        if self.answer.done():
            return  # the sender has gone
        if isinstance(outcome, Exception):
            self.answer.set_exception(outcome)
        else:
            self.answer.set_result(outcome)


class Room:
    """An async context manager. `snapshot_every` versions the whole document is stored; a subscriber for whom more than
    `queue_limit` commits wait is dropped. `on_commit` hears of every commit, whoever made it; it must not wait or raise."""

    def __init__(
        self,
        store: DocumentStore,
        project: ProjectId,
        branch: BranchName,
        *,
        now: Callable[[], datetime] = _utc_now,
        snapshot_every: int = 500,
        queue_limit: int = 1_000,
        on_commit: Callable[[Committed], None] | None = None,
    ) -> None:
        self.project = project
        self.branch = branch
        self.epoch = ""
        self._store = store
        self._now = now
        self._on_commit = on_commit
        self._snapshot_every = snapshot_every
        self._snapshot_at = 0
        self._document = Document()
        self._recent = RecentVersions(KEPT)
        self._people = People(queue_limit)
        self._requests: asyncio.Queue[_Request | None] = asyncio.Queue()
        self._unsure = False  # whether the store may have more than we know
        self._open = False
        self._owner: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        stored = await self._store.load(self.project, self.branch)
        self.epoch = stored.epoch
        self._document = stored.document
        for version in await self._store.since(self.project, self.branch, max(0, self.version - KEPT)):
            if version.version <= self.version:
                self._recent.add(version)
        self._snapshot_at = self.version
        self._open = True
        self._owner = asyncio.create_task(self._run(), name=f"room {self.project} {self.branch}")
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Edits that wait are still stored and acknowledged."""
        self._open = False
        self._requests.put_nowait(None)
        if self._owner is not None:
            await self._owner
        self._people.close("closed")

    @property
    def document(self) -> Document:
        """The newest durable document."""
        return self._document

    @property
    def version(self) -> int:
        """Of the newest durable document."""
        return self._document.version

    @property
    def people(self) -> tuple[PeopleHere, ...]:
        """Who is here, and where."""
        return self._people.here()

    async def edit(self, edit: Edit, *, client: ClientId, author: Person) -> Committed:
        """Commit a transaction; returns when it is durable, and subscribers are told of it beside (its author too).

        `repeated` is true if it had been committed before: then subscribers are told nothing. Raises `Refused` when a rule
        forbids it, `Conflict` when its base is ahead of the document, `Busy` when it could not be stored.
        """
        if self._recent.find(edit.transaction.id) is None:
            stored = await self._store.find(self.project, self.branch, edit.transaction.id)
            if stored is not None and stored.version <= self.version:
                return _committed(stored, client, repeated=True)
        if not self._open:
            raise _closing()
        request = _Request(edit, client, author)
        self._requests.put_nowait(request)
        return await request.answer

    def join(self, client: ClientId, person: Person, *, epoch: str | None = None, version: int | None = None) -> Subscription:
        """Come in, with what the client has of the document. Raises `Conflict` if the client's id is
        somebody else's, `Busy` if the room is closing."""
        if not self._open:
            raise _closing()
        self._people.check(client, person)
        missed = self.since(version) if version is not None and epoch == self.epoch else None
        others = tuple(one for one in self._people.here() if one.client != client)
        catch_up = CatchUp(
            epoch=self.epoch,
            version=self.version,
            people=others,
            records=tuple(self._document.records.values()) if missed is None else None,
            missed=missed,
        )
        return self._people.add(client, person, catch_up)

    def move(self, subscription: Subscription, place: Place) -> None:
        """The client is elsewhere; the others are told, the newest place only."""
        self._people.move(subscription, place)

    def since(self, version: int) -> tuple[Version, ...] | None:
        """All versions after this one; None if they are too many to be at hand, or it is ahead of the document."""
        return self._recent.since(version, newest=self.version)

    # The owner's task

    async def _run(self) -> None:
        """Commit group after group until the room closes."""
        going = True
        while going:
            first = await self._requests.get()
            group = [first]
            while len(group) < GROUP and not self._requests.empty():
                group.append(self._requests.get_nowait())
            requests = [request for request in group if request is not None]
            going = len(requests) == len(group)
            try:
                await self._commit(requests)
            except Exception as error:  # the top of the loop: whatever the store raises, the room goes on
                logger.error("Edits of %s %s were not stored.", self.project, self.branch, exc_info=error)
                self._unsure = True
                for request in requests:
                    request.resolve(_not_stored(error))

    async def _commit(self, requests: list[_Request]) -> None:
        """Apply, store, publish, acknowledge: in this order."""
        if self._unsure:
            await self._catch_up_with_store()
        document = self._document
        made: dict[str, Committed] = {}
        versions: list[Version] = []
        outcomes: list[Committed | Exception] = []
        for request in requests:
            known = made.get(request.edit.transaction.id) or await self._known(request)
            if known is not None:
                outcomes.append(replace(known, repeated=True, client=request.client))
                continue
            try:
                document, version = await self._apply(document, request, versions)
            except DeepForgeError as refused:
                outcomes.append(refused)
                continue
            except Exception as error:  # the top of the loop over edits: one that is strange does not hold up the others
                logger.error("An edit of %s %s failed.", self.project, self.branch, exc_info=error)
                outcomes.append(_failed())
                continue
            committed = _committed(version, request.client)
            versions.append(version)
            made[version.transaction] = committed
            outcomes.append(committed)
        if versions:
            await self._store.append(self.project, self.branch, versions)
            self._publish(document, versions, list(made.values()))
        for request, outcome in zip(requests, outcomes, strict=True):
            request.resolve(outcome)
        await self._snapshot_if_due()

    async def _apply(self, document: Document, request: _Request, versions: list[Version]) -> tuple[Document, Version]:
        transaction = request.edit.transaction
        if request.edit.base > document.version:
            raise Conflict(
                f"The edit was made on version {request.edit.base}, but the project is at {document.version}.",
                code="base-ahead",
                hint="Reload the page; the project may have been restored from a backup.",
            )
        if transaction.text:
            missed = await self._missed(request.edit.base, versions)
            if effort(transaction, missed) > IN_LOOP:
                transaction = await asyncio.to_thread(rebase, transaction, missed)
            else:
                transaction = rebase(transaction, missed)
        document, diff = apply(document, transaction)
        version = Version(
            version=document.version,
            transaction=transaction.id,
            label=transaction.label,
            author=request.author.id,
            author_name=request.author.name,
            time=self._now(),
            diff=diff,
        )
        return document, version

    async def _missed(self, base: int, versions: list[Version]) -> list[Diff]:
        """The diffs after `base`: those that are stored, and those of this group."""
        stored = self.since(base) if base < self.version else ()
        if stored is None and self.version - base > FURTHEST:
            raise refuse_change(f"The text was changed on version {base}, which is too long ago.")
        if stored is None:
            stored = tuple(await self._store.since(self.project, self.branch, base))
        return [version.diff for version in (*stored, *versions) if version.version > base]

    async def _known(self, request: _Request) -> Committed | None:
        id = request.edit.transaction.id
        version = self._recent.find(id)
        if version is None and self._recent.knows(id):
            version = await self._store.find(self.project, self.branch, id)
        return None if version is None else _committed(version, request.client)

    def _publish(self, document: Document, versions: list[Version], commits: list[Committed]) -> None:
        self._document = document
        for version in versions:
            self._recent.add(version)
        for committed in commits:
            self._people.tell(committed)
            if self._on_commit is not None:
                self._on_commit(committed)

    async def _catch_up_with_store(self) -> None:
        """Take over what the store kept of a group that it did not confirm."""
        for version in await self._store.since(self.project, self.branch, self.version):
            self._publish(replay(self._document, [version.diff]), [version], [_committed(version, ClientId(""))])
        self._unsure = False

    async def _snapshot_if_due(self) -> None:
        if self.version // self._snapshot_every == self._snapshot_at // self._snapshot_every:
            return
        self._snapshot_at = self.version  # a snapshot that fails is made good by the next
        try:
            await self._store.snapshot(self.project, self.branch, self._document)
        except Exception as error:  # the log has everything; the edits above are acknowledged already
            logger.error("No snapshot of %s %s was stored.", self.project, self.branch, exc_info=error)


def _committed(version: Version, client: ClientId, *, repeated: bool = False) -> Committed:
    return Committed(
        version=version.version,
        transaction=version.transaction,
        client=client,
        author=version.author,
        author_name=version.author_name,
        label=version.label,
        time=version.time,
        diff=version.diff,
        repeated=repeated,
    )


def _closing() -> Busy:
    return Busy("The project is being closed.", hint="Try again in a moment.")


def _not_stored(error: Exception) -> DeepForgeError:
    if isinstance(error, DeepForgeError) and not isinstance(error, Conflict):
        return error
    return Busy("It is not known whether the edit was stored.", hint="Send it again; see the server's log if it goes on.")


def _failed() -> DeepForgeError:
    """A final answer: sent again it would fail again."""
    return refuse_change("The edit failed in the server, and nothing of it was kept.", hint="See the server's log.")
