"""Rules look only at what a transaction touched. Random transactions show that this is enough: whatever is accepted passes
all rules over the whole document too, and whatever breaks one of them was refused."""

import random
from typing import Any

import pytest

from deepforge.document.apply import apply
from deepforge.document.rules import Outcome, check_outcome
from deepforge.errors import Refused
from deepforge.ids import RecordId, TransactionId
from deepforge.model.document import Change, Document, Patch, Transaction
from deepforge.model.records import (
    Architecture,
    ArchitectureRef,
    Frame,
    Input,
    Layer,
    LayerClass,
    Link,
    Node,
    Note,
    Operation,
    OperationRef,
    Output,
    Pipeline,
    PipelineRef,
    Record,
    RecordRef,
    Wire,
)


class Maker:
    """Random records and patches over a few ids, so that they often meet."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    def id(self, kinds: str) -> RecordId:
        kind = self.rng.choice(kinds)
        number = self.rng.choice([0, 0, 0, 1]) if kind in "pa" else self.rng.randrange(4)
        return RecordId(f"{kind}{number}")

    def name(self) -> str:
        return self.rng.choice(["a", "b", "c", "d", "e"])

    def node_target(self) -> OperationRef | PipelineRef | Input | Output:
        targets: list[OperationRef | PipelineRef | Input | Output] = [
            OperationRef(operation=self.id("o")),
            PipelineRef(pipeline=self.id("p")),
            Input(),
            Output(),
        ]
        return self.rng.choices(targets, [6, 2, 1, 1])[0]

    def layer_target(self) -> LayerClass | ArchitectureRef:
        targets: list[LayerClass | ArchitectureRef] = [LayerClass(name="ReLU"), ArchitectureRef(architecture=self.id("a"))]
        return self.rng.choice(targets)

    def record(self) -> Record:
        rng = self.rng
        match rng.choice("ppoaannnnnwwwwwlllkkktf"):
            case "p":
                return Pipeline(id=self.id("p"), name=self.name())
            case "o":
                return Operation(id=self.id("o"), name=self.name(), code="")
            case "a":
                return Architecture(id=self.id("a"), name=self.name())
            case "n":
                return Node(id=self.id("n"), pipeline=self.id("p"), target=self.node_target())
            case "w":
                ports = {"output": rng.choice(["data", "x"]), "input": rng.choice(["data", "y"])}
                return Wire(id=self.id("w"), pipeline=self.id("p"), source=self.id("n"), target=self.id("n"), **ports)
            case "l":
                return Layer(id=self.id("l"), architecture=self.id("a"), target=self.layer_target())
            case "k":
                return Link(
                    id=self.id("k"), architecture=self.id("a"), source=self.id("l"), target=self.id("l"), input=rng.randrange(2)
                )
            case "t":
                return Note(id=self.id("t"), graph=self.id("pa"), text="", about=self.id("nl"))
            case _:
                return Frame(id=self.id("f"), graph=self.id("pa"), title="", members=(self.id("nlt"),))

    def patch(self) -> Patch:
        patches: list[tuple[RecordId, dict[str, Any]]] = [
            (self.id("n"), {"pipeline": self.id("p")}),
            (self.id("n"), {"target": self.node_target()}),
            (self.id("n"), {"references": {"net": RecordRef(record=self.id("a"))}}),
            (self.id("w"), {"source": self.id("n")}),
            (self.id("w"), {"target": self.id("n"), "pipeline": self.id("p")}),
            (self.id("l"), {"architecture": self.id("a")}),
            (self.id("l"), {"target": self.layer_target()}),
            (self.id("k"), {"source": self.id("l")}),
            (self.id("poa"), {"name": self.name()}),
        ]
        id, fields = self.rng.choice(patches)
        return Patch(id=id, fields=fields)

    def transaction(self, document: Document) -> Transaction:
        rng = self.rng
        known = list(document.records)
        return Transaction(
            id=TransactionId("t"),
            label="",
            put=tuple(self.record() for _ in range(rng.choice([0, 1, 1, 1, 1, 2]))),
            patch=tuple(self.patch() for _ in range(rng.choice([0, 0, 0, 1]))),
            remove=tuple(rng.sample(known, min(len(known), rng.choice([0, 0, 0, 0, 1])))),
        )


P, A, OP = RecordId("p0"), RecordId("a0"), RecordId("o0")
BEGINNING: list[Record] = [Pipeline(id=P, name="a"), Architecture(id=A, name="a"), Operation(id=OP, name="a", code="")]
for number in range(4):
    BEGINNING.append(Node(id=RecordId(f"n{number}"), pipeline=P, target=OperationRef(operation=OP)))
    BEGINNING.append(Layer(id=RecordId(f"l{number}"), architecture=A, target=LayerClass(name="ReLU")))
START = Document(records={record.id: record for record in BEGINNING})


def obeys_every_rule(document: Document) -> bool:
    everything = [Change(id=id, before=None, after=record) for id, record in document.records.items()]
    try:
        check_outcome(Outcome(document.records, everything))
    except Refused:
        return False
    return True


@pytest.mark.parametrize("seed", range(10))
def test_what_is_accepted_obeys_every_rule_everywhere(seed: int) -> None:
    maker, document = Maker(seed), START
    accepted, codes = 0, set()
    for _ in range(3_000):
        transaction = maker.transaction(document)
        try:
            changed, _ = apply(document, transaction)
        except Refused as error:
            codes.add(error.code)
            continue
        assert obeys_every_rule(changed)
        document, accepted = changed, accepted + 1
    assert accepted > 50
    assert {"DF101", "DF102", "DF103", "DF104", "DF105", "DF106", "DF108", "DF110"} <= codes
