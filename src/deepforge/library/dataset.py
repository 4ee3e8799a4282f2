"""`Dataset`: samples with their labels and the names of the classes."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch.utils import data

from deepforge.library.data import Data
from deepforge.library.tensor import read_tensors, write_tensors

__all__ = ["Dataset"]

Index = int | slice | torch.Tensor | list[int]


class Dataset(Data, data.Dataset[tuple[torch.Tensor, torch.Tensor]]):
    """Samples `(N, features)` or images `(N, channels, height, width)`, with labels `(N,)` or targets `(N, ...)`.

    `classes` names the classes in the order of their labels. Ready for a `DataLoader`; for small samples it is faster to take
    `data` and `labels` and slice them: `dataset.data[i : i + 64]`.

    Raises `ValueError` when data and labels differ in length, or a label has no class.
    """

    def __init__(self, data: torch.Tensor, labels: torch.Tensor, classes: Sequence[str] = ()) -> None:
        for name, tensor in (("data", data), ("labels", labels)):
            if not isinstance(tensor, torch.Tensor):
                raise TypeError(f"{name} of a Dataset is a tensor, got a {type(tensor).__name__}")
            if tensor.ndim == 0:
                raise ValueError(f"{name} of a Dataset has a first dimension that counts samples, got a single number")
        if len(data) != len(labels):
            raise ValueError(f"a Dataset has one label for each sample, got {len(data)} samples and {len(labels)} labels")
        self.data = data
        self.labels = labels
        self.classes = tuple(str(name) for name in classes)
        if (
            self.classes
            and self.categorical
            and len(labels)
            and not 0 <= int(labels.min()) <= int(labels.max()) < len(self.classes)
        ):
            raise ValueError(f"labels are numbers from 0 to {len(self.classes) - 1}, one for each class")

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: Index) -> tuple[torch.Tensor, torch.Tensor]:
        """A sample and its label, or several for a slice or a tensor of places."""
        return self.data[index], self.labels[index]

    def __repr__(self) -> str:
        return f"Dataset({len(self)} samples of {tuple(self.data.shape[1:])}, {len(self.classes)} classes)"

    @property
    def tensors(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Data and labels, as in `TensorDataset`."""
        return self.data, self.labels

    @property
    def categorical(self) -> bool:
        """Whether labels are whole numbers, one for each sample."""
        return self.labels.ndim == 1 and not self.labels.is_floating_point() and not self.labels.is_complex()

    def subset(self, places: torch.Tensor | slice | list[int]) -> "Dataset":
        """A dataset of some of the samples, with the same classes."""
        return Dataset(self.data[places], self.labels[places], self.classes)

    def serialize(self, path: Path) -> None:
        metadata = {"format": "dataset", "version": 1, "classes": self.classes}
        write_tensors(path, {"data": self.data, "labels": self.labels}, metadata)

    @classmethod
    def deserialize(cls, path: Path) -> "Dataset":
        tensors, metadata = read_tensors(path, "dataset")
        return cls(tensors["data"], tensors["labels"], metadata.get("classes", ()))
