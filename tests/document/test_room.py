"""The room: order, durable before told, groups, idempotence, catching up, presence."""

import asyncio
import itertools
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deepforge.document.rebase import rebase
from deepforge.document.room import Room
from deepforge.document.subscription import SLOW
from deepforge.errors import Busy, Conflict, DeepForgeError, Refused
from deepforge.ids import ClientId, PersonId, RecordId, TransactionId
from deepforge.model.document import Change, Diff, Document, Patch, TextChange, TextEdit, Transaction, Version
from deepforge.model.live import Committed, Edit, Left, PeopleHere, Place, PresenceMoved
from deepforge.model.project import Person
from deepforge.model.records import Module, Pipeline, Record
from tests.document.stores import BRANCH, PROJECT, FailingStore, new_store

ADA, BOB = (Person(id=PersonId(name.lower()), name=name, color="#6a4fc9") for name in ("Ada", "Bob"))
ONE, TWO = ClientId("one"), ClientId("two")
START = datetime(2026, 11, 23, tzinfo=UTC)


def clock() -> Iterator[datetime]:
    return (START + timedelta(seconds=second) for second in itertools.count())


def room_of(store: FailingStore, **more: Any) -> Room:
    return Room(store, PROJECT, BRANCH, now=clock().__next__, **more)


def make(name: str) -> Transaction:
    record = Pipeline(id=RecordId(name), name=name)
    return Transaction(id=TransactionId(f"t-{name}"), label=f"Add {name}", put=(record,))


def type_text(id: str, *changes: object) -> Transaction:
    return Transaction(id=TransactionId(id), label="Type", text=(TextEdit(id=RecordId("m"), changes=list(changes)),))


def module(text: str) -> Document:
    return Document(records={RecordId("m"): Module(id=RecordId("m"), name="m", code=text)})


async def commit(room: Room, transaction: Transaction, base: int = 0, client: ClientId = ONE, author: Person = ADA) -> Committed:
    return await room.edit(Edit(base=base, transaction=transaction), client=client, author=author)


async def test_an_edit_is_stored_then_told_to_all_its_author_included() -> None:
    store = await new_store()
    async with room_of(store) as room:
        with room.join(ONE, ADA) as one, room.join(TWO, BOB) as two:
            made = await commit(room, make("a"))
            record = Pipeline(id=RecordId("a"), name="a")
            diff = Diff(changes=(Change(id=RecordId("a"), before=None, after=record),))
            assert made == Committed(
                version=1,
                transaction=TransactionId("t-a"),
                client=ONE,
                author=ADA.id,
                author_name="Ada",
                label="Add a",
                time=START,
                diff=diff,
            )
            assert (await one.committed(), await two.committed()) == (made, made)
            assert room.document == Document(version=1, records={record.id: record})
    version = Version(
        version=1, transaction=made.transaction, label="Add a", author=ADA.id, author_name="Ada", time=START, diff=diff
    )
    assert await store.since(PROJECT, BRANCH, 0) == [version]


async def test_edits_that_arrive_together_are_stored_together_in_order() -> None:
    store = await new_store()
    async with room_of(store) as room:
        with room.join(ONE, ADA) as one:
            made = await asyncio.gather(*(commit(room, make(f"p{n}")) for n in range(20)))
            assert [one.version for one in made] == list(range(1, 21))
            assert [await one.committed() for _ in made] == made
    assert sum(store.groups) == 20
    assert len(store.groups) < 20


async def test_a_refused_edit_leaves_the_others_of_its_group() -> None:
    async with room_of(await new_store()) as room:
        wrong = Transaction(id=TransactionId("x"), label="", remove=(RecordId("ghost"),))
        outcomes = await asyncio.gather(
            commit(room, make("a")), commit(room, wrong), commit(room, make("b")), return_exceptions=True
        )
        assert [one.version if isinstance(one, Committed) else type(one) for one in outcomes] == [1, Refused, 2]
        assert room.version == 2


async def test_stale_text_is_carried_over_what_came_since() -> None:
    async with room_of(await new_store(module("a😀b"))) as room:
        await commit(room, type_text("t1", 3, [0, "X"], 1))
        late = await commit(room, type_text("t2", [1], 3), author=BOB)
        later = await commit(room, type_text("t3", 4, [0, "!"]), author=BOB)
        assert later.diff.text == (TextChange(id=RecordId("m"), changes=[4, [0, "!"]], inverse=[4, [1]]),)
        assert late.diff.text == (TextChange(id=RecordId("m"), changes=[[1], 4], inverse=[[0, "a"], 4]),)
        assert room.document.records == module("😀Xb!").records


async def test_stale_text_within_one_group_is_carried_too() -> None:
    async with room_of(await new_store(module(""))) as room:
        await asyncio.gather(*(commit(room, type_text(f"t{n}", [0, str(n)])) for n in range(5)))
        assert room.document.records == module("01234").records


