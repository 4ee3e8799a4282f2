"""Interfaces read from signatures: every form of annotation and default, and the marks for what cannot be read."""

import pytest

from deepforge.code.read import read_definition, source_hash
from deepforge.ids import RecordId
from deepforge.model.analysis import SourceFacts
from deepforge.model.interface import Attribute, AttributeKind, Interface, Port, ReferencePort
from deepforge.model.records import Operation

IMPORTS = """
from typing import Annotated, Literal, NamedTuple, Optional, TypeVar
import typing
import pathlib
import torch
import deepforge
from deepforge import Architecture, Criterion, Data, Dataset, File, Json, Model, Number, Optimizer, Range, Tensor, Text
from data_types.Weights import Weights
T = TypeVar("T", bound=Data)
W = typing.TypeVar("W", bound=Weights)
"""


def read(signature: str, body: str = "return locals()", before: str = "") -> SourceFacts:
    code = f"{IMPORTS}\n{before}\ndef f({signature}:\n    {body}\n"
    return read_definition(Operation(id=RecordId("op"), name="f", code=code))


def interface(signature: str, **rest: str) -> Interface:
    facts = read(signature, **rest)
    assert [mark.message for mark in facts.marks if mark.code not in ("DF203", "DF204")] == []
    assert facts.interface is not None
    return facts.interface


@pytest.mark.parametrize(
    ("parameter", "port"),
    [
        ("a", Port(name="a")),
        ("a: Data", Port(name="a")),
        ("a: Dataset", Port(name="a", type="Dataset")),
        ("a: deepforge.Tensor", Port(name="a", type="Tensor")),
        ("a: 'Model'", Port(name="a", type="Model")),
        ("a: File", Port(name="a", type="File")),
        ("a: Weights", Port(name="a", type="Weights")),
        ("a: float", Port(name="a", type="Number")),
        ("a: int", Port(name="a", type="Number")),
        ("a: str", Port(name="a", type="Text")),
        ("a: dict", Port(name="a", type="Json")),
        ("a: torch.Tensor", Port(name="a", type="Tensor")),
        ("a: torch.nn.Module", Port(name="a", type="Model")),
        ("a: pathlib.Path", Port(name="a", type="File")),
        ("a: T", Port(name="a", variable="T")),
        ("a: W", Port(name="a", type="Weights", variable="W")),
        ("a: Dataset = None", Port(name="a", type="Dataset", optional=True)),
        ("a: Dataset | None", Port(name="a", type="Dataset", optional=True)),
        ("a: None | Dataset = None", Port(name="a", type="Dataset", optional=True)),
        ("a: Optional[Dataset] = None", Port(name="a", type="Dataset", optional=True)),
        ("a: Annotated[Dataset, 'any metadata']", Port(name="a", type="Dataset")),
    ],
)
def test_an_input(parameter: str, port: Port) -> None:
    assert interface(f"{parameter})").inputs == (port,)


A = AttributeKind


