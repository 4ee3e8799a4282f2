"""Trains a network by stochastic gradient descent."""

from typing import Annotated

import torch

import deepforge
from deepforge import Architecture, Criterion, Dataset, Model, Range


def train(
    trainset: Dataset,
    *,
    learning_rate: float = 0.001,
    max_iterations: Annotated[int, Range(1, 1000)] = 5,
    batch_size: Annotated[int, Range(1, 1024)] = 4,
    momentum: Annotated[float, Range(0, 1)] = 0.9,
    net: Architecture,
    criterion: Criterion,
) -> Annotated[Model, "net"]:
    """Train `net` on small batches in random order.

    Args:
        trainset: normalised pictures and their labels
        learning_rate: how far each step goes
        max_iterations: how often the network sees the whole training set
        batch_size: how many pictures are looked at before each step
        momentum: how much of the last step is kept in the next
        net: the network to train
        criterion: how wrong the network is

    Returns:
        The trained network.
    """
    images, labels = trainset.tensors
    optimizer = torch.optim.SGD(net.parameters(), lr=learning_rate, momentum=momentum)
    line = error_line()
    batches = (len(images) + batch_size - 1) // batch_size
    every = max(1, min(500, batches // 10))  # a point of the graph is the mean of so many batches
    filters = deepforge.Image("First filters")

    net.train()
    for iteration in range(max_iterations):
        order = torch.randperm(len(images))
        sum_of_all = error = 0.0
        for number in deepforge.progress(range(batches), f"iteration {iteration + 1} of {max_iterations}"):
            batch = order[number * batch_size : (number + 1) * batch_size]
            optimizer.zero_grad()
            loss = criterion(net(images[batch]), labels[batch])
            loss.backward()
            optimizer.step()
            error += loss.item()
            if (number + 1) % every == 0:
                line.add(iteration + (number + 1) / batches, error / every)
                sum_of_all += error
                error = 0.0
        sum_of_all += error
        print(f"# current error = {sum_of_all / batches:.6f}", flush=True)
        filters.update(pictures_of_filters(net))
    return net


def error_line():
    """The line of the graph that is seen while the network learns."""
    graph = deepforge.Graph("Training Error")
    graph.xlabel("iterations")
    graph.ylabel("error")
    return graph.line("error")


def pictures_of_filters(net):
    """The weights of the first layer as colour pictures, stretched to the whole range."""
    weights = next(net.parameters()).detach()
    low, high = weights.min(), weights.max()
    return (weights - low) / (high - low + 1e-12)
