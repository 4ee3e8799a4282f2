"""A project as a folder: what is written is read back, and what leads out of it is refused."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from deepforge.errors import Conflict, DeepForgeError, Invalid, TooLarge
from deepforge.ids import ArtifactId, RecordId
from deepforge.model.records import (
    Architecture,
    DataType,
    Frame,
    Layer,
    LayerClass,
    LayerDefinition,
    Link,
    Module,
    Node,
    Note,
    Operation,
    OperationRef,
    Pipeline,
    Record,
    Wire,
)
from deepforge.storage.folder import Folder, FolderArtifact, read_folder, write_folder


def rid(id: str) -> RecordId:
    return RecordId(id)


RECORDS: tuple[Record, ...] = (
    Operation(id=rid("o1"), name="train", code="def train():\n    return 1\n", color="teal"),
    DataType(id=rid("d1"), name="Weights", code="class Weights:\n    pass\n"),
    LayerDefinition(id=rid("l0"), name="Mine", code="# é 漢\n"),
    Module(id=rid("m1"), name="data.cifar", code=""),
    Pipeline(id=rid("p1"), name="a/b: ..\u2028 x"),
    Pipeline(id=rid("p2"), name="A_b_ x"),
    Node(id=rid("n1"), pipeline=rid("p1"), target=OperationRef(operation=rid("o1")), attributes={"rate": 0.1, "on": None}),
    Node(id=rid("n2"), pipeline=rid("p1"), target=OperationRef(operation=rid("o1"))),
    Wire(id=rid("w1"), pipeline=rid("p1"), source=rid("n1"), output="result", target=rid("n2"), input="data"),
    Note(id=rid("t1"), graph=rid("p1"), text="why", about=rid("n1")),
    Frame(id=rid("f1"), graph=rid("a1"), title="both", members=(rid("y1"), rid("y2"))),
    Architecture(id=rid("a1"), name="LeNet", parameters={"channels": "6"}),
    Layer(id=rid("y1"), architecture=rid("a1"), target=LayerClass(name="Linear"), attributes={"in_features": "channels * 2"}),
    Layer(id=rid("y2"), architecture=rid("a1"), target=LayerClass(name="ReLU")),
    Link(id=rid("k1"), architecture=rid("a1"), source=rid("y1"), target=rid("y2")),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small project on disk."""
    source = tmp_path / "source.bin"
    source.write_bytes(b"\0\1")
    artifact = FolderArtifact(id=ArtifactId("x1"), name="../train data", type="Tensor", path=source)
    path = tmp_path / "project"
    write_folder(path, Folder(name="p", title="P", description="All of it.", records=RECORDS, artifacts=(artifact,)))
    return path


def test_a_project_comes_back_as_it_was(folder: Path) -> None:
    read = read_folder(folder)
    assert sorted(read.records, key=lambda record: record.id) == sorted(RECORDS, key=lambda record: record.id)
    assert (read.name, read.title, read.description) == ("p", "P", "All of it.")
    path = folder / "artifacts" / "train_data"
    assert read.artifacts == (FolderArtifact(id=ArtifactId("x1"), name="../train data", type="Tensor", path=path),)
    assert path.read_bytes() == b"\0\1"


def test_files_lie_where_the_spec_says(folder: Path) -> None:
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert files == {
        "project.json",
        "definitions.json",
        "artifacts.json",
        "artifacts/train_data",
        "operations/train.py",
        "types/Weights.py",
        "layers/Mine.py",
        "utils/data/cifar.py",
        "pipelines/a_b_.._x.json",
        "pipelines/A_b__x.json",
        "architectures/LeNet.json",
    }
    text = (folder / "definitions.json").read_text()
    assert text.startswith('[\n  {\n    "id": "d1",\n    "kind": "data_type"')
    assert text.endswith("]\n")


def test_writing_twice_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_folder(tmp_path / "again", read_folder(folder))
    for path in folder.rglob("*"):
        if path.is_file() and path.parent.name != "artifacts":
            assert path.read_bytes() == (tmp_path / "again" / path.relative_to(folder)).read_bytes()


def test_a_folder_with_something_in_it_is_left_alone(folder: Path) -> None:
    before = (folder / "project.json").read_bytes()
    with pytest.raises(Conflict):
        write_folder(folder, Folder(name="other"))
    assert (folder / "project.json").read_bytes() == before


