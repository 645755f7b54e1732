"""Many who ask for the same at once get one fetch; what just failed is not asked for again at once."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from apcore.fetch.model import FetchError, FetchRefused, FetchSettings

T = TypeVar("T")


class Coalescer:
    """Fetches under way, and recent failures, by name."""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._running: dict[str, asyncio.Task[Any]] = {}
        self._failures: OrderedDict[str, tuple[float, FetchError]] = OrderedDict()

    async def run(self, name: str, ask: Callable[[], Awaitable[T]]) -> T:
        """The answer; one who stops waiting does not stop it for the others."""
        self._raise_remembered(name)
        task: asyncio.Task[T] | None = self._running.get(name)
        if task is None:
            task = asyncio.ensure_future(self._ask(name, ask))
            self._running[name] = task
            task.add_done_callback(_retrieve)
        return await asyncio.shield(task)

    async def close(self) -> None:
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _ask(self, name: str, ask: Callable[[], Awaitable[T]]) -> T:
        try:
            return await ask()
        except FetchError as error:
            self._remember(name, error)
            raise
        finally:
            del self._running[name]

    def _remember(self, name: str, error: FetchError) -> None:
        permanent = isinstance(error, FetchRefused)
        seconds = self._settings.refused_seconds if permanent else self._settings.failed_seconds
        self._failures[name] = (time.monotonic() + seconds, error)
        self._failures.move_to_end(name)
        if len(self._failures) > self._settings.remembered:
            self._failures.popitem(last=False)

    def _raise_remembered(self, name: str) -> None:
        if name not in self._failures:
            return
        until, error = self._failures[name]
        if time.monotonic() < until:
            raise type(error)(error.reason, status=error.status, retry_after=error.retry_after)
        del self._failures[name]


def _retrieve(task: asyncio.Task[Any]) -> None:
    """Look at the outcome, so that one nobody waited for is not reported as forgotten."""
    if not task.cancelled():
        task.exception()
