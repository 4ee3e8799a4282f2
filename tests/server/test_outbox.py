"""What waits for one browser is bounded."""

import asyncio

import pytest

from deepforge.model.live import ProjectChanged
from deepforge.server.frames import CloseCode, Closed
from deepforge.server.outbox import Outbox


async def test_messages_come_in_order_and_then_the_end() -> None:
    outbox = Outbox()
    outbox.put(ProjectChanged(name="a"))
    outbox.put(b"{}")
    outbox.close(CloseCode.NOT_FOUND)
    outbox.put(b"too late")
    assert [await outbox.next(), await outbox.next()] == [b'{"type":"project","name":"a"}', b"{}"]
    with pytest.raises(Closed) as closed:
        await outbox.next()
    assert closed.value.code == CloseCode.NOT_FOUND


async def test_G13_a_reader_that_does_not_read_is_closed_and_costs_nothing() -> None:
    outbox = Outbox()
    for _ in range(100):
        outbox.put(b"x" * 1024 * 1024)
    with pytest.raises(Closed) as closed:
        await outbox.next()
    assert closed.value.code == CloseCode.SLOW


async def test_pumps_wait_until_there_is_room() -> None:
    outbox = Outbox()
    outbox.put(b"x" * 2 * 1024 * 1024)
    waiting = asyncio.create_task(outbox.room())
    await asyncio.sleep(0)
    assert not waiting.done()
    await outbox.next()
    await asyncio.wait_for(waiting, 5)
