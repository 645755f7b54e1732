"""What moderation hears, and what it does from time to time."""

import datetime as dt

from chassis.worker import Queue, Worker, every, on
from moderation.handlers import reports, suspension
from moderation.jobs import CutFollows
from moderation.resources import Resources

QUEUES: tuple[Queue[Resources], ...] = (
    Queue("moderation.suspensions", [on(CutFollows, suspension.on_cut_follows)], prefetch=2, timeout=600),
)

PERIODIC = (every(dt.timedelta(seconds=30), reports.measure),)


def create_worker(resources: Resources) -> Worker[Resources]:
    return Worker(resources, QUEUES, PERIODIC)
