"""Expressions in attributes: what is evaluated, what is refused, and what reaches generated code."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepforge.code.expressions import Literal, evaluate, literal, names, tidy
from deepforge.errors import Invalid

PARAMETERS: dict[str, Literal] = {"channels": 16, "shape": (3, 4), "name": "same"}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("6", 6),
        ("-1", -1),
        ("0.5", 0.5),
        ("1e-3", 0.001),
        ("True", True),
        ("None", None),
        ("'same'", "same"),
        ("(3, 3)", (3, 3)),
        ("(3,)", (3,)),
        ("()", ()),
        ("[1, 2]", [1, 2]),
        ("channels * 2", 32),
        ("(channels // 2, channels % 3)", (8, 1)),
        ("2 ** 10 - 24 / 2", 1012.0),
        ("not True", False),
        ("shape", (3, 4)),
        ("name", "same"),
        (" 6 ", 6),
    ],
)
def test_evaluated(source: str, value: Literal) -> None:
    assert evaluate(source, PARAMETERS) == value
    assert type(evaluate(source, PARAMETERS)) is type(value)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("", "not a Python expression"),
        ("6 +", "not a Python expression"),
        ("x = 3", "not a Python expression"),
        ("\0", "not a Python expression"),
        ("print(1)", "only literals"),
        ("__import__('os')", "only literals"),
        ("channels.real", "only literals"),
        ("[x for x in shape]", "only literals"),
        ("lambda: 1", "only literals"),
        ("f'{channels}'", "only literals"),
        ("{1: 2}", "only literals"),
        ("*shape", "not a Python expression"),
        ("(*shape,)", "only literals"),
        ("channels if channels else 1", "only literals"),
        ("(y := 1)", "only literals"),
        ("1 @ 2", "only literals"),
        ("1 << 62", "only literals"),
        ("~1", "only literals"),
        ("...", "only numbers"),
        ("b'x'", "only numbers"),
        ("1j", "only numbers"),
        ("width", "there is no parameter width"),
        ("'a' * 3", "arithmetic needs numbers"),
        ("shape + shape", "arithmetic needs numbers"),
        ("-name", "arithmetic needs numbers"),
        ("1 / 0", "cannot be calculated"),
        ("9 ** 99", "an exponent is larger"),
        ("9 ** 64", "its value is too large"),
        ("(-1) ** 0.5", "its value is too large"),
        ("10.0 ** 64 ** 2", "an exponent is larger"),
        ("(10.0 ** 64) ** 64", "cannot be calculated"),
        (str(10**30), "too large"),
        ("1+" * 400 + "1", "more than 200 parts"),
        ("(" * 60 + "1" + ",)" * 60, "nested too deeply"),
        ("(" * 400 + ")" * 400, "not a Python expression"),
        ("1" * 1001, "longer than 1000"),
    ],
)
def test_refused(source: str, reason: str) -> None:
    with pytest.raises(Invalid) as raised:
        evaluate(source, PARAMETERS)
    assert raised.value.code == "DF215"
    assert reason in raised.value.message


def test_generated_code_holds_the_checked_tree_only() -> None:
    assert tidy("channels*2  # a comment") == "channels * 2"
    assert tidy("( 3,3 )") == "(3, 3)"
    assert names("(channels * width, 1)") == {"channels", "width"}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), (1, float("-inf"))])
def test_what_has_no_literal_is_refused(value: Literal) -> None:
    with pytest.raises(Invalid):
        literal(value)


FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | FLOATS | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple),
    max_leaves=8,
)


@given(VALUES)
def test_a_literal_means_its_value(value: Literal) -> None:
    assert ast.literal_eval(literal(value)) == value


@given(st.text(max_size=60))
def test_no_text_does_more_than_refuse(source: str) -> None:
    try:
        value = evaluate(source, PARAMETERS)
    except Invalid:
        return
    assert isinstance(value, None | bool | int | float | str | tuple | list)
