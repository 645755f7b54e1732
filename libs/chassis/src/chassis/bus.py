"""RabbitMQ: the exchanges and queues we need, and publishing with a confirm and a deadline.

Publishing and consuming use separate connections, because an alarm of the broker blocks publishers
without an error: each publish has its own time limit.
"""

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import cast

import aio_pika
import msgspec
import structlog
from aio_pika.abc import AbstractRobustChannel, AbstractRobustConnection
from aiormq import spec
from aiormq.channel import Channel
from aiormq.exceptions import AMQPError
from opentelemetry import trace
from opentelemetry.propagate import inject
from prometheus_client import Counter

from chassis.errors import Unavailable
from chassis.settings import Settings
from contracts.events import Event, topic_of
from contracts.jobs import Job

EVENTS = "events"
JOBS = "jobs"
DEAD = "dead"

PERSISTENT = 2
PUBLISH_TIMEOUT = 5.0
RECONNECT_SECONDS = 1.0

log = structlog.get_logger()

PUBLISHED = Counter("murmuration_bus_published_total", "Messages handed to RabbitMQ", ["exchange", "outcome"])


class BusAway(Unavailable):
    """The message bus did not take the message in time"""


class Bus:
    """Publishes. One per process; safe to share between tasks."""

    def __init__(self) -> None:
        self._channel: AbstractRobustChannel | None = None

    def attach(self, channel: AbstractRobustChannel) -> None:
        """Publish through this channel from now on."""
        self._channel = channel

    @property
    def is_up(self) -> bool:
        return self._channel is not None and not self._channel.is_closed

    async def publish(self, exchange: str, topic: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Return once the broker has the message on disk; raise BusAway otherwise."""
        properties = spec.Basic.Properties(
            message_id=headers.get("event_id"),
            content_type="application/json",
            delivery_mode=PERSISTENT,
            headers={**headers, "published_at": f"{time.time():.3f}"},
        )
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT):
                channel = await self._opened()
                # An unroutable fact is nobody's business; unroutable work is a fault.
                mandatory = exchange != EVENTS
                # The confirm is waited for; that the socket took it, not besides: others may write meanwhile.
                await channel.basic_publish(
                    body, exchange=exchange, routing_key=topic, properties=properties, mandatory=mandatory, wait=False
                )
        except (TimeoutError, AMQPError, ConnectionError, RuntimeError) as error:
            PUBLISHED.labels(exchange or "default", "failed").inc()
            raise BusAway from error
        PUBLISHED.labels(exchange or "default", "confirmed").inc()

    async def enqueue(self, job: Job) -> None:
        """Publish a job at once, outside any transaction, in the current trace."""
        await self.publish(JOBS, topic_of(job), msgspec.json.encode(job), _headers())

    async def emit(self, event: Event) -> None:
        """Publish a fact that has no row to go with. Facts that have one go through `Tx.emit`."""
        await self.publish(EVENTS, topic_of(event), msgspec.json.encode(event), _headers())

    async def _opened(self) -> Channel:
        """The channel itself: to publish past aio-pika costs half as much."""
        if self._channel is None or self._channel.is_closed:
            raise BusAway
        return cast("Channel", await self._channel.get_underlay_channel())


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

    async def attach() -> AbstractRobustConnection:
        connection = await connect(settings)
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        assert isinstance(channel, AbstractRobustChannel)
        bus.attach(channel)
        return connection

    connecting = asyncio.create_task(attach(), name="connect the bus")
    try:
        yield bus
    finally:
        connecting.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await (await connecting).close()
