"""Tests what a network has learned of exclusive or."""

from typing import Annotated

import torch

from deepforge import Dataset, Model, Number


def test(data: Dataset, net: Model) -> Annotated[Number, "accuracy"]:
    """Show each answer beside the right one.

    Args:
        data: the samples and their targets
        net: the trained network

    Returns:
        The share of right answers, from 0 to 1.
    """
    inputs, targets = data.tensors
    net.eval()
    with torch.no_grad():
        outputs = net(inputs)
    for (first, second), output, target in zip(inputs.tolist(), outputs[:, 0].tolist(), targets[:, 0].tolist(), strict=True):
        print(f"{first:.0f} xor {second:.0f} = {output:.3f} (expected {target:.0f})")
    accuracy = ((outputs > 0.5) == (targets > 0.5)).float().mean().item()
    print(f"correct: {accuracy:.0%}")
    return accuracy
