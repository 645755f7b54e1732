"""Feeds that are being built: each once in a process, few at a time, on whether or not somebody waits."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from chassis.ending import end
from contracts.ids import AccountId

AT_ONCE = 4

log = structlog.get_logger()


class Rebuilds:
    """The homes this process is building."""

    def __init__(self) -> None:
        self._tasks: dict[AccountId, asyncio.Task[bool]] = {}
        self._places = asyncio.Semaphore(AT_ONCE)

    async def within(self, patience: float, reader: AccountId, build: Callable[[], Awaitable[bool]]) -> bool:
        """Whether the feed is whole by then. The building goes on, whoever gives up waiting for it."""
        task = self._tasks.get(reader)
        if task is None:
            task = self._tasks[reader] = asyncio.create_task(self._build(build), name="build a home feed")
            task.add_done_callback(lambda ended: self._forget(reader, ended))
        done, _ = await asyncio.wait([task], timeout=patience)
        return bool(done) and task.result()

    async def _build(self, build: Callable[[], Awaitable[bool]]) -> bool:
        async with self._places:
            return await build()

    def _forget(self, reader: AccountId, task: "asyncio.Task[bool]") -> None:
        del self._tasks[reader]
        # Perhaps nobody waited for it; the next look begins again.
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("a home feed was not built", error=repr(error))

    async def end(self) -> None:
        await end(list(self._tasks.values()))
