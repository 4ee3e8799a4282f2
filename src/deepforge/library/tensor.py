"""`Tensor`: one tensor, kept as safetensors; and the single-key metadata that all our safetensors files have.

One key, because the order of several differs from run to run, and equal values shall be equal bytes.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from deepforge.library.data import Data

__all__ = ["Tensor", "read_tensors", "write_tensors"]

METADATA = "deepforge"


class Tensor(Data):
    """One tensor of any shape; it comes back on the CPU."""

    @staticmethod
    def serialize(value: object, path: Path) -> None:
        """Write a `torch.Tensor` or a numpy array; raises `TypeError` for anything else."""
        if isinstance(value, np.ndarray):
            value = torch.from_numpy(value)
        if not isinstance(value, torch.Tensor):
            raise TypeError(f"expected a tensor, got a {type(value).__name__}")
        write_tensors(path, {"tensor": value}, {"format": "tensor", "version": 1})

    @staticmethod
    def deserialize(path: Path) -> torch.Tensor:
        tensors, _ = read_tensors(path, "tensor")
        return tensors["tensor"]


def write_tensors(path: Path, tensors: Mapping[str, torch.Tensor], metadata: Mapping[str, Any]) -> None:
    """Write dense tensors by name; raises `TypeError` for a tensor that has no plain bytes (sparse, quantized, on meta)."""
    plain: dict[str, torch.Tensor] = {}
    seen: set[int] = set()
    for name, tensor in tensors.items():
        if tensor.layout is not torch.strided or tensor.is_quantized or tensor.device.type == "meta":
            kind = f"{tensor.layout}, {tensor.dtype}, {tensor.device}"
            raise TypeError(f"the tensor {name} ({kind}) cannot be saved; make it dense")
        dense = tensor.detach().cpu().contiguous()
        memory = dense.untyped_storage().data_ptr()
        # Two tensors in one memory (views) are stored each on its own.
        plain[name] = dense.clone() if memory in seen else dense
        seen.add(memory)
    save_file(plain, path, metadata={METADATA: json.dumps(metadata, ensure_ascii=False)})


def read_tensors(path: Path, expected: str) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """The tensors and the metadata of a file that we wrote; raises `ValueError` for any other file."""
    try:
        with safe_open(path, framework="pt") as file:
            text = (file.metadata() or {}).get(METADATA, "{}")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (it is no dictionary)
    except SafetensorError as error:
        raise ValueError(f"the file is no safetensors file ({error})") from None
    try:
        metadata = json.loads(text)
    except (ValueError, RecursionError):
        metadata = {}
    if not isinstance(metadata, dict) or metadata.get("format") != expected or metadata.get("version") != 1:
        raise ValueError(f"the file was not saved as a {expected}")
    return tensors, metadata
