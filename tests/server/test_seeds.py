"""The seeds of the server: found, described, and refused when they break the rules."""

from pathlib import Path

import pytest

from deepforge.errors import Invalid, NotFound, Refused
from deepforge.server.seeds import Seeds, seeds_directory

ABOUT = '{"name": "s", "title": "S", "description": ""}'
WIRE = '{"kind": "wire", "id": "w", "pipeline": "p", "source": "a", "output": "x", "target": "b", "input": "y"}'
DANGLING = '{"pipeline": {"kind": "pipeline", "id": "p", "name": "p"}, "wires": [' + WIRE + "]}"


def seed(tmp_path: Path, **files: str) -> Seeds:
    for name, text in {"project.json": ABOUT, "definitions.json": "[]", **files}.items():
        file = tmp_path / "s" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return Seeds(tmp_path)


@pytest.mark.parametrize("name", [one.name for one in Seeds(seeds_directory()).all()])
def test_S022_every_seed_keeps_the_rules_of_the_document(name: str) -> None:
    assert Seeds(seeds_directory()).read(name).name == name


def test_there_may_be_no_seeds(tmp_path: Path) -> None:
    assert Seeds(tmp_path / "nothing").all() == []


@pytest.mark.parametrize("name", ["unknown", "..", "../s", ".hidden", "", "s/../s", "a\0b"])
def test_D1_a_seed_is_a_name_and_no_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound):
        seed(tmp_path).read(name)


def test_a_seed_that_breaks_a_rule_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        seed(tmp_path, **{"pipelines/p.json": DANGLING}).read("s")
    assert refused.value.code == "DF102"


def test_a_seed_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="The seed s "):
        seed(tmp_path, **{"project.json": "{"}).all()


def test_S022_a_seed_is_described_by_its_counts_and_drawn_small() -> None:
    digits = next(one for one in Seeds(seeds_directory()).all() if one.name == "digits")
    colors = sorted(node.color for node in digits.thumbnail.nodes)
    assert (digits.pipelines, digits.operations, digits.architectures) == (("prepare", "test", "train"), 3, 1)
    assert (colors, len(digits.thumbnail.wires)) == (["io", "io", "io", "io", "plum"], 4)
