"""Many who want the same at once get one piece of work."""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from chassis.ending import end

T = TypeVar("T")


class Once:
    """Work under way, by name. Whoever stops waiting does not stop it for the others."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[Any]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await end(self._running.values())

    async def run(self, name: str, work: Callable[[], Awaitable[T]]) -> T:
        task: asyncio.Task[T] | None = self._running.get(name)
        if task is None:
            task = asyncio.create_task(self._run(name, work))
            self._running[name] = task
            task.add_done_callback(_look_at)
        return await asyncio.shield(task)

    async def _run(self, name: str, work: Callable[[], Awaitable[T]]) -> T:
        try:
            return await work()
        finally:
            del self._running[name]


def _look_at(task: asyncio.Task[Any]) -> None:
    """Take note of a failure that nobody waits for any more."""
    if not task.cancelled():
        task.exception()
