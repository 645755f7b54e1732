"""RabbitMQ: the exchanges and queues we need, and publishing with a confirm and a deadline.

Publishing and consuming use separate connections, because an alarm of the broker blocks publishers
without an error: each publish has its own time limit.
"""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import aio_pika
import msgspec
import structlog
from aio_pika.abc import AbstractRobustConnection
from aiormq.exceptions import AMQPError
from opentelemetry import trace
from opentelemetry.propagate import inject
from prometheus_client import Counter

from chassis.ending import end
from chassis.errors import Unavailable
from chassis.publishing import NotTaken, Publisher, open_publisher
from chassis.settings import Settings
from contracts.events import Event, topic_of
from contracts.jobs import Job

EVENTS = "events"
JOBS = "jobs"
DEAD = "dead"

RECONNECT_SECONDS = 1.0

log = structlog.get_logger()

PUBLISHED = Counter("murmuration_bus_published_total", "Messages handed to RabbitMQ", ["exchange", "outcome"])


class BusAway(Unavailable):
    """The message bus did not take the message in time"""


class Bus:
    """Publishes. One per process; safe to share between tasks."""

    def __init__(self) -> None:
        self._publisher: Publisher | None = None
        # What `labels` finds for each exchange.
        self._confirmed: dict[str, Counter] = {}

    def attach(self, publisher: Publisher | None) -> None:
        """Publish by this connection from now on."""
        self._publisher = publisher

    @property
    def is_up(self) -> bool:
        return self._publisher is not None and self._publisher.is_open

    async def publish(self, exchange: str, topic: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Return once the broker has the message on disk; raise BusAway otherwise."""
        if self._publisher is None:
            raise BusAway
        named = {**headers, "published_at": f"{time.time():.3f}"}
        # An unroutable fact is nobody's business; unroutable work is a fault.
        mandatory = exchange != EVENTS
        try:
            await self._publisher.publish(
                exchange, topic, body, named, headers.get("event_id", ""), mandatory=mandatory
            )
        except NotTaken as error:
            PUBLISHED.labels(exchange or "default", "failed").inc()
            raise BusAway from error
        self._count(exchange)

    async def enqueue(self, job: Job) -> None:
        """Publish a job at once, outside any transaction, in the current trace."""
        await self.publish(JOBS, topic_of(job), msgspec.json.encode(job), _headers())

    async def emit(self, event: Event) -> None:
        """Publish a fact that has no row to go with. Facts that have one go through `Tx.emit`."""
        await self.publish(EVENTS, topic_of(event), msgspec.json.encode(event), _headers())

    def _count(self, exchange: str) -> None:
        if exchange not in self._confirmed:
            self._confirmed[exchange] = PUBLISHED.labels(exchange or "default", "confirmed")
        self._confirmed[exchange].inc()


def _headers() -> dict[str, str]:
    """Of a new message, in the current trace if there is one."""
    headers = {"event_id": str(uuid.uuid4())}
    if trace.get_current_span() is not trace.INVALID_SPAN:
        inject(headers)
    return headers


async def connect(settings: Settings) -> AbstractRobustConnection:
    """Connect, trying for as long as it takes: a service starts before its broker does."""
    while True:
        try:
            return await aio_pika.connect_robust(settings.amqp_url.get_secret_value(), timeout=10, heartbeat=15)
        except (OSError, AMQPError, TimeoutError) as error:
            log.warning("broker away", error=str(error))
            await asyncio.sleep(RECONNECT_SECONDS)


@asynccontextmanager
async def open_bus(settings: Settings) -> AsyncIterator[Bus]:
    """A publishing connection. It (re)connects by itself; meanwhile publishing raises BusAway."""
    bus = Bus()
    keeping = asyncio.create_task(_keep(bus, settings.amqp_url.get_secret_value()), name="connect the bus")
    try:
        yield bus
    finally:
        await end([keeping])


async def _keep(bus: Bus, address: str) -> None:
    while True:
        try:
            publisher = await open_publisher(address)
        except (OSError, TimeoutError, NotTaken) as error:
            log.warning("broker away", error=str(error))
            await asyncio.sleep(RECONNECT_SECONDS)
            continue
        bus.attach(publisher)
        try:
            await asyncio.shield(publisher.lost)
        finally:
            await publisher.close()
