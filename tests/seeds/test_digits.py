"""The seed `digits`, run whole: real processes, one per job."""

import re
from pathlib import Path

from tests.seeds.executor import load_seed


def test_digits_are_learned_and_S027_prints_the_scores(tmp_path: Path) -> None:
    seed = load_seed("digits")
    seed.run("prepare", tmp_path)
    seed.run("train", tmp_path, inputs={"traindata": "traindata"})
    seed.run("test", tmp_path, inputs={"testdata": "testdata", "model": "myModel", "classes": "classes"})

    # S-025, S-043: what pipelines publish, by name and type.
    assert {name: saved.type for name, saved in seed.artifacts.items()} == {
        "digits": "File",
        "traindata": "Dataset",
        "testdata": "Dataset",
        "classes": "Json",
        "myModel": "Model",
        "scores": "Json",
    }
    lines = seed.consoles["test"].splitlines()
    # S-049: banners frame what the operation itself prints.
    assert (lines[0], lines[-1]) == ('##### Running "test" Operation #####', '##### "test" Operation Complete! #####')
    total = re.fullmatch(r"correctly classified (\d+) images \( (\d+\.\d\d)\) %", lines[1])
    assert total is not None
    assert float(total[2]) > 95
    classes = [re.fullmatch(r"(\w+) (\d+\.\d) %", line) for line in lines[2:-1]]
    assert [match[1] for match in classes if match] == [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    ]  # fmt: skip


def test_digits_shows_what_it_saves(tmp_path: Path) -> None:
    seed = load_seed("digits")
    seed.run("prepare", tmp_path)
    seed.run("train", tmp_path, inputs={"traindata": "traindata"}, attributes={"train": {"epochs": 1}})
    training, testing, classes = (output["preview"] for output in seed.results["prepare"]["outputs"])
    assert (training["kind"], training["samples"], training["shape"]) == ("dataset", 1348, [1, 8, 8])
    assert sum(testing["counts"]) == testing["samples"] == 449
    assert len(testing["images"]["labels"]) == testing["images"]["cells"] == 36
    assert classes["kind"] == "text"
    (model,) = (output["preview"] for output in seed.results["train"]["outputs"])
    assert model == {
        "kind": "model",
        "architecture": "net",
        "parameters": 38282,
        "layers": [
            ["conv1", "Conv2d", 160],
            ["relu", "ReLU", 0],
            ["conv2", "Conv2d", 4640],
            ["relu_2", "ReLU", 0],
            ["pool", "MaxPool2d", 0],
            ["flat", "Flatten", 0],
            ["hidden", "Linear", 32832],
            ["relu_3", "ReLU", 0],
            ["digits", "Linear", 650],
        ],
    }
