"""Makes the four samples of exclusive or."""

from typing import Annotated

import torch

from deepforge import Dataset


def make_data() -> Annotated[Dataset, "data"]:
    """The smallest problem that a network without a hidden layer cannot learn.

    Returns:
        Two numbers each, and as target whether exactly one of them is 1.
    """
    inputs = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    targets = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    return Dataset(inputs, targets)
