"""Ending tasks for certain."""

import asyncio
from collections.abc import Iterable
from typing import Any

PATIENCE = 1.0
ROUNDS = 15


async def end(tasks: Iterable["asyncio.Task[Any]"]) -> None:
    """Cancel the tasks and wait until they are done, whatever became of them.

    A cancellation can get lost: before Python 3.12 `asyncio.wait_for` swallows one that comes in the same moment as its
    result, and the broker's client uses that. So a task that is still there a moment later is cancelled again; one
    that will not end at all is left behind, for the process is ending too.
    """
    pending = set(tasks)
    for _ in range(ROUNDS):
        if not pending:
            return
        for task in pending:
            task.cancel()
        done, pending = await asyncio.wait(pending, timeout=PATIENCE)
        for task in done:
            if not task.cancelled():
                task.exception()
