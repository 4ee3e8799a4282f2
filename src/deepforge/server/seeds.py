"""Seeds: the folders that projects start from (`docs/spec/folder.md`), beside the package or at the root of the repository."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeVar

import msgspec
from msgspec import Struct

from deepforge.document.apply import apply
from deepforge.errors import Invalid, NotFound
from deepforge.ids import ArtifactId, RecordId, TransactionId
from deepforge.model.document import Document, Transaction
from deepforge.model.project import Seed, Thumbnail, ThumbnailNode
from deepforge.model.records import (
    Architecture,
    DataType,
    Definition,
    Frame,
    Layer,
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

__all__ = ["SeedArtifact", "SeedContent", "Seeds", "seeds_directory"]

T = TypeVar("T")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class SeedArtifact(Struct, frozen=True, kw_only=True):
    """An artifact that comes with a seed; `path` is its file."""

    id: ArtifactId
    name: str
    type: str
    path: Path


class SeedContent(Struct, frozen=True, kw_only=True):
    records: tuple[Record, ...]
    artifacts: tuple[SeedArtifact, ...]


class _About(Struct, frozen=True, kw_only=True):
    name: str
    title: str
    description: str


class _Definition(Struct, frozen=True, kw_only=True):
    id: RecordId
    kind: Literal["operation", "data_type", "layer_definition", "module"]
    name: str
    color: str = "slate"


class _PipelineFile(Struct, frozen=True, kw_only=True):
    pipeline: Pipeline
    nodes: tuple[Node, ...] = ()
    wires: tuple[Wire, ...] = ()
    notes: tuple[Note, ...] = ()
    frames: tuple[Frame, ...] = ()


class _ArchitectureFile(Struct, frozen=True, kw_only=True):
    architecture: Architecture
    layers: tuple[Layer, ...] = ()
    links: tuple[Link, ...] = ()
    notes: tuple[Note, ...] = ()
    frames: tuple[Frame, ...] = ()


class _ArtifactFile(Struct, frozen=True, kw_only=True):
    id: ArtifactId
    name: str
    type: str
    file: str


def seeds_directory() -> Path:
    """In an installation beside the package's modules, in a checkout at its root."""
    package = Path(__file__).parent.parent
    inside = package / "seeds"
    return inside if inside.is_dir() else package.parent.parent / "seeds"


class Seeds:
    """The seeds of one directory. Reading follows no link and leaves the seed's own directory never."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def all(self) -> list[Seed]:
        """What there is, by title."""
        found = self._directory.iterdir() if self._directory.is_dir() else ()
        seeds = [self._describe(path) for path in found if (path / "project.json").is_file() and _NAME.fullmatch(path.name)]
        return sorted(seeds, key=lambda seed: seed.title.lower())

    def _describe(self, path: Path) -> Seed:
        about = _decoded(path, "project.json", _About)
        records = [*_definitions(path), *_graphs(path)]
        kinds = Counter(type(one) for one in records)
        return Seed(
            name=path.name,
            title=about.title,
            description=about.description,
            pipelines=tuple(sorted(one.name for one in records if isinstance(one, Pipeline))),
            operations=kinds[Operation],
            architectures=kinds[Architecture],
            thumbnail=_thumbnail(records),
        )

    def check(self, name: str) -> Path:
        """Where the seed lies. Raises `NotFound`."""
        path = self._directory / name if _NAME.fullmatch(name) else None
        if path is None or not (path / "project.json").is_file():
            raise NotFound(f"There is no seed {name[:64]!r}.", where="seed", hint="GET /api/seeds lists them.")
        return path

    def read(self, name: str) -> SeedContent:
        """All records and artifacts of a seed. Raises `NotFound`, `Invalid` for a broken folder, `Refused` (DF1xx)."""
        path = self.check(name)
        records = [*_definitions(path), *_graphs(path)]
        # The rules of the document hold for seeds, too: a wrong one is refused when a project is made from it.
        apply(Document(), Transaction(id=TransactionId("seed"), label="Read the seed", put=tuple(records)))
        artifacts = _decoded(path, "artifacts.json", tuple[_ArtifactFile, ...]) if (path / "artifacts.json").is_file() else ()
        return SeedContent(
            records=tuple(records),
            artifacts=tuple(
                SeedArtifact(id=one.id, name=one.name, type=one.type, path=_inside(path, one.file)) for one in artifacts
            ),
        )


def _thumbnail(records: Sequence[Record]) -> Thumbnail:
    """The pipeline with the most nodes, as it is drawn small."""
    sizes = Counter(one.pipeline for one in records if isinstance(one, Node))
    drawn = max(sizes, key=lambda pipeline: (sizes[pipeline], pipeline), default=None)
    operations = {one.id: one for one in records if isinstance(one, Operation)}
    nodes = [one for one in records if isinstance(one, Node) and one.pipeline == drawn]
    place = {one.id: index for index, one in enumerate(nodes)}
    wires = [one for one in records if isinstance(one, Wire) and one.pipeline == drawn]
    return Thumbnail(
        nodes=tuple(_thumbnail_node(one, operations) for one in nodes),
        wires=tuple((place[one.source], place[one.target]) for one in wires if one.source in place and one.target in place),
    )


def _thumbnail_node(node: Node, operations: dict[RecordId, Operation]) -> ThumbnailNode:
    match node.target:
        case OperationRef(operation=id) if id in operations:
            return ThumbnailNode(name=node.name or operations[id].name, color=operations[id].color)
        case _:
            return ThumbnailNode(name=node.name or "data", color="io")


def _definitions(path: Path) -> list[Definition]:
    return [_definition(path, one) for one in _decoded(path, "definitions.json", tuple[_Definition, ...])]


def _definition(path: Path, one: _Definition) -> Definition:
    match one.kind:
        case "operation":
            return Operation(id=one.id, name=one.name, color=one.color, code=_text(path, f"operations/{one.name}.py"))
        case "data_type":
            return DataType(id=one.id, name=one.name, code=_text(path, f"types/{one.name}.py"))
        case "layer_definition":
            return LayerDefinition(id=one.id, name=one.name, code=_text(path, f"layers/{one.name}.py"))
        case "module":
            return Module(id=one.id, name=one.name, code=_text(path, f"utils/{one.name.replace('.', '/')}.py"))


def _graphs(path: Path) -> list[Record]:
    records: list[Record] = []
    for file in sorted((path / "pipelines").glob("*.json")):
        graph = _decoded(path, f"pipelines/{file.name}", _PipelineFile)
        records += [graph.pipeline, *graph.nodes, *graph.wires, *graph.notes, *graph.frames]
    for file in sorted((path / "architectures").glob("*.json")):
        network = _decoded(path, f"architectures/{file.name}", _ArchitectureFile)
        records += [network.architecture, *network.layers, *network.links, *network.notes, *network.frames]
    return records


def _decoded(path: Path, name: str, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(_inside(path, name).read_bytes(), type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Invalid(f"{path.name}/{name} is not valid: {error}", code="seed") from error


def _text(path: Path, name: str) -> str:
    return _inside(path, name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _inside(path: Path, name: str) -> Path:
    """A regular file of the folder, named by a plain relative path."""
    file = path / name
    parts = Path(name).parts
    links = any((path / Path(*parts[: count + 1])).is_symlink() for count in range(len(parts)))
    if Path(name).is_absolute() or ".." in parts or links or not file.is_file():
        raise Invalid(f"{path.name} has no file {name[:200]!r} of its own.", code="seed")
    return file
