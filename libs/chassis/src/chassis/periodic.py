"""Work that is due from time to time: one process at a time does it, whichever gets the lock."""

import asyncio
import random
import zlib
from typing import TypeVar

import structlog
from prometheus_client import Counter, Gauge

from chassis.db import AWAY, Database
from chassis.worker import Every

R = TypeVar("R")

log = structlog.get_logger()

SUCCEEDED_AT = Gauge(
    "murmuration_periodic_last_success_timestamp_seconds",
    "When a periodic task last succeeded here",
    ["task"],
)
INTERVAL = Gauge("murmuration_periodic_interval_seconds", "How often a periodic task is due", ["task"])
FAILURES = Counter("murmuration_periodic_failures_total", "Periodic tasks that raised", ["task"])


async def run_periodically(db: Database, resources: R, entry: Every[R]) -> None:
    """Run for ever. The advisory lock keeps two processes from doing the same at the same time."""
    INTERVAL.labels(entry.name).set(entry.interval.total_seconds())
    while True:
        # Jitter, so that a fleet that started together does not meet at the lock each time.
        await asyncio.sleep(entry.interval.total_seconds() * random.uniform(0.9, 1.1))  # noqa: S311  # no secret
        try:
            if await _run_alone(db, resources, entry):
                SUCCEEDED_AT.labels(entry.name).set_to_current_time()
        except AWAY as error:
            log.warning("periodic job put off", job=entry.name, error=repr(error))
        except Exception:  # one bad round must not end all later ones
            FAILURES.labels(entry.name).inc()
            log.exception("periodic job failed", job=entry.name)


async def _run_alone(db: Database, resources: R, entry: Every[R]) -> bool:
    key = zlib.crc32(entry.name.encode())
    async with db.connection() as conn:
        if not await conn.fetchval(
            "SELECT pg_try_advisory_lock(hashtext('murmuration periodic'), $1::int4)", key - 2**31
        ):
            return False
        try:
            await entry.job(resources)
        finally:
            await conn.fetchval("SELECT pg_advisory_unlock(hashtext('murmuration periodic'), $1::int4)", key - 2**31)
    return True
