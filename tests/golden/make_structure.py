"""Writes structure.json: what each transaction makes of a small document, or the code that refuses it.

    python -m tests.golden.make_structure

The refusals are stated here by hand, and the program stops where `apply` disagrees; `records_after` is what `apply` makes,
to be looked at in the difference before it is committed. The client's tests read the same file.
"""

import json
from pathlib import Path
from typing import Any

import msgspec

from deepforge.document.apply import apply, read_transaction
from deepforge.errors import Refused
from deepforge.model.document import Document
from deepforge.model.records import Record
from tests.golden.small_records import (
    CODE,
    INPUT,
    OUTPUT,
    architecture,
    block,
    data_type,
    frame,
    inner,
    layer,
    layer_definition,
    link,
    module,
    node,
    note,
    operation,
    pipeline,
    runs,
    wire,
)

BASE = [
    pipeline("p1", "Train and test"),
    pipeline("p2", "other"),
    operation("train", "train"),
    data_type("weights", "Weights"),
    layer_definition("twice", "Twice"),
    module("tools", "tools.plots"),
    node("in", INPUT),
    node("n1", runs()),
    node("n2", runs()),
    node("n3", runs()),
    node("out", OUTPUT),
    node("far", runs(), "p2"),
    wire("w0", "in", "n1", "data", "data"),
    wire("w1", "n1", "n2"),
    architecture("a1", "LeNet"),
    architecture("a2", "Block"),
    layer("l1"),
    layer("l2"),
    layer("l3"),
    layer("m1", None, "a2"),
    link("k1", "l1", "l2"),
    note("note", "p1", "n1"),
    frame("frame", "p1", "n1", "n2"),
]
SMILE = [operation("smile", "smile", "s = '😀'\n")]


def edit(**parts: Any) -> dict[str, Any]:
    return {"id": "t1", "label": "Test", "put": [], "patch": [], "remove": [], "text": [], **parts}


def put(*records: dict[str, Any]) -> dict[str, Any]:
    return edit(put=list(records))


def patch(id: str, /, **fields: Any) -> dict[str, Any]:
    return edit(patch=[{"id": id, "fields": fields}])


def entries(id: str, /, *, without: Any = None, **fields: Any) -> dict[str, Any]:
    return edit(patch=[{"id": id, "entries": fields, "without": without or {}}])


def text(id: str, *changes: Any) -> dict[str, Any]:
    return edit(text=[{"id": id, "changes": list(changes)}])


def remove(*ids: str) -> dict[str, Any]:
    return edit(remove=list(ids))


def renamed(id: str, name: Any) -> dict[str, Any]:
    return patch(id, name=name)