def test_only_project_json_is_needed_and_lines_become_LF(tmp_path: Path) -> None:
    (tmp_path / "project.json").write_text('{"name": "p", "unknown": 1}')
    assert read_folder(tmp_path) == Folder(name="p")
    (tmp_path / "definitions.json").write_text('[{"id": "o", "kind": "operation", "name": "f"}]')
    (tmp_path / "operations").mkdir()
    (tmp_path / "operations" / "f.py").write_bytes(b"\xef\xbb\xbfa\r\nb\rc")
    assert read_folder(tmp_path).records == (Operation(id=rid("o"), name="f", code="a\nb\nc"),)


def replace_json(file: str, change: Callable[[list[dict[str, object]]], object]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        value = json.loads((folder / file).read_text())
        change(value)
        (folder / file).write_text(json.dumps(value))

    return apply


def write(file: str, data: bytes) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        (folder / file).write_bytes(data)

    return apply


def link(file: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        target = (folder / file).rename(folder.parent / "outside")
        (folder / file).symlink_to(target)

    return apply


BAD = {
    "D6 code is a link": (link("operations/train.py"), "operations/train.py"),
    "D6 a directory is a link": (link("operations"), "operations/train.py"),
    "D6 graphs are a link": (link("pipelines"), "pipelines"),
    "D6 a graph is a link": (link("architectures/LeNet.json"), "architectures/LeNet.json"),
    "D6 a list is a link": (link("definitions.json"), "definitions.json"),
    "D6 an artifact is a link": (link("artifacts/train_data"), "artifacts/train_data"),
    "D6 artifact above": (replace_json("artifacts.json", lambda v: v[0].update(file="../x")), "../x"),
    "D6 artifact absolute": (replace_json("artifacts.json", lambda v: v[0].update(file="/etc/passwd")), "/etc/passwd"),
    "D6 artifact with backslash": (replace_json("artifacts.json", lambda v: v[0].update(file="..\\x")), "..\\x"),
    "D6 artifact with NUL": (replace_json("artifacts.json", lambda v: v[0].update(file="a\0b")), "a\0b"),
    "artifact missing": (replace_json("artifacts.json", lambda v: v[0].update(file="artifacts/none")), "none"),
    "artifact is a directory": (replace_json("artifacts.json", lambda v: v[0].update(file="artifacts")), "artifacts"),
    "D6 definition above": (replace_json("definitions.json", lambda v: v[0].update(name="../x")), "definitions.json"),
    "D6 module above": (replace_json("definitions.json", lambda v: v[2].update(name="a...b")), "definitions.json"),
    "unknown kind": (replace_json("definitions.json", lambda v: v[0].update(kind="node")), "definitions.json"),
    "bad id": (replace_json("definitions.json", lambda v: v[0].update(id="a b")), "definitions.json"),
    "id used twice": (replace_json("definitions.json", lambda v: v[0].update(id="n1")), "n1"),
    "code missing": (lambda folder: (folder / "operations/train.py").unlink(), "operations/train.py"),
    "code is not text": (write("operations/train.py", b"\xff\xfe"), "operations/train.py"),
    "no JSON": (write("project.json", b"{"), "project.json"),
    "not UTF-8": (write("project.json", b'{"name": "\xff"}'), "project.json"),
    "D10 too deep": (write("architectures/LeNet.json", b'{"x":' + b"[" * 100_000), "architectures/LeNet.json"),
    "wrong shape": (write("artifacts.json", b"{}"), "artifacts.json"),
    "project missing": (lambda folder: (folder / "project.json").unlink(), "project.json"),
    "D8 too large": (write("operations/train.py", b" " * (16 * 1024 * 1024 + 1)), "operations/train.py"),
}


@pytest.mark.parametrize(("spoil", "named"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_refused_by_file(folder: Path, spoil: Callable[[Path], None], named: str) -> None:
    spoil(folder)
    with pytest.raises(DeepForgeError) as caught:
        read_folder(folder)
    assert isinstance(caught.value, Invalid | TooLarge)
    assert named in f"{caught.value.message} {caught.value.where}"


def test_a_record_of_another_graph_is_refused(folder: Path) -> None:
    file = folder / "architectures" / "LeNet.json"
    file.write_text(file.read_text().replace('"architecture": "a1"', '"architecture": "a2"', 1))
    with pytest.raises(Invalid, match=r"LeNet\.json"):
        read_folder(folder)


def test_a_name_that_cannot_be_a_file_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        write_folder(tmp_path / "p", Folder(name="p", records=(Operation(id=rid("o"), name="../x", code=""),)))
    assert not (tmp_path / "p").exists()
