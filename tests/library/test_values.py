"""Every built-in data type gives back what it was given, exactly, and refuses what it cannot hold in a sentence."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from deepforge.library import Data, Dataset, File, Json, Number, Tensor, Text
from deepforge.library.data import is_class_type, read_value, write_value


def round_trip(kind: type[Data], value: object, path: Path) -> Any:
    write_value(kind, value, path)
    return read_value(kind, path)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Number, 3, 3),
        (Number, -(2**70), -(2**70)),
        (Number, 0.1 + 0.2, 0.1 + 0.2),
        (Number, 5e-324, 5e-324),
        (Number, -0.0, -0.0),
        (Number, math.inf, math.inf),
        (Number, np.float32(0.5), 0.5),
        (Number, np.int64(7), 7),
        (Number, torch.tensor(2.5), 2.5),
        (Number, torch.tensor([4]), 4),
        (Text, "", ""),
        (Text, "a\r\nü\0\u2028", "a\r\nü\0\u2028"),
        (Json, None, None),
        (Json, {"a": [1, 2.5, None, True, "ü"]}, {"a": [1, 2.5, None, True, "ü"]}),
        (Json, (1, (2,)), [1, [2]]),
        (Json, math.inf, math.inf),
    ],
)
def test_plain_values_come_back(kind: type[Data], value: object, expected: object, tmp_path: Path) -> None:
    back = round_trip(kind, value, tmp_path / "value")
    assert back == expected
    assert type(back) is type(expected)
    assert repr(back) == repr(expected)  # the sign of zero too


def test_nan_comes_back(tmp_path: Path) -> None:
    assert math.isnan(round_trip(Number, math.nan, tmp_path / "value"))


@pytest.mark.parametrize(
    "tensor",
    [
        torch.tensor(1.5),
        torch.zeros(0, 3),
        torch.arange(12).reshape(3, 4).t(),
        torch.randn(4, 4)[::2, 1],
        torch.tensor([math.nan, -0.0, math.inf]),
        torch.tensor([True, False]),
        torch.tensor([1, 2], dtype=torch.uint8),
        torch.randn(3, dtype=torch.float64, requires_grad=True),
        torch.randn(3).bfloat16(),
        torch.ones(2, 3).expand(2, 3),
        torch.ones(1).expand(5),
    ],
)
def test_tensors_come_back(tensor: torch.Tensor, tmp_path: Path) -> None:
    back = round_trip(Tensor, tensor, tmp_path / "value")
    assert (back.dtype, back.shape, back.requires_grad) == (tensor.dtype, tensor.shape, False)
    assert torch.equal(back.nan_to_num(), tensor.detach().nan_to_num())


def test_an_array_is_a_tensor(tmp_path: Path) -> None:
    assert torch.equal(round_trip(Tensor, np.eye(3), tmp_path / "value"), torch.eye(3, dtype=torch.float64))


def test_equal_values_are_equal_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        Dataset(torch.ones(4, 2), torch.tensor([0, 1, 0, 1]), ["no", "yes"]).serialize(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_file_is_copied_or_made_of_bytes(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"\0\1")
    assert round_trip(File, source, tmp_path / "a").read_bytes() == b"\0\1"
    assert round_trip(File, str(source), tmp_path / "b").read_bytes() == b"\0\1"
    assert round_trip(File, b"xyz", tmp_path / "c").read_bytes() == b"xyz"


def cyclic() -> list[object]:
    value: list[object] = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (Number, "3", "expected a number, got a str"),
        (Number, True, "expected a number, got a bool"),
        (Number, torch.zeros(2), "expected a number, got a Tensor"),
        (Number, 1j, "expected a number, got a complex"),
        (Text, 3, "expected a text (str), got a int"),
        (Json, {1: 2}, "the key 1 is a int; JSON has texts as keys"),
        (Json, {"a": {1, 2}}, "JSON cannot hold a set"),
        (Json, torch.zeros(1), "JSON cannot hold a Tensor"),
        (Json, cyclic(), "the value contains itself"),
        (File, "/no/such/file", "is none"),
        (File, "/", "expected the path of a file, and '/' is none"),
        (File, 3, "expected the path of a file, or bytes, got a int"),
        (Tensor, [1, 2], "expected a tensor, got a list"),
        (Tensor, torch.zeros(2).to_sparse(), "cannot be saved; make it dense"),
        (Tensor, torch.zeros(2, device="meta"), "cannot be saved; make it dense"),
        (Dataset, torch.zeros(2), "expected a Dataset, got a Tensor"),
        (Dataset, None, "expected a Dataset, got None"),
    ],
)
def test_other_values_are_refused(kind: type[Data], value: object, said: str, tmp_path: Path) -> None:
    with pytest.raises((TypeError, ValueError)) as raised:
        write_value(kind, value, tmp_path / "value")
    assert said in str(raised.value)


@pytest.mark.parametrize("content", [b"", b"rubbish", b"\xff" * 100, b"\x08\0\0\0\0\0\0\0{}      "])
@pytest.mark.parametrize("kind", [Tensor, Dataset])
def test_a_file_of_another_kind_is_refused(kind: type[Data], content: bytes, tmp_path: Path) -> None:
    (tmp_path / "value").write_bytes(content)
    with pytest.raises(ValueError):
        read_value(kind, tmp_path / "value")


def test_one_type_s_file_is_not_read_as_another(tmp_path: Path) -> None:
    Tensor.serialize(torch.zeros(1), tmp_path / "value")
    with pytest.raises(ValueError) as raised:
        Dataset.deserialize(tmp_path / "value")
    assert str(raised.value) == "the file was not saved as a dataset"


def test_S172_S173_primitive_and_class_types(tmp_path: Path) -> None:
    class Primitive(Data):
        @staticmethod
        def serialize(value: object, path: Path) -> None:
            path.write_text(str(value))

        @staticmethod
        def deserialize(path: Path) -> object:
            return int(path.read_text())

    class Pair(Data):
        def __init__(self, a: str) -> None:
            self.a = a

        def serialize(self, path: Path) -> None:
            path.write_text(self.a)

        @classmethod
        def deserialize(cls, path: Path) -> "Pair":
            return cls(path.read_text())

    class Inherited(Primitive):
        pass

    class Unfinished(Data):
        pass

    assert [is_class_type(kind) for kind in (Primitive, Pair, Inherited, Tensor, Dataset)] == [False, True, False, False, True]
    assert round_trip(Inherited, 3, tmp_path / "a") == 3
    assert round_trip(Pair, Pair("x"), tmp_path / "b").a == "x"
    with pytest.raises(TypeError, match="the data type Unfinished has no method serialize"):
        write_value(Unfinished, 1, tmp_path / "c")
