"""What main.py calls, in real processes: every output is stored or its absence is said."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch

from deepforge.code.emit import emit_attempt
from deepforge.ids import RecordId
from deepforge.library import Data, Dataset, Json, Model, Number, Tensor
from deepforge.library.runtime import Attempt, AttemptFailed
from deepforge.model.records import DataType, RecordRef, Resource
from tests.code.specs import TRAIN, make_spec
from tests.seeds.executor import run_attempt, write_attempt


@pytest.fixture
def attempt(tmp_path: Path) -> Attempt:
    """An attempt without operation: only what storing needs."""
    (tmp_path / "attributes.json").write_text("{}")
    (tmp_path / "spec.json").write_text('{"seed": 5}')
    (tmp_path / "inputs").mkdir()
    return Attempt(str(tmp_path / "main.py"))


def stored(attempt: Attempt) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((attempt.directory / "result.json").read_bytes())["outputs"]
    return found


def run(tmp_path: Path, code: str, inputs: dict[str, tuple[str, Path]] | None = None, **rest: Any) -> tuple[int, str, str]:
    kinds = {name: kind for name, (kind, _) in (inputs or {}).items()}
    spec = make_spec(code, "train", inputs=kinds, **rest)
    write_attempt(tmp_path / "attempt", spec, {name: path for name, (_, path) in (inputs or {}).items()})
    done = run_attempt(tmp_path / "attempt")
    return done.returncode, done.stdout, done.stderr


SHOWN = "    print(rate, steps, len(data), criterion)\n    print(optimizer(net.parameters()))\n    return net"


def test_S049_an_attempt_runs_by_hand(tmp_path: Path) -> None:
    Dataset(torch.zeros(2, 2), torch.zeros(2)).serialize(tmp_path / "data")
    code, out, err = run(
        tmp_path,
        TRAIN.replace("    return net", SHOWN),
        {"data": ("Dataset", tmp_path / "data")},
        references={
            "net": RecordRef(record=RecordId("lenet")),
            "criterion": Resource(resource="Criterion", class_name="MSELoss"),
            "optimizer": Resource(resource="Optimizer", class_name="SGD", attributes={"lr": "0.25"}),
        },
        attributes={"rate": 1, "steps": 2},
    )  # fmt: skip
    assert code == 0, err
    lines = out.splitlines()
    assert lines[0] == '##### Running "train" Operation #####'
    assert lines[1] == "1.0 2 2 MSELoss()"
    assert "    lr: 0.25" in lines
    assert lines[-1] == '##### "train" Operation Complete! #####'
    assert isinstance(Model.deserialize(tmp_path / "attempt" / "outputs" / "net"), torch.nn.Module)


def test_tracebacks_have_the_line_numbers_of_the_editor(tmp_path: Path) -> None:
    code, _, err = run(tmp_path, "\n\ndef train():\n    raise KeyError('labels')\n", records=())
    assert code == 1
    assert 'operations/train.py", line 4, in train' in err
    assert err.endswith("KeyError: 'labels'\n")


def test_data_types_of_the_project_are_used(tmp_path: Path) -> None:
    weights = DataType(
        id=RecordId("t"),
        name="Weights",
        code="from deepforge import Data\nclass Weights(Data):\n    def __init__(self, a): self.a = a\n"
        "    def serialize(self, path): path.write_text(self.a)\n"
        "    @classmethod\n    def deserialize(cls, path): return cls(path.read_text())\n",
    )
    (tmp_path / "old").write_text("x")
    code, _, err = run(
        tmp_path,
        "from data_types.Weights import Weights\ndef train(old: Weights) -> Weights:\n    return Weights(old.a + '!')\n",
        {"old": ("Weights", tmp_path / "old")},
        records=(weights,),
    )
    assert code == 0, err
    assert (tmp_path / "attempt" / "outputs" / "result").read_text() == "x!"
    result = json.loads((tmp_path / "attempt" / "result.json").read_bytes())
    assert result == {"outputs": [{"name": "result", "type": "Weights", "preview": None}]}


def test_the_recorded_seed_makes_a_run_repeatable(tmp_path: Path) -> None:
    code = (
        "import random, numpy, torch\nfrom deepforge import Json\n"
        "def train() -> Json:\n    return [random.random(), float(numpy.random.rand()), torch.rand(1).item()]\n"
    )
    outputs = []
    for place in ("a", "b"):
        assert run(tmp_path / place, code, records=())[0] == 0
        outputs.append((tmp_path / place / "attempt" / "outputs" / "result").read_text())
    assert outputs[0] == outputs[1]


class Outputs(tuple[Any, ...]):
    _fields = ("a", "b")


@pytest.mark.parametrize("result", [Outputs((1, 2)), {"a": 1, "b": 2}])
def test_several_outputs_by_name(attempt: Attempt, result: object) -> None:
    attempt.store(result, a=Number, b=Json)
    assert [(each["name"], each["type"]) for each in stored(attempt)] == [("a", "Number"), ("b", "Json")]
    assert (attempt.directory / "outputs" / "b").read_text() == "2"


def test_no_outputs_and_a_missing_one_that_JSON_allows(attempt: Attempt) -> None:
    attempt.store(None)
    assert stored(attempt) == []
    attempt.store(None, result=Json)
    assert [each["type"] for each in stored(attempt)] == ["Json"]


def test_an_output_of_any_type_is_stored_as_what_it_is(attempt: Attempt) -> None:
    given = {
        "a": 1.5,
        "b": "x",
        "c": torch.zeros(1),
        "d": [1],
        "e": Dataset(torch.zeros(1), torch.zeros(1)),
        "f": b"x",
        "g": False,
    }
    attempt.store(given, **dict.fromkeys(given, Data))
    assert {each["name"]: each["type"] for each in stored(attempt)} == {
        "a": "Number",
        "b": "Text",
        "c": "Tensor",
        "d": "Json",
        "e": "Dataset",
        "f": "File",
        "g": "Json",
    }


class Lazy(Data):
    @staticmethod
    def serialize(value: object, path: Path) -> None:
        pass

    @staticmethod
    def deserialize(path: Path) -> object:
        raise ValueError("it is broken")


class Folder(Lazy):
    @staticmethod
    def serialize(value: object, path: Path) -> None:
        path.mkdir()


class Linked(Lazy):
    @staticmethod
    def serialize(value: object, path: Path) -> None:
        path.symlink_to("/etc/hostname")


class Raising(Lazy):
    @staticmethod
    def serialize(value: object, path: Path) -> None:
        path.write_text("half")
        raise RuntimeError("no more")


@pytest.mark.parametrize(
    ("result", "kinds", "said"),
    [
        (None, {"net": Model}, 'The output "net" was not stored: the operation returned None for it.'),
        ("x", {"n": Number}, 'The output "n" was not stored: it cannot be saved as Number: expected a number, got a str.'),
        (1, {"d": Dataset}, 'The output "d" was not stored: it cannot be saved as Dataset: expected a Dataset, got a int.'),
        (1, {"a": Lazy}, 'The output "a" was not stored: Lazy.serialize wrote nothing to the path it was given.'),
        (1, {"a": Folder}, 'The output "a" was not stored: Folder.serialize did not write one regular file.'),
        (1, {"a": Linked}, 'The output "a" was not stored: Linked.serialize did not write one regular file.'),
        (1, {"a": Raising}, 'The output "a" was not stored: it cannot be saved as Raising: RuntimeError: no more.'),
        ({"a": 1}, {"a": Number, "b": Number}, 'The output "b" was not stored: the operation did not return it.'),
        (
            {"a": 1, "b": 2, "c": 3},
            {"a": Number, "b": Number},
            'The operation returned "c", which it does not declare as output.',
        ),
        ((1, 2), {"a": Number, "b": Number}, 'The operation returned a tuple instead of the outputs "a", "b".'),
        (None, {"a": Number, "b": Number}, 'The operation returned None instead of the outputs "a", "b".'),
        (iter([1]), {"a": Tensor}, "expected a tensor, got a list_iterator."),
    ],
)
def test_what_is_not_stored_is_said(attempt: Attempt, result: object, kinds: dict[str, type[Data]], said: str) -> None:
    with pytest.raises(AttemptFailed) as raised:
        attempt.store(result, **kinds)
    assert str(raised.value).endswith(said)
    assert raised.value.cause_kind == "outputs"
    assert raised.value.hint
    assert not (attempt.directory / "result.json").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, 'The input "a" is not there.'),
        (b"x", 'The input "a" cannot be read as Lazy: it is broken'),
    ],
)
def test_an_input_that_cannot_be_read_is_said(attempt: Attempt, content: bytes | None, said: str) -> None:
    if content is not None:
        (attempt.directory / "inputs" / "a").write_bytes(content)
    with pytest.raises(AttemptFailed) as raised:
        attempt.load("a", Lazy)
    assert (raised.value.cause_kind, str(raised.value)) == ("inputs", said)


def test_no_space_and_no_memory_keep_their_own_names(attempt: Attempt) -> None:
    class Full(Lazy):
        @staticmethod
        def serialize(value: object, path: Path) -> None:
            raise OSError(28, "No space left on device")

    class Greedy(Lazy):
        @staticmethod
        def serialize(value: object, path: Path) -> None:
            raise MemoryError

    with pytest.raises(OSError, match="No space left"):
        attempt.store(1, a=Full)
    with pytest.raises(MemoryError):
        attempt.store(1, a=Greedy)


def test_the_spec_in_the_directory_is_all_that_main_needs(tmp_path: Path) -> None:
    spec = make_spec("def train():\n    print('ran')\n", records=())
    write_attempt(tmp_path / "attempt", spec, {})
    assert msgspec.json.decode((tmp_path / "attempt" / "spec.json").read_bytes(), type=type(spec)) == spec
    assert "main.py" in emit_attempt(spec)
    assert "ran" in run_attempt(tmp_path / "attempt").stdout
