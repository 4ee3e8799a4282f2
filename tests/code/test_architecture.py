"""Architectures as code and as blueprints: readable, in order, and both compute the same."""

from types import ModuleType
from typing import Any

import pytest
import torch
from torch import nn

from deepforge.code.architecture import blueprint, emit_architecture
from deepforge.code.network import RESERVED, class_name, closure
from deepforge.errors import Invalid
from deepforge.ids import RecordId
from deepforge.library.network import build_network
from deepforge.model.records import LayerDefinition, Record
from tests.code.drawings import NORM, draw, layer

LENET = draw(
    "small",
    {
        "a": layer("Conv2d", "first", in_channels="3", out_channels="channels", kernel_size="(3, 3)"),
        "b": layer("ReLU"),
        "c": layer("MaxPool2d", kernel_size="2", stride=" "),
        "d": layer("flatten"),
        "e": layer("Linear", "last layer!", in_features="channels*9", out_features="10"),
    },
    parameters={"channels": "2 * 3"},
)
RESIDUAL = draw(
    "residual",
    {
        "a": layer("Linear", "wide", in_features="4", out_features="4"),
        "b": layer("ReLU"),
        "c": layer("Linear", "deep", in_features="4", out_features="4"),
        "d": layer("add"),
        "e": layer("cat", dim="-1"),
        "f": layer("mean", dim="1", keepdim="True"),
    },
    "a>b b>c a>d.0 c>d.1 d>e.0 a>e.1 e>f",
)
SEQUENCE = draw(
    "sequence",
    {
        "a": layer("LSTM", input_size="3", hidden_size="5", batch_first="True"),
        "b": layer("Linear", in_features="5", out_features="2"),
    },
    "a>b",
)
TWO = draw(
    "two",
    {
        "a": layer("Linear", "left", in_features="3", out_features="4"),
        "b": layer("Linear", "right", in_features="2", out_features="4"),
        "c": layer("matmul"),
        "d": layer("transpose", dim0="0", dim1="1"),
        "e": layer("mul"),
    },
    "a>e.0 b>e.1 a>c.0 b>d d>c.1",
)
BLOCK = draw("block", {"a": layer("Linear", in_features="width", out_features="width")}, parameters={"width": "1"})
NESTED = (
    *draw(
        "nested",
        {"a": layer("block:block", "inner", width="size + 1"), "b": layer("block:block", width="4"), "c": layer("Tanh")},
        parameters={"size": "3"},
    ),
    *BLOCK,
)
OTHER_NORM = LayerDefinition(id=RecordId("norm-layer"), name="Norm", code=NORM.code)
DRAWINGS: dict[str, tuple[tuple[Record, ...], list[tuple[int, ...]]]] = {
    "small": (LENET, [(2, 3, 8, 8)]),
    "residual": (RESIDUAL, [(5, 4)]),
    "sequence": (SEQUENCE, [(2, 7, 3)]),
    "two": (TWO, [(6, 3), (6, 2)]),
    "nested": (NESTED, [(5, 4)]),
}