ALL = len(CODE)
WITH_SETTINGS = [node("n1", runs(), attributes={"epochs": 3, "rate": 0.1}) if record["id"] == "n1" else record for record in BASE]
CASES: list[tuple[str, list[dict[str, Any]], dict[str, Any], str | None]] = [
    ("nothing", BASE, edit(), None),
    # DF100
    ("put of an unknown kind", BASE, put({"kind": "magic", "id": "x"}), "DF100"),
    ("put without a name", BASE, put({"kind": "pipeline", "id": "x"}), "DF100"),
    ("put with a number for a name", BASE, put(pipeline("x", 7)), "DF100"),  # type: ignore[arg-type]
    ("put with an illegal id", BASE, put(pipeline("x y", "fine")), "DF100"),
    ("put with an empty id", BASE, put(pipeline("", "fine")), "DF100"),
    ("put with an id of 65 characters", BASE, put(pipeline("x" * 65, "fine")), "DF100"),
    ("put with an id of 64 characters", BASE, put(pipeline("x" * 64, "fine")), None),
    ("patch of the id", BASE, patch("n1", id="n9"), "DF100"),
    ("patch of the kind", BASE, patch("n1", kind="wire"), "DF100"),
    ("patch of the text", BASE, patch("train", code="x = 1\n"), "DF100"),
    ("patch of the text of a note", BASE, patch("note", text="x"), "DF100"),
    ("patch of an unknown field", BASE, patch("n1", colour="red"), "DF100"),
    ("patch with the wrong type", BASE, patch("n1", attributes=[1]), "DF100"),
    ("patch with a nested attribute", BASE, patch("n1", attributes={"epochs": {"a": 1}}), "DF100"),
    ("patch of an empty name", BASE, renamed("p1", ""), "DF100"),
    ("patch of a target of no kind", BASE, patch("n1", target={"kind": "magic"}), "DF100"),
    (
        "patch of attributes",
        BASE,
        patch("n1", attributes={"epochs": 3, "rate": 0.1, "slow": False, "name": "a", "seed": None}),
        None,
    ),
    ("patch of one entry", BASE, entries("n1", attributes={"epochs": 3}), None),
    (
        "patch of one entry, without another",
        WITH_SETTINGS,
        entries("n1", attributes={"rate": 0.5}, without={"attributes": ["epochs", "ghost"]}),
        None,
    ),
    (
        "patch of an entry beside its whole field",
        WITH_SETTINGS,
        edit(patch=[{"id": "n1", "fields": {"attributes": {"a": 1}}, "entries": {"attributes": {"b": 2}}}]),
        None,
    ),
    ("patch of an entry of no map", BASE, entries("n1", name={"a": 1}), "DF100"),
    ("patch of an entry of a target", BASE, entries("n1", target={"kind": "input"}), "DF100"),
    ("patch of an entry of an unknown field", BASE, entries("n1", colour={"a": 1}), "DF100"),
    ("patch of an entry of the wrong type", BASE, entries("n1", attributes={"epochs": {"a": 1}}), "DF100"),
    ("patch without an entry of no map", BASE, entries("n1", without={"name": ["a"]}), "DF100"),
    ("patch of a node's name to null", BASE, patch("n1", name=None), None),
    ("patch of two fields", BASE, patch("train", name="fit", color="teal"), None),
    (
        "patch of a reference to a class",
        BASE,
        patch(
            "n1",
            references={"criterion": {"kind": "resource", "resource": "Criterion", "class_name": "NLLLoss", "attributes": {}}},
        ),
        None,
    ),
    ("patch of an input's artifact", BASE, patch("in", target={"kind": "input", "artifact": "art1"}), None),
    ("patch of an output's name", BASE, patch("out", target={"kind": "output", "name": "trained"}), None),
    # DF101
    ("patch of what is not there", BASE, patch("ghost", name="x"), "DF101"),
    ("text of what is not there", BASE, text("ghost", [0, "x"]), "DF101"),
    ("removal of what is not there", BASE, remove("ghost"), "DF101"),
    ("removal twice", BASE, remove("w1", "w1"), "DF101"),
    (
        "patch of what the same edit puts",
        BASE,
        edit(put=[pipeline("p3", "third")], patch=[{"id": "p3", "fields": {"name": "fourth"}}]),
        None,
    ),
    ("removal of what the same edit puts", BASE, edit(put=[pipeline("p3", "third")], remove=["p3"]), None),
    # DF102
    ("node in no pipeline", BASE, put(node("n9", runs(), "ghost")), "DF102"),
    ("node in an architecture", BASE, put(node("n9", runs(), "a1")), "DF102"),
    ("node of no operation", BASE, put(node("n9", runs("ghost"))), "DF102"),
    ("node whose operation is a pipeline", BASE, put(node("n9", runs("p2"))), "DF102"),
    ("node of no inner pipeline", BASE, put(node("n9", inner("ghost"))), "DF102"),
    ("node with a reference to nothing", BASE, patch("n1", references={"net": {"kind": "record", "record": "ghost"}}), "DF102"),
    (
        "node with a reference to an operation",
        BASE,
        patch("n1", references={"net": {"kind": "record", "record": "train"}}),
        "DF102",
    ),
    ("node with a reference to an architecture", BASE, patch("n1", references={"net": {"kind": "record", "record": "a1"}}), None),
    ("wire from nothing", BASE, put(wire("w9", "ghost", "n3")), "DF102"),
    ("wire to a wire", BASE, put(wire("w9", "n1", "w1")), "DF102"),
    ("wire in no pipeline", BASE, put(wire("w9", "n2", "n3", pipeline="ghost")), "DF102"),
    ("layer of no definition", BASE, put(layer("l9", {"kind": "layer", "layer": "ghost"})), "DF102"),
    ("layer of a definition", BASE, put(layer("l9", {"kind": "layer", "layer": "twice"})), None),
    ("layer of no architecture inside", BASE, put(layer("l9", block("ghost"))), "DF102"),
    ("layer in a pipeline", BASE, put(layer("l9", None, "p1")), "DF102"),
    ("link to a node", BASE, put(link("k9", "l1", "n1")), "DF102"),
    ("link in no architecture", BASE, put(link("k9", "l1", "l3", "ghost")), "DF102"),
    ("note on nothing", BASE, put(note("note2", "ghost")), "DF102"),
    ("note about a wire", BASE, put(note("note2", "p1", "w1")), "DF102"),
    ("note on an architecture about a layer", BASE, put(note("note2", "a1", "l1")), None),
    ("frame around nothing", BASE, put(frame("frame2", "p1", "ghost")), "DF102"),
    ("frame around a note", BASE, put(frame("frame2", "p1", "note", "n3")), None),
    ("removal of a wired node", BASE, remove("n2"), "DF102"),
    ("removal of a node with its wires, note and frame", BASE, remove("n1", "w0", "w1", "note", "frame"), None),
    ("removal of a node that a note is about", BASE, edit(remove=["n1", "w0", "w1", "frame"]), "DF102"),
    (
        "removal of a node out of its frame",
        BASE,
        edit(patch=[{"id": "frame", "fields": {"members": ["n1"]}}], remove=["n2", "w1"]),
        None,
    ),
    ("removal of a node that nothing uses", BASE, remove("n3"), None),
    ("removal of a used operation", BASE, remove("train"), "DF102"),
    ("removal of a used pipeline", BASE, remove("p2"), "DF102"),
    ("removal of a pipeline with what is in it", BASE, remove("p2", "far"), None),
    ("removal of a linked layer", BASE, remove("l1"), "DF102"),
    ("removal of an architecture with its layers", BASE, remove("a2", "m1"), None),
    ("removal of an unused data type", BASE, remove("weights"), None),
    (
        "removal of an architecture that a node refers to",
        [*BASE[:7], node("n1", runs(), references={"net": {"kind": "record", "record": "a2"}}), architecture("a2", "Block")],
        remove("a2"),
        "DF102",
    ),
    # DF103
    ("wire to another pipeline", BASE, put(wire("w9", "n2", "far")), "DF103"),
    ("wire of another pipeline", BASE, put(wire("w9", "n2", "n3", pipeline="p2")), "DF103"),
    ("wire within its pipeline", BASE, put(wire("w9", "n2", "n3")), None),
    ("moving a wired node", BASE, patch("n2", pipeline="p2"), "DF103"),
    ("moving a node without wires", BASE, patch("n3", pipeline="p2"), None),
    ("link to another architecture", BASE, put(link("k9", "l1", "m1")), "DF103"),
    ("moving a linked layer", BASE, patch("l2", architecture="a2"), "DF103"),
    ("link within its architecture", BASE, put(link("k9", "l2", "l3")), None),
    # DF104
    ("second wire into an input", BASE, put(wire("w9", "n3", "n2")), "DF104"),
    ("two wires into one input in one edit", BASE, put(wire("w8", "n1", "n3"), wire("w9", "n2", "n3")), "DF104"),
    ("wire into another input", BASE, put(wire("w9", "n3", "n2", input="model")), None),
    ("wire moved onto a taken input", BASE, patch("w0", target="n2"), "DF104"),
    ("wire in place of another", BASE, edit(put=[wire("w9", "n3", "n2")], remove=["w1"]), None),
    ("two wires from one output", BASE, put(wire("w9", "n1", "n3")), None),
    ("second link into an input", BASE, put(link("k9", "l3", "l2")), "DF104"),
    ("link into a second input", BASE, put(link("k9", "l3", "l2", input=1)), None),
    # DF105
    ("wire to itself", BASE, put(wire("w9", "n3", "n3")), "DF105"),
    ("wires in a circle", BASE, put(wire("w9", "n2", "n1", input="model")), "DF105"),
    ("wires in a circle of three", BASE, put(wire("w8", "n2", "n3"), wire("w9", "n3", "n1", input="model")), "DF105"),
    ("wires in a diamond", BASE, put(wire("w8", "n1", "n3"), wire("w9", "n2", "n3", input="model")), None),
    ("a circle broken in the same edit", BASE, edit(put=[wire("w9", "n2", "n1", input="model")], remove=["w1"]), None),
    ("links in a circle", BASE, put(link("k9", "l2", "l1")), "DF105"),
    # DF106
    ("two pipelines of one name", BASE, renamed("p2", "Train and test"), "DF106"),
    ("two operations of one name", BASE, put(operation("op2", "train")), "DF106"),
    ("two new ones of one name", BASE, put(module("x1", "same"), module("x2", "same")), "DF106"),
    ("names that differ in case", BASE, put(operation("op2", "Train")), None),
    ("one name for two kinds", BASE, put(data_type("train2", "train")), None),
    (
        "names exchanged",
        BASE,
        edit(patch=[{"id": "a1", "fields": {"name": "Block"}}, {"id": "a2", "fields": {"name": "LeNet"}}]),
        None,
    ),
    # DF107
    ("operation called like a word of Python", BASE, renamed("train", "lambda"), "DF107"),
    ("operation called None", BASE, renamed("train", "None"), "DF107"),
    ("operation called match", BASE, renamed("train", "match"), None),
    ("operation beginning with a digit", BASE, renamed("train", "2train"), "DF107"),
    ("operation with a hyphen", BASE, renamed("train", "download-normalize"), "DF107"),
    ("operation with an accent", BASE, renamed("train", "entraîner"), None),
    ("operation with a ligature", BASE, renamed("train", "\ufb01t"), "DF107"),
    ("data type with a space", BASE, renamed("weights", "My Weights"), "DF107"),
    ("layer definition with a dot", BASE, renamed("twice", "a.b"), "DF107"),
    ("architecture with a space", BASE, renamed("a1", "Le Net"), "DF107"),
    ("module with dots", BASE, renamed("tools", "a.b.c"), None),
    ("module with an empty part", BASE, renamed("tools", "a..b"), "DF107"),
    ("module with a word of Python", BASE, renamed("tools", "a.class"), "DF107"),
    ("pipeline with signs", BASE, renamed("p1", "train (manual) – größer, 2. Versuch"), None),
    ("pipeline with a space before", BASE, renamed("p1", " train"), "DF107"),
    ("pipeline with a space after", BASE, renamed("p1", "train "), "DF107"),
    ("pipeline with a line end", BASE, renamed("p1", "tr\nain"), "DF107"),
    ("pipeline with a no-break space", BASE, renamed("p1", "tr\u00a0ain"), "DF107"),
    ("pipeline of 200 smiles", BASE, renamed("p1", "😀" * 200), None),
    # DF108
    ("pipeline inside itself", BASE, put(node("n9", inner("p1"))), "DF108"),
    ("pipelines inside each other", BASE, put(node("n8", inner("p2")), node("n9", inner("p1"), "p2")), "DF108"),
    ("pipeline inside another", BASE, put(node("n9", inner("p2"))), None),
    ("architecture inside itself", BASE, put(layer("l9", block("a1"))), "DF108"),
    ("architectures inside each other", BASE, put(layer("l8", block("a2")), layer("m9", block("a1"), "a2")), "DF108"),
    ("architecture inside another, twice", BASE, put(layer("l8", block("a2")), layer("l9", block("a2"))), None),
    # DF109
    ("put of what is there, text changed", BASE, put(operation("train", "train", "x = 1\n")), "DF109"),
    ("put of what is there, kind changed", BASE, put(pipeline("train", "train")), "DF109"),
    ("put of what is there", BASE, put(operation("train", "fit")), None),
    ("new text with a carriage return", BASE, put(operation("op2", "op2", "x\r\ny\n")), "DF109"),
    ("text changed", BASE, text("train", 4, [5, "fit"], ALL - 9), None),
    (
        "text changed twice in one edit",
        BASE,
        edit(text=[{"id": "train", "changes": [[0, "# a", ""], ALL]}, {"id": "train", "changes": [ALL + 4, [0, "# b", ""]]}]),
        None,
    ),
    (
        "text and fields changed in one edit",
        BASE,
        edit(patch=[{"id": "note", "fields": {"about": None}}], text=[{"id": "note", "changes": [4, [0, "!"]]}]),
        None,
    ),
    ("change of another length", BASE, text("train", ALL + 1, [0, "x"]), "DF109"),
    ("change with a line end in a line", BASE, text("train", [0, "a\nb"], ALL), "DF109"),
    ("change with a carriage return", BASE, text("train", [0, "a\rb"], ALL), "DF109"),
    ("change with a negative length", BASE, text("train", -1, ALL), "DF109"),
    ("change with a fraction", BASE, text("train", 0.5, ALL), "DF109"),
    ("text of a record without text", BASE, text("n1", [0, "x"]), "DF109"),
    ("change after a smile", SMILE, text("smile", 7, [0, "!"], 2), None),
    ("change inside a smile", SMILE, text("smile", 6, [0, "!"], 3), "DF109"),
    ("deletion of half a smile", SMILE, text("smile", 5, [1], 3), "DF109"),
    ("deletion of a smile", SMILE, text("smile", 5, [2], 2), None),
    # DF110
    ("wire into an Input", BASE, put(wire("w9", "n3", "in")), "DF110"),
    ("wire out of an Output", BASE, put(wire("w9", "out", "n3", "data")), "DF110"),
    ("wire out of an Input's other port", BASE, put(wire("w9", "in", "n3", "net")), "DF110"),
    ("wire into an Output's other port", BASE, put(wire("w9", "n2", "out", "net", "model")), "DF110"),
    ("wire into an Output", BASE, put(wire("w9", "n2", "out")), None),
    ("wire from an Input to an Output", BASE, put(wire("w9", "in", "out", "data")), None),
    ("a wired node becomes an Input", BASE, patch("n2", target=INPUT), "DF110"),
    # DF111
    ("too many parts", BASE, edit(remove=["x"] * 10_001), "DF111"),
    ("a hundred changes of one text", BASE, edit(text=[{"id": "train", "changes": [ALL]}] * 100), None),
    ("more changes of one text", BASE, edit(text=[{"id": "train", "changes": [ALL]}] * 101), "DF111"),
    ("a change of ten thousand sections", BASE, text("train", *[0] * 9_999, ALL), None),
    ("a change of more sections", BASE, text("train", *[0] * 10_000, ALL), "DF111"),
    (
        "changes of more sections together",
        BASE,
        edit(text=[{"id": "train", "changes": [*[0] * 5_000, ALL]}, {"id": "tools", "changes": [*[0] * 5_000, 7]}]),
        "DF111",
    ),
    # Whole gestures
    (
        "a pipeline made in one edit",
        BASE,
        put(
            pipeline("p3", "fresh"),
            node("i3", INPUT, "p3"),
            node("t3", runs(), "p3"),
            node("o3", OUTPUT, "p3"),
            wire("x3", "i3", "t3", "data", "data", "p3"),
            wire("y3", "t3", "o3", "net", "data", "p3"),
        ),
        None,
    ),
    ("records put in any order", BASE, put(wire("w9", "n9", "out"), node("n9", runs())), None),
]


def outcome(name: str, records: list[dict[str, Any]], transaction: dict[str, Any], refused: str | None) -> dict[str, Any]:
    before = Document(records={record.id: record for record in msgspec.convert(records, list[Record])})
    code, after = None, None
    try:
        document, _ = apply(before, read_transaction(transaction))
        after = [msgspec.to_builtins(document.records[id]) for id in sorted(document.records)]
    except Refused as error:
        code = error.code
    if code != refused:
        raise SystemExit(f"{name}: stated {refused}, but apply says {code}")
    ordered = sorted(records, key=lambda record: str(record["id"]))
    return {"name": name, "records": ordered, "transaction": transaction, "refused": refused, "records_after": after}


def main() -> None:
    lines = [json.dumps(outcome(*case), ensure_ascii=False, separators=(",", ":")) for case in CASES]
    (Path(__file__).parent / "structure.json").write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8")


if __name__ == "__main__":
    main()
