"""Whether the event loop turns: how late it is, and an end to a process in which it stands still.

A loop that stands takes no requests and no messages, and the process looks alive from outside. So a thread watches
it: one that does not move for too long has the stacks of all threads written to the log, then the process ends and
whoever watches over it starts another. Messages in its hands go to others.
"""

import asyncio
import faulthandler
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NoReturn

import structlog
from prometheus_client import Histogram

from chassis.ending import end

log = structlog.get_logger()

LAG = Histogram(
    "murmuration_event_loop_lag_seconds",
    "How late the event loop comes to what is due",
    buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30),
)
BEAT_SECONDS = 0.5
LOOK_SECONDS = 1.0
EXIT_CODE = 70
"""`EX_SOFTWARE`: a bug."""


def give_up() -> NoReturn:
    """End at once. Nothing can be tidied up in a loop that stands."""
    faulthandler.dump_traceback(file=sys.stderr)
    sys.stderr.flush()
    os._exit(EXIT_CODE)


class Watchdog(threading.Thread):
    """Acts when it has looked `patience` seconds long and seen no beat.

    It counts its own looks, not the time: whoever stops and continues the whole process stops it as well.
    """

    def __init__(self, patience: float, act: Callable[[], None] = give_up, look_seconds: float = LOOK_SECONDS) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._patience = patience
        self._act = act
        self._look_seconds = look_seconds
        self._has_beaten = threading.Event()
        self._ended = threading.Event()

    def beat(self) -> None:
        self._has_beaten.set()

    def end(self) -> None:
        self._ended.set()

    def run(self) -> None:
        missed = 0.0
        while not self._ended.wait(self._look_seconds):
            missed = 0.0 if self._has_beaten.is_set() else missed + self._look_seconds
            self._has_beaten.clear()
            if missed >= self._patience:
                log.critical("the event loop stands still", seconds=missed)
                self._act()
                return


@asynccontextmanager
async def beating(patience: float) -> AsyncIterator[None]:
    """Measure the loop's lag; with patience above zero, end the process when the loop stands for as long."""
    watchdog = Watchdog(patience) if patience > 0 else None
    if watchdog:
        watchdog.start()
    task = asyncio.create_task(_beat(watchdog), name="beat")
    try:
        yield
    finally:
        # A loop that ends is no loop that stands.
        if watchdog:
            watchdog.end()
        await end([task])


async def _beat(watchdog: Watchdog | None) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + BEAT_SECONDS
        await asyncio.sleep(BEAT_SECONDS)
        LAG.observe(max(0.0, loop.time() - due))
        if watchdog:
            watchdog.beat()
