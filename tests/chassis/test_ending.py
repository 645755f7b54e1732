"""Ending tasks for certain."""

import asyncio

from chassis import ending
from chassis.ending import end


async def stubborn(times: int) -> None:
    """Loses as many cancellations."""
    for _ in range(times):
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            continue
    await asyncio.sleep(60)


async def test_a_lost_cancellation_is_repeated(monkeypatch) -> None:
    monkeypatch.setattr(ending, "PATIENCE", 0.01)
    task = asyncio.create_task(stubborn(3))
    await asyncio.sleep(0)
    await end([task])
    assert task.done()


async def test_one_that_will_not_end_is_left_behind(monkeypatch) -> None:
    monkeypatch.setattr(ending, "PATIENCE", 0.001)
    task = asyncio.create_task(stubborn(ending.ROUNDS))
    await asyncio.sleep(0)
    await end([task])
    assert not task.done()
    task.cancel()
    await asyncio.wait([task])


async def test_a_failure_is_nobodys_any_more() -> None:
    async def fail() -> None:
        raise ValueError

    task = asyncio.create_task(fail())
    await asyncio.sleep(0)
    await end([task])
    assert task.done()
