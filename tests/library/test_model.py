"""`Model`: weights and drawing in one file, built again without running anything that came with it."""

import copy
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from deepforge.code.architecture import blueprint
from deepforge.code.network import closure
from deepforge.ids import RecordId
from deepforge.library import Model
from deepforge.library.model import attach_design, design_of
from deepforge.library.network import build_network
from deepforge.library.tensor import write_tensors
from deepforge.model.blueprint import Blueprint, BlueprintStep, Design, Source
from deepforge.model.records import Record
from tests.code.drawings import NORM, NORM_CODE, draw, layer

CHAIN = draw(
    "chain",
    {
        "a": layer("Conv2d", in_channels="1", out_channels="2", kernel_size="3"),
        "b": layer("BatchNorm2d", num_features="2"),
        "c": layer("ReLU"),
        "d": layer("Flatten"),
        "e": layer("Linear", "one", in_features="8", out_features="8"),
        "f": layer("Linear", "two", in_features="8", out_features="8"),
    },
)


def make(records: tuple[Record, ...], name: str = "chain") -> nn.Module:
    design = Design(blueprint=blueprint(RecordId(name), records), records=closure(RecordId(name), records))
    module = build_network(design.blueprint, design.records)
    attach_design(module, design)
    return module


def round_trip(module: object, path: Path) -> Any:
    Model.serialize(module, path)
    return Model.deserialize(path)


def test_it_computes_the_same_and_can_be_trained_on(tmp_path: Path) -> None:
    module = make(CHAIN)
    images = torch.randn(5, 1, 4, 4)
    module(images)  # moves the running mean of the batch norm
    back = round_trip(module.eval(), tmp_path / "m")
    assert back.training
    assert torch.equal(back.eval()(images), module(images))
    assert all(parameter.requires_grad for parameter in back.parameters())
    assert design_of(back) == design_of(module)
    # A second pipeline may save it again, and the same weights are the same bytes.
    Model.serialize(back, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == (tmp_path / "m").read_bytes()


def test_wrapped_copied_and_converted_networks_are_saved(tmp_path: Path) -> None:
    module = make(CHAIN)
    for changed in (copy.deepcopy(module), nn.DataParallel(module), copy.deepcopy(module).double()):
        back = round_trip(changed, tmp_path / "m")
        assert torch.equal(back.one.weight.float(), module.get_parameter("one.weight"))
    assert back.one.weight.dtype is torch.float64


def test_tied_tensors_are_stored_once_and_stay_tied(tmp_path: Path) -> None:
    module = make(CHAIN)
    Model.serialize(module, tmp_path / "untied")
    module.get_submodule("two").weight = module.get_submodule("one").weight
    back = round_trip(module, tmp_path / "tied")
    assert back.two.weight is back.one.weight
    assert (tmp_path / "untied").stat().st_size - (tmp_path / "tied").stat().st_size > 8 * 8 * 4 - 100


def test_frozen_weights_and_large_networks_take_no_extra_memory(tmp_path: Path) -> None:
    """A network is compared on the meta device: a drawing of 40 GB is refused by its weights, not by the memory."""
    huge = draw("chain", {"a": layer("Linear", in_features="100000", out_features="100000")})
    module = make(CHAIN)
    attach_design(module, Design(blueprint=blueprint(RecordId("chain"), huge)))
    with pytest.raises(ValueError, match="which the architecture does not tell"):
        Model.serialize(module, tmp_path / "m")


def test_a_lazy_layer_is_saved_once_it_has_seen_data(tmp_path: Path) -> None:
    lazy = draw("chain", {"a": layer("LazyLinear", out_features="3")})
    module = make(lazy)
    with pytest.raises(ValueError, match="run the network once"):
        Model.serialize(module, tmp_path / "m")
    inputs = torch.randn(2, 5)
    expected = module(inputs)
    assert torch.equal(round_trip(module, tmp_path / "m")(inputs), expected)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (nn.Linear(1, 1), "the network Linear came from no architecture of the project"),
        (nn.Sequential(make(CHAIN)), "the network Sequential came from no architecture of the project"),
        ({"weights": 1}, "expected a network (nn.Module), got a dict"),
        (None, "expected a network (nn.Module), got a NoneType"),
    ],
)
def test_what_no_architecture_describes_is_refused(value: object, said: str, tmp_path: Path) -> None:
    with pytest.raises(TypeError) as raised:
        Model.serialize(value, tmp_path / "m")
    assert said in str(raised.value)


def grown(module: nn.Module) -> None:
    module.extra = nn.Linear(1, 1)


def widened(module: nn.Module) -> None:
    module.get_submodule("one").weight = nn.Parameter(torch.zeros(9, 9))


