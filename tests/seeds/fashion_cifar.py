"""Makes an archive in CIFAR-10's real format whose pictures are Fashion-MNIST's, for machines without the network.

The format is that of the Python version of the archive, byte for byte as Python 2 pickled it (protocol 2, keys and pictures as
`str`), so that whoever reads the real archive reads this one. Pictures are padded from 28 x 28 to 32 x 32 and gray in three
channels. The same arguments make the same bytes.
"""

import gzip
import io
import struct
import tarfile
from collections.abc import Iterable
from hashlib import md5
from pathlib import Path

import numpy as np

__all__ = ["CLASSES", "FASHION_MNIST", "make_archive"]

FASHION_MNIST = Path("/usr/share/datasets/fashion-mnist")
"""Where Debian's package `dataset-fashion-mnist` puts it."""
CLASSES = ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")
FOLDER = "cifar-10-batches-py"


def make_archive(path: Path, *, training: int = 50_000, testing: int = 10_000) -> str:
    """Write the archive; `training` is a multiple of 5. Returns its MD5 sum."""
    files = {"batches.meta": _meta(training // 5)}
    images, labels = _read("train", training)
    size = training // 5
    for number in range(1, 6):
        part = slice((number - 1) * size, number * size)
        files[f"data_batch_{number}"] = _batch(images[part], labels[part], f"training batch {number} of 5")
    files["test_batch"] = _batch(*_read("t10k", testing), "testing batch 1 of 1")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        folder = tarfile.TarInfo(FOLDER)
        folder.type = tarfile.DIRTYPE
        folder.mode = 0o755
        archive.addfile(folder)
        for name, content in files.items():
            member = tarfile.TarInfo(f"{FOLDER}/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    path.write_bytes(gzip.compress(packed.getvalue(), compresslevel=1, mtime=0))
    return md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def _read(kind: str, count: int) -> tuple[np.ndarray, list[int]]:
    """The first `count` pictures as rows of 3,072 bytes, and their labels (the IDX format of MNIST)."""
    pixels = gzip.decompress((FASHION_MNIST / f"{kind}-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((FASHION_MNIST / f"{kind}-labels-idx1-ubyte.gz").read_bytes())
    _, _, height, width = struct.unpack(">4I", pixels[:16])
    images = np.frombuffer(pixels, np.uint8, count * height * width, offset=16).reshape(count, 1, height, width)
    padded = np.pad(images, ((0, 0), (0, 0), (2, 2), (2, 2)))
    return np.repeat(padded, 3, axis=1).reshape(count, 3072), list(labels[8 : 8 + count])


def _batch(images: np.ndarray, labels: Iterable[int], name: str) -> bytes:
    names = [f"{name.split()[0]}_{number:06d}.png" for number in range(len(images))]
    return _pickled(
        [
            (b"batch_label", _string(name.encode())),
            (b"labels", _list(b"K" + bytes([label]) for label in labels)),
            (b"data", _array(images)),
            (b"filenames", _list(_string(name.encode()) for name in names)),
        ]
    )


def _meta(cases: int) -> bytes:
    return _pickled(
        [
            (b"num_cases_per_batch", _integer(cases)),
            (b"label_names", _list(_string(name.encode()) for name in CLASSES)),
            (b"num_vis", _integer(3072)),
        ]
    )


def _pickled(items: Iterable[tuple[bytes, bytes]]) -> bytes:
    """PROTO 2, EMPTY_DICT, MARK, keys and values, SETITEMS, STOP."""
    return b"\x80\x02}(" + b"".join(_string(key) + value for key, value in items) + b"u."


def _string(text: bytes) -> bytes:
    """A `str` of Python 2: SHORT_BINSTRING or BINSTRING."""
    return b"U" + bytes([len(text)]) + text if len(text) < 256 else b"T" + struct.pack("<i", len(text)) + text


def _integer(value: int) -> bytes:
    return b"M" + struct.pack("<H", value)


def _list(items: Iterable[bytes]) -> bytes:
    return b"](" + b"".join(items) + b"e"


def _array(rows: np.ndarray) -> bytes:
    """`numpy.core.multiarray._reconstruct(ndarray, (0,), "b")` and its state, as numpy 1 wrote it under Python 2."""
    shape = b"J" + struct.pack("<i", rows.shape[0]) + b"J" + struct.pack("<i", rows.shape[1]) + b"\x86"
    dtype = b"cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    made = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
    return made + b"(K\x01" + shape + dtype + b"\x89" + _string(rows.tobytes()) + b"tb"
