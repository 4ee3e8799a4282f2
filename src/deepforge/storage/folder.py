"""A project read from a folder and written to one (`docs/spec/folder.md`): seeds, exports, imports.

A folder may come from anywhere. Nothing in it is imported or run; links and paths that lead out of it are refused, and every
error names the file. Only the shape is checked here: the structural rules are `deepforge.document`'s.
"""

import re
import shutil
from collections.abc import Iterable, Iterator
from io import FileIO
from pathlib import Path, PurePosixPath
from typing import TypeVar

from msgspec import UNSET, MsgspecError, Struct, json

from deepforge.errors import Conflict, Invalid, TooLarge
from deepforge.ids import ArtifactId, RecordId
from deepforge.model.records import (
    Architecture,
    Definition,
    Frame,
    Layer,
    Link,
    Node,
    Note,
    Operation,
    Pipeline,
    Record,
    Wire,
)
from deepforge.storage.faults import disk_fault
from deepforge.storage.files import open_regular
from deepforge.storage.folder_files import (
    DEFINITIONS,
    ArchitectureFile,
    ArtifactEntry,
    DefinitionEntry,
    Folder,
    FolderArtifact,
    Member,
    PipelineFile,
    ProjectFile,
    bad,
    code_file,
    graph_of,
    members,
)

__all__ = ["Folder", "FolderArtifact", "read_folder", "write_folder"]

_T = TypeVar("_T")
_LARGEST = 16 * 1024 * 1024
"""Bytes of the largest file of JSON or Python that is read."""


def read_folder(path: Path) -> Folder:
    """Read a project from a folder. Raises `Invalid` or `TooLarge`, naming the file."""
    if not path.is_dir():
        raise Invalid(f"There is no folder {path}.", code="bad-folder", where=str(path))
    project = _decoded("project.json", _read(path, "project.json"), ProjectFile)
    records: dict[RecordId, Record] = {}
    for file, record in _records(path):
        if record.id in records:
            raise bad(file, f'the id "{record.id}" is used twice in the folder')
        records[record.id] = record
    return Folder(
        name=project.name,
        title=project.title,
        description=project.description,
        records=tuple(records.values()),
        artifacts=tuple(_artifacts(path)),
    )


def _records(path: Path) -> Iterator[tuple[str, Record]]:
    """Every record of the folder, with the file that it stands in."""
    for entry in _entries(path, "definitions.json", DefinitionEntry):
        yield "definitions.json", _definition(path, entry)
    for file in _files(path, "pipelines"):
        yield from _graph(path, file, _decoded(file, _read(path, file), PipelineFile))
    for file in _files(path, "architectures"):
        yield from _graph(path, file, _decoded(file, _read(path, file), ArchitectureFile))


def _graph(path: Path, file: str, graph: PipelineFile | ArchitectureFile) -> Iterator[tuple[str, Record]]:
    owner = graph.pipeline if isinstance(graph, PipelineFile) else graph.architecture
    yield file, owner
    for record in members(graph):
        if graph_of(record) != owner.id:
            raise bad(file, f'the record "{record.id}" belongs to "{graph_of(record)}", not to "{owner.id}"')
        yield file, record


def _definition(path: Path, entry: DefinitionEntry) -> Definition:
    file = code_file(entry.kind, entry.name)
    text = _read(path, file)
    try:
        code = text.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise bad(file, "it is not UTF-8 text") from None
    fields = {"kind": entry.kind, "id": entry.id, "name": entry.name, "code": code}
    if entry.kind == "operation" and isinstance(entry.color, str):
        fields["color"] = entry.color
    return _decoded("definitions.json", json.encode(fields), DEFINITIONS[entry.kind][0])


def _artifacts(path: Path) -> Iterator[FolderArtifact]:
    for entry in _entries(path, "artifacts.json", ArtifactEntry):
        _open(path, entry.file).close()
        yield FolderArtifact(id=ArtifactId(entry.id), name=entry.name, type=entry.type, path=path / entry.file)


def _files(path: Path, directory: str) -> list[str]:
    """The JSON files in a directory of the folder, in order of their names."""
    place = path / directory
    if place.is_symlink():
        raise bad(directory, "it is a link")
    return [f"{directory}/{file.name}" for file in sorted(place.glob("*.json"))]


def _open(path: Path, file: str) -> FileIO:
    """A regular file of the folder, reached without links."""
    parts = PurePosixPath(file).parts
    if not parts or file.startswith("/") or ".." in parts or "\\" in file or "\0" in file:
        raise bad(file[:200], "it does not lie in the folder")
    for depth in range(1, len(parts) + 1):
        if path.joinpath(*parts[:depth]).is_symlink():
            raise bad(file, "it is a link, or reached by one")
    return open_regular(path / file)


