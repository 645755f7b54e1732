"""Deliveries that take long: others have their places, and each is held in the database in case we die."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager

import structlog

from chassis.ending import end
from delivery.metrics import STRAGGLERS
from delivery.model import Setback, Wait

log = structlog.get_logger()


class Stragglers:
    """Bounded: where all hosts are slow, nothing new is begun, and the queues wait."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended: list[tuple[Wait, Setback | None]] = []
        self.writing = asyncio.Lock()
        """Whoever writes down what came to an end does so for all who wait for it."""

    def have_room_for(self, count: int) -> bool:
        return len(self._tasks) + count <= self._most

    def add(self, ending: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(ending)
        self._tasks.add(task)
        STRAGGLERS.inc()
        task.add_done_callback(self._gone)

    def note_end(self, insurance: Wait, setback: Setback | None) -> None:
        """A delivery came to an end: what was held of it until now, and what is to be from now on."""
        self._ended.append((insurance, setback))

    def take_ended(self) -> Sequence[tuple[Wait, Setback | None]]:
        """What came to an end and is not written down yet."""
        taken, self._ended = tuple(self._ended), []
        return taken

    async def end(self) -> None:
        """Leave them where they are: what is held of them is tried again."""
        await end(self._tasks)

    async def gone(self) -> None:
        """Wait until all have come to an end."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _gone(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        STRAGGLERS.dec()
        if not task.cancelled() and (error := task.exception()):
            # It stays held, and is tried again.
            log.warning("a slow delivery came to no end", error=repr(error))


@asynccontextmanager
async def open_stragglers(most: int) -> AsyncIterator[Stragglers]:
    stragglers = Stragglers(most)
    try:
        yield stragglers
    finally:
        await stragglers.end()
