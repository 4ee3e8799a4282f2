"""Previews of outputs, made where the value is in memory: the server never decodes what belongs to a project."""

import base64
import json
import math
from pathlib import Path

import torch
from torch import nn

from deepforge.feedback.picture import draw
from deepforge.library.dataset import Dataset
from deepforge.library.model import design_of
from deepforge.model.artifact import DataPreview, ImagesPreview, ModelPreview, Preview, TensorPreview, TextPreview

__all__ = ["preview_of"]

MAX_TEXT = 2_000
MAX_PNG = 150_000
"""Bytes of a picture; 200 kB in base64."""
MAX_CLASSES = 1_000
MAX_LAYERS = 1_000
CELLS = 36
BINS = 40


def preview_of(value: object) -> Preview | None:
    """What a person sees of a value before opening it; None for what cannot be shown."""
    match value:
        case Dataset():
            return _dataset(value)
        case torch.Tensor():
            return _tensor(value)
        case nn.Module():
            return _model(value)
        case str():
            return _text(value)
        case bool() | int() | float():
            return TextPreview(text=repr(value))
        case list() | tuple() | dict():
            return _json(value)
        case Path():
            return _file(value)
        case _:
            return None


def _text(text: str) -> TextPreview:
    return TextPreview(text=text[:MAX_TEXT], truncated=len(text) > MAX_TEXT)


def _json(value: object) -> TextPreview | None:
    try:
        return _text(json.dumps(value, indent=2, ensure_ascii=False))
    except (TypeError, ValueError, RecursionError):
        return None


def _file(path: Path) -> TextPreview | None:
    """The head of a text file; None for anything else."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        head = file.read(MAX_TEXT + 1)
    text = head[:MAX_TEXT].decode("utf-8", "ignore")
    binary = "\0" in text or len(text.encode()) < len(head[:MAX_TEXT]) - 3
    return None if binary else TextPreview(text=text, truncated=len(head) > MAX_TEXT)


def _tensor(tensor: torch.Tensor) -> TensorPreview:
    shape, dtype = tuple(tensor.shape), str(tensor.dtype).removeprefix("torch.")
    if tensor.is_complex() or tensor.numel() == 0:
        return TensorPreview(shape=shape, dtype=dtype)
    flat = tensor.detach().cpu().reshape(-1).to(torch.float64)
    finite = flat[torch.isfinite(flat)]
    head = ", ".join(f"{number:.6g}" for number in flat[:8].tolist()) + (", …" if len(flat) > 8 else "")
    edges, counts = _histogram(finite)
    return TensorPreview(
        shape=shape,
        dtype=dtype,
        edges=edges,
        counts=counts,
        nan=int(torch.isnan(flat).sum()),
        infinite=int(torch.isinf(flat).sum()),
        head=head,
    )


def _histogram(values: torch.Tensor) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Equal bins from the smallest to the largest value; one bin for a constant."""
    if len(values) == 0:
        return (), ()
    low, high = float(values.min()), float(values.max())
    if low == high or not math.isfinite(high - low):
        return (low, high), (len(values),)
    edges = torch.linspace(low, high, BINS + 1, dtype=torch.float64).tolist()
    return tuple(edges), tuple(int(count) for count in torch.histc(values, BINS, low, high).tolist())


def _model(module: nn.Module) -> ModelPreview:
    design = design_of(module)
    layers = tuple((name, type(layer).__name__, _parameters(layer)) for name, layer in list(module.named_children())[:MAX_LAYERS])
    name = design.blueprint.name if design else type(module).__name__
    return ModelPreview(architecture=name, parameters=_parameters(module), layers=layers)


def _parameters(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def _dataset(dataset: Dataset) -> DataPreview:
    counts: tuple[int, ...] = ()
    classes = dataset.classes[:MAX_CLASSES]
    if classes and dataset.categorical:
        found = torch.bincount(dataset.labels.to(torch.int64), minlength=len(dataset.classes)).tolist()
        counts = tuple(int(count) for count in found[: len(classes)])
    return DataPreview(
        samples=len(dataset),
        shape=tuple(dataset.data.shape[1:]),
        dtype=str(dataset.data.dtype).removeprefix("torch."),
        classes=classes,
        counts=counts,
        images=_images(dataset),
    )


def _images(dataset: Dataset) -> ImagesPreview | None:
    """A grid of samples from all over the dataset, each channel stretched to the whole range (data is often normalised)."""
    shape = dataset.data.shape
    channels = 1 if len(shape) == 3 else shape[1] if len(shape) == 4 else 0
    if channels not in (1, 3, 4) or len(dataset) == 0 or min(shape[-2:]) < 4:
        return None
    cells = min(CELLS, len(dataset))
    while cells:
        places = torch.linspace(0, len(dataset) - 1, cells).round().to(torch.int64)
        pictures = dataset.data[places].reshape(cells, channels, *shape[-2:])
        png, _, _ = draw(pictures if pictures.dtype is torch.uint8 else _stretched(pictures))
        if len(png) <= MAX_PNG:
            labels = [dataset.labels[place] for place in places] if dataset.categorical else []
            return ImagesPreview(
                png=base64.b64encode(png).decode("ascii"),
                columns=math.ceil(math.sqrt(cells)),
                cells=cells,
                labels=tuple(dataset.classes[int(label)] if dataset.classes else str(int(label)) for label in labels),
            )
        cells //= 2
    return None


def _stretched(pictures: torch.Tensor) -> torch.Tensor:
    numbers = torch.nan_to_num(pictures.detach().cpu().to(torch.float32))
    low, high = numbers.amin(dim=(0, 2, 3), keepdim=True), numbers.amax(dim=(0, 2, 3), keepdim=True)
    return ((numbers - low) / (high - low).clamp_min(1e-12)).clamp(0, 1)
