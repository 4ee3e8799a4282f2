"""Several clients edit one branch at once, over a room that restarts and a store that fails: all come to the same document.

Seeds that once failed stay in the list.
"""

import asyncio
import random

import pytest

from deepforge.document.apply import text_of
from deepforge.document.changes import ChangeSet
from deepforge.document.room import Room
from deepforge.document.subscription import Subscription
from deepforge.document.units import units
from deepforge.errors import Busy, Refused
from deepforge.ids import ClientId, PersonId, RecordId, TransactionId
from deepforge.model.document import Document, Patch, TextEdit, Transaction
from deepforge.model.live import Committed
from deepforge.model.project import Person
from deepforge.model.records import Module, Node, Operation, OperationRef, Pipeline, Record, Wire
from tests.document.replica import Replica
from tests.document.stores import BRANCH, PROJECT, FailingStore, new_store

ALPHABET = ["a", "b", "\n", "é", "中", "😀", "𝛼"]
TEXTS = ("m0", "m1", "op")


def start() -> Document:
    records: tuple[Record, ...] = (
        Pipeline(id=RecordId("p"), name="p"),
        Operation(id=RecordId("op"), name="op", code="x = '😀'\n"),
        *(Module(id=RecordId(id), name=id, code="") for id in TEXTS[:2]),
    )
    return Document(records={record.id: record for record in records})


class Client:
    """A tab: its copy, its connection, and the edits on their way."""

    def __init__(self, name: str, rng: random.Random) -> None:
        self.name = name
        self.rng = rng
        self.replica = Replica()
        self.person = Person(id=PersonId(name), name=name, color="#000000")
        self.subscription: Subscription | None = None
        self.sent: set[asyncio.Task[Committed]] = set()
        self.acknowledged: dict[TransactionId, int] = {}
        self.count = 0

    def connect(self, room: Room) -> None:
        version = self.replica.confirmed.version if self.replica.epoch else None
        self.subscription = room.join(ClientId(self.name), self.person, epoch=self.replica.epoch, version=version)
        self.replica.catch_up(self.subscription.catch_up)

    def disconnect(self) -> None:
        if self.subscription is not None:
            self.subscription.__exit__(None, None, None)
            self.subscription = None

    def edit(self) -> None:
        """One random gesture on what is shown; those that the rules refuse are not made."""
        self.count += 1
        id = TransactionId(f"{self.name}-{self.count}")
        try:
            self.replica.edit(self._gesture(id, self.replica.shown.records))
        except Refused:
            return

    def _gesture(self, id: TransactionId, records: dict[RecordId, Record]) -> Transaction:
        rng = self.rng
        nodes = [record for record in records.values() if isinstance(record, Node)]
        match rng.choice(["text", "text", "text", "both", "node", "wire", "patch", "remove", "replace"]):
            case "node" | "wire" | "patch" | "remove" if len(nodes) < 3:
                node = Node(id=RecordId(id), pipeline=RecordId("p"), target=OperationRef(operation=RecordId("op")))
                return Transaction(id=id, label="Add", put=(node,))
            case "wire":
                one, two = rng.sample(nodes, 2)
                pipeline = RecordId("p")
                wire = Wire(id=RecordId(id), pipeline=pipeline, source=one.id, output="a", target=two.id, input=rng.choice("bc"))
                return Transaction(id=id, label="Connect", put=(wire,))
            case "patch":
                fields = {"attributes": {rng.choice("xy"): rng.random()}, "name": rng.choice(ALPHABET)}
                return Transaction(id=id, label="Set", patch=(Patch(id=rng.choice(nodes).id, fields=fields),))
            case "remove":
                node = rng.choice(nodes)
                wires = [one.id for one in records.values() if isinstance(one, Wire) and node.id in (one.source, one.target)]
                return Transaction(id=id, label="Remove", remove=(node.id, *wires))
            case "replace":
                record = RecordId(rng.choice(TEXTS[:2]))
                if record in records:
                    return Transaction(id=id, label="Remove", remove=(record,))
                return Transaction(id=id, label="Add", put=(Module(id=record, name=str(record), code="back😀"),))
            case "both":
                name = f"n{rng.randrange(1000)}"
                typed = self._typed(records)
                return Transaction(id=id, label="Both", text=typed, patch=(Patch(id=RecordId("p"), fields={"name": name}),))
            case _:
                return Transaction(id=id, label="Type", text=self._typed(records))

    def _typed(self, records: dict[RecordId, Record]) -> tuple[TextEdit, ...]:
        record = RecordId(self.rng.choice(TEXTS))
        if record not in records:
            return ()
        text = text_of(records[record]) or ""
        a, b = sorted(self.rng.randint(0, len(text)) for _ in range(2))
        b = a if self.rng.random() < 0.6 else b
        insert = "".join(self.rng.choice(ALPHABET) for _ in range(self.rng.randint(0, 4)))
        changes = ChangeSet.replace(text, [(units(text[:a]), units(text[:b]), insert)])
        return (TextEdit(id=record, changes=changes.json()),)

    def send(self, room: Room, *, again: bool = False) -> None:
        """Send the head, if nothing is on its way (or nevertheless: a resend)."""
        head = self.replica.head()
        if head is not None and self.subscription is not None and (again or not self.sent):
            client = ClientId(self.name)
            self.sent.add(asyncio.create_task(room.edit(head, client=client, author=self.person), name=head.transaction.id))

    async def receive(self, most: int) -> None:
        """Take commits that have come, in order, then the answers that have come."""
        while most and self.subscription is not None:
            waiting = asyncio.create_task(self.subscription.committed())
            await asyncio.sleep(0)
            if not waiting.done():
                waiting.cancel()
                break
            committed = waiting.result()
            if committed is None:
                self.disconnect()
                break
            self.replica.committed(committed)
            most -= 1
        for task in [task for task in self.sent if task.done()]:
            self.sent.discard(task)
            self._answered(task)

    def _answered(self, task: asyncio.Task[Committed]) -> None:
        id = TransactionId(task.get_name())
        try:
            answer = task.result()
        except Busy:
            return  # it stays pending and is sent again
        except Refused:
            if id not in self.acknowledged:
                self.replica.refused(id)
            return
        assert self.acknowledged.setdefault(id, answer.version) == answer.version
        if answer.repeated and self.replica.confirmed.version >= answer.version:
            self.replica.committed(answer)


