"""Downloads the CIFAR-10 archive and reads its pictures."""

import fcntl
import hashlib
import os
import pickle
import tarfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

import deepforge
from deepforge import Dataset

FOLDER = "cifar-10-batches-py"
TRAINING_FILES = tuple(f"data_batch_{number}" for number in range(1, 6))
KEYS = ({b"data", b"labels"}, {b"label_names"})  # of a batch, and of batches.meta
LARGEST_FILE = 200_000_000  # bytes; a batch of the real archive has 31 MB
PIECE = 1 << 20
TRIES = 3
HARMLESS = {
    ("numpy.core.multiarray", "_reconstruct"): np.empty(0).__reduce__()[0],
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
}
DAMAGED = (pickle.UnpicklingError, EOFError, AttributeError, IndexError, KeyError, TypeError, ValueError)
HINT = (
    "Set the attribute `url` of this operation to a mirror, or to the path of a copy of cifar-10-python.tar.gz on the worker's "
    "machine (and `checksum` to its MD5 sum, or to nothing)."
)


class Cifar10(NamedTuple):
    """The pictures as they come: bytes (N, 3, 32, 32).

    Attributes:
        training_data: 50,000 pictures to learn from
        testing_data: 10,000 pictures to test with
    """

    training_data: Dataset
    testing_data: Dataset


def download_cifar10(
    *,
    url: str = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
    checksum: str = "c58f30108f718f92721af3b95e74349a",
) -> Cifar10:
    """Get the archive (once: it is kept for the next time) and read it.

    Args:
        url: where the archive is: a web address, or a path on the worker's machine
        checksum: the MD5 sum that the archive must have; empty to take any
    """
    archive = fetch(url, checksum)
    print(f"reading {archive}")
    contents = read_archive(archive)
    classes = [name.decode() for name in contents["batches.meta"][b"label_names"]]
    training = [contents[name] for name in TRAINING_FILES]
    result = Cifar10(dataset(training, classes), dataset([contents["test_batch"]], classes))
    print(f"{len(result.training_data)} pictures to learn from, {len(result.testing_data)} to test with")
    deepforge.Image("CIFAR-10", result.training_data.data[:100])
    return result


def fetch(url, checksum):
    """The path of the archive; a download that was interrupted goes on where it stopped."""
    if not url.startswith(("http://", "https://")):
        path = Path(url.removeprefix("file://")).expanduser()
        if not path.is_file():
            raise FileNotFoundError(f"There is no file {path}. {HINT}")
        check(path, checksum)
        return path
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "deepforge" / "downloads"
    cache.mkdir(parents=True, exist_ok=True)
    path = cache / f"{hashlib.md5(url.encode(), usedforsecurity=False).hexdigest()}-{checksum or 'any'}.tar.gz"
    with open(path.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two jobs may want it at once
        if path.exists():
            print("already downloaded")
            return path
        part = path.with_suffix(".part")
        download(url, part)
        try:
            check(part, checksum)
        except ValueError:
            part.unlink()
            raise
        part.rename(path)
    return path


def download(url, part):
    """Fetch what is still missing of a file; tries again when the connection breaks."""
    for attempt in range(1, TRIES + 1):
        have = part.stat().st_size if part.exists() else 0
        request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                continued = have > 0 and response.status == 206
                have = have if continued else 0
                length = response.headers.get("Content-Length")
                total = have + int(length) if length else None
                print(
                    f"{'continuing' if continued else 'downloading'} {url}, {size(total) if total else 'unknown size'}",
                    flush=True,
                )
                with open(part, "ab" if continued else "wb") as file:
                    pieces = iter(lambda: response.read(PIECE), b"")
                    for piece in deepforge.progress(pieces, "MiB", total=total and (total - have + PIECE - 1) // PIECE):
                        file.write(piece)
            if total is None or part.stat().st_size == total:
                return
            reason = f"the connection ended after {size(part.stat().st_size)}"
        except urllib.error.HTTPError as error:
            if error.code == 416:  # everything is here already
                return
            raise ConnectionError(f"Downloading {url} failed: {error.code} {error.reason}. {HINT}") from None
        except OSError as error:  # no network, no such host, a broken connection
            reason = str(getattr(error, "reason", error))
        print(f"attempt {attempt} of {TRIES} failed: {reason}", flush=True)
    raise ConnectionError(f"Downloading {url} failed: {reason}. {HINT}")


def check(path, checksum):
    """Raise an error for an archive that is not the expected one."""
    if not checksum:
        return
    with open(path, "rb") as file:
        found = hashlib.file_digest(file, "md5").hexdigest()
    if found != checksum.strip().lower():
        raise ValueError(f"The archive has the MD5 sum {found} and not {checksum}: it is damaged, or another file. {HINT}")


def read_archive(path):
    """The unpickled files of the archive by name. Nothing is unpacked to the disk, and only plain arrays are unpickled."""
    wanted = {*TRAINING_FILES, "test_batch", "batches.meta"}
    contents = {}
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in deepforge.progress(archive, "reading"):
                folder, _, name = member.name.rpartition("/")
                if folder == FOLDER and name in wanted and member.isfile() and member.size <= LARGEST_FILE:
                    contents[name] = PlainUnpickler(archive.extractfile(member), encoding="bytes").load()
    except (tarfile.TarError, OSError, *DAMAGED) as error:
        raise ValueError(f"{path} cannot be read as the CIFAR-10 archive: {error}. {HINT}") from None
    missing = sorted(name for name in wanted if KEYS[name == "batches.meta"] - set(contents.get(name, ())))
    if missing:
        raise ValueError(f"{path} is not the CIFAR-10 archive: it has no proper {FOLDER}/{missing[0]}. {HINT}")
    return contents


class PlainUnpickler(pickle.Unpickler):
    """Unpickles numpy arrays and nothing else: a pickle may name any function to call, and these few are harmless."""

    def find_class(self, module, name):
        if (module, name) not in HARMLESS:
            raise pickle.UnpicklingError(f"it wants to use {module}.{name}")
        return HARMLESS[module, name]


def dataset(batches, classes):
    """One dataset of several batches: rows of 3,072 bytes, red, green, blue."""
    rows = np.concatenate([batch[b"data"] for batch in batches])
    labels = torch.tensor([label for batch in batches for label in batch[b"labels"]])
    return Dataset(torch.from_numpy(rows).reshape(-1, 3, 32, 32), labels, classes)


def size(count):
    """Bytes for people."""
    return f"{count / 1e6:.1f} MB"
