"""Trains a network on a dataset, showing how well it goes while it goes."""

from typing import Annotated

import torch

import deepforge
from deepforge import Architecture, Criterion, Dataset, Model, Optimizer, Range


def train(
    traindata: Dataset,
    *,
    epochs: Annotated[int, Range(1, 1000)] = 20,
    batch_size: Annotated[int, Range(1, 1024)] = 32,
    learning_rate: float = 0.001,
    net: Architecture,
    criterion: Criterion,
    optimizer: Optimizer,
) -> Annotated[Model, "model"]:
    """Train `net` by mini-batches in random order.

    Args:
        traindata: images and their labels
        epochs: how often the network sees every image
        batch_size: how many images are looked at before each step
        learning_rate: how far each step goes
        net: the network to train
        criterion: how wrong the network is
        optimizer: how the weights follow the gradient

    Returns:
        The trained network.
    """
    images, labels = traindata.tensors
    steps = optimizer(net.parameters(), lr=learning_rate)

    graph = deepforge.Graph("Training")
    graph.xlabel("epoch")
    loss_line, accuracy_line = graph.line("loss"), graph.line("accuracy")
    filters = deepforge.Image("Filters of the first layer")

    net.train()
    for epoch in deepforge.progress(range(1, epochs + 1), "epochs"):
        total_loss, correct = 0.0, 0
        for batch in torch.randperm(len(images)).split(batch_size):
            outputs = net(images[batch])
            loss = criterion(outputs, labels[batch])
            steps.zero_grad()
            loss.backward()
            steps.step()
            total_loss += loss.item() * len(batch)
            correct += (outputs.argmax(1) == labels[batch]).sum().item()
        loss_line.add(epoch, total_loss / len(images))
        accuracy_line.add(epoch, correct / len(images))
        filters.update(pictures_of_filters(net))
        print(f"epoch {epoch}: loss {total_loss / len(images):.4f}, accuracy {correct / len(images):.1%}")
    return net


def pictures_of_filters(net):
    """The weights of the first layer with weights, as pictures from black (the smallest) to white (the largest)."""
    weights = next(weights for weights in net.parameters() if weights.ndim > 1).detach()
    if weights.ndim == 4:
        weights = weights[:, :1]  # (filters, 1, height, width): the first channel of each
    low, high = weights.min(), weights.max()
    return (weights - low) / (high - low + 1e-12)
