"""What moderation hears."""

from chassis.worker import Queue, Worker, on
from moderation.handlers import suspension
from moderation.jobs import CutFollows
from moderation.resources import Resources

QUEUES: tuple[Queue[Resources], ...] = (
    Queue("moderation.suspensions", [on(CutFollows, suspension.on_cut_follows)], prefetch=2, timeout=600),
)


def create_worker(resources: Resources) -> Worker[Resources]:
    return Worker(resources, QUEUES)
