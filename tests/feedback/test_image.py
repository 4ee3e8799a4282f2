"""Pictures: every legal tensor becomes a PNG, everything else a clear error, nothing grows beyond its limits."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch

from deepforge.feedback import Image
from deepforge.feedback.picture import LARGEST_PNG, LARGEST_SIDE, draw


def decoded(data: bytes) -> tuple[int, int, int, bytes]:
    """Width, height, channels and pixels of one of our PNGs (one IDAT, filter 0), checksums checked."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks: dict[bytes, bytes] = {}
    position = 8
    while position < len(data):
        (size,) = struct.unpack_from(">I", data, position)
        name, body = data[position + 4 : position + 8], data[position + 8 : position + 8 + size]
        assert struct.unpack_from(">I", data, position + 8 + size)[0] == zlib.crc32(name + body)
        chunks[name] = body
        position += size + 12
    width, height, depth, color = struct.unpack_from(">IIBB", chunks[b"IHDR"])
    channels = {0: 1, 2: 3, 6: 4}[color]
    rows = zlib.decompress(chunks[b"IDAT"])
    stride = width * channels + 1
    assert (depth, len(rows)) == (8, height * stride)
    pixels = b"".join(rows[row * stride + 1 : (row + 1) * stride] for row in range(height))
    return width, height, channels, pixels


def test_S116_S118_a_gray_picture_is_its_pixels() -> None:
    data, width, height = draw(np.array([[0, 255, 7]], dtype=np.uint8))
    assert (width, height) == (3, 1)
    assert decoded(data) == (3, 1, 1, bytes([0, 255, 7]))


def test_floats_and_channels_in_front_become_bytes() -> None:
    data, _, _ = draw(torch.tensor([[[0.0, 1.0]], [[0.5, 0.0]], [[1.0, 0.2]]]))
    assert decoded(data) == (2, 1, 3, bytes([0, 128, 255, 255, 0, 51]))


def test_a_batch_is_a_grid() -> None:
    data, width, height = draw(torch.ones(3, 1, 2, 2, dtype=torch.bfloat16))
    assert (width, height) == (5, 5)
    full, gap = b"\xff\xff", b"\0"
    rows = [full + gap + full] * 2 + [gap * 5] + [full + gap * 3] * 2
    assert decoded(data) == (5, 5, 1, b"".join(rows))


ERRORS: list[tuple[object, type[Exception], str]] = [
    (np.zeros(3), ValueError, "shape (3,)"),
    (np.zeros((5, 4, 4)), ValueError, "shape (5, 4, 4)"),
    (np.zeros((2, 2, 2, 2, 2)), ValueError, "shape (2, 2, 2, 2, 2)"),
    (np.zeros((0, 0)), ValueError, "shape (0, 0)"),
    (np.zeros((2, 2), dtype=np.int64), TypeError, "int64"),
    (np.full((2, 2), np.nan), ValueError, "nan"),
    (np.full((2, 2), 2.0), ValueError, "from 2 to 2"),
    ([[0.0]], TypeError, "list"),
    ("picture", TypeError, "str"),
]


@pytest.mark.parametrize(("tensor", "kind", "part"), ERRORS, ids=lambda value: str(value)[:20])
def test_everything_else_is_refused_with_a_sentence(tensor: object, kind: type[Exception], part: str) -> None:
    with pytest.raises(kind) as error:
        Image("x", tensor)
    assert part in str(error.value)
    assert "expected" in str(error.value)


def test_channels_at_the_end_get_a_hint() -> None:
    with pytest.raises(ValueError) as error:
        draw(np.zeros((28, 28, 3)))
    assert "permute" in str(error.value)


@pytest.mark.parametrize("shape", [(10_000, 10_000), (3, 5_000, 10), (400, 3, 300, 300)], ids=str)
def test_large_pictures_are_scaled_down(shape: tuple[int, ...]) -> None:
    data, width, height = draw(np.zeros(shape, dtype=np.uint8))
    assert max(width, height) <= LARGEST_SIDE
    assert decoded(data)[:2] == (width, height)


def test_noise_stays_below_the_largest_message() -> None:
    data, _, _ = draw(torch.rand(3, 2048, 2048))
    assert len(data) <= LARGEST_PNG


def test_S116_S117_a_picture_outside_of_a_runner_is_kept_and_saved_on_request(tmp_path: Path) -> None:
    image = Image("digits")
    with pytest.raises(ValueError):
        image.save(tmp_path / "none.png")
    image.title("more digits")
    image.update(torch.zeros(8, 8))
    image.save(tmp_path / "digits.png")
    assert decoded((tmp_path / "digits.png").read_bytes()) == (8, 8, 1, bytes(64))
