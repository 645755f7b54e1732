"""The consumer side of a service: what it hears, what it does about it, what it does from time to time."""

import asyncio
import contextlib
import datetime as dt
import time
from collections.abc import Awaitable, Callable, Sequence
from enum import Enum
from typing import Generic, TypeVar

import structlog
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from opentelemetry import trace
from prometheus_client import Counter, Gauge, Histogram

from chassis.bus import Bus, BusAway
from chassis.db import AWAY
from chassis.depths import Flows
from chassis.errors import Problem
from chassis.spans import open_span
from chassis.telemetry import exemplar
from chassis.topology import MAX_ATTEMPTS, Queue, on

__all__ = ["Every", "Queue", "Verdict", "Worker", "every", "on"]

R = TypeVar("R")

log = structlog.get_logger()
tracer = trace.get_tracer("murmuration.worker")

HANDLED = Counter(
    "murmuration_messages_total",
    "Messages handled, by what became of them",
    ["queue", "topic", "verdict"],
)
SECONDS = Histogram(
    "murmuration_message_seconds",
    "Time in a handler",
    ["queue"],
    buckets=(0.005, 0.02, 0.05, 0.1, 0.5, 2, 10, 60),
)
IN_HAND = Gauge("murmuration_messages_in_hand", "Messages being handled now", ["queue"])
CANCELLED_AFTER = 20.0


class Verdict(Enum):
    ACK = "ack"
    RETRY = "retry"
    PARK = "park"


class Every(Generic[R]):
    """Work that is due again and again, done by one process at a time."""

    def __init__(self, interval: dt.timedelta, job: Callable[[R], Awaitable[None]]) -> None:
        self.interval = interval
        self.job = job

    @property
    def name(self) -> str:
        return f"{self.job.__module__}.{self.job.__qualname__}"


def every(interval: dt.timedelta, job: Callable[[R], Awaitable[None]]) -> Every[R]:
    return Every(interval, job)


class Worker(Generic[R]):
    """Consumes the queues of a service, each message in a task of its own."""

    def __init__(self, resources: R, queues: Sequence[Queue[R]], periodic: Sequence[Every[R]] = ()) -> None:
        self.resources = resources
        self.queues = queues
        self.periodic = periodic
        self.flows = Flows(queues)
        self._in_hand: set[asyncio.Task[None]] = set()

    async def handle(self, queue: Queue[R], body: bytes) -> Verdict:
        """Decide the fate of one message. Never raises: a bad message must not stop the queue."""
        started = time.perf_counter()
        topic, verdict = "unreadable", Verdict.PARK
        try:
            message = queue.decoder.decode(body)
            topic = str(type(message).__struct_config__.tag)
            async with asyncio.timeout(queue.timeout):
                await queue.handlers[type(message)](self.resources, message)
            verdict = Verdict.ACK
        except AWAY as error:
            log.warning("message will be tried again", queue=queue.name, topic=topic, error=repr(error))
            verdict = Verdict.RETRY
        except Problem as problem:
            log.info(
                "message asked for what cannot be",
                queue=queue.name,
                topic=topic,
                problem=repr(problem),
            )
            verdict = Verdict.ACK
        except Exception:  # the consumer's one mapping of the unexpected: dead letters and an alert
            log.exception("message parked", queue=queue.name, topic=topic)
        HANDLED.labels(queue.name, topic, verdict.value).inc()
        SECONDS.labels(queue.name).observe(time.perf_counter() - started, exemplar())
        return verdict

    async def consume(self, channel: AbstractChannel, bus: Bus) -> None:
        """Start consuming every queue on the channel; return at once."""
        for queue in self.queues:
            await channel.set_qos(prefetch_count=queue.prefetch)
            source = await channel.get_queue(queue.name)
            await source.consume(self._receiver(queue, bus))

    async def drain(self) -> None:
        """Let the handlers that are at work finish; what is left is redelivered to another process."""
        if self._in_hand:
            await asyncio.wait(self._in_hand, timeout=CANCELLED_AFTER)
        for task in self._in_hand:
            task.cancel()

    def _receiver(self, queue: Queue[R], bus: Bus) -> Callable[[AbstractIncomingMessage], Awaitable[None]]:
        async def receive(message: AbstractIncomingMessage) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._in_hand.add(task)
            self.flows.begin(task, queue)
            try:
                with IN_HAND.labels(queue.name).track_inprogress():
                    await self._receive(queue, bus, message)
            finally:
                self._in_hand.discard(task)
                self.flows.finish(task)

        return receive

    async def _receive(self, queue: Queue[R], bus: Bus, message: AbstractIncomingMessage) -> None:
        headers = {key: str(value) for key, value in (message.headers or {}).items()}
        self.flows.took(queue, headers)
        with (
            open_span(tracer, f"process {queue.name}", headers, trace.SpanKind.CONSUMER),
            structlog.contextvars.bound_contextvars(event_id=message.message_id),
        ):
            verdict = await self.handle(queue, message.body)
            # A channel that closed meanwhile redelivers the message: handlers are idempotent.
            with contextlib.suppress(BusAway):
                await self._settle(queue, bus, message, headers, verdict)

    async def _settle(
        self,
        queue: Queue[R],
        bus: Bus,
        message: AbstractIncomingMessage,
        headers: dict[str, str],
        verdict: Verdict,
    ) -> None:
        attempt = int(headers.get("attempt", "1"))
        match verdict:
            case Verdict.ACK:
                await message.ack()
            case Verdict.RETRY if attempt < MAX_ATTEMPTS:
                again = headers | {
                    "attempt": str(attempt + 1),
                    "event_id": message.message_id or "",
                }
                try:
                    await bus.publish("", queue.wait(attempt), message.body, again)
                except BusAway:
                    await message.nack(requeue=True)
                    raise
                await message.ack()
            case Verdict.RETRY | Verdict.PARK:
                await message.reject(requeue=False)
