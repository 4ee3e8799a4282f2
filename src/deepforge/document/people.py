"""Who is in a room, and where: kept in memory, never stored. Identity comes from the caller, which has it from the session."""

from deepforge.document.subscription import SLOW, CatchUp, Subscription
from deepforge.errors import Conflict
from deepforge.ids import ClientId
from deepforge.model.live import Committed, Left, PeopleHere, Place, PresenceMoved
from deepforge.model.project import Person

__all__ = ["People"]


class People:
    """The subscriptions of one room, one for each open tab. `queue_limit` is how many commits may wait for a slow one."""

    def __init__(self, queue_limit: int) -> None:
        self._queue_limit = queue_limit
        self._here: dict[ClientId, Subscription] = {}

    def __len__(self) -> int:
        return len(self._here)

    def here(self) -> tuple[PeopleHere, ...]:
        """Everybody, in the order of coming."""
        return tuple(PeopleHere(client=one.client, person=one.person, place=one.place) for one in self._here.values())

    def check(self, client: ClientId, person: Person) -> None:
        """Raises `Conflict` if the client's id is in use by somebody else."""
        there = self._here.get(client)
        if there is not None and there.person.id != person.id:
            raise Conflict("Another person's tab has this client id.", code="client-taken", hint="Reload the page.", where=client)

    def add(self, client: ClientId, person: Person, catch_up: CatchUp) -> Subscription:
        """Let a tab in; one of the same id (a connection that is dead without knowing) is closed."""
        there = self._here.pop(client, None)
        subscription = Subscription(client, person, catch_up, limit=self._queue_limit, on_leave=self._leave)
        if there is not None:
            there.close("replaced")
            subscription.place = there.place
        self._here[client] = subscription
        self._tell_others(client, PresenceMoved(client=client, person=person, place=subscription.place))
        return subscription

    def move(self, subscription: Subscription, place: Place) -> None:
        """The tab is elsewhere now."""
        if self._here.get(subscription.client) is subscription:
            subscription.place = place
            self._tell_others(
                subscription.client, PresenceMoved(client=subscription.client, person=subscription.person, place=place)
            )

    def tell(self, committed: Committed) -> None:
        """Give a commit to everybody; who is too slow is out."""
        for one in list(self._here.values()):
            one.tell(committed)
            if one.closed == SLOW:
                self._leave(one)

    def close(self, reason: str) -> None:
        """Nobody is told anything any more."""
        for one in self._here.values():
            one.close(reason)
        self._here.clear()

    def _leave(self, subscription: Subscription) -> None:
        subscription.close("left")
        if self._here.get(subscription.client) is subscription:
            del self._here[subscription.client]
            self._tell_others(subscription.client, Left(client=subscription.client))

    def _tell_others(self, client: ClientId, news: PresenceMoved | Left) -> None:
        for one in self._here.values():
            if one.client != client:
                one.tell_presence(news)
