"""Seeds: the folders that projects start from (`docs/spec/folder.md`), beside the package or at the root of the repository."""

import re
from collections import Counter
from pathlib import Path

from deepforge.document.apply import apply
from deepforge.errors import Invalid, NotFound, TooLarge
from deepforge.ids import TransactionId
from deepforge.model.document import Document, Transaction
from deepforge.model.project import Seed
from deepforge.model.records import Architecture, Operation, Pipeline
from deepforge.server.thumbnails import thumbnail
from deepforge.storage.folder import Folder, read_folder

__all__ = ["Seeds", "seeds_directory"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def seeds_directory() -> Path:
    """In an installation beside the package's modules, in a checkout at its root."""
    package = Path(__file__).parent.parent
    inside = package / "seeds"
    return inside if inside.is_dir() else package.parent.parent / "seeds"


class Seeds:
    """The seeds of one directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def all(self) -> list[Seed]:
        """What there is, by title."""
        found = self._directory.iterdir() if self._directory.is_dir() else ()
        seeds = [self._describe(path) for path in found if (path / "project.json").is_file() and _NAME.fullmatch(path.name)]
        return sorted(seeds, key=lambda seed: seed.title.lower())

    def _describe(self, path: Path) -> Seed:
        try:
            folder = read_folder(path)
        except (Invalid, TooLarge) as error:
            raise Invalid(f"The seed {path.name} cannot be read: {error}", code="seed") from error
        kinds = Counter(type(one) for one in folder.records)
        return Seed(
            name=path.name,
            title=folder.title,
            description=folder.description,
            pipelines=tuple(sorted(one.name for one in folder.records if isinstance(one, Pipeline))),
            operations=kinds[Operation],
            architectures=kinds[Architecture],
            thumbnail=thumbnail(folder.records),
        )

    def check(self, name: str) -> Path:
        """Where the seed lies. Raises `NotFound`."""
        path = self._directory / name if _NAME.fullmatch(name) else None
        if path is None or not (path / "project.json").is_file():
            raise NotFound(f"There is no seed {name[:64]!r}.", where="seed", hint="GET /api/seeds lists them.")
        return path

    def read(self, name: str) -> Folder:
        """All records and artifacts of a seed. Raises `NotFound`, `Invalid` for a broken folder, `Refused` (DF1xx)."""
        folder = read_folder(self.check(name))
        # The rules of the document hold for seeds, too: a wrong one is refused when a project is made from it.
        apply(Document(), Transaction(id=TransactionId("seed"), label="Read the seed", put=folder.records))
        return folder
