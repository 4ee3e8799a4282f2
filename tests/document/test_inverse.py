"""Undo: what comes back, what stays because others changed it, what the rules leave out."""

from collections.abc import Sequence

import pytest

from deepforge.document.apply import apply, text_of
from deepforge.document.inverse import inverse
from deepforge.ids import RecordId, TransactionId
from deepforge.model.document import Diff, Document, Patch, TextEdit, Transaction
from deepforge.model.records import Module, Node, Operation, OperationRef, Pipeline, Record, Value, Wire

P, OP, M = RecordId("p"), RecordId("op"), RecordId("m")


def node(id: str, **attributes: Value) -> Node:
    return Node(id=RecordId(id), pipeline=P, target=OperationRef(operation=OP), attributes=attributes)


def wire(id: str, source: str, target: str) -> Wire:
    return Wire(id=RecordId(id), pipeline=P, source=RecordId(source), output="a", target=RecordId(target), input="b")


BASE: tuple[Record, ...] = (
    Pipeline(id=P, name="p"),
    Operation(id=OP, name="op", code=""),
    Module(id=M, name="m", code="one two"),
    node("n1", rate=1),
    node("n2"),
    wire("w", "n1", "n2"),
)

START = Document(records={record.id: record for record in BASE})


def edit(
    *put: Record, patch: dict[str, dict[str, object]] | None = None, text: Sequence[object] = (), remove: str = ""
) -> Transaction:
    return Transaction(
        id=TransactionId("t"),
        label="",
        put=put,
        patch=tuple(Patch(id=RecordId(id), fields=fields) for id, fields in (patch or {}).items()),
        text=(TextEdit(id=M, changes=list(text)),) if text else (),
        remove=tuple(RecordId(id) for id in remove.split()),
    )


def undone(first: Transaction, *later: Transaction) -> tuple[Document, tuple[RecordId, ...]]:
    """The document after undoing the first edit, and what was left out."""
    document, diff = apply(START, first)
    diffs: list[Diff] = []
    for one in later:
        document, more = apply(document, one)
        diffs.append(more)
    back = inverse(diff, diffs, document, id=TransactionId("undo"), label="Undo")
    return apply(document, back.transaction)[0], back.left_out


def without(*edits: Transaction) -> Document:
    """The document as if there had been only these edits."""
    document = START
    for one in edits:
        document, _ = apply(document, one)
    return document


WHOLE: dict[str, tuple[Transaction, ...]] = {
    "what it made": (edit(node("n3"), wire("w3", "n2", "n3")),),
    "what it removed": (edit(remove="n1 w"),),
    "a field": (edit(patch={"n1": {"name": "first"}}),),
    "a value": (edit(patch={"n1": {"attributes": {"rate": 2}}}),),
    "a value that was not there": (edit(patch={"n1": {"attributes": {"rate": 1, "epochs": 2}}}),),
    "a value that went": (edit(patch={"n1": {"attributes": {}}}),),
    "text": (edit(text=[3, [1], 3]),),
    "text under other text": (edit(text=[4, [3, "zwo"]]), edit(text=[[0, "zero "], 7])),
    "text, a field and a record": (edit(node("n3"), patch={"m": {"name": "tools"}}, text=[[7]]),),
    "one field beside another's": (
        edit(patch={"n1": {"name": "x"}}),
        edit(patch={"n1": {"references": {}}, "n2": {"name": "y"}}),
    ),
    "nothing": (edit(),),
}


@pytest.mark.parametrize("edits", WHOLE.values(), ids=WHOLE)
def test_undoing_is_as_if_it_had_not_been(edits: tuple[Transaction, ...]) -> None:
    after, left_out = undone(*edits)
    assert (after.records, left_out) == (without(*edits[1:]).records, ())


def test_values_that_others_changed_since_stay() -> None:
    mine = edit(patch={"n1": {"attributes": {"rate": 2, "epochs": 5}}})
    theirs = edit(patch={"n1": {"attributes": {"rate": 3, "epochs": 5, "seed": 1}}})
    after, left_out = undone(mine, theirs)
    assert (after.records[RecordId("n1")], left_out) == (node("n1", rate=3, seed=1), ("n1",))


def test_a_field_that_others_changed_since_stays() -> None:
    after, left_out = undone(edit(patch={"n1": {"name": "a"}}), edit(patch={"n1": {"name": "b"}}))
    changed = after.records[RecordId("n1")]
    assert isinstance(changed, Node)
    assert (changed.name, left_out) == ("b", ("n1",))


def test_a_record_that_others_changed_since_stays() -> None:
    after, left_out = undone(edit(node("n3")), edit(patch={"n3": {"name": "kept"}}))
    assert (RecordId("n3") in after.records, left_out) == (True, ("n3",))


def test_a_record_that_others_use_by_now_stays() -> None:
    after, left_out = undone(edit(node("n3"), node("n4")), edit(wire("w3", "n2", "n3")))
    assert (RecordId("n3") in after.records, RecordId("n4") in after.records, left_out) == (True, False, ("n3",))


def test_what_the_rules_forbid_by_now_is_left_out() -> None:
    after, left_out = undone(edit(remove="w"), edit(node("n3"), wire("w3", "n3", "n2")))
    assert (RecordId("w") in after.records, left_out) == (False, ("w",))


def test_a_record_that_others_removed_stays_removed() -> None:
    after, left_out = undone(edit(patch={"m": {"name": "tools"}}, text=[[0, "x"], 7]), edit(remove="m"))
    assert (M in after.records, left_out) == (False, ("m",))
    _, left_out = undone(edit(node("n3")), edit(remove="n3"))
    assert left_out == ()


def test_text_that_others_deleted_does_not_come_back_twice() -> None:
    after, _ = undone(edit(text=[7, [0, " three"]]), edit(text=[3, [10]]))
    assert text_of(after.records[M]) == "one"


def test_an_undo_is_undone_by_its_own_inverse() -> None:
    changed, diff = apply(START, edit(node("n3"), remove="n1 w", text=[[3], 4]))
    back = inverse(diff, (), changed, id=TransactionId("u"), label="")
    undone_document, undo_diff = apply(changed, back.transaction)
    again = inverse(undo_diff, (), undone_document, id=TransactionId("r"), label="")
    assert apply(undone_document, again.transaction)[0].records == changed.records
