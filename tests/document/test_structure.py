"""The rules of structure over the golden table that the client reads too, and what a table cannot hold."""

# mypy: disable-error-code="arg-type, dict-item"
# Ids are plain strings here: no test reads anything out of them.

import json
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from deepforge.document.apply import apply, read_transaction
from deepforge.document.rules import RULES
from deepforge.errors import Refused
from deepforge.ids import RecordId
from deepforge.model.document import Change, Diff, Document, Patch, TextChange, TextEdit, Transaction, replay
from deepforge.model.records import Module, Node, Operation, OperationRef, Pipeline, Record, Wire

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "structure.json").read_text("utf-8"))


def document_of(records: object) -> Document:
    return Document(records={record.id: record for record in msgspec.convert(records, list[Record])})


@pytest.mark.parametrize("case", GOLDEN, ids=[case["name"] for case in GOLDEN])
def test_a_transaction_is_applied_whole_or_refused_with_its_code(case: dict[str, Any]) -> None:
    before = document_of(case["records"])
    copy = dict(before.records)
    if case["refused"]:
        with pytest.raises(Refused) as caught:
            apply(before, read_transaction(case["transaction"]))
        told = caught.value
        assert (told.code, told.message[-1], told.hint[-1]) == (case["refused"], ".", ".")
    else:
        document, diff = apply(before, read_transaction(case["transaction"]))
        after = [document.records[id] for id in sorted(document.records)]
        assert json.loads(msgspec.json.encode(after)) == case["records_after"]
        assert replay(before, [diff]) == document
    assert before.records == copy, "the document before is not changed"


def test_every_rule_has_cases_both_ways() -> None:
    refused = {case["refused"] for case in GOLDEN}
    assert {code for code, _ in RULES} | {"DF100", "DF101", "DF109", None} == refused | {"DF111"}
    assert len(GOLDEN) >= 60


def transaction(**parts: Any) -> Transaction:
    return Transaction(id="t", label="Test", **parts)


def code_of(document: Document, edit: Transaction) -> str:
    with pytest.raises(Refused) as caught:
        apply(document, edit)
    return caught.value.code


def test_limits_of_a_transaction_a_text_and_a_document() -> None:
    one = Document(records={"m": Module(id="m", name="m", code="")})
    many = tuple(Patch(id="m", fields={}) for _ in range(10_001))
    assert code_of(one, transaction(patch=many)) == "DF111"
    often = tuple(TextEdit(id="m", changes=[[0, "x"]]) for _ in range(101))
    assert code_of(one, transaction(text=often)) == "DF111"
    long = "x" * 1_000_001
    assert code_of(one, transaction(text=(TextEdit(id="m", changes=[[0, long]]),))) == "DF111"
    assert code_of(one, transaction(put=(Module(id="n", name="n", code=long),))) == "DF111"
    full = Document(records={RecordId(f"p{n}"): Pipeline(id=RecordId(f"p{n}"), name=f"p{n}") for n in range(100_000)})
    assert code_of(full, transaction(put=(Pipeline(id="more", name="more"),))) == "DF111"


def test_an_id_with_a_line_end_is_refused() -> None:
    assert code_of(Document(), transaction(put=(Pipeline(id="x\n", name="x"),))) == "DF100"


def test_a_diff_has_whole_records_and_the_change_of_text_both_ways() -> None:
    before = Operation(id="a", name="a", code="one\n")
    document, diff = apply(
        Document(version=4, records={"a": before}),
        transaction(
            patch=(Patch(id="a", fields={"color": "teal"}),),
            text=(TextEdit(id="a", changes=[3, [0, " two"], 1]), TextEdit(id="a", changes=[7, [1]])),
        ),
    )
    after = Operation(id="a", name="a", code="one two", color="teal")
    assert document == Document(version=5, records={"a": after})
    assert diff == Diff(
        changes=(Change(id="a", before=before, after=after),),
        text=(TextChange(id="a", changes=[3, [0, " two"], [1]], inverse=[3, [4], [0, "", ""]]),),
    )


def test_a_transaction_that_changes_nothing_has_an_empty_diff() -> None:
    document = Document(records={"a": Module(id="a", name="a", code="x")})
    edit = transaction(
        patch=(Patch(id="a", fields={"name": "a"}),),
        text=(TextEdit(id="a", changes=[1]),),
        put=(Pipeline(id="p", name="p"),),
        remove=("p",),
    )
    assert apply(document, edit) == (Document(version=1, records=document.records), Diff())


def large_document(records: int = 10_000) -> Document:
    made: list[Record] = [Pipeline(id="p", name="p"), Operation(id="op", name="op", code="")]
    nodes = records // 2
    made += [Node(id=f"n{n}", pipeline="p", target=OperationRef(operation="op")) for n in range(nodes)]
    made += [Wire(id=f"w{n}", pipeline="p", source=f"n{n}", output="a", target=f"n{n + 1}", input="b") for n in range(nodes - 1)]
    return Document(records={record.id: record for record in made})


LARGE = {
    "patch": transaction(patch=(Patch(id="n7", fields={"attributes": {"rate": 0.1}}),)),
    "text": transaction(text=(TextEdit(id="op", changes=[[0, "x"]]),)),
    "wire": transaction(put=(Wire(id="new", pipeline="p", source="n1", output="a", target="n9", input="c"),)),
    "remove": transaction(remove=("w17",)),
}


@pytest.mark.parametrize("edit", LARGE.values(), ids=LARGE)
def test_one_edit_of_ten_thousand_records_takes_milliseconds(edit: Transaction) -> None:
    document = large_document()
    best = 1.0
    for _ in range(7):
        start = time.perf_counter()
        apply(document, edit)
        best = min(best, time.perf_counter() - start)
    print(f"{best * 1000:.2f} ms")
    assert best < 0.02
