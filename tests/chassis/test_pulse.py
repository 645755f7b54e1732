"""An event loop that stands still is noticed, and one that turns is left alone."""

import asyncio
import subprocess
import sys
import threading
import time

from prometheus_client import REGISTRY

from chassis import pulse
from chassis.pulse import Watchdog, beating

STANDING = """
import asyncio, time
from chassis import pulse

async def main():
    watchdog = pulse.Watchdog(0.2, look_seconds=0.1)
    watchdog.start()
    time.sleep(60)

asyncio.run(main())
"""


def test_a_process_whose_loop_stands_still_ends_and_says_where_it_stood() -> None:
    done = subprocess.run([sys.executable, "-c", STANDING], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == pulse.EXIT_CODE
    assert "in main" in done.stderr
    assert "the event loop stands still" in done.stdout


def test_it_acts_once_after_its_patience() -> None:
    acted = threading.Event()
    watchdog = Watchdog(0.05, acted.set, 0.01)
    watchdog.start()
    assert acted.wait(5)
    watchdog.join(5)
    assert not watchdog.is_alive()


def test_a_beat_in_time_keeps_it_quiet() -> None:
    acted = threading.Event()
    watchdog = Watchdog(0.5, acted.set, 0.1)
    watchdog.start()
    for _ in range(12):
        watchdog.beat()
        time.sleep(0.1)
    watchdog.end()
    watchdog.join(5)
    assert not acted.is_set()


async def test_the_lag_of_the_loop_is_measured() -> None:
    before = REGISTRY.get_sample_value("murmuration_event_loop_lag_seconds_sum") or 0
    async with beating(0):
        await asyncio.sleep(0.05)
        time.sleep(pulse.BEAT_SECONDS + 0.3)  # noqa: ASYNC251  # that is the fault
        await asyncio.sleep(0.05)
    assert (REGISTRY.get_sample_value("murmuration_event_loop_lag_seconds_sum") or 0) - before >= 0.2
