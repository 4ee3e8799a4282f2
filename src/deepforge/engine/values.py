"""Whether a value may be an attribute's."""

import math
from typing import assert_never

from deepforge.model.interface import Attribute, AttributeKind
from deepforge.model.records import Value

__all__ = ["bad_value", "normal_value"]


def bad_value(attribute: Attribute, value: Value) -> str:
    """What is wrong with the value ("is not a whole number"); empty if nothing is."""
    if value is None:
        return "" if attribute.optional else "has no value"
    match attribute.kind:
        case AttributeKind.INTEGER:
            wrong = "" if isinstance(value, int) and not isinstance(value, bool) else "is not a whole number"
        case AttributeKind.FLOAT:
            wrong = "" if _is_number(value) else "is not a number"
        case AttributeKind.BOOLEAN:
            wrong = "" if isinstance(value, bool) else "is neither true nor false"
        case AttributeKind.STRING:
            wrong = "" if isinstance(value, str) else "is not text"
        case AttributeKind.CHOICE:
            wrong = "" if _is_choice(attribute, value) else f"is none of {', '.join(repr(one) for one in attribute.choices)}"
        case _:
            assert_never(attribute.kind)
    return wrong or _outside(attribute, value)


def normal_value(attribute: Attribute, value: Value) -> Value:
    """The value as the operation gets it: a whole number for a `float` becomes one."""
    if attribute.kind is AttributeKind.FLOAT and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _is_number(value: Value) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def _is_choice(attribute: Attribute, value: Value) -> bool:
    """By value and type: True is not 1."""
    return any(one == value and type(one) is type(value) for one in attribute.choices)


def _outside(attribute: Attribute, value: Value) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    if attribute.minimum is not None and value < attribute.minimum:
        return f"is less than {attribute.minimum:g}"
    if attribute.maximum is not None and value > attribute.maximum:
        return f"is more than {attribute.maximum:g}"
    return ""
