"""What api-gateway hears, and what it does from time to time."""

from typing import Any

from api_gateway.resources import Resources
from chassis.worker import Every, Queue, Worker

QUEUES: tuple[Queue[Any], ...] = ()
PERIODIC: tuple[Every[Resources], ...] = ()


def create_worker(resources: Resources) -> Worker[Resources]:
    return Worker(resources, QUEUES, PERIODIC)
