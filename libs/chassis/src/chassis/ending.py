"""Ending tasks for certain.

Once cancelled is not always ended: until Python 3.12 `asyncio.wait_for`, which redis-py and aiormq wait with,
swallows a cancellation that comes in the moment in which its wait is over. The task then goes on, and
whoever waits for its end waits for ever.
"""

import asyncio
from collections.abc import Iterable
from typing import Any

AGAIN_AFTER = 1.0


async def end(tasks: Iterable["asyncio.Task[Any]"]) -> None:
    """Cancel the tasks until they have ended, however they end. Not for those that finish work first."""
    ending = list(tasks)
    running = {task for task in ending if not task.done()}
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=AGAIN_AFTER)
    await asyncio.gather(*ending, return_exceptions=True)
