"""Each seed is a valid project, and each of its pipelines can be run as soon as it has its data."""

import json
from pathlib import Path

import pytest

from deepforge.code.network import resolve
from deepforge.code.read import read_definition
from deepforge.document.apply import apply
from deepforge.ids import TransactionId
from deepforge.model.document import Document, Transaction
from deepforge.model.records import Architecture, Operation, OperationRef, Pipeline, Resource, Wire
from tests.seeds.executor import SEEDS, load_seed

NAMES = sorted(path.name for path in SEEDS.iterdir() if path.is_dir())
COLORS = {"slate", "indigo", "teal", "plum", "rust", "olive"}


def test_S023_the_seeds_that_there_are() -> None:
    assert NAMES == ["blank", "cifar10", "digits", "xor"]


def test_S024_the_pipelines_of_each_seed() -> None:
    pipelines = {
        name: sorted(record.name for record in load_seed(name).records if isinstance(record, Pipeline)) for name in NAMES
    }
    assert pipelines == {
        "blank": [],
        "cifar10": ["download-normalize", "test", "train"],
        "digits": ["prepare", "test", "train"],
        "xor": ["test", "train", "train (manual)"],
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_seed_breaks_no_rule_of_structure(name: str) -> None:
    records = load_seed(name).records
    document, _ = apply(Document(), Transaction(id=TransactionId("seed"), label="Seed", put=records))
    assert len(document.records) == len(records)


@pytest.mark.parametrize("name", NAMES)
def test_the_code_of_a_seed_has_no_marks(name: str) -> None:
    operations = [record for record in load_seed(name).records if isinstance(record, Operation)]
    assert {
        operation.name: read_definition(operation).marks for operation in operations if read_definition(operation).marks
    } == {}
    assert {operation.color for operation in operations} <= COLORS


@pytest.mark.parametrize("name", NAMES)
def test_every_wire_and_reference_of_a_seed_leads_somewhere(name: str) -> None:
    seed = load_seed(name)
    nodes = {record.id: record for record in seed.records if not isinstance(record, Wire)}
    for wire in (record for record in seed.records if isinstance(record, Wire)):
        for end, port, kind in ((wire.source, wire.output, "outputs"), (wire.target, wire.input, "inputs")):
            target = getattr(nodes[end], "target", None)
            ports = (
                [each.name for each in getattr(seed.interfaces[target.operation], kind)]
                if isinstance(target, OperationRef)
                else ["data"]
            )
            assert port in ports
    for node in nodes.values():
        target = getattr(node, "target", None)
        if isinstance(target, OperationRef) and hasattr(node, "references"):
            wanted = {port.name: port.resource for port in seed.interfaces[target.operation].references}
            given = {
                key: reference.resource if isinstance(reference, Resource) else "Architecture"
                for key, reference in node.references.items()
            }
            assert given == wanted


@pytest.mark.parametrize("name", NAMES)
def test_every_architecture_of_a_seed_can_be_built(name: str) -> None:
    records = load_seed(name).records
    for architecture in (record for record in records if isinstance(record, Architecture)):
        assert resolve(architecture.id, records).chain


@pytest.mark.parametrize("path", sorted(SEEDS.rglob("*.json")), ids=lambda path: path.relative_to(SEEDS).as_posix())
def test_json_of_seeds_is_written_as_the_folder_format_says(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"
