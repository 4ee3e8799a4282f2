"""The seed `xor`, run whole: both ways of training end in a network that the same test accepts."""

from pathlib import Path

import pytest

from tests.seeds.executor import load_seed


@pytest.mark.parametrize(("pipeline", "model"), [("train", "xorModel"), ("train (manual)", "manualModel")])
def test_xor_is_learned(pipeline: str, model: str, tmp_path: Path) -> None:
    seed = load_seed("xor")
    seed.run(pipeline, tmp_path)
    seed.run("test", tmp_path, inputs={"net": model})
    assert seed.artifacts["accuracy"].path.read_text() == "1.0"
    assert "1 xor 1 = 0.0" in seed.consoles["test"]
    assert seed.results["test"]["outputs"][0]["preview"] == {"kind": "text", "text": "1.0", "truncated": False}