@pytest.mark.parametrize(
    ("parameter", "attribute"),
    [
        ("a: int = 5", Attribute(name="a", kind=A.INTEGER, default=5)),
        ("a: int = -5", Attribute(name="a", kind=A.INTEGER, default=-5)),
        ("a: int = 4 * 1024", Attribute(name="a", kind=A.INTEGER, default=4096)),
        ("a: float = 0.01", Attribute(name="a", kind=A.FLOAT, default=0.01)),
        ("a: float = 1", Attribute(name="a", kind=A.FLOAT, default=1.0)),
        ("a: float = 1e-3", Attribute(name="a", kind=A.FLOAT, default=0.001)),
        ("a: bool = True", Attribute(name="a", kind=A.BOOLEAN, default=True)),
        ("a: str = 'x'", Attribute(name="a", kind=A.STRING, default="x")),
        ("a: str = ''", Attribute(name="a", kind=A.STRING, default="")),
        ("a: 'int' = 5", Attribute(name="a", kind=A.INTEGER, default=5)),
        ("a=5", Attribute(name="a", kind=A.INTEGER, default=5)),
        ("a=0.5", Attribute(name="a", kind=A.FLOAT, default=0.5)),
        ("a=False", Attribute(name="a", kind=A.BOOLEAN, default=False)),
        ("a='x'", Attribute(name="a", kind=A.STRING, default="x")),
        ("a: int", Attribute(name="a", kind=A.INTEGER, required=True)),
        ("a: int | None = None", Attribute(name="a", kind=A.INTEGER, optional=True)),
        ("a: Optional[float] = None", Attribute(name="a", kind=A.FLOAT, optional=True)),
        ("a: str = None", Attribute(name="a", kind=A.STRING, optional=True)),
        (
            "a: Literal['sgd', 'adam'] = 'sgd'",
            Attribute(name="a", kind=A.CHOICE, default="sgd", choices=("sgd", "adam")),
        ),
        ("a: typing.Literal[1, 2, 4] = 2", Attribute(name="a", kind=A.CHOICE, default=2, choices=(1, 2, 4))),
        (
            "a: Literal['x', None] = None",
            Attribute(name="a", kind=A.CHOICE, optional=True, choices=("x",)),
        ),
        (
            "a: Annotated[int, Range(1, 100)] = 5",
            Attribute(name="a", kind=A.INTEGER, default=5, minimum=1, maximum=100),
        ),
        (
            "a: Annotated[float, deepforge.Range(minimum=0)] = 5",
            Attribute(name="a", kind=A.FLOAT, default=5.0, minimum=0),
        ),
        (
            "a: Annotated[int | None, Range(maximum=-1)] = None",
            Attribute(name="a", kind=A.INTEGER, optional=True, maximum=-1),
        ),
    ],
)
def test_an_attribute(parameter: str, attribute: Attribute) -> None:
    assert interface(f"*, {parameter})").attributes == (attribute,)


@pytest.mark.parametrize(
    ("parameter", "reference"),
    [
        ("a: Architecture", ReferencePort(name="a", resource="Architecture")),
        ("a: deepforge.Criterion", ReferencePort(name="a", resource="Criterion")),
        ("a: Optimizer = None", ReferencePort(name="a", resource="Optimizer", optional=True)),
        ("a: Architecture | None", ReferencePort(name="a", resource="Architecture", optional=True)),
    ],
)
def test_a_reference(parameter: str, reference: ReferencePort) -> None:
    assert interface(f"*, {parameter})").references == (reference,)


PAIR = (
    'class Pair(NamedTuple):\n    """Two.\n\n    Attributes:\n        net: the net\n    """\n    net: Model\n    loss: Number\n'
)


@pytest.mark.parametrize(
    ("returns", "outputs"),
    [
        ("", ()),
        ("-> None", ()),
        ("-> Model", (Port(name="result", type="Model"),)),
        ("-> Annotated[Model, 'net']", (Port(name="net", type="Model"),)),
        ("-> float", (Port(name="result", type="Number"),)),
        ("-> T", (Port(name="result", variable="T"),)),
        ("-> Annotated[W, 'same']", (Port(name="same", type="Weights", variable="W"),)),
        ("-> Pair", (Port(name="net", type="Model", doc="the net"), Port(name="loss", type="Number"))),
        ("-> 'Pair'", (Port(name="net", type="Model", doc="the net"), Port(name="loss", type="Number"))),
    ],
)
def test_outputs(returns: str, outputs: tuple[Port, ...]) -> None:
    assert interface(f") {returns}", before=PAIR).outputs == outputs


DOCSTRING = '''"""Trains a network.

    Slowly and
    surely.

    Args:
        data: what to
            learn from
        rate (float): how far
        net: the network

    Returns:
        The trained
        network.

    Raises:
        ValueError: never
    """
    return data, net, rate
'''


def test_help_comes_from_a_google_style_docstring() -> None:
    found = interface("data: Dataset, *, rate: float = 1, net: Architecture) -> Model", body=DOCSTRING)
    assert found.doc == "Trains a network.\n\nSlowly and surely."
    docs = [found.inputs[0].doc, found.attributes[0].doc, found.references[0].doc, found.outputs[0].doc]
    assert docs == ["what to learn from", "how far", "the network", "The trained network."]


