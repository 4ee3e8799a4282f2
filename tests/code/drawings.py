"""Architectures for tests, drawn in a line each."""

from deepforge.ids import RecordId
from deepforge.model.records import Architecture, ArchitectureRef, Layer, LayerClass, LayerDefinition, LayerRef, Link, Record

__all__ = ["NORM_CODE", "draw", "layer"]

NORM_CODE = '''import torch
from torch import nn


class Norm(nn.Module):
    """Divides by the largest."""

    def __init__(self, size: int, power: float = 1.0):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(size))
        self.power = power

    def forward(self, x):
        return self.scale * x / x.abs().max() ** self.power
'''
NORM = LayerDefinition(id=RecordId("norm"), name="Norm", code=NORM_CODE)


def layer(what: str, name: str | None = None, /, **attributes: str) -> tuple[str, str | None, dict[str, str]]:
    """A layer: a class of torch.nn, a joining function, `custom:<record id>` or `block:<record id>`."""
    return what, name, attributes


def draw(
    name: str,
    layers: dict[str, tuple[str, str | None, dict[str, str]]],
    links: str = "",
    parameters: dict[str, str] | None = None,
) -> tuple[Record, ...]:
    """The records of an architecture. `links` are "a>b", "a.1>b.2" (output 1 into input 2); without them layers are a chain."""
    architecture = Architecture(id=RecordId(name), name=name, parameters=parameters or {})
    drawn: list[Record] = [architecture]
    ids = {key: RecordId(f"{name}-{key}") for key in layers}
    for key, (what, called, attributes) in layers.items():
        kind, _, target = what.rpartition(":")
        ref: LayerClass | LayerRef | ArchitectureRef = LayerClass(name=target)
        if kind == "custom":
            ref = LayerRef(layer=RecordId(target))
        elif kind == "block":
            ref = ArchitectureRef(architecture=RecordId(target))
        drawn.append(Layer(id=ids[key], architecture=architecture.id, target=ref, name=called, attributes=attributes))
    pairs = links.split() or [f"{a}>{b}" for a, b in zip(layers, list(layers)[1:], strict=False)]
    for number, pair in enumerate(pairs):
        source, _, target = pair.partition(">")
        source, _, output = source.partition(".")
        target, _, place = target.partition(".")
        drawn.append(
            Link(
                id=RecordId(f"{name}-link-{number}"),
                architecture=architecture.id,
                source=ids[source],
                target=ids[target],
                output=int(output or 0),
                input=int(place or 0),
            )
        )
    return tuple(drawn)
