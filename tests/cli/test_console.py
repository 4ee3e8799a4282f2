"""How a job's console reaches the terminal."""

import pytest

from deepforge.cli.follow import TAIL, Console


@pytest.mark.parametrize(
    ("prefix", "pieces", "shown"),
    [
        ("", ["loss 0.", "5\n", "50%\r100%\n"], "loss 0.5\n50%\r100%\n"),
        ("", ["no end of line"], "no end of line\n"),
        ("", [], ""),
        ("train | ", ["loss 0.", "5\nnext\n"], "train | loss 0.5\ntrain | next\n"),
        ("train | ", ["50%\r", "100%\r", "\n"], "train | 100%\n"),
        ("train | ", ["windows\r\n"], "train | windows\n"),
        ("train | ", ["no end"], "train | no end\n"),
        ("train | ", ["\n", "\n"], "train | \ntrain | \n"),
    ],
    ids=["as it is", "a line is ended", "nothing", "whole lines", "a progress bar's last state", "CRLF", "rest", "empty lines"],
)
def test_text_is_shown_as_the_job_wrote_it(prefix: str, pieces: list[str], shown: str) -> None:
    out: list[str] = []
    console = Console(out.append, prefix)
    for piece in pieces:
        console.add(piece)
    console.end()
    assert "".join(out) == shown


def test_the_tail_is_bounded() -> None:
    console = Console(lambda text: None)
    console.add("a" * TAIL)
    console.add("b")
    assert (len(console.tail), console.tail[-2:]) == (TAIL, "ab")
