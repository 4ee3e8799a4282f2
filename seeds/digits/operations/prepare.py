"""Reads the scanned digits and splits them into training data and test data."""

import gzip
from typing import Annotated, NamedTuple

import torch

import deepforge
from deepforge import Dataset, File, Json, Range

CLASSES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


class Prepared(NamedTuple):
    """What the other pipelines work on.

    Attributes:
        traindata: images (N, 1, 8, 8) to learn from, normalised
        testdata: images to test with, normalised in the same way
        classes: the names of the ten digits
    """

    traindata: Dataset
    testdata: Dataset
    classes: Json


def prepare(digits: File, *, test_share: Annotated[float, Range(0.05, 0.5)] = 0.25) -> Prepared:
    """Split the digits at random (but always in the same way) and normalise them.

    Args:
        digits: rows of 64 brightnesses (0 to 16) and the digit they show, as compressed CSV
        test_share: which part of the images is kept for testing
    """
    with gzip.open(digits, "rt") as file:
        rows = torch.tensor([[int(number) for number in line.split(",")] for line in file])
    images = rows[:, :64].reshape(-1, 1, 8, 8) / 16
    labels = rows[:, 64]
    print(f"{len(images)} images of 8 x 8 pixels")
    deepforge.Image("Digits", images[:64])

    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    test_count = round(len(images) * test_share)
    test, train = order[:test_count], order[test_count:]

    # Mean and deviation come from the training data alone: the test data must stay unseen.
    mean, deviation = images[train].mean(), images[train].std()
    images = (images - mean) / deviation
    print(f"{len(train)} to learn from, {len(test)} to test with; mean {mean:.3f}, deviation {deviation:.3f}")
    return Prepared(
        traindata=Dataset(images[train], labels[train], CLASSES),
        testdata=Dataset(images[test], labels[test], CLASSES),
        classes=list(CLASSES),
    )
