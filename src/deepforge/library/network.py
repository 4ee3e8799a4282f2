"""Builds a network from a blueprint, with torch's own layers: nothing that came with a model's file is executed."""

import ast
import importlib
from collections.abc import Callable, Sequence
from functools import reduce
from pathlib import Path
from typing import Any

import torch
from torch import nn

from deepforge.model.blueprint import Blueprint, BlueprintStep, Source
from deepforge.model.records import Record

__all__ = ["BlueprintNetwork", "build_network"]

MAX_LITERAL = 2_000
FUNCTIONS: dict[str, Callable[..., torch.Tensor]] = {
    "cat": lambda tensors, dim=0: torch.cat(list(tensors), dim=dim),
    "stack": lambda tensors, dim=0: torch.stack(list(tensors), dim=dim),
    "add": lambda tensors: reduce(torch.add, tensors),
    "sub": lambda tensors: torch.sub(tensors[0], tensors[1]),
    "mul": lambda tensors: reduce(torch.mul, tensors),
    "matmul": lambda tensors: torch.matmul(tensors[0], tensors[1]),
    "flatten": lambda tensors, **arguments: torch.flatten(tensors[0], **arguments),
    "reshape": lambda tensors, **arguments: torch.reshape(tensors[0], **arguments),
    "permute": lambda tensors, **arguments: torch.permute(tensors[0], **arguments),
    "transpose": lambda tensors, **arguments: torch.transpose(tensors[0], **arguments),
    "mean": lambda tensors, **arguments: torch.mean(tensors[0], **arguments),
    "squeeze": lambda tensors, **arguments: torch.squeeze(tensors[0], **arguments),
    "unsqueeze": lambda tensors, **arguments: torch.unsqueeze(tensors[0], **arguments),
}


class BlueprintNetwork(nn.Module):
    """A network that runs its steps in order; its parameters have the names that they have in the generated module."""

    def __init__(self, blueprint: Blueprint, records: Sequence[Record] = ()) -> None:
        super().__init__()
        self.blueprint = blueprint
        for step in blueprint.steps:
            if not step.function:
                self.add_module(step.name, _build_step(step, records))
            elif step.function not in FUNCTIONS:
                raise ValueError(f"there is no joining function {step.function!r}")
        self._functions = [FUNCTIONS[step.function] if step.function else None for step in blueprint.steps]
        self._arguments = [_arguments(step) if step.function else {} for step in blueprint.steps]

    def forward(self, *inputs: torch.Tensor) -> Any:  # noqa: ANN401 (a tensor, or a tuple of them)
        """What the generated module's forward does: one tensor, or a tuple where the network has several outputs."""
        if len(inputs) != len(self.blueprint.inputs):
            raise TypeError(f"{self.blueprint.name} takes {len(self.blueprint.inputs)} inputs, got {len(inputs)}")
        values: list[Any] = []

        def value(source: Source) -> Any:  # noqa: ANN401 (a layer may return anything)
            found = inputs[-source.step - 1] if source.step < 0 else values[source.step]
            return found if source.part is None else found[source.part]

        for place, step in enumerate(self.blueprint.steps):
            taken = [value(source) for source in step.inputs]
            function = self._functions[place]
            values.append(
                self.get_submodule(step.name)(*taken) if function is None else function(taken, **self._arguments[place])
            )
        outputs = tuple(value(source) for source in self.blueprint.outputs)
        return outputs[0] if len(outputs) == 1 else outputs

    def _get_name(self) -> str:
        return self.blueprint.name


def build_network(blueprint: Blueprint, records: Sequence[Record] = ()) -> BlueprintNetwork:
    """Build a network; `records` are those that came with it, to know custom layers by.

    Raises `ValueError` with a sentence for a blueprint that makes no sense, or needs a custom layer that the project has not.
    """
    try:
        return BlueprintNetwork(blueprint, records)
    except (TypeError, RecursionError, KeyError) as error:
        raise ValueError(f"the network {blueprint.name} cannot be built: {error}") from error


def _build_step(step: BlueprintStep, records: Sequence[Record]) -> nn.Module:
    if step.inner is not None:
        return BlueprintNetwork(step.inner, records)
    kind = _project_layer(step.custom) if step.custom else _torch_layer(step.layer)
    module = kind(**_arguments(step))
    if not isinstance(module, nn.Module):
        raise ValueError(f"{step.custom or step.layer} is not a layer")
    return module


def _torch_layer(name: str) -> Callable[..., object]:
    found = getattr(nn, name, None) if name.isidentifier() else None
    if not (isinstance(found, type) and issubclass(found, nn.Module) and found.__module__.startswith("torch.nn.")):
        raise ValueError(f"torch.nn has no layer {name!r}")
    return found


def _project_layer(name: str) -> Callable[..., object]:
    """A layer of the project that this attempt belongs to. Code that came with a model is never run."""
    if not name.isidentifier() or not Path("layers", f"{name}.py").is_file():
        raise ValueError(
            f"the model needs the custom layer {name}, and this project has none of that name; "
            "add the layer to the project (its code comes with the model, and is not run without that)"
        )
    found: Callable[..., object] = getattr(importlib.import_module(f"layers.{name}"), name)
    return found


def _arguments(step: BlueprintStep) -> dict[str, Any]:
    values = {}
    for name, text in step.arguments.items():
        if len(text) > MAX_LITERAL or not name.isidentifier():
            raise ValueError(f"the value of {name!r} of the layer {step.name} is not a literal")
        try:
            values[name] = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            raise ValueError(f"the value of {name!r} of the layer {step.name} is not a literal") from None
    return values
