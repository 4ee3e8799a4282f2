"""Whatever text a definition holds, reading it answers, and says what is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepforge.code.read import read_definition
from deepforge.ids import RecordId
from deepforge.model.records import DataType, Definition, LayerDefinition, Module, Operation

KINDS: list[type[Definition]] = [Operation, DataType, LayerDefinition, Module]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("def f(:", "invalid syntax"),
        ("def f():\nreturn", "expected an indented block"),
        ("\0", "null bytes"),
        ("x = '\ud800'", "surrogates not allowed"),
        ("(" * 5_000, "too many nested parentheses"),
        ("-" * 100_000 + "1", "nested too deeply"),
        ("x = " + "a." * 50_000 + "b", "nested too deeply"),
        ("x = a" + "+a" * 50_000, "nested too deeply"),
        ("x" * 1_000_001, "longer than 1,000,000 characters"),
        ("x=[" + "1," * 499_000 + "]", "parts"),
        ("if 1:\n" + "".join(" " * n + "if 1:\n" for n in range(1, 120)), "too many levels of indentation"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else None,
)
@pytest.mark.parametrize("kind", KINDS)
def test_hostile_source_gives_DF200(kind: type[Definition], code: str, said: str) -> None:
    facts = read_definition(kind(id=RecordId("x"), name="f", code=code))
    assert [mark.code for mark in facts.marks] == ["DF200"]
    assert said in facts.marks[0].message
    assert facts.interface is None
    assert facts.type is None


@pytest.mark.filterwarnings("error")
def test_dubious_source_is_read_without_a_warning() -> None:
    facts = read_definition(Operation(id=RecordId("x"), name="f", code="def f():\n    return '\\d' is 1\n"))
    assert facts.marks == ()


@given(st.text(max_size=200))
def test_no_text_makes_reading_fail(code: str) -> None:
    for kind in KINDS:
        read_definition(kind(id=RecordId("x"), name="f", code=code))


@given(
    st.lists(
        st.sampled_from(
            [
                "def f(",
                "a",
                ": ",
                "=",
                ", ",
                "*",
                "/",
                "Annotated[",
                "]",
                ")",
                "->",
                "int",
                "'x",
                "'",
                ":\n",
                "  pass",
                "None",
                "|",
                "Literal[",
            ]
        ),
        max_size=25,
    )
)
def test_no_half_typed_signature_makes_reading_fail(parts: list[str]) -> None:
    read_definition(Operation(id=RecordId("x"), name="f", code="from typing import *\n" + "".join(parts)))
