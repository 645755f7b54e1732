"""How many deliveries to one host are on their way at a time, in this process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from delivery.model import Host


class _Lane:
    def __init__(self, width: int) -> None:
        self.places = asyncio.Semaphore(width)
        self.inside = 0


class Lanes:
    """A slow host keeps a bounded number of tasks waiting; the rest must not wait here."""

    def __init__(self, width: int, crowd: int) -> None:
        self._width = width
        self._most = width + crowd
        self._lanes: dict[Host, _Lane] = {}

    @asynccontextmanager
    async def enter(self, host: Host) -> AsyncIterator[bool]:
        """Wait for a place; False, and at once, where too many wait already."""
        lane = self._lanes.setdefault(host, _Lane(self._width))
        if lane.inside >= self._most:
            yield False
            return
        lane.inside += 1
        try:
            async with lane.places:
                yield True
        finally:
            lane.inside -= 1
            if lane.inside == 0:
                self._lanes.pop(host, None)
