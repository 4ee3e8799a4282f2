"""Attributes: keyword-only parameters with a plain type, read from their annotations and defaults."""

import ast
import math

from deepforge.code.annotations import Names, unwrap
from deepforge.code.expressions import evaluate
from deepforge.errors import Invalid
from deepforge.model.interface import Attribute, AttributeKind
from deepforge.model.records import Value

__all__ = ["NotPlain", "plain", "read_attribute"]

_KINDS = {
    "int": AttributeKind.INTEGER,
    "float": AttributeKind.FLOAT,
    "bool": AttributeKind.BOOLEAN,
    "str": AttributeKind.STRING,
}
_SENTENCES = {
    AttributeKind.INTEGER: "a whole number",
    AttributeKind.FLOAT: "a number",
    AttributeKind.BOOLEAN: "True or False",
    AttributeKind.STRING: "a text",
    AttributeKind.CHOICE: "one of the choices",
}


class NotPlain(Exception):
    """An attribute cannot be read as a plain value (DF206); the argument is the sentence."""


def read_attribute(argument: ast.arg, default: ast.expr | None, names: Names, doc: str) -> Attribute:
    """The attribute that a parameter declares; raises `NotPlain` with a sentence."""
    inside, metadata, optional = (None, (), False) if argument.annotation is None else unwrap(argument.annotation, names)
    value = None if default is None else plain(default)
    choices: tuple[Value, ...] = ()
    if inside is None:
        kind = _kind_of(value)
        optional = value is None
    elif isinstance(inside, ast.Subscript) and names.typing(inside.value) == "Literal":
        elements = inside.slice.elts if isinstance(inside.slice, ast.Tuple) else [inside.slice]
        listed = [plain(element) for element in elements]
        optional = optional or None in listed
        kind, choices = AttributeKind.CHOICE, tuple(choice for choice in listed if choice is not None)
    else:
        known = _KINDS.get(names.full(inside))
        if known is None:
            raise NotPlain(f"its type {ast.unparse(inside)[:60]} is not one of bool, int, float, str, Literal")
        kind = known
    minimum, maximum = _limits(metadata, names)
    if kind is AttributeKind.FLOAT and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    attribute = Attribute(
        name=argument.arg,
        kind=kind,
        default=value,
        required=default is None,
        optional=optional or (default is not None and value is None),
        choices=choices,
        minimum=minimum,
        maximum=maximum,
        doc=doc,
    )
    if default is not None and value is not None:
        _check_default(attribute, value)
    return attribute


def plain(node: ast.expr) -> Value:
    """The value of a default: a literal, or arithmetic of literals."""
    try:
        value = evaluate(ast.unparse(node))
    except (Invalid, RecursionError) as error:
        reason = error.message if isinstance(error, Invalid) else "It is nested too deeply."
        raise NotPlain(f"its value is no plain one. {reason}") from None
    if isinstance(value, tuple | list):
        raise NotPlain("its value is a sequence, and attributes are single values")
    if isinstance(value, float) and not math.isfinite(value):
        raise NotPlain("its value is not finite")
    return value


def _kind_of(value: Value) -> AttributeKind:
    match value:
        case bool():
            return AttributeKind.BOOLEAN
        case int():
            return AttributeKind.INTEGER
        case float():
            return AttributeKind.FLOAT
        case str():
            return AttributeKind.STRING
        case None:
            raise NotPlain("it has neither a type nor a default that tells one")


def _limits(metadata: tuple[ast.expr, ...], names: Names) -> tuple[float | None, float | None]:
    """`Range(1, 100)`, `Range(minimum=0)`; None where there is no limit."""
    for item in metadata:
        if isinstance(item, ast.Call) and names.full(item.func) in ("deepforge.Range", "deepforge.library.Range"):
            given: dict[str | None, ast.expr] = dict(zip(("minimum", "maximum"), item.args, strict=False))
            given.update({keyword.arg: keyword.value for keyword in item.keywords})
            if len(item.args) > 2 or not set(given) <= {"minimum", "maximum"}:
                raise NotPlain("its Range takes minimum and maximum")
            return _limit(given.get("minimum")), _limit(given.get("maximum"))
    return None, None


def _limit(node: ast.expr | None) -> float | None:
    value = None if node is None else plain(node)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise NotPlain("a limit of its Range is no number")
    return value


def _check_default(attribute: Attribute, value: Value) -> None:
    fits = {
        AttributeKind.INTEGER: isinstance(value, int) and not isinstance(value, bool),
        AttributeKind.FLOAT: isinstance(value, float),
        AttributeKind.BOOLEAN: isinstance(value, bool),
        AttributeKind.STRING: isinstance(value, str),
        AttributeKind.CHOICE: value in attribute.choices,
    }[attribute.kind]
    if not fits:
        raise NotPlain(f"its default {value!r} is not {_SENTENCES[attribute.kind]}")
    if isinstance(value, int | float):
        below = attribute.minimum is not None and value < attribute.minimum
        above = attribute.maximum is not None and value > attribute.maximum
        if below or above:
            raise NotPlain(f"its default {value!r} is outside of its Range")
