"""From a tensor to a PNG: checks, grids, sizes.

The array is used through numpy's methods without importing numpy: whoever holds a tensor has it loaded.
"""

import math
from typing import Any

from deepforge.feedback.png import png

__all__ = ["LARGEST_PNG", "LARGEST_SIDE", "draw"]

LARGEST_SIDE = 2048
"""Pixels; larger pictures are scaled down."""
LARGEST_PNG = 4 * 1024 * 1024
"""Bytes; a picture that compresses worse is scaled down further."""
MOST_CELLS = 256
"""Of a batch, so many are drawn."""
_GAP = 2
_SMALL = 16
"""Pixels; cells smaller than this stand one pixel apart, else the gaps would be more to see than the cells."""
_TOLERANCE = 1e-3
_EXPECTED = "expected (height, width), (channels, height, width) or (batch, channels, height, width) with 1, 3 or 4 channels"

# Tensors and arrays are duck-typed here: their classes may not be imported, so nothing more exact can be said of them.
Array = Any


def draw(tensor: object) -> tuple[bytes, int, int]:
    """The PNG of a tensor, its width and its height.

    Takes shapes `(height, width)`, `(channels, height, width)` and `(batch, channels, height, width)`, drawn as a grid; values
    uint8, or floats from 0 to 1. Raises `TypeError` for what is no tensor or has other elements, `ValueError` for other shapes
    and values.
    """
    cells = _cells(_array(tensor))
    count, height, width = cells.shape[0], cells.shape[2], cells.shape[3]
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    room = LARGEST_SIDE - _GAP * columns  # columns are never fewer than rows
    step = max(1, math.ceil(width * columns / room), math.ceil(height * rows / room))
    while True:
        data, wide, high = _grid(_bytes(cells[:, :, ::step, ::step]), columns, rows)
        if len(data) <= LARGEST_PNG:
            return data, wide, high
        step *= 2


def _array(tensor: object) -> Array:
    value: Array = tensor
    if hasattr(value, "detach"):
        value = value.detach().cpu()
        value = (value.float() if "bfloat16" in str(value.dtype) else value).numpy()
    if not all(hasattr(value, name) for name in ("shape", "dtype", "astype", "transpose")):
        raise TypeError(f"drawing a {type(tensor).__name__} failed: expected a tensor or an array")
    return value


def _cells(array: Array) -> Array:
    """The same as `(batch, channels, height, width)`."""
    shape = tuple(int(size) for size in array.shape)
    full = (1,) * (4 - len(shape)) + shape
    if len(shape) < 2 or len(full) != 4 or 0 in full or full[1] not in (1, 3, 4):
        hint = "; permute the channels to the front" if len(shape) > 2 and shape[-1] in (1, 3, 4) else ""
        raise ValueError(f"drawing a tensor of shape {shape} failed: {_EXPECTED}{hint}")
    if array.dtype.kind != "f" and str(array.dtype) != "uint8":
        raise TypeError(f"drawing a tensor of {array.dtype} failed: expected floats from 0 to 1, or uint8")
    return array.reshape(full)[:MOST_CELLS]


def _bytes(cells: Array) -> Array:
    if cells.dtype.kind != "f":
        return cells
    low, high = float(cells.min()), float(cells.max())
    if not (low >= -_TOLERANCE and high <= 1 + _TOLERANCE):  # also true when there is a NaN
        raise ValueError(f"drawing values from {low:g} to {high:g} failed: expected floats from 0 to 1, or uint8")
    return (cells.clip(0, 1) * 255 + 0.5).astype("uint8")


def _grid(cells: Array, columns: int, rows: int) -> tuple[bytes, int, int]:
    count, channels, height, width = (int(size) for size in cells.shape)
    gap = (1 if max(width, height) < _SMALL else _GAP) if count > 1 else 0
    wide = columns * width + (columns - 1) * gap
    high = rows * height + (rows - 1) * gap
    canvas = [bytearray(wide * channels) for _ in range(high)]
    for index in range(count):
        top = index // columns * (height + gap)
        left = index % columns * (width + gap) * channels
        pixels = cells[index].transpose(1, 2, 0).tobytes()
        for row in range(height):
            line = pixels[row * width * channels : (row + 1) * width * channels]
            canvas[top + row][left : left + len(line)] = line
    return png([bytes(row) for row in canvas], wide, channels), wide, high