@pytest.mark.parametrize(
    ("signature", "body", "code", "said"),
    [
        ("a, /)", "return a", "DF206", "cannot be given by name"),
        ("*args)", "return args", "DF206", "any number of values"),
        ("**kwargs)", "return kwargs", "DF206", "any number of values"),
        ("a: list[Dataset])", "return a", "DF205", "list[Dataset] is not a data type"),
        ("a: IMPORTS.b)", "return a", "DF202", "'IMPORTS' is not defined"),
        ("a: pathlib.PurePath)", "return a", "DF205", "pathlib.PurePath is not a data type"),
        ("a: Architecture)", "return a", "DF205", "Architecture is not a data type"),
        (") -> tuple[Model, Number]", "return 1, 2", "DF205", "is not a data type"),
        ("*, a: Dataset)", "return a", "DF206", "has the data type Dataset"),
        ("*, a: list = [])", "return a", "DF206", "has the data type list"),
        ("*, a: int = [])", "return a", "DF206", "is a sequence"),
        ("*, a: complex = 1)", "return a", "DF206", "not one of bool, int"),
        ("*, a: int = 0.5)", "return a", "DF206", "0.5 is not a whole number"),
        ("*, a: int = True)", "return a", "DF206", "True is not a whole number"),
        ("*, a: float = 'x')", "return a", "DF206", "'x' is not a number"),
        ("*, a: bool = 1)", "return a", "DF206", "1 is not True or False"),
        ("*, a: int = print())", "return a", "DF206", "is no plain one"),
        ("*, a: float = float('inf'))", "return a", "DF206", "is no plain one"),
        ("*, a: float = 1e999)", "return a", "DF206", "not finite"),
        ("*, a: Literal['x'] = 'y')", "return a", "DF206", "'y' is not one of the choices"),
        ("*, a: Annotated[int, Range(1, 2)] = 3)", "return a", "DF206", "outside of its Range"),
        ("*, a: Annotated[int, Range('x')] = 3)", "return a", "DF206", "no number"),
        ("*, a: Annotated[int, Range(1, 2, 3)] = 3)", "return a", "DF206", "minimum and maximum"),
        ("*, a)", "return a", "DF206", "neither a type nor a default"),
        ("a: Dataset)", "return undefined(a)", "DF202", "'undefined' is not defined"),
        ("a: Dataset)", "return 1", "DF203", "The input a is never used."),
        (") -> Model", "print(1)", "DF204", "The output result is never returned."),
    ],
)
def test_what_cannot_be_read_is_marked(signature: str, body: str, code: str, said: str) -> None:
    marks = read(signature, body).marks
    assert [mark.code for mark in marks] == [code]
    assert said in marks[0].message
    assert marks[0].where.line is not None
    assert marks[0].hint
    assert marks[0].severity == ("warning" if code in ("DF203", "DF204") else "error")


@pytest.mark.parametrize("code", ["", "def g(): pass", "f = lambda: 1", "async def f(): pass", "class f:\n    def f(self): pass"])
def test_a_missing_function_is_marked(code: str) -> None:
    facts = read_definition(Operation(id=RecordId("op"), name="f", code=code))
    assert (facts.interface, [mark.code for mark in facts.marks]) == (None, ["DF201"])


def test_one_problem_is_told_once() -> None:
    marks = read("a: Datset)", "return a").marks
    assert [mark.code for mark in marks] == ["DF202"]


def test_facts_are_keyed_by_kind_name_and_code() -> None:
    first = Operation(id=RecordId("a"), name="f", code="x")
    assert source_hash(first) == source_hash(Operation(id=RecordId("b"), name="f", code="x", color="teal"))
    assert source_hash(first) != source_hash(Operation(id=RecordId("a"), name="g", code="x"))
    assert read_definition(first).source_hash == source_hash(first)
