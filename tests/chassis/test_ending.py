"""What is to end does end."""

import asyncio

from chassis.ending import end


async def deaf_once() -> None:
    """Goes on after its first cancellation, as a library's wait may on Python 3.11."""
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        await asyncio.sleep(60)


async def failing() -> None:
    raise ZeroDivisionError


async def test_a_task_that_missed_its_cancellation_is_cancelled_again() -> None:
    task = asyncio.create_task(deaf_once())
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await end([task])
    assert task.cancelled()


async def test_how_a_task_ended_is_nobodys_concern_here() -> None:
    task = asyncio.create_task(failing())
    await asyncio.sleep(0)
    await end([task])
    assert isinstance(task.exception(), ZeroDivisionError)
