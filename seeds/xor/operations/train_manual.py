"""Trains a network on exclusive or, each step written out: nothing but the gradient and a subtraction."""

from typing import Annotated

import torch

import deepforge
from deepforge import Architecture, Criterion, Dataset, Model, Range


def train_manual(
    data: Dataset,
    *,
    max_iterations: Annotated[int, Range(1, 100_000)] = 2000,
    learning_rate: float = 0.5,
    net: Architecture,
    criterion: Criterion,
) -> Annotated[Model, "net"]:
    """What an optimizer does, by hand.

    Args:
        data: the samples and their targets
        max_iterations: how many steps to take
        learning_rate: how far each step goes
        net: the network to train
        criterion: how wrong the network is

    Returns:
        The trained network.
    """
    inputs, targets = data.tensors
    graph = deepforge.Graph("Training Error")
    graph.xlabel("iteration")
    line = graph.line("error")
    for iteration in deepforge.progress(range(max_iterations), "iterations"):
        net.zero_grad()
        error = criterion(net(inputs), targets)
        error.backward()
        with torch.no_grad():
            for weights in net.parameters():
                weights -= learning_rate * weights.grad
        line.add(iteration, error.item())
    print(f"error after {max_iterations} iterations: {error.item():.6f}")
    return net
