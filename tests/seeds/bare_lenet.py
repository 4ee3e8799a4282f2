"""The same LeNet on the same archive as a bare script: what the seed `cifar10` is measured against.

    python bare_lenet.py ARCHIVE EPOCHS SEED

Prints the accuracy on the test set in per cent.
"""

import pickle
import sys
import tarfile
from typing import Any

import numpy as np
import torch
from torch import nn


def read(path: str) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """Pictures and labels of both sets; the archive is our own, so that plain pickle may read it."""
    batches: dict[str, list[dict[bytes, Any]]] = {"data": [], "test": []}
    with tarfile.open(path) as archive:
        for member in archive:
            kind = member.name.rpartition("/")[2].partition("_")[0]
            content = archive.extractfile(member)
            if kind in batches and content is not None:
                batches[kind].append(pickle.loads(content.read(), encoding="bytes"))
    return {
        kind: (
            torch.from_numpy(np.concatenate([each[b"data"] for each in parts])).reshape(-1, 3, 32, 32).float(),
            torch.tensor([label for each in parts for label in each[b"labels"]]),
        )
        for kind, parts in batches.items()
    }


def main(archive: str, epochs: int, seed: int) -> None:
    sets = read(archive)
    (images, labels), (test_images, test_labels) = sets["data"], sets["test"]
    mean, deviation = images.mean((0, 2, 3), keepdim=True), images.std((0, 2, 3), keepdim=True)
    images, test_images = (images - mean) / deviation, (test_images - mean) / deviation
    torch.manual_seed(seed)
    net = nn.Sequential(
        nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10), nn.LogSoftmax(1),
    )  # fmt: skip
    criterion = nn.NLLLoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.001, momentum=0.9)
    for _ in range(epochs):
        for batch in torch.split(torch.randperm(len(images)), 4):
            optimizer.zero_grad()
            criterion(net(images[batch]), labels[batch]).backward()
            optimizer.step()
    with torch.no_grad():
        predicted = torch.cat([net(batch).argmax(1) for batch in torch.split(test_images, 500)])
    print(100 * (predicted == test_labels).float().mean().item())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
