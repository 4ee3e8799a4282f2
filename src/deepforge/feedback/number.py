"""What counts as a number: Python's, and anything of one element that can give one (numpy scalars, tensors)."""

import math
from typing import SupportsFloat

__all__ = ["as_number"]


def as_number(value: object) -> float | None:
    """The value as a float, NaN and the infinities kept; None if it is not a number.

    Truth values, texts and things of several elements are not. Whole numbers beyond the range of a float become infinite.
    """
    item = getattr(value, "item", None)
    if callable(item):
        try:
            value = item()
        except (ValueError, RuntimeError, TypeError):  # several elements, or none; numpy and torch differ
            return None
    if isinstance(value, bool | str | bytes | bytearray) or not isinstance(value, SupportsFloat):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf if isinstance(value, int) and value > 0 else -math.inf
    except (ValueError, TypeError):
        return None
