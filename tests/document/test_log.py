"""The versions in memory: how many, how much text, and which transactions are known."""

from datetime import UTC, datetime

from deepforge.document.log import RecentVersions
from deepforge.ids import PersonId, RecordId, TransactionId
from deepforge.model.document import Change, Diff, Version
from deepforge.model.records import Module


def version(number: int, text: str = "") -> Version:
    after = Module(id=RecordId("m"), name="m", code=text)
    return Version(
        version=number,
        transaction=TransactionId(f"t{number}"),
        label="",
        author=PersonId("a"),
        author_name="Ada",
        time=datetime(2026, 11, 23, tzinfo=UTC),
        diff=Diff(changes=(Change(id=after.id, before=None, after=after),)),
    )


def test_the_newest_are_kept() -> None:
    recent, versions = RecentVersions(3), [version(number) for number in range(1, 6)]
    for one in versions:
        recent.add(one)
    assert [recent.since(at, newest=5) for at in (1, 2, 4, 5, 6)] == [None, tuple(versions[2:]), (versions[4],), (), None]
    assert [recent.find(TransactionId(f"t{number}")) for number in (2, 3)] == [None, versions[2]]
    assert [recent.knows(TransactionId(f"t{number}")) for number in (2, 3)] == [False, True]


def test_large_texts_go_sooner_and_their_transactions_stay_known() -> None:
    recent = RecentVersions(10, budget=25)
    for number in (1, 2, 3):
        recent.add(version(number, "x" * 10))
    assert (recent.since(0, newest=3), len(recent.since(1, newest=3) or ())) == (None, 2)
    assert (recent.find(TransactionId("t1")), recent.knows(TransactionId("t1"))) == (None, True)
    recent.add(version(4, "x" * 100))
    assert (recent.since(3, newest=4), recent.knows(TransactionId("t4"))) == (None, True)
