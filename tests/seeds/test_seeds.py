"""Each seed is a valid project, and each of its pipelines can be run as soon as it has its data."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deepforge.code.annotations import BUILT_IN_TYPES
from deepforge.code.network import resolve
from deepforge.code.read import read_definition
from deepforge.document.apply import apply
from deepforge.engine.check import check
from deepforge.ids import ArtifactId, BlobHash, ProjectId, TransactionId
from deepforge.model.artifact import Artifact, BlobInfo
from deepforge.model.document import Document, Transaction
from deepforge.model.interface import TypeInfo
from deepforge.model.records import Architecture, Input, Node, Operation, Pipeline
from tests.seeds.executor import SEEDS, load_seed

NAMES = sorted(path.name for path in SEEDS.iterdir() if path.is_dir())
BUILT_IN = [TypeInfo(name=name, base="" if name == "Data" else "Data") for name in BUILT_IN_TYPES]
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
    assert [mark for operation in operations for mark in read_definition(operation).marks] == []
    assert {operation.color for operation in operations} <= COLORS


@pytest.mark.parametrize("name", NAMES)
def test_a_seed_lacks_nothing_but_the_artifacts_that_S041_lets_people_choose(name: str) -> None:
    seed = load_seed(name)
    made = datetime(2026, 1, 1, tzinfo=UTC)
    blob = BlobInfo(hash=BlobHash("0" * 64), size=1)
    artifacts = [
        Artifact(id=ArtifactId(id), project=ProjectId("p"), name=id, type=saved.type, blob=blob, created=made)
        for id, saved in seed.artifacts.items()
    ]
    marks = check(Document(records={record.id: record for record in seed.records}), seed.interfaces, BUILT_IN, artifacts)
    assert {mark.code for mark in marks} <= {"DF211"}
    empty = [record.id for record in seed.records if isinstance(record, Node) and record.target == Input(artifact=None)]
    assert sorted(mark.where.record for mark in marks) == sorted(empty)


@pytest.mark.parametrize("name", NAMES)
def test_every_architecture_of_a_seed_can_be_built(name: str) -> None:
    records = load_seed(name).records
    for architecture in (record for record in records if isinstance(record, Architecture)):
        assert resolve(architecture.id, records).chain


@pytest.mark.parametrize("path", sorted(SEEDS.rglob("*.json")), ids=lambda path: path.relative_to(SEEDS).as_posix())
def test_json_of_seeds_is_written_as_the_folder_format_says(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"
