"""Trains a network on exclusive or with an optimizer."""

from typing import Annotated

import deepforge
from deepforge import Architecture, Criterion, Dataset, Model, Optimizer, Range


def train(
    data: Dataset,
    *,
    max_iterations: Annotated[int, Range(1, 100_000)] = 500,
    net: Architecture,
    criterion: Criterion,
    optimizer: Optimizer,
) -> Annotated[Model, "net"]:
    """Train `net` on all samples at once.

    Args:
        data: the samples and their targets
        max_iterations: how many steps to take
        net: the network to train
        criterion: how wrong the network is
        optimizer: how the weights follow the gradient

    Returns:
        The trained network.
    """
    inputs, targets = data.tensors
    steps = optimizer(net.parameters())
    graph = deepforge.Graph("Training Error")
    graph.xlabel("iteration")
    line = graph.line("error")
    for iteration in deepforge.progress(range(max_iterations), "iterations"):
        steps.zero_grad()
        error = criterion(net(inputs), targets)
        error.backward()
        steps.step()
        line.add(iteration, error.item())
    print(f"error after {max_iterations} iterations: {error.item():.6f}")
    return net
