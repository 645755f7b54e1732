"""What waits in a service's queues and for how long: what its workers are scaled by, and what tells that one hangs."""

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
from typing import Any

from aio_pika.abc import AbstractChannel, AbstractConnection
from aiormq.exceptions import AMQPError
from prometheus_client import Gauge, Histogram

from chassis.topology import WAITS, Queue

# The same numbers from every process of a service, a moment old: aggregate with max, not with sum.
MESSAGES = Gauge("murmuration_queue_messages", "Messages in a queue, by what they wait for", ["queue", "state"])
LATENCY = Gauge(
    "murmuration_queue_latency_seconds", "Age of the next message, as far as this process can know", ["queue"]
)
WAITED = Histogram(
    "murmuration_queue_wait_seconds",
    "From publishing a message to its first handling",
    ["queue"],
    buckets=(0.005, 0.02, 0.1, 0.5, 1, 2, 5, 15, 60, 300, 1800),
)
OVERDUE = Gauge(
    "murmuration_messages_overdue", "Messages in hand that their handler should have been done with", ["queue"]
)
MEASURED_EVERY = 10.0
GRACE = 30.0
"""How long after its time a handler may need to be given up."""
AWAY = (AMQPError, ConnectionError, TimeoutError, RuntimeError)


class Flow:
    """What this process saw of one queue."""

    def __init__(self, now: float) -> None:
        self._waited = 0.0
        self._taken_at = now
        self._empty_at = now

    def took(self, waited: float, now: float) -> None:
        """A message came out of the queue, after so long."""
        self._waited = waited
        self._taken_at = now

    def latency(self, ready: int, now: float) -> float:
        """How old the next message is at least: it came after the last one, and after the queue was seen empty."""
        if not ready:
            self._empty_at = now
            return 0.0
        return min(self._waited + now - self._taken_at, now - self._empty_at)


class Flows:
    """All queues of a worker, and the messages in its hands."""

    def __init__(self, queues: Sequence[Queue[Any]], grace: float = GRACE) -> None:
        now = time.monotonic()
        self._flows = {queue.name: Flow(now) for queue in queues}
        self._grace = grace
        self._due: dict[object, tuple[str, float]] = {}

    def took(self, queue: Queue[Any], headers: Mapping[str, str]) -> None:
        """A message came. What is tried again has waited on purpose."""
        published_at = headers.get("published_at")
        if published_at is None or int(headers.get("attempt", "1")) > 1:
            return
        waited = max(0.0, time.time() - float(published_at))
        WAITED.labels(queue.name).observe(waited)
        self._flows[queue.name].took(waited, time.monotonic())

    def begin(self, hand: object, queue: Queue[Any]) -> None:
        self._due[hand] = (queue.name, time.monotonic() + queue.timeout + self._grace)

    def finish(self, hand: object) -> None:
        self._due.pop(hand, None)

    def overdue(self, name: str, now: float) -> int:
        return sum(1 for queue, due in self._due.values() if queue == name and due < now)

    def latency(self, name: str, ready: int, now: float) -> float:
        return self._flows[name].latency(ready, now)


async def measure(
    connection: AbstractConnection, queues: Sequence[Queue[Any]], flows: Flows, every: float = MEASURED_EVERY
) -> None:
    """Look at the queues again and again. A broker that is away is looked at later."""
    while True:
        with contextlib.suppress(*AWAY):
            async with asyncio.timeout(every):
                channel = await connection.channel()
                try:
                    for queue in queues:
                        await _measure(channel, queue, flows)
                finally:
                    await channel.close()
        await asyncio.sleep(every)


async def _measure(channel: AbstractChannel, queue: Queue[Any], flows: Flows) -> None:
    ready = await _count(channel, queue.name)
    waiting = [await _count(channel, queue.wait(attempt)) for attempt in range(1, len(WAITS) + 1)]
    now = time.monotonic()
    MESSAGES.labels(queue.name, "ready").set(ready)
    MESSAGES.labels(queue.name, "waiting").set(sum(waiting))
    MESSAGES.labels(queue.name, "dead").set(await _count(channel, queue.dead))
    LATENCY.labels(queue.name).set(flows.latency(queue.name, ready, now))
    OVERDUE.labels(queue.name).set(flows.overdue(queue.name, now))


async def _count(channel: AbstractChannel, name: str) -> int:
    """Through the channel beneath: the robust one would remember the queue, and declare it after each reconnection."""
    beneath = await channel.get_underlay_channel()
    return (await beneath.queue_declare(name, passive=True)).message_count or 0