class World:
    """The clients, the room of this moment, and the store under it."""

    def __init__(self, seed: int, store: FailingStore) -> None:
        self.rng = random.Random(seed)
        self.store = store
        self.clients = [Client(f"c{n}", random.Random(seed * 10 + n)) for n in range(4)]
        self.room = self._new_room()

    def _new_room(self) -> Room:
        return Room(self.store, PROJECT, BRANCH, snapshot_every=7, queue_limit=12)

    async def restart(self) -> None:
        await self.room.__aexit__(None, None, None)
        for client in self.clients:
            client.disconnect()
        self.room = await self._new_room().__aenter__()

    async def act(self) -> None:
        client = self.rng.choice(self.clients)
        roll = self.rng.random()
        if client.subscription is None or client.subscription.closed:
            if roll < 0.3:
                client.connect(self.room)
            elif roll < 0.6:
                client.edit()
        elif roll < 0.35:
            client.edit()
        elif roll < 0.6:
            client.send(self.room)
        elif roll < 0.65:
            client.send(self.room, again=True)
        elif roll < 0.95:
            await client.receive(self.rng.randint(1, 5))
        elif roll < 0.98:
            client.disconnect()
        elif roll < 0.99:
            self.store.fail = self.rng.choice(["", "before", "after"])
        else:
            await self.restart()
        if self.rng.random() < 0.05:
            self.store.fail = ""
        for _ in range(self.rng.randint(0, 3)):
            await asyncio.sleep(0)

    async def settle(self) -> None:
        """The store works again, everybody comes back and sends what is left."""
        self.store.fail = ""
        for _ in range(1_000):
            for client in self.clients:
                if client.subscription is None or client.subscription.closed:
                    client.connect(self.room)
                client.send(self.room)
                await asyncio.gather(*client.sent, return_exceptions=True)
                await client.receive(1_000)
            if not any(client.replica.pending or client.sent for client in self.clients):
                break
        for client in self.clients:
            await client.receive(1_000)


@pytest.mark.parametrize("seed", range(40))
async def test_all_replicas_come_to_one_document(seed: int) -> None:
    store = await new_store(start())
    world = World(seed, store)
    await world.room.__aenter__()
    for _ in range(400):
        await world.act()
    await world.settle()
    final = world.room.document
    await world.room.__aexit__(None, None, None)
    assert [client.replica.pending for client in world.clients] == [[]] * 4
    assert [client.replica.confirmed for client in world.clients] == [final] * 4
    log = await store.since(PROJECT, BRANCH, 0)
    assert [version.version for version in log] == list(range(1, final.version + 1))
    by_transaction = {version.transaction: version.version for version in log}
    assert len(by_transaction) == len(log), "no transaction is committed twice"
    acknowledged = {id: version for client in world.clients for id, version in client.acknowledged.items()}
    assert acknowledged.items() <= by_transaction.items(), "what was acknowledged is there"
    assert len(log) > 40
    assert (await store.load(PROJECT, BRANCH)).document == final
