"""What counts as a number: Python's, and anything of one element that can give one (numpy scalars, tensors)."""

import math
from typing import SupportsFloat, cast

__all__ = ["as_number"]


def as_number(value: object) -> float | None:
    """The value as a float, NaN and the infinities kept; None if it is not a number.

    Truth values, texts and things of several elements are not. Whole numbers beyond the range of a float become infinite.
    """
    if type(value) is int:  # first, because loops count with it
        return _whole(value)
    item = getattr(value, "item", None)
    if item is not None:
        try:
            value = item()
        except (ValueError, RuntimeError, TypeError):  # several elements, or none; numpy and torch differ
            return None
    if isinstance(value, float):
        return value
    if isinstance(value, bool | str | bytes | bytearray) or not hasattr(value, "__float__"):
        return None
    try:
        return _whole(value) if isinstance(value, int) else float(cast(SupportsFloat, value))
    except (ValueError, TypeError, OverflowError):
        return None


def _whole(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
