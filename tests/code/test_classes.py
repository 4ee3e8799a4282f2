"""Data types and custom layers, read from their classes."""

import pytest

from deepforge.code.read import read_definition
from deepforge.ids import RecordId
from deepforge.model.interface import Attribute, AttributeKind, Interface, Port, ReferencePort, TypeInfo
from deepforge.model.records import DataType, LayerDefinition

METHODS = "    @staticmethod\n    def serialize(value, path): ...\n    @staticmethod\n    def deserialize(path): ...\n"
RECORD = RecordId("x")


@pytest.mark.parametrize(
    ("code", "base", "marks"),
    [
        (f"from deepforge import Data\nclass Weights(Data):\n{METHODS}", "Data", []),
        (f"class Weights:\n{METHODS}", "Data", []),
        ("from deepforge import Tensor\nclass Weights(Tensor): ...", "Tensor", []),
        ("from data_types.Parts import Parts\nclass Weights(Parts): ...", "Parts", []),
        ("from deepforge import Data\nclass Weights(Data): ...", "Data", ["DF201", "DF201"]),
    ],
)
def test_S172_a_data_type(code: str, base: str, marks: list[str]) -> None:
    facts = read_definition(DataType(id=RECORD, name="Weights", code=code))
    assert facts.type == TypeInfo(name="Weights", base=base, record=RECORD)
    assert [mark.code for mark in facts.marks] == marks


@pytest.mark.parametrize("kind", [DataType, LayerDefinition])
def test_a_missing_class_is_marked(kind: type[DataType | LayerDefinition]) -> None:
    facts = read_definition(kind(id=RECORD, name="Weights", code="class Other: ..."))
    assert (facts.type, facts.interface, [mark.code for mark in facts.marks]) == (None, None, ["DF201"])


def test_S154_a_layer_s_attributes_are_those_of_its_constructor() -> None:
    code = '''
from typing import Literal
from torch import nn

class Attention(nn.Module):
    """Looks at some places more than at others.

    Args:
        heads: how many
    """

    def __init__(self, size: int, inner: nn.Module, heads: int = 4, *, mode: Literal["a", "b"] = "a", shape=(1, 2)):
        super().__init__()

    def forward(self, query, key):
        return query
'''
    facts = read_definition(LayerDefinition(id=RECORD, name="Attention", code=code))
    assert facts.marks == ()
    assert facts.interface == Interface(
        operation=RECORD,
        name="Attention",
        doc="Looks at some places more than at others.",
        inputs=(Port(name="query", type="Tensor"), Port(name="key", type="Tensor")),
        attributes=(
            Attribute(name="size", kind=AttributeKind.INTEGER, required=True),
            Attribute(name="heads", kind=AttributeKind.INTEGER, default=4, doc="how many"),
            Attribute(name="mode", kind=AttributeKind.CHOICE, default="a", choices=("a", "b")),
        ),
        references=(ReferencePort(name="inner", resource="Architecture"),),
        source_hash=facts.source_hash,
    )


def test_a_built_in_type_s_name_is_taken() -> None:
    code = f"from deepforge import Data\nclass Dataset(Data):\n{METHODS}"
    facts = read_definition(DataType(id=RECORD, name="Dataset", code=code))
    assert (facts.type, [mark.code for mark in facts.marks]) == (None, ["DF205"])
