"""What api-gateway hears and does from time to time."""

import datetime as dt

from api_gateway import store
from api_gateway.handlers import announcements, moves, polls, schedules
from api_gateway.jobs import CarryOver
from api_gateway.resources import Resources
from chassis.clock import utc_now
from chassis.worker import Queue, Worker, every, on
from contracts.events import AccountMoved

KEYS_LIVE = dt.timedelta(hours=1)

QUEUES: tuple[Queue[Resources], ...] = (
    Queue("api_gateway.moves", [on(AccountMoved, moves.on_moved), on(CarryOver, moves.on_carry_over)], prefetch=1),
)


async def forget_keys(resources: Resources) -> None:
    """A client that repeats a post an hour later means another one."""
    async with resources.db.transaction() as tx:
        await store.remove_old_keys(tx, utc_now() - KEYS_LIVE)


PERIODIC = (
    every(dt.timedelta(hours=1), forget_keys),
    every(dt.timedelta(seconds=10), announcements.keep_time),
    every(dt.timedelta(seconds=5), schedules.publish_due),
    every(dt.timedelta(seconds=5), polls.close_due),
    every(dt.timedelta(seconds=30), polls.tell_tallies),
)


def create_worker(resources: Resources) -> Worker[Resources]:
    return Worker(resources, QUEUES, PERIODIC)
