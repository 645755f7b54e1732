"""Answers that are dear to find and need not be new."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """A value that is looked up again when it is older than so many seconds; whoever comes meanwhile waits."""

    def __init__(
        self, load: Callable[[], Awaitable[T]], seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._load = load
        self._seconds = seconds
        self._clock = clock
        self._lock = asyncio.Lock()
        self._known: tuple[T, float] | None = None

    async def get(self) -> T:
        async with self._lock:
            if self._known is None or self._known[1] <= self._clock():
                self._known = (await self._load(), self._clock() + self._seconds)
            return self._known[0]
