"""The queues of a service, and how they are declared: durable quorum queues on RabbitMQ 3.10 and 4.x.

Declared by the migrate step, not on the publish path: a quorum queue younger than a second does not
survive the broker's death. A message that cannot be handled now waits in a TTL queue and comes back; one
that never can be ends in `<queue>.dead`, where an operator finds it.
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable, Sequence
from importlib.metadata import entry_points
from typing import Any, Generic, TypeVar, cast

import aio_pika
import msgspec
from aio_pika.abc import AbstractChannel

from chassis.bus import DEAD, EVENTS, JOBS
from contracts.events import Event, topic_of
from contracts.jobs import Job

R = TypeVar("R")
M = TypeVar("M", bound=Event | Job)

Message = Event | Job

WAITS = (
    dt.timedelta(seconds=1),
    dt.timedelta(seconds=10),
    dt.timedelta(minutes=1),
    dt.timedelta(minutes=10),
)
"""How long a message rests before its second, third, fourth and every later try."""

MAX_ATTEMPTS = 50
"""About seven hours of trying. What fails longer is not passing."""


class Subscription(Generic[R]):
    """A message class and what is done about it."""

    def __init__(self, message: type[Message], handler: Callable[[R, Any], Awaitable[None]]) -> None:
        self.message = message
        self.handler = handler


def on(message: type[M], handler: Callable[[R, M], Awaitable[None]]) -> Subscription[R]:
    """Pair a message with its handler; mypy rejects a handler that expects another one."""
    return Subscription(cast("type[Message]", message), handler)


class Queue(Generic[R]):
    """One durable queue with one purpose, `<service>.<purpose>`."""

    def __init__(
        self,
        name: str,
        subscriptions: Iterable[Subscription[R]],
        *,
        prefetch: int = 32,
        timeout: float = 60,
        delivery_limit: int = 20,
    ) -> None:
        self.name = name
        self.handlers = {s.message: s.handler for s in subscriptions}
        self.prefetch = prefetch
        """How many messages one process works on at the same time."""
        self.timeout = timeout
        """Seconds after which a handler is given up and the message tried again later."""
        self.delivery_limit = delivery_limit
        """How often the broker hands out a message whose consumer dies before the dead letters get it."""
        self.decoder: msgspec.json.Decoder[Message] = msgspec.json.Decoder(_union(self.handlers))

    @property
    def dead(self) -> str:
        return f"{self.name}.dead"

    def wait(self, attempt: int) -> str:
        """The waiting queue after the given attempt, counted from 1."""
        return f"{self.name}.wait.{min(attempt, len(WAITS))}"


def _union(messages: Iterable[type[Message]]) -> Any:
    union: Any = None
    for message in messages:
        union = message if union is None else union | message
    return union


def queues(service: str | None = None) -> list[Queue[Any]]:
    """Those of all services that are installed here, or of one. Only the services asked for are imported."""
    found = sorted(entry_points(group="murmuration.queues"), key=lambda entry: entry.name)
    return [queue for entry in found if service in (None, entry.name) for queue in entry.load()]


async def declare(channel: AbstractChannel, queues: Sequence[Queue[Any]]) -> None:
    """Declare exchanges, queues and bindings. Doing it twice is the same as doing it once."""
    events = await channel.declare_exchange(EVENTS, aio_pika.ExchangeType.TOPIC, durable=True)
    jobs = await channel.declare_exchange(JOBS, aio_pika.ExchangeType.DIRECT, durable=True)
    dead = await channel.declare_exchange(DEAD, aio_pika.ExchangeType.DIRECT, durable=True)
    for queue in queues:
        letters = await channel.declare_queue(queue.dead, durable=True, arguments={"x-queue-type": "quorum"})
        await letters.bind(dead, queue.name)
        await _declare_waits(channel, queue)
        main = await channel.declare_queue(queue.name, durable=True, arguments=_arguments(queue))
        for message in queue.handlers:
            await main.bind(events if issubclass(message, Event) else jobs, topic_of(message))


def _arguments(queue: Queue[Any]) -> dict[str, Any]:
    return {
        "x-queue-type": "quorum",
        "x-delivery-limit": queue.delivery_limit,
        "x-dead-letter-exchange": DEAD,
        "x-dead-letter-routing-key": queue.name,
        # Without both of these the broker may lose a message between the queue and its dead letters.
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


async def _declare_waits(channel: AbstractChannel, queue: Queue[Any]) -> None:
    for attempt, wait in enumerate(WAITS, start=1):
        arguments: dict[str, Any] = {
            "x-queue-type": "quorum",
            "x-message-ttl": int(wait.total_seconds() * 1000),
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": queue.name,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        }
        await channel.declare_queue(queue.wait(attempt), durable=True, arguments=arguments)
