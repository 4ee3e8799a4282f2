"""`Dataset`: samples with labels, ready for a DataLoader."""

from pathlib import Path

import pytest
import torch
from torch.utils.data import DataLoader

from deepforge.library import Dataset

DATA = torch.arange(24.0).reshape(6, 4)
LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
NAMES = ("a", "b", "c")


def test_it_comes_back(tmp_path: Path) -> None:
    Dataset(DATA, LABELS, NAMES).serialize(tmp_path / "d")
    back = Dataset.deserialize(tmp_path / "d")
    assert torch.equal(back.data, DATA)
    assert torch.equal(back.labels, LABELS)
    assert back.classes == NAMES


def test_views_of_one_tensor_come_back(tmp_path: Path) -> None:
    both = torch.arange(10.0)
    Dataset(both[:5], both[5:]).serialize(tmp_path / "d")
    assert torch.equal(Dataset.deserialize(tmp_path / "d").labels, both[5:])


def test_a_DataLoader_takes_it() -> None:
    batches = list(DataLoader(Dataset(DATA, LABELS, NAMES), batch_size=4))
    assert [(tuple(data.shape), labels.tolist()) for data, labels in batches] == [((4, 4), [0, 1, 2, 0]), ((2, 4), [1, 2])]


def test_it_is_indexed_and_cut() -> None:
    dataset = Dataset(DATA, LABELS, NAMES)
    assert len(dataset) == 6
    assert torch.equal(dataset[1][0], DATA[1])
    assert torch.equal(dataset[1:3][1], LABELS[1:3])
    assert dataset.tensors == (dataset.data, dataset.labels)
    assert dataset.subset([5, 0]).labels.tolist() == [2, 0]
    assert repr(dataset) == "Dataset(6 samples of (4,), 3 classes)"


@pytest.mark.parametrize(
    ("data", "labels", "classes", "said"),
    [
        (DATA, LABELS[:5], NAMES, "got 6 samples and 5 labels"),
        (DATA, LABELS, NAMES[:2], "labels are numbers from 0 to 1"),
        (DATA, -LABELS, NAMES, "labels are numbers from 0 to 2"),
        (torch.tensor(1.0), LABELS, NAMES, "got a single number"),
        ([1, 2], LABELS, NAMES, "data of a Dataset is a tensor, got a list"),
    ],
)
def test_what_does_not_fit_is_refused(data: torch.Tensor, labels: torch.Tensor, classes: tuple[str, ...], said: str) -> None:
    with pytest.raises((TypeError, ValueError)) as raised:
        Dataset(data, labels, classes)
    assert said in str(raised.value)
