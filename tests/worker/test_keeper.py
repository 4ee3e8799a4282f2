"""The keeper of the zygote: there is always one to ask, and what it refuses is said."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from deepforge.worker import keeper as module
from deepforge.worker.control import Fork
from deepforge.worker.keeper import StartRefused, ZygoteKeeper
from tests.worker.waiting import until


def another(keeper: ZygoteKeeper, than: int) -> Callable[[], bool]:
    """A zygote is ready that is not the one of this pid."""
    return lambda: keeper.ready and keeper.process is not None and keeper.process.pid != than


async def test_a_zygote_that_dies_or_is_out_of_date_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with ZygoteKeeper(tmp_path / "zygote.log", plain=True) as keeper:
        await until(another(keeper, 0))
        assert keeper.process is not None
        first = keeper.process.pid
        os.kill(first, signal.SIGKILL)
        await until(another(keeper, first))
        second = keeper.process.pid
        monkeypatch.setattr(module, "_installed", lambda: "something else")
        with pytest.raises(StartRefused):
            await keeper.start(Fork(attempt="a", directory=str(tmp_path / "none")))
        await until(another(keeper, second))
        with pytest.raises(ProcessLookupError):
            os.kill(first, 0)


async def test_a_zygote_that_was_stopped_goes_on(tmp_path: Path) -> None:
    async with ZygoteKeeper(tmp_path / "zygote.log", plain=True) as keeper:
        await until(another(keeper, 0))
        assert keeper.process is not None
        os.kill(keeper.process.pid, signal.SIGSTOP)
        with pytest.raises(StartRefused):
            await keeper.start(Fork(attempt="a", directory=str(tmp_path / "none")))


async def test_an_attempt_that_is_taken_is_refused(tmp_path: Path) -> None:
    (tmp_path / "runner.json").write_text("{}")
    async with ZygoteKeeper(tmp_path / "zygote.log", plain=True) as keeper:
        with pytest.raises(StartRefused) as refused:
            await keeper.start(Fork(attempt="a", directory=str(tmp_path)))
        assert "FileExistsError" in str(refused.value)


async def test_a_zygote_that_cannot_be_started_is_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with ZygoteKeeper(tmp_path / "none" / "zygote.log", plain=True) as keeper:
        await until(lambda: len(caplog.messages) > 1)
        assert "cannot be started, trying again" in caplog.text
        (tmp_path / "none").mkdir()
        await until(another(keeper, 0))
        with pytest.raises(StartRefused):
            await keeper.start(Fork(attempt="a", directory=str(tmp_path / "nowhere")))
