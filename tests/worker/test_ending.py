"""Causes from what runner and parent left behind, as a table."""

import json

import pytest

from deepforge.ids import RecordId
from deepforge.model.artifact import TextPreview
from deepforge.model.execution import Cause
from deepforge.model.records import DataType, Module
from deepforge.worker.control import CanceledFile, ExitFile
from deepforge.worker.ending import Result, ResultOutput, cause_of, read_result
from deepforge.worker.failure import Failure
from tests.worker.attempts import OPERATION, attempt

SPEC = attempt(
    "",
    outputs={"net": "Model"},
    records=(DataType(id=RecordId("t"), name="Weights", code=""), Module(id=RecordId("m"), name="a.b", code="")),
)
DONE = Result(outputs=(ResultOutput(name="net", type="Model"),))
STOPPED = CanceledFile(time=0, grace=1, cause=Cause(kind="canceled", message="canceled"))
KILLED = ExitFile(signal=9)

CASES: dict[str, tuple[ExitFile | None, Result | None, tuple[str, ...], CanceledFile | None, tuple[str, str] | None]] = {
    "success": (ExitFile(exit_code=0), DONE, ("net",), None, None),
    "success that nobody watched": (None, DONE, ("net",), None, None),
    "an output that was not written": (ExitFile(exit_code=0), DONE, (), None, ("outputs", "exited without outputs: net")),
    "an output that was not named": (
        ExitFile(exit_code=0),
        Result(),
        ("net",),
        None,
        ("outputs", "exited without outputs: net"),
    ),
    "no result": (ExitFile(exit_code=0), None, ("net",), None, ("outputs", "exited without outputs")),
    "canceled": (KILLED, None, (), STOPPED, ("canceled", "canceled")),
    "killed": (KILLED, None, (), None, ("signal", "killed by signal 9 (SIGKILL)")),
    "killed after the result": (KILLED, DONE, ("net",), None, ("signal", "killed by signal 9 (SIGKILL)")),
    "killed for memory": (
        ExitFile(signal=9, oom=True),
        None,
        (),
        None,
        ("memory", "out of memory: killed by signal 9 (SIGKILL)"),
    ),
    "an unknown signal": (ExitFile(signal=99), None, (), None, ("signal", "killed by signal 99 (unknown)")),
    "an exit code": (ExitFile(exit_code=3), DONE, ("net",), None, ("exit", "exited with code 3")),
    "an error": (
        ExitFile(exit_code=1),
        Result(error=Failure(kind="exception", message="ValueError: x")),
        (),
        None,
        ("exception", "ValueError: x"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_cause_is_true(name: str) -> None:
    ended, result, present, canceled, expected = CASES[name]
    cause = cause_of(SPEC, ended=ended, result=result, present=present, canceled=canceled)
    assert (cause and (cause.kind, cause.message)) == expected


@pytest.mark.parametrize(
    ("file", "record"),
    [
        ("operations/work.py", OPERATION),
        ("data_types/Weights.py", "t"),
        ("utils/a/b.py", "m"),
        ("utils/c.py", None),
        ("architectures/LeNet.py", None),
        ("main.py", None),
        ("", None),
    ],
)
def test_a_file_leads_to_its_record(file: str, record: str | None) -> None:
    result = Result(error=Failure(kind="exception", message="x", file=file, line=3))
    cause = cause_of(SPEC, ended=ExitFile(exit_code=1), result=result, present=(), canceled=None)
    assert cause is not None
    assert (cause.record, cause.file, cause.line) == (record, file, 3)


RESULTS: dict[str, tuple[bytes | None, Result | None]] = {
    "none": (None, None),
    "cut off": (b'{"outputs": [', None),
    "no object": (b"[]", None),
    "nothing": (b"{}", Result()),
    "a preview": (
        json.dumps({"outputs": [{"name": "n", "type": "Text", "preview": {"kind": "text", "text": "x"}}]}).encode(),
        Result(outputs=(ResultOutput(name="n", type="Text", preview=TextPreview(text="x")),)),
    ),
    "a preview that is none": (
        b'{"outputs": [{"name": "n", "type": "T", "preview": {"kind": "tensor", "shape": [1], "dtype": "x", "edges": [NaN]}}]}',
        Result(outputs=(ResultOutput(name="n", type="T"),)),
    ),
    "nested too deeply": (b"[" * 100_000, None),
}


@pytest.mark.parametrize("name", RESULTS)
def test_whatever_the_result_holds_it_is_read(name: str) -> None:
    data, expected = RESULTS[name]
    assert read_result(data) == expected
