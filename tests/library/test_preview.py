"""Previews: what a person sees of an output, within limits."""

import base64
import math
from pathlib import Path

import msgspec
import pytest
import torch

from deepforge.library import Dataset
from deepforge.library.preview import preview_of
from deepforge.model.artifact import DataPreview, ImagesPreview, Preview, TensorPreview, TextPreview


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.1, TextPreview(text="0.1")),
        (math.nan, TextPreview(text="nan")),
        (True, TextPreview(text="True")),
        ("x" * 3000, TextPreview(text="x" * 2000, truncated=True)),
        ({"a": [1]}, TextPreview(text='{\n  "a": [\n    1\n  ]\n}')),
        (["a", object()], None),
        (object(), None),
        (None, None),
        (torch.zeros(0, 2), TensorPreview(shape=(0, 2), dtype="float32")),
        (
            torch.tensor([3, 3, 3]),
            TensorPreview(shape=(3,), dtype="int64", edges=(3.0, 3.0), counts=(3,), head="3, 3, 3"),
        ),
        (
            torch.tensor([math.nan, math.inf, -math.inf, 1.0]),
            TensorPreview(
                shape=(4,), dtype="float32", edges=(1.0, 1.0), counts=(1,), nan=1, infinite=2, head="nan, inf, -inf, 1"
            ),
        ),
        (torch.tensor([True]), TensorPreview(shape=(1,), dtype="bool", edges=(1.0, 1.0), counts=(1,), head="1")),
        (torch.tensor([1j]), TensorPreview(shape=(1,), dtype="complex64")),
    ],
)
def test_a_preview(value: object, expected: Preview | None) -> None:
    assert preview_of(value) == expected


def test_a_histogram_counts_everything_once() -> None:
    found = preview_of(torch.linspace(-1, 1, 1000).reshape(10, 100))
    assert isinstance(found, TensorPreview)
    assert (len(found.edges), len(found.counts), sum(found.counts)) == (41, 40, 1000)
    assert (found.edges[0], found.edges[-1]) == (-1, 1)


def test_a_dataset_of_features() -> None:
    found = preview_of(Dataset(torch.zeros(3, 2), torch.tensor([0, 1, 1]), ["no", "yes", "perhaps"]))
    assert found == DataPreview(
        samples=3, shape=(2,), dtype="float32", classes=("no", "yes", "perhaps"), counts=(1, 2, 0), images=None
    )


@pytest.mark.parametrize(
    ("data", "cells"),
    [
        (torch.rand(100, 8, 8), 36),
        (torch.randn(5, 3, 32, 32), 5),
        (torch.randint(0, 255, (50, 1, 8, 8), dtype=torch.uint8), 36),
        (torch.rand(100, 3, 256, 256), 1),
        (torch.full((4, 1, 8, 8), math.nan), 4),
    ],
)
def test_pictures_are_a_small_grid(data: torch.Tensor, cells: int) -> None:
    found = preview_of(Dataset(data, torch.arange(len(data)) % 2, ["even", "odd"]))
    assert isinstance(found, DataPreview)
    if cells == 1:  # noise of this size does not fit at all, or only one picture does
        assert found.images is None or len(found.images.png) <= 200_000
        return
    assert isinstance(found.images, ImagesPreview)
    assert found.images.cells == len(found.images.labels) == cells
    assert base64.b64decode(found.images.png).startswith(b"\x89PNG")
    assert len(found.images.png) <= 200_000


def test_the_head_of_a_text_file_but_not_of_bytes(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("ü" * 1500)
    (tmp_path / "bytes").write_bytes(bytes(range(256)) * 20)
    assert preview_of(tmp_path / "text") == TextPreview(text="ü" * 1000, truncated=True)
    assert preview_of(tmp_path / "bytes") is None
    assert preview_of(tmp_path / "nowhere") is None


def test_every_preview_is_json() -> None:
    for value in (torch.randn(5), Dataset(torch.rand(4, 8, 8), torch.zeros(4)), torch.nn.Linear(1, 2), torch.tensor(1e308) * 10):
        preview = preview_of(value)
        assert msgspec.json.decode(msgspec.json.encode(preview), type=Preview) == preview
