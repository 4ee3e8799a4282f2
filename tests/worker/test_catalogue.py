"""The catalogue of torch: every public layer with its own parameters, spelled for people."""

import ast

import pytest
from torch import nn

from deepforge.model.analysis import Catalogue, CatalogueEntry, CatalogueParameter
from deepforge.worker.catalogue import describe


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return describe()


def layer(catalogue: Catalogue, name: str) -> CatalogueEntry:
    return next(entry for entry in catalogue.layers if entry.name == name)


def test_a_convolution_is_described_whole(catalogue: Catalogue) -> None:
    found = layer(catalogue, "Conv2d")
    assert (found.category, found.doc) == (
        "Convolution",
        "Applies a 2D convolution over an input signal composed of several input planes.",
    )
    kernel = next(parameter for parameter in found.parameters if parameter.name == "kernel_size")
    assert kernel == CatalogueParameter(
        name="kernel_size", annotation="int | tuple[int, int]", required=True, doc="Size of the convolving kernel."
    )
    assert [(each.name, each.default) for each in found.parameters if not each.required] == [
        ("stride", "1"),
        ("padding", "0"),
        ("dilation", "1"),
        ("groups", "1"),
        ("bias", "True"),
        ("padding_mode", "'zeros'"),
    ]


@pytest.mark.parametrize(
    ("name", "category", "parameters"),
    [
        ("Linear", "Simple", ["in_features", "out_features", "bias"]),
        ("ReLU", "Transfer", ["inplace"]),
        ("Tanh", "Transfer", []),
        ("MaxPool2d", "Convolution", ["kernel_size", "stride", "padding", "dilation", "return_indices", "ceil_mode"]),
        (
            "GRU",
            "Recurrent",
            ["input_size", "hidden_size", "num_layers", "bias", "batch_first", "dropout", "bidirectional"],
        ),
        ("Sequential", "Container", []),
        ("cat", "Simple", ["dim"]),
        ("reshape", "Simple", ["shape"]),
        ("MultiheadAttention", "Misc", None),
    ],
)
def test_layers_have_categories_and_parameters(
    catalogue: Catalogue, name: str, category: str, parameters: list[str] | None
) -> None:
    found = layer(catalogue, name)
    assert found.category == category
    assert parameters is None or [each.name for each in found.parameters] == parameters


def test_everything_has_a_sentence_and_every_default_is_an_expression(catalogue: Catalogue) -> None:
    entries = (*catalogue.layers, *catalogue.criterions, *catalogue.optimizers)
    assert [entry.name for entry in entries if not entry.doc] == []
    for entry in entries:
        for parameter in entry.parameters:
            assert parameter.name not in ("self", "device", "dtype", "size_average", "reduce", "params")
            assert "Union" not in parameter.annotation
            ast.parse(parameter.default or "None", mode="eval")


def test_criterions_and_optimizers_are_complete(catalogue: Catalogue) -> None:
    assert {"NLLLoss", "MSELoss", "CrossEntropyLoss"} <= {entry.name for entry in catalogue.criterions}
    assert {entry.name for entry in catalogue.criterions}.isdisjoint(entry.name for entry in catalogue.layers)
    sgd = next(entry for entry in catalogue.optimizers if entry.name == "SGD")
    assert [each.name for each in sgd.parameters][:3] == ["lr", "momentum", "dampening"]
    assert all(hasattr(nn, entry.name) for entry in catalogue.criterions)
