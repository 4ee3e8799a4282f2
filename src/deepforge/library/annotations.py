"""What stands in the signature of an operation after `*`: limits of attributes, and what its references are built as."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import nn

__all__ = ["Architecture", "Criterion", "Optimizer", "Range"]


@dataclass(frozen=True)
class Range:
    """Inclusive limits of an attribute: `epochs: Annotated[int, Range(1, 100)] = 5`. None is no limit."""

    minimum: float | None = None
    maximum: float | None = None


class Architecture(nn.Module):
    """A reference to an architecture of the project. The operation receives the network, newly built."""


class Criterion(nn.Module):
    """A reference to a loss of `torch.nn`. The operation receives it built: `criterion(outputs, targets)`."""


class Optimizer(Protocol):
    """A reference to an optimizer of `torch.optim`. The operation receives a factory: `optimizer(net.parameters())`.

    Settings of the reference are already filled in; keywords given here replace them: `optimizer(parameters, lr=0.1)`.
    """

    def __call__(self, params: Iterable[Any], /, **settings: Any) -> torch.optim.Optimizer: ...  # noqa: ANN401 (torch's own types)
