"""What media hears, and what it does from time to time."""

import datetime as dt

from chassis.worker import Queue, Worker, every, on
from contracts.events import PolicyChanged
from media.handlers import clearing, uploads
from media.jobs import ProcessUpload, RemoveFiles
from media.resources import Resources

QUEUES: tuple[Queue[Resources], ...] = (
    Queue("media.uploads", [on(ProcessUpload, uploads.on_process)], prefetch=4, timeout=180),
    Queue("media.removals", [on(RemoveFiles, uploads.on_remove), on(PolicyChanged, clearing.on_policy)], timeout=300),
)

PERIODIC = (
    every(dt.timedelta(hours=1), clearing.unattached),
    every(dt.timedelta(minutes=10), clearing.nameless),
    every(dt.timedelta(hours=1), clearing.old_copies),
)


def create_worker(resources: Resources) -> Worker[Resources]:
    return Worker(resources, QUEUES, PERIODIC)
