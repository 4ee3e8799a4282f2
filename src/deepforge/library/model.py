"""`Model`: a network as the drawing it came from and its weights, without pickle.

The file is safetensors; its metadata holds the `Design` (blueprint and records) and which tensors are tied. Tied tensors are
stored once. Another pipeline builds the same network from the blueprint with torch's own layers.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import torch
from torch import nn
from torch.nn.parameter import is_lazy

from deepforge.library.data import Data
from deepforge.library.network import build_network
from deepforge.library.tensor import read_tensors, write_tensors
from deepforge.model.blueprint import Blueprint, Design

__all__ = ["Model", "attach_design", "design_of"]

_DESIGN = "_deepforge_design"


class Model(Data):
    """A network that came from an architecture, with its weights. It arrives as an `nn.Module` on the CPU, in training mode."""

    @staticmethod
    def serialize(value: object, path: Path) -> None:
        """Write a network; raises `TypeError` for one that no architecture describes, `ValueError` if its weights do not fit."""
        if not isinstance(value, nn.Module):
            raise TypeError(f"expected a network (nn.Module), got a {type(value).__name__}")
        module = _unwrapped(value)
        design = design_of(module)
        if design is None:
            raise TypeError(
                f"the network {type(module).__name__} came from no architecture of the project, so nothing says how to build it "
                "again; return the network that the operation received as a reference, or give the output a type of your own"
            )
        state = _state(module)
        _check_state(design, state)
        tensors, ties = _tied_once(state)
        metadata = {"format": "model", "version": 1, "design": msgspec.to_builtins(design), "ties": ties}
        write_tensors(path, tensors, metadata)

    @staticmethod
    def deserialize(path: Path) -> nn.Module:
        """Build the network again; raises `ValueError` for a file that is no model, or does not fit its own blueprint."""
        tensors, metadata = read_tensors(path, "model")
        try:
            design = msgspec.convert(metadata.get("design"), Design, strict=False)
            ties = msgspec.convert(metadata.get("ties"), dict[str, str])
        except (msgspec.ValidationError, RecursionError) as error:
            raise ValueError(f"the file does not say how the network is built ({error})") from None
        if not set(ties.values()) <= set(tensors):
            raise ValueError("the file names tied tensors that it does not have")
        state = {**tensors, **{alias: tensors[name] for alias, name in ties.items()}}
        module = _load(design, state)
        _tie(module, ties)
        attach_design(module, design)
        return module


def attach_design(module: nn.Module, design: Design) -> None:
    """Let a network carry where it came from; copies of it carry it too."""
    module.__dict__[_DESIGN] = design


def design_of(module: nn.Module) -> Design | None:
    """Where a network came from; None if no architecture made it."""
    design = _unwrapped(module).__dict__.get(_DESIGN)
    return design if isinstance(design, Design) else None


def _unwrapped(module: nn.Module) -> nn.Module:
    """The network inside of what torch wraps around it (`torch.compile`, `DataParallel`)."""
    for _ in range(4):
        inner = module._modules.get("_orig_mod") or (module.module if isinstance(module, nn.DataParallel) else None)
        if not isinstance(inner, nn.Module):
            break
        module = inner
    return module


def _state(module: nn.Module) -> dict[str, torch.Tensor]:
    state = {}
    for name, tensor in module.state_dict(keep_vars=True).items():
        if not isinstance(tensor, torch.Tensor):
            raise TypeError(f"the state {name} of the network is a {type(tensor).__name__}, not a tensor")
        if is_lazy(tensor):
            raise ValueError(f"the layer of {name} is lazy and has not seen any data yet; run the network once")
        state[name] = tensor
    return state


def _tied_once(state: Mapping[str, torch.Tensor]) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """Each tensor once, and for every other name of it the name that it is stored under."""
    first: dict[tuple[Any, ...], str] = {}
    tensors: dict[str, torch.Tensor] = {}
    ties: dict[str, str] = {}
    for name, tensor in state.items():
        same = (str(tensor.device), tensor.data_ptr(), tuple(tensor.shape), tensor.stride(), tensor.dtype)
        if tensor.numel() and same in first:
            ties[name] = first[same]
        else:
            first[same] = name
            tensors[name] = tensor
    return tensors, ties


def _check_state(design: Design, state: Mapping[str, torch.Tensor]) -> None:
    """The weights fit the network that will be built: compared with one on the meta device, which takes no memory."""
    with torch.device("cpu" if _is_custom(design.blueprint) else "meta"):
        fresh = build_network(design.blueprint, design.records).state_dict(keep_vars=True)
    _compare(fresh, state)


def _compare(fresh: Mapping[str, Any], state: Mapping[str, torch.Tensor]) -> None:
    for name in sorted(set(fresh) ^ set(state)):
        known = "has lost" if name in fresh else "has gained"
        raise ValueError(f"the network {known} {name}, which the architecture does not tell; change the architecture instead")
    for name, tensor in fresh.items():
        if not is_lazy(tensor) and tuple(tensor.shape) != tuple(state[name].shape):
            raise ValueError(f"{name} has the shape {tuple(state[name].shape)}, and {tuple(tensor.shape)} in the architecture")


def _load(design: Design, state: Mapping[str, torch.Tensor]) -> nn.Module:
    """Compared before any memory is taken: what a file says of a network may not be larger than what it holds."""
    on_meta = not _is_custom(design.blueprint)
    with torch.device("meta" if on_meta else "cpu"):
        module: nn.Module = build_network(design.blueprint, design.records)
    _compare(module.state_dict(keep_vars=True), state)
    grown = [*module.parameters(), *module.buffers()]
    if on_meta and (any(is_lazy(item) for item in grown) or len(grown) != len(state)):
        # Lazy layers and state that is not saved have to be made for real.
        module = build_network(design.blueprint, design.records)
        on_meta = False
    module.load_state_dict(dict(state), assign=on_meta)
    for parameter in module.parameters():
        parameter.requires_grad_(parameter.is_floating_point() or parameter.is_complex())
    return module


def _tie(module: nn.Module, ties: Mapping[str, str]) -> None:
    """Make tied parameters one again, so that an optimizer moves them together."""
    for alias, name in ties.items():
        owner, _, attribute = alias.rpartition(".")
        source, _, kept = name.rpartition(".")
        setattr(module.get_submodule(owner), attribute, getattr(module.get_submodule(source), kept))


def _is_custom(blueprint: Blueprint) -> bool:
    return any(step.custom or (step.inner is not None and _is_custom(step.inner)) for step in blueprint.steps)
