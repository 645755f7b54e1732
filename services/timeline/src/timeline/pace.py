"""Work that is in no hurry: no more of it a second than leaves time for whoever reads."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic


class Pace:
    """So many a second in this process, whoever asks."""

    def __init__(
        self,
        a_second: float,
        now: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._a_second = a_second
        self._now = now
        self._sleep = sleep
        self._free_at = 0.0

    async def turn(self, many: int) -> None:
        """Return when it is time for so many more."""
        starts_at = max(self._now(), self._free_at)
        self._free_at = starts_at + many / self._a_second
        await self._sleep(starts_at - self._now())
