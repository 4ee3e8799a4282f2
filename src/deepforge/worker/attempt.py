"""The directory of an attempt: making it from a spec, and reading what runner and parent left in it.

`spec.json` comes first and durably: a directory that has one belongs to an attempt that the server knows. All else can be made
again until a runner exists. `docs/spec/attempt.md` lists the files.
"""

import re
import shutil
import time
from pathlib import Path
from typing import TypeVar

import msgspec

from deepforge.code.emit import emit_attempt
from deepforge.errors import Invalid
from deepforge.ids import RECORD_ID, BlobHash
from deepforge.model.hosting import AttemptSpec
from deepforge.worker.control import CanceledFile, ExitFile, RunnerFile
from deepforge.worker.durable import make_reserve, sync_directory, write_durably
from deepforge.worker.journal import Journal
from deepforge.worker.untrusted import UNREADABLE, read_file

__all__ = ["AttemptDirectory", "check_hash"]

File = TypeVar("File", RunnerFile, ExitFile, CanceledFile)

_JOURNAL = "events.journal"
_TRIES = 50
_PAUSE = 0.02
_LARGEST_RESULT = 7 * 1024 * 1024
_HASH = re.compile(r"[0-9a-f]{64}")


class AttemptDirectory:
    """One attempt on disk."""

    def __init__(self, path: Path, spec: AttemptSpec) -> None:
        self.path = path
        self.spec = spec
        self.console = path / "console.log"
        self.spool = path / "spool"
        self.journal = path / _JOURNAL

    @classmethod
    def create(cls, root: Path, spec: AttemptSpec) -> "AttemptDirectory":
        """Make the directory below `root`, with its spec, durably. Raises `Invalid` for ids that cannot name files, `OSError`."""
        _check(spec)
        path = root / spec.attempt
        path.mkdir(parents=True, exist_ok=True)
        try:
            make_reserve(path)
            Journal(path / _JOURNAL).begin()
            write_durably(path / "spec.json", msgspec.json.encode(spec))
            sync_directory(root)
        except OSError:
            shutil.rmtree(path, ignore_errors=True)
            raise
        return cls(path, spec)

    @classmethod
    def load(cls, path: Path) -> "AttemptDirectory | None":
        """What an earlier host made; None if it did not get as far as the spec. Raises `Invalid` for one that cannot be read."""
        data = read_file(path / "spec.json")
        if data is None:
            return None
        try:
            spec = msgspec.json.decode(data, type=AttemptSpec)
        except UNREADABLE as error:
            raise Invalid(f"{path} has a spec that this version cannot read: {error}") from None
        if spec.attempt != path.name:
            raise Invalid(f"{path} has the spec of another attempt.")
        return cls(path, spec)

    def write_code(self) -> None:
        """Write everything that is text. Raises `Invalid` for what cannot be written as code, and `OSError`."""
        for name, text in emit_attempt(self.spec).items():
            target = (self.path / name).resolve()
            if not target.is_relative_to(self.path.resolve()):
                raise Invalid(f"The file {name!r} would lie outside of the attempt's directory.", hint="Rename the definition.")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        for folder in ("inputs", "outputs"):
            (self.path / folder).mkdir(exist_ok=True)

    def input(self, name: str) -> Path:
        return self.path / "inputs" / name

    def output(self, name: str) -> Path:
        return self.path / "outputs" / name

    def runner(self) -> RunnerFile | None:
        """Who runs it; None as long as nobody has taken it, or if its code has written over the file."""
        return self._read("runner.json", RunnerFile)

    @property
    def taken(self) -> bool:
        """A zygote has been given the attempt."""
        return (self.path / "runner.json").exists()

    def claim(self) -> bool:
        """Take the attempt so that no zygote can start it any more; False if one was faster."""
        try:
            with (self.path / "runner.json").open("xb") as file:
                file.write(msgspec.json.encode(RunnerFile(zygote_pid=0, zygote="")))
        except FileExistsError:
            return False
        return True

    def ended(self) -> ExitFile | None:
        """How the runner ended; None before, or if its code has written over the file."""
        return self._read("exit.json", ExitFile)

    def result(self) -> bytes | None:
        return read_file(self.path / "result.json", _LARGEST_RESULT)

    def canceled(self) -> CanceledFile | None:
        return self._read("cancel.json", CanceledFile)

    def cancel(self, order: CanceledFile) -> None:
        write_durably(self.path / "cancel.json", msgspec.json.encode(order))

    def present(self) -> list[str]:
        """The outputs whose files are there: regular ones, no links."""
        paths = ((port.name, self.output(port.name)) for port in self.spec.outputs)
        return [name for name, path in paths if path.is_file() and not path.is_symlink()]

    def _read(self, name: str, kind: type[File]) -> File | None:
        data = read_file(self.path / name)
        try:
            return msgspec.json.decode(data, type=kind) if data else None
        except UNREADABLE:
            return None

    def remove(self) -> None:
        """Delete it. The spec goes first: what a crash leaves half deleted is deleted by the next host."""
        (self.path / "spec.json").unlink(missing_ok=True)
        for _ in range(_TRIES):
            shutil.rmtree(self.path, ignore_errors=True)
            if not self.path.exists():
                return
            time.sleep(_PAUSE)  # its runner's parent may just be writing how it ended

    def keep(self, root: Path, newest: int) -> None:
        """Move it to `root`, where the newest so many are kept for people to look into."""
        if not self.path.exists():  # its own code has removed it
            return
        root.mkdir(exist_ok=True)
        target = root / self.path.name
        if target.exists():
            shutil.rmtree(target, ignore_errors=True)
        self.path.rename(target)
        kept = sorted(root.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in kept[newest:]:
            shutil.rmtree(old, ignore_errors=True)


def _check(spec: AttemptSpec) -> None:
    if not RECORD_ID.fullmatch(spec.attempt):
        raise Invalid(f"{spec.attempt!r} cannot be the id of an attempt.")
    for name in (*spec.inputs, *(port.name for port in spec.outputs)):
        if not name.isidentifier():
            raise Invalid(f"{name!r} cannot name an input or an output.", hint="Use a Python identifier.")
    for file in spec.inputs.values():
        check_hash(file.blob.hash)


def check_hash(blob: BlobHash) -> None:
    """Raises `Invalid` for what is no hash."""
    if not _HASH.fullmatch(blob):
        raise Invalid(f"{blob!r} is not the hash of a blob.")
