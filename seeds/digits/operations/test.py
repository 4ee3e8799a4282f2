"""Tests a trained network on images that it has never seen."""

from typing import Annotated

import torch

import deepforge
from deepforge import Dataset, Json, Model


def test(testdata: Dataset, model: Model, classes: Json) -> Annotated[Json, "scores"]:
    """Count what the network gets right, in total and for each class.

    Args:
        testdata: images and their true labels
        model: the trained network
        classes: the names of the classes

    Returns:
        The share of right answers, in per cent: `total`, and each class by name.
    """
    images, labels = testdata.tensors
    model.eval()
    with torch.no_grad():
        predicted = model(images).argmax(1)
    right = predicted == labels

    percent = 100 * right.sum().item() / len(labels)
    print(f"correctly classified {right.sum().item()} images ( {percent:.2f}) %")
    scores = {"total": percent}
    for label, name in enumerate(classes):
        of_class = labels == label
        scores[name] = 100 * right[of_class].sum().item() / max(1, of_class.sum().item())
        print(f"{name} {scores[name]:.1f} %")

    if not right.all():
        mistakes = images[~right]
        low, high = mistakes.min(), mistakes.max()
        deepforge.Image("Mistakes", (mistakes - low) / (high - low))
    return scores