def _read(path: Path, file: str) -> bytes:
    with _open(path, file) as opened:
        data = opened.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise TooLarge(f"{file}: the file is larger than {_LARGEST} bytes.", where=file)
    return data


def _entries(path: Path, file: str, kind: type[_T]) -> list[_T]:
    """A file that holds a list; an empty one when it is not there."""
    if not (path / file).is_symlink() and not (path / file).exists():
        return []
    return _decoded(file, _read(path, file), list[kind])  # type: ignore[valid-type]


def _decoded(file: str, data: bytes, kind: type[_T]) -> _T:
    try:
        return json.decode(data, type=kind)
    except (MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise bad(file, str(error)) from None


def write_folder(path: Path, folder: Folder) -> None:
    """Write a project to a folder that is not there yet, or is empty; artifacts are copied from their paths.

    Raises `Conflict` when something is there, `Invalid` when a definition's name cannot be a file's, `Busy` or `Broken` when the
    disk refuses.
    """
    files = {"project.json": _json(ProjectFile(name=folder.name, title=folder.title, description=folder.description))}
    files |= _definition_files(folder) | _graph_files(folder)
    names = _FileNames()
    entries = [(artifact, f"artifacts/{names.of(artifact.name)}") for artifact in folder.artifacts]
    listed = [ArtifactEntry(id=each.id, name=each.name, type=each.type, file=file) for each, file in entries]
    files["artifacts.json"] = _json(listed)
    try:
        path.mkdir(parents=True, exist_ok=True)
        if any(path.iterdir()):
            raise Conflict(f"The folder {path} is not empty.", code="not-empty", hint="Choose another folder.")
        for file, data in files.items():
            _place(path, file).write_bytes(data)
        for artifact, file in entries:
            with open_regular(artifact.path) as source, _place(path, file).open("xb") as target:
                shutil.copyfileobj(source, target, 1024 * 1024)
    except OSError as error:
        raise disk_fault(error, str(path)) from error


def _place(path: Path, file: str) -> Path:
    place = path / file
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def _definition_files(folder: Folder) -> dict[str, bytes]:
    """`definitions.json` and the files of code."""
    found = [(str(each.__struct_config__.tag), each) for each in folder.records if isinstance(each, Definition)]
    found.sort(key=lambda pair: (pair[0], pair[1].name, pair[1].id))
    entries = [
        DefinitionEntry(id=each.id, kind=kind, name=each.name, color=each.color if isinstance(each, Operation) else UNSET)
        for kind, each in found
    ]
    files = {"definitions.json": _json(entries)}
    return files | {code_file(kind, each.name): each.code.encode() for kind, each in found}


def _graph_files(folder: Folder) -> dict[str, bytes]:
    """A file for each pipeline and each architecture."""
    files = {}
    pipelines, architectures = _FileNames(), _FileNames()
    for record in _sorted(folder.records):
        match record:
            case Pipeline():
                files[f"pipelines/{pipelines.of(record.name)}.json"] = _json(_pipeline(record, folder.records))
            case Architecture():
                files[f"architectures/{architectures.of(record.name)}.json"] = _json(_architecture(record, folder.records))
            case _:
                pass
    return files


def _pipeline(pipeline: Pipeline, records: Iterable[Record]) -> PipelineFile:
    own = [each for each in _sorted(records) if isinstance(each, Member) and graph_of(each) == pipeline.id]
    return PipelineFile(
        pipeline=pipeline,
        nodes=tuple(each for each in own if isinstance(each, Node)),
        wires=tuple(each for each in own if isinstance(each, Wire)),
        notes=tuple(each for each in own if isinstance(each, Note)),
        frames=tuple(each for each in own if isinstance(each, Frame)),
    )


def _architecture(architecture: Architecture, records: Iterable[Record]) -> ArchitectureFile:
    own = [each for each in _sorted(records) if isinstance(each, Member) and graph_of(each) == architecture.id]
    return ArchitectureFile(
        architecture=architecture,
        layers=tuple(each for each in own if isinstance(each, Layer)),
        links=tuple(each for each in own if isinstance(each, Link)),
        notes=tuple(each for each in own if isinstance(each, Note)),
        frames=tuple(each for each in own if isinstance(each, Frame)),
    )


def _sorted(records: Iterable[Record]) -> list[Record]:
    return sorted(records, key=lambda record: record.id)


class _FileNames:
    """Names of files for names that people chose: legal everywhere, each once (whether or not the disk tells a from A)."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def of(self, name: str) -> str:
        base = re.sub(r"[^\w.-]+", "_", name).strip("._")[:60] or "unnamed"
        found, number = base, 1
        while found.lower() in self._taken:
            number += 1
            found = f"{base}-{number}"
        self._taken.add(found.lower())
        return found


def _json(value: Struct | list[DefinitionEntry] | list[ArtifactEntry]) -> bytes:
    return json.format(json.encode(value), indent=2) + b"\n"
