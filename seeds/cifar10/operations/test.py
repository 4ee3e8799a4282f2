"""Tests a trained network on pictures that it has never seen."""

from typing import Annotated

import torch

import deepforge
from deepforge import Dataset, Json, Model


def test(classes: Json, net: Model, test_data: Dataset) -> Annotated[Json, "scores"]:
    """Count what the network gets right, in total and for each class.

    Args:
        classes: the names of the classes
        net: the trained network
        test_data: normalised pictures and their true labels

    Returns:
        The share of right answers, in per cent: `total`, and each class by name.
    """
    images, labels = test_data.tensors
    net.eval()
    with torch.no_grad():
        predicted = torch.cat([net(batch).argmax(1) for batch in deepforge.progress(images.split(500), "testing")])
    right = predicted == labels

    percent = 100 * right.sum().item() / len(labels)
    print(f"correctly classified {right.sum().item()} images ( {percent:.2f}) %")
    scores = {"total": percent}
    for label, name in enumerate(classes):
        of_class = labels == label
        scores[name] = 100 * right[of_class].sum().item() / max(1, of_class.sum().item())
        print(f"{name} {scores[name]:.1f} %")
    return scores