def loaded(records: tuple[Record, ...], name: str, monkeypatch: pytest.MonkeyPatch) -> nn.Module:
    """The generated module, made as in an attempt (blocks can be imported)."""
    for inner in ("block", name):
        if any(record.id == inner for record in records):
            module: Any = ModuleType(f"architectures.{inner}")
            exec(emit_architecture(RecordId(inner), records), module.__dict__)
            monkeypatch.setitem(__import__("sys").modules, f"architectures.{inner}", module)
    network: nn.Module = getattr(module, class_name(name))()
    return network


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_generated_module_and_the_blueprint_are_the_same_network(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    records, shapes = DRAWINGS[name]
    inputs = [torch.randn(shape) for shape in shapes]
    generated = loaded(records, name, monkeypatch)
    built = build_network(blueprint(RecordId(name), records))
    built.load_state_dict(generated.state_dict())
    ours, theirs = generated(*inputs), built(*inputs)
    assert isinstance(ours, tuple) == isinstance(theirs, tuple)
    for a, b in zip(*(value if isinstance(value, tuple) else (value,) for value in (ours, theirs)), strict=True):
        assert torch.equal(a, b)


def test_a_chain_is_readable() -> None:
    assert (
        emit_architecture(RecordId("small"), LENET)
        == '''"""The architecture "small". Generated from its drawing: change it there."""

import torch
from torch import nn


class Small(nn.Module):
    def __init__(self, channels=2 * 3):
        super().__init__()
        self.first = nn.Conv2d(in_channels=3, out_channels=channels, kernel_size=(3, 3))
        self.relu = nn.ReLU()
        self.maxpool2d = nn.MaxPool2d(kernel_size=2)
        self.last_layer = nn.Linear(in_features=channels * 9, out_features=10)

    def forward(self, x):
        x = self.first(x)
        x = self.relu(x)
        x = self.maxpool2d(x)
        x = torch.flatten(x, start_dim=1, end_dim=-1)
        x = self.last_layer(x)
        return x
'''
    )


def test_a_graph_follows_its_links() -> None:
    forward = emit_architecture(RecordId("residual"), RESIDUAL).partition("    def forward")[2]
    assert (
        forward
        == """(self, x):
        wide_output = self.wide(x)
        relu_output = self.relu(wide_output)
        deep_output = self.deep(relu_output)
        add_output = wide_output + deep_output
        cat_output = torch.cat((add_output, wide_output), dim=-1)
        mean_output = torch.mean(cat_output, dim=1, keepdim=True)
        return mean_output
"""
    )


def test_several_inputs_and_outputs_and_tuples() -> None:
    assert "def forward(self, left_input, right_input):" in emit_architecture(RecordId("two"), TWO)
    assert "return matmul_output, mul_output" in emit_architecture(RecordId("two"), TWO)
    assert "linear_output = self.linear(lstm_output[0])" in emit_architecture(RecordId("sequence"), SEQUENCE)


def test_blocks_and_custom_layers_are_imported() -> None:
    drawing = (*draw("mixed", {"a": layer("custom:norm", size="3"), "b": layer("block:block", width="3")}), NORM, *BLOCK)
    code = emit_architecture(RecordId("mixed"), drawing)
    assert "from architectures.block import Block\nfrom layers.Norm import Norm\n" in code
    assert "self.block = Block(width=3)" in code
    assert {record.id for record in closure(RecordId("mixed"), drawing)} == {record.id for record in drawing}


def test_classes_of_one_name_do_not_hide_each_other() -> None:
    drawing = (*draw("norm", {"a": layer("custom:norm-layer", size="Norm_2")}, parameters={"Norm_2": "3"}), OTHER_NORM)
    code = emit_architecture(RecordId("norm"), drawing)
    assert "from layers.Norm import Norm as Norm_3" in code
    assert "self.norm = Norm_3(size=Norm_2)" in code


def test_attributes_of_a_block_are_evaluated_outside_of_it() -> None:
    found = blueprint(RecordId("nested"), NESTED)
    inner = [step.inner.steps[0].arguments for step in found.steps if step.inner]
    assert inner == [{"in_features": "4", "out_features": "4"}] * 2


@pytest.mark.parametrize(
    ("records", "name", "said"),
    [
        ((), "gone", "The architecture is gone."),
        (draw("empty", {}), "empty", "it has no layers"),
        (draw("ring", {"a": layer("ReLU"), "b": layer("ReLU")}, "a>b b>a"), "ring", "its links form a cycle"),
        (draw("gap", {"a": layer("ReLU"), "b": layer("Bilinear")}, "a>b.1"), "gap", "has an input without a link"),
        (draw("join", {"a": layer("ReLU"), "b": layer("add")}, "a>b"), "join", "add joins at least 2 tensors and has 1"),
        (draw("join", {"a": layer("ReLU"), "b": layer("matmul")}, "a>b"), "join", "matmul joins 2 tensors and has 1"),
        (draw("bad", {"a": layer("__class__")}), "bad", "is not a layer of torch.nn"),
        (draw("bad", {"a": layer("Linear; import os")}), "bad", "is not a layer of torch.nn"),
        (draw("bad", {"a": layer("ReLU", None, **{"x=1, y": "1"})}), "bad", "is not a parameter's name"),
        (draw("bad", {"a": layer("ReLU", inplace="open('/')")}), "bad", "only literals"),
        (draw("bad", {"a": layer("flatten", dim="1")}), "bad", "flatten has no parameter 'dim'"),
        (draw("bad", {"a": layer("ReLU")}, parameters={"a b": "1"}), "bad", "cannot be a name in code"),
        (draw("bad", {"a": layer("ReLU")}, parameters={"nn": "1"}), "bad", "cannot be a name in code"),
        (draw("bad", {"a": layer("custom:gone")}), "bad", "the custom layer of layer is gone"),
        (draw("loop", {"a": layer("block:loop")}), "loop", "blocks are nested more than 20 deep"),
    ],
)  # fmt: skip
def test_a_drawing_that_makes_no_sense_is_refused(records: tuple[Record, ...], name: str, said: str) -> None:
    with pytest.raises(Invalid) as raised:
        emit_architecture(RecordId(name), records)
    assert said in raised.value.message


def test_an_unknown_parameter_of_a_block_is_refused() -> None:
    drawing = (*draw("outer", {"a": layer("block:block", height="1")}), *BLOCK)
    with pytest.raises(Invalid) as raised:
        blueprint(RecordId("outer"), drawing)
    assert "has no parameter height" in raised.value.message


def test_no_layer_takes_a_name_that_a_module_needs() -> None:
    assert {name for name in dir(nn.Module()) if not name.startswith("_")} <= RESERVED
    drawing = draw(
        "taken", {"a": layer("ReLU", "forward"), "b": layer("ReLU", "3 x"), "c": layer("ReLU", "lambda"), "d": layer("ReLU", "ü")}
    )
    names = [step.name for step in blueprint(RecordId("taken"), drawing).steps]
    assert names == ["forward_2", "layer_3_x", "lambda_2", "layer"]