def cut(module: nn.Module) -> None:
    del module.get_submodule("one")._parameters["bias"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (grown, "the network has gained extra.bias"),
        (cut, "the network has lost one.bias"),
        (widened, "one.weight has the shape (9, 9), and (8, 8) in the architecture"),
    ],
)
def test_a_network_that_left_its_architecture_is_refused(change: Any, said: str, tmp_path: Path) -> None:
    module = make(CHAIN)
    change(module)
    with pytest.raises(ValueError) as raised:
        Model.serialize(module, tmp_path / "m")
    assert said in str(raised.value)


CUSTOM = (*draw("custom", {"a": layer("Linear", in_features="2", out_features="3"), "b": layer("custom:norm", size="3")}), NORM)


def test_a_custom_layer_of_the_project_is_used_and_a_foreign_one_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "layers").mkdir()
    (tmp_path / "layers" / "Norm.py").write_text(NORM_CODE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(sys.modules, "layers", sys.modules.get("layers"))
    sys.modules.pop("layers")
    module = make(CUSTOM, "custom")
    inputs = torch.randn(4, 2)
    assert torch.equal(round_trip(module, tmp_path / "m")(inputs), module(inputs))
    # The file brings the layer's code with it, for people; it is never run.
    (tmp_path / "layers" / "Norm.py").unlink()
    with pytest.raises(ValueError) as raised:
        Model.deserialize(tmp_path / "m")
    assert "the model needs the custom layer Norm, and this project has none of that name" in str(raised.value)


def step(**what: Any) -> Blueprint:
    made = BlueprintStep(name="a", inputs=(Source(-1),), **what)
    return Blueprint(name="n", architecture=RecordId("n"), inputs=("x",), steps=(made,), outputs=(Source(0),))


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({}, "was not saved as a model"),
        ({"format": "model", "version": 2}, "was not saved as a model"),
        ({"format": "model", "version": 1}, "does not say how the network is built"),
        ({"format": "model", "version": 1, "design": {"blueprint": 3}, "ties": {}}, "does not say how the network is built"),
        ({"design": step(layer="Linear", arguments={"in_features": "print(1)", "out_features": "1"})}, "is not a literal"),
        ({"design": step(layer="Linear", arguments={"a b": "1"})}, "is not a literal"),
        ({"design": step(layer="Linear", arguments={"in_features": "9" * 3000})}, "is not a literal"),
        ({"design": step(layer="Linear")}, "cannot be built"),
        ({"design": step(layer="init")}, "torch.nn has no layer 'init'"),
        ({"design": step(layer="modules.Linear")}, "torch.nn has no layer"),
        ({"design": step(layer="__class__")}, "torch.nn has no layer"),
        ({"design": step(custom="os")}, "needs the custom layer os"),
        ({"design": step(custom="../os")}, "needs the custom layer ../os"),
        ({"design": step(function="system")}, "there is no joining function 'system'"),
        ({"design": step(layer="Linear", arguments={"in_features": "10**9", "out_features": "1"})}, "is not a literal"),
        (
            {"design": step(layer="Linear", arguments={"in_features": "999999", "out_features": "999999"})},
            "the network has lost a.bias",
        ),
        ({"design": step(layer="ReLU"), "ties": {"a.weight": "b.weight"}}, "tied tensors that it does not have"),
    ],
)
def test_a_hostile_file_is_refused(metadata: dict[str, Any], said: str, tmp_path: Path) -> None:
    if isinstance(metadata.get("design"), Blueprint):
        design = msgspec.to_builtins(Design(blueprint=metadata["design"]))
        metadata = {"format": "model", "version": 1, "ties": {}, **metadata, "design": design}
    write_tensors(tmp_path / "m", {"other": torch.zeros(1)} if "ReLU" not in str(metadata) else {}, metadata)
    with pytest.raises(ValueError) as raised:
        Model.deserialize(tmp_path / "m")
    assert said in str(raised.value)


def test_a_file_whose_metadata_is_no_json_is_refused(tmp_path: Path) -> None:
    save_file({"a": torch.zeros(1)}, tmp_path / "m", metadata={"deepforge": "[" * 100_000})
    with pytest.raises(ValueError, match="was not saved as a model"):
        Model.deserialize(tmp_path / "m")


def test_changing_a_loaded_network_leaves_its_file_alone(tmp_path: Path) -> None:
    """An input may be a hard link to the stored bytes: what an operation does in place must never reach them."""
    Model.serialize(make(CHAIN), tmp_path / "m")
    before = (tmp_path / "m").read_bytes()
    (tmp_path / "m").chmod(0o444)
    back = Model.deserialize(tmp_path / "m")
    with torch.no_grad():
        for parameter in back.parameters():
            parameter.add_(1)
    assert (tmp_path / "m").read_bytes() == before
