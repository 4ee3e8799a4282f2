"""The expressions in the attributes of layers: `channels * 2`, `(3, 3)`.

A bounded interpreter of its own: literals, parameters, arithmetic, tuples and lists. Whatever else Python allows is refused,
so an expression can neither call nor look up anything, and its text reaches generated code only by `ast.unparse` of the tree
that was checked.
"""

import ast
import math
import operator
from collections.abc import Callable, Mapping

from deepforge.errors import Invalid

__all__ = ["Literal", "evaluate", "literal", "names", "parse_expression", "tidy"]

Literal = None | bool | int | float | str | tuple["Literal", ...] | list["Literal"]

MAX_CHARACTERS = 1_000
MAX_NODES = 200
MAX_INTEGER = 2**63
MAX_EXPONENT = 64
MAX_DEPTH = 40

Number = bool | int | float
_BINARY: dict[type[ast.operator], Callable[..., object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_UNARY: dict[type[ast.unaryop], Callable[..., Number]] = {ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Not: operator.not_}


def parse_expression(source: str) -> ast.expr:
    """The checked tree of an expression; raises `Invalid` (DF215) with a sentence."""
    if len(source) > MAX_CHARACTERS:
        raise _refused(source, f"it is longer than {MAX_CHARACTERS} characters")
    try:
        tree = ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _refused(source, "it is not a Python expression") from None
    if sum(1 for _ in ast.walk(tree)) > MAX_NODES:
        raise _refused(source, f"it has more than {MAX_NODES} parts")
    _check(tree, source, MAX_DEPTH)
    return tree


def tidy(source: str) -> str:
    """The expression as generated code holds it."""
    return ast.unparse(parse_expression(source))


def names(source: str) -> frozenset[str]:
    """The parameters that an expression uses."""
    return frozenset(node.id for node in ast.walk(parse_expression(source)) if isinstance(node, ast.Name))


def evaluate(source: str, parameters: Mapping[str, Literal] | None = None) -> Literal:
    """The value of an expression; `parameters` gives the values of names. Raises `Invalid` (DF215)."""
    return _evaluate(parse_expression(source), parameters or {}, source)


def literal(value: Literal) -> str:
    """The Python text of a value; infinities and NaN have none and are refused."""
    if isinstance(value, float) and not math.isfinite(value):
        raise Invalid(f"The value {value} cannot be written as a literal.", code="DF215", hint="Use a finite number.")
    if isinstance(value, tuple):
        inside = ", ".join(literal(item) for item in value)
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, list):
        return f"[{', '.join(literal(item) for item in value)}]"
    return repr(value)


def _check(node: ast.expr, source: str, depth: int) -> None:
    if depth == 0:
        raise _refused(source, "it is nested too deeply")
    match node:
        case ast.Constant(value=value):
            _check_constant(value, source)
        case ast.Name():
            pass
        case ast.Tuple(elts=items) | ast.List(elts=items):
            for item in items:
                _check(item, source, depth - 1)
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
            _check(operand, source, depth - 1)
        case ast.BinOp(left=left, op=binary, right=right) if type(binary) in _BINARY:
            _check(left, source, depth - 1)
            _check(right, source, depth - 1)
        case _:
            raise _refused(source, "only literals, parameters, arithmetic, tuples and lists may stand there")


def _check_constant(value: object, source: str) -> None:
    if isinstance(value, bytes | complex) or value is Ellipsis:
        raise _refused(source, "only numbers, texts, True, False and None may stand there")
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise _refused(source, "a number in it is too large")


def _evaluate(node: ast.expr, parameters: Mapping[str, Literal], source: str) -> Literal:
    match node:
        case ast.Constant(value=None | bool() | int() | float() | str() as value):
            return value
        case ast.Name(id=name):
            if name not in parameters:
                raise _refused(source, f"there is no parameter {name}")
            return parameters[name]
        case ast.Tuple(elts=items):
            return tuple(_evaluate(item, parameters, source) for item in items)
        case ast.List(elts=items):
            return [_evaluate(item, parameters, source) for item in items]
        case ast.UnaryOp(op=unary, operand=operand):
            return _UNARY[type(unary)](_number(_evaluate(operand, parameters, source), source))
        case ast.BinOp(left=left, op=binary, right=right):
            a = _number(_evaluate(left, parameters, source), source)
            b = _number(_evaluate(right, parameters, source), source)
            return _calculate(binary, a, b, source)
        case _:
            raise _refused(source, "only literals, parameters, arithmetic, tuples and lists may stand there")


def _calculate(op: ast.operator, a: Number, b: Number, source: str) -> Number:
    if isinstance(op, ast.Pow) and abs(b) > MAX_EXPONENT:
        raise _refused(source, f"an exponent is larger than {MAX_EXPONENT}")
    try:
        result = _BINARY[type(op)](a, b)
    except (ArithmeticError, ValueError) as error:
        raise _refused(source, f"it cannot be calculated ({error})") from None
    if not isinstance(result, int | float) or (isinstance(result, int) and abs(result) > MAX_INTEGER):
        raise _refused(source, "its value is too large")
    return result


def _number(value: Literal, source: str) -> Number:
    if not isinstance(value, int | float):
        raise _refused(source, f"arithmetic needs numbers, and {value!r} is none")
    return value


def _refused(source: str, reason: str) -> Invalid:
    shown = source if len(source) <= 60 else source[:57] + "..."
    return Invalid(
        f"The expression {shown!r} is not accepted: {reason}.",
        code="DF215",
        hint="Write a value such as 6, (3, 3) or channels * 2.",
    )
