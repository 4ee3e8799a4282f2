"""Normalises the pictures: each colour gets mean 0 and deviation 1."""

from typing import NamedTuple

from deepforge import Dataset, Json


class Normalized(NamedTuple):
    """What the other pipelines work on.

    Attributes:
        classes: the names of the classes
        training_data: normalised pictures to learn from
        testing_data: pictures to test with, normalised in the same way
    """

    classes: Json
    training_data: Dataset
    testing_data: Dataset


def normalize_data(trainset: Dataset, testset: Dataset) -> Normalized:
    """Normalise both sets by the colours of the training set: the test set must stay unseen.

    Args:
        trainset: pictures (N, 3, 32, 32) as bytes
        testset: pictures to test with
    """
    training = trainset.data.float()
    testing = testset.data.float()
    for channel, color in enumerate(("red", "green", "blue")):
        mean = training[:, channel].mean()
        deviation = training[:, channel].std()
        print(f"{color}: mean {mean:.2f}, deviation {deviation:.2f}")
        for pictures in (training, testing):
            pictures[:, channel].sub_(mean).div_(deviation)
    return Normalized(
        classes=list(trainset.classes),
        training_data=Dataset(training, trainset.labels, trainset.classes),
        testing_data=Dataset(testing, testset.labels, testset.classes),
    )