async def test_text_older_than_what_is_in_memory_is_carried_over_the_log() -> None:
    store = await new_store(module("end"))
    async with room_of(store) as room:
        for n in range(1_100):
            await commit(room, type_text(f"t{n}", [0, "x"], n + 3), base=n)
        assert room.since(5) is None
        await commit(room, type_text("late", 3, [0, "!"]), base=0)
        assert room.document.records == module("x" * 1_100 + "end!").records


async def test_text_of_a_record_that_was_put_back_is_refused() -> None:
    async with room_of(await new_store(module("abc"))) as room:
        await commit(room, Transaction(id=TransactionId("gone"), label="", remove=(RecordId("m"),)))
        await commit(room, Transaction(id=TransactionId("back"), label="", put=tuple(module("xyz").records.values())))
        with pytest.raises(Refused) as caught:
            await commit(room, type_text("late", [1], 2))
        assert caught.value.code == "DF109"


async def test_text_with_many_sections_is_carried_beside_the_loop_and_refused_beyond_a_budget(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rebased_in: set[int] = set()

    def spied(transaction: Transaction, missed: list[Diff]) -> Transaction:
        rebased_in.add(threading.get_ident())
        return rebase(transaction, missed)

    monkeypatch.setattr("deepforge.document.room.rebase", spied)
    every_second = [[1, "y"] if place % 2 else 1 for place in range(9_999)]
    async with room_of(await new_store(module("x" * 10_000))) as room:
        for n in range(5):
            await commit(room, type_text(f"t{n}", [1, "o"], 9_999), base=n)
        assert rebased_in == {threading.get_ident()}
        made = await commit(room, type_text("many", *every_second, 1))
        assert (made.version, rebased_in - {threading.get_ident()} != set()) == (6, True)
        monkeypatch.setattr("deepforge.document.rebase.FARTHEST", 50_000)
        with pytest.raises(Refused) as caught:
            await commit(room, type_text("more", *every_second, 1))
        assert (caught.value.code, room.version) == ("DF109", 6)


async def test_a_repeated_transaction_is_answered_again_and_changes_nothing() -> None:
    store = await new_store()
    async with room_of(store) as room:
        with room.join(TWO, BOB) as two:
            first = await commit(room, make("a"))
            again = await commit(room, make("a"), client=TWO)
            assert (first.repeated, again.repeated, again.version, again.client) == (False, True, 1, TWO)
            await commit(room, make("b"))
            assert [one.version for one in (await two.committed(), await two.committed()) if one] == [1, 2]
    async with room_of(store) as room:
        after = await commit(room, make("a"))
        assert (after.repeated, after.version, after.diff, room.version) == (True, 1, first.diff, 2)


async def test_a_transaction_sent_twice_at_once_is_committed_once() -> None:
    async with room_of(await new_store()) as room:
        made = await asyncio.gather(*(commit(room, make("a")) for _ in range(5)))
        assert sorted((one.version, one.repeated) for one in made) == [(1, False)] + [(1, True)] * 4


async def test_a_repeated_transaction_is_found_in_the_store_when_memory_has_forgotten_it() -> None:
    store = await new_store(module(""))
    async with room_of(store) as room:
        for n in range(1_050):
            await commit(room, type_text(f"t{n}", [0, "x"], n), base=n)
        assert (await commit(room, type_text("t3", [0, "x"], 3), base=3)).repeated


async def test_when_the_store_fails_nothing_is_acknowledged_told_or_changed() -> None:
    store = await new_store()
    async with room_of(store) as room:
        with room.join(ONE, ADA) as one:
            store.fail = "before"
            outcomes = await asyncio.gather(commit(room, make("a")), commit(room, make("b")), return_exceptions=True)
            assert [type(outcome) for outcome in outcomes] == [Busy, Busy]
            assert room.document == Document()
            store.fail = ""
            made = await commit(room, make("b"))
            assert (made.version, made.repeated, await one.committed()) == (1, False, made)


async def test_what_the_store_kept_without_saying_so_is_taken_over() -> None:
    store = await new_store()
    async with room_of(store) as room:
        with room.join(ONE, ADA) as one:
            store.fail = "after"
            with pytest.raises(Busy):
                await commit(room, make("a"))
            store.fail = ""
            again = await commit(room, make("a"))
            assert (again.version, again.repeated) == (1, True)
            told = await one.committed()
            assert told is not None
            assert (told.version, told.transaction, told.repeated) == (1, "t-a", False)
            assert (await commit(room, make("b"))).version == 2


async def test_an_edit_on_a_version_that_is_ahead_is_a_conflict() -> None:
    async with room_of(await new_store()) as room:
        with pytest.raises(Conflict) as caught:
            await commit(room, make("a"), base=1)
        assert caught.value.code == "base-ahead"


async def test_who_comes_gets_all_records_or_what_was_missed() -> None:
    store = await new_store()
    async with room_of(store) as room:
        for name in "abc":
            await commit(room, make(name))
        versions = tuple(await store.since(PROJECT, BRANCH, 0))
        records: tuple[Record, ...] = tuple(room.document.records.values())
        cases: list[tuple[str | None, int | None, object]] = [
            (None, None, (records, None)),
            (room.epoch, None, (records, None)),
            (room.epoch, 1, (None, versions[1:])),
            (room.epoch, 3, (None, ())),
            (room.epoch, 4, (records, None)),
            ("another", 1, (records, None)),
        ]
        for epoch, version, expected in cases:
            with room.join(ONE, ADA, epoch=epoch, version=version) as one:
                assert (one.catch_up.records, one.catch_up.missed) == expected
                assert (one.catch_up.epoch, one.catch_up.version) == (room.epoch, 3)


async def test_what_is_told_follows_the_catch_up_without_a_gap() -> None:
    async with room_of(await new_store()) as room:
        await commit(room, make("a"))
        with room.join(ONE, ADA) as one:
            await commit(room, make("b"))
            told = await one.committed()
            assert told is not None
            assert (one.catch_up.version, told.version) == (1, 2)


async def test_a_slow_subscriber_is_dropped_with_a_reason() -> None:
    async with room_of(await new_store(), queue_limit=3) as room:
        with room.join(ONE, ADA) as slow, room.join(TWO, BOB) as quick:
            for n in range(5):
                await commit(room, make(f"p{n}"))
                assert await quick.committed()
            assert (slow.closed, await slow.committed(), quick.closed) == (SLOW, None, "")
            assert [one.client for one in room.people] == [TWO]
            assert await quick.presence() == (Left(client=ONE),)


async def test_presence_is_the_newest_of_everybody_else() -> None:
    async with room_of(await new_store()) as room:
        with room.join(ONE, ADA) as one:
            with room.join(TWO, BOB) as two:
                assert two.catch_up.people == (PeopleHere(client=ONE, person=ADA, place=Place()),)
                room.move(two, Place(screen="pipelines"))
                room.move(two, Place(screen="pipeline", record=RecordId("p")))
                here = Place(screen="pipeline", record=RecordId("p"))
                assert await one.presence() == (PresenceMoved(client=TWO, person=BOB, place=here),)
                assert room.people[1] == PeopleHere(client=TWO, person=BOB, place=here)
            assert await one.presence() == (Left(client=TWO),)
        assert room.people == ()


async def test_a_client_that_comes_again_replaces_itself_and_nobody_else() -> None:
    async with room_of(await new_store()) as room:
        with room.join(TWO, BOB) as other, room.join(ONE, ADA) as old:
            room.move(old, Place(screen="artifacts"))
            with room.join(ONE, ADA) as new:
                assert (old.closed, await old.committed(), await old.presence()) == ("replaced", None, None)
                assert new.place == Place(screen="artifacts")
                assert await other.presence() == (PresenceMoved(client=ONE, person=ADA, place=new.place),)
                with pytest.raises(Conflict):
                    room.join(ONE, BOB)
                room.move(old, Place(screen="stale"))
                assert new.place == Place(screen="artifacts")


async def test_a_snapshot_is_stored_every_so_many_versions_across_restarts() -> None:
    store = await new_store()
    for n in range(7):
        async with room_of(store, snapshot_every=3) as room:
            await commit(room, make(f"p{n}"))
    assert store.snapshots == [3, 6]
    assert (await store.load(PROJECT, BRANCH)).document.version == 7


async def test_a_closing_room_finishes_what_waits_and_takes_no_more() -> None:
    store = await new_store()
    room = room_of(store)
    async with room:
        one = room.join(ONE, ADA)
        waiting = [asyncio.create_task(commit(room, make(f"p{n}"))) for n in range(3)]
        await asyncio.sleep(0)
    assert [(await task).version for task in waiting] == [1, 2, 3]
    assert one.closed == "closed"
    errors: list[type[DeepForgeError]] = []
    for name in ("late", "later"):
        with pytest.raises(Busy) as caught:
            await commit(room, make(name))
        errors.append(type(caught.value))
    assert errors == [Busy, Busy]
    with pytest.raises(Busy):
        room.join(ONE, ADA)


async def test_a_sender_that_goes_away_holds_up_nobody() -> None:
    async with room_of(await new_store()) as room:
        gone = asyncio.create_task(commit(room, make("a")))
        await asyncio.sleep(0)
        gone.cancel()
        assert (await commit(room, make("b"))).version in (1, 2)


async def test_patches_of_different_fields_both_stay() -> None:
    async with room_of(await new_store(module(""))) as room:
        rename = Transaction(id=TransactionId("r"), label="", patch=(Patch(id=RecordId("m"), fields={"name": "tools"}),))
        await asyncio.gather(commit(room, rename), commit(room, type_text("t", [0, "x"])))
        assert room.document.records == {RecordId("m"): Module(id=RecordId("m"), name="tools", code="x")}
