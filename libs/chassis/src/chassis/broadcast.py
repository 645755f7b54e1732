"""Events that every process must hear, not one of them: what makes a cache in memory stale.

A queue of `chassis.topology` is shared by the processes of a service, so each event reaches one of them.
Here each process has an exclusive queue of its own that dies with its connection. Such a queue can miss
what is published while the connection is down; so everyone who listens also says how to start afresh,
and is asked to on each (re)connection and once in a while besides. See docs/adr/0002.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

import aio_pika
import msgspec
import structlog
from aio_pika.abc import AbstractIncomingMessage
from aiormq.exceptions import AMQPError
from prometheus_client import Counter

from chassis.bus import EVENTS, RECONNECT_SECONDS
from chassis.db import AWAY
from chassis.ending import end
from chassis.settings import Settings
from contracts.events import Event, topic_of

E = TypeVar("E", bound=Event)
T = TypeVar("T")

log = structlog.get_logger()

REFRESH_SECONDS = 30.0
"""How stale a cache may become while the bus is away."""

HEARD = Counter("murmuration_broadcast_heard_total", "Events heard by this process for its caches", ["topic"])
AWAY_ERRORS: tuple[type[Exception], ...] = (*AWAY, OSError, AMQPError, aio_pika.exceptions.AMQPException)


class Hearing(Generic[E]):
    """An event, what is done about it, and what is done when some may have been missed."""

    def __init__(
        self,
        event: type[E],
        react: Callable[[E], Awaitable[None]],
        start_afresh: Callable[[], Awaitable[None]],
    ) -> None:
        self.event = event
        self.react = react
        self.start_afresh = start_afresh


class Snapshot(Generic[T]):
    """A value kept in memory that is loaded again whenever it may have changed."""

    def __init__(self, value: T, load: Callable[[], Awaitable[T]]) -> None:
        self.value = value
        self._load = load

    async def refresh(self) -> None:
        self.value = await self._load()

    def hears(self, event: type[E]) -> Hearing[E]:
        """Load anew at each such event."""

        async def react(_: E) -> None:
            await self.refresh()

        return Hearing(event, react, self.refresh)


async def take_snapshot(load: Callable[[], Awaitable[T]]) -> Snapshot[T]:
    return Snapshot(await load(), load)


@asynccontextmanager
async def open_broadcast(
    settings: Settings, hearings: Sequence[Hearing[Any]], aging: Sequence[Snapshot[Any]] = ()
) -> AsyncIterator[None]:
    """Listen until the block ends. Does not wait for the broker: until it is there, caches refresh by time.

    What is `aging` refreshes by time alone: no event tells of it.
    """
    tasks = [
        asyncio.create_task(_keep_listening(settings, hearings), name="broadcast"),
        asyncio.create_task(_keep_refreshing(hearings, aging), name="refresh caches"),
    ]
    try:
        yield
    finally:
        await end(tasks)


async def _keep_refreshing(hearings: Sequence[Hearing[Any]], aging: Sequence[Snapshot[Any]]) -> None:
    while True:
        await asyncio.sleep(REFRESH_SECONDS)
        await _start_afresh(hearings)
        for snapshot in aging:
            try:
                await snapshot.refresh()
            except AWAY as error:
                log.warning("cache stays as it is", error=repr(error))


async def _start_afresh(hearings: Sequence[Hearing[Any]]) -> None:
    for hearing in hearings:
        try:
            await hearing.start_afresh()
        except AWAY as error:
            log.warning("cache stays as it is", topic=topic_of(hearing.event), error=repr(error))


async def _keep_listening(settings: Settings, hearings: Sequence[Hearing[Any]]) -> None:
    while True:
        try:
            await _listen(settings, hearings)
        except AWAY_ERRORS as error:
            log.warning("broadcast away", error=repr(error))
        await asyncio.sleep(RECONNECT_SECONDS)


async def _listen(settings: Settings, hearings: Sequence[Hearing[Any]]) -> None:
    """Hear events until the connection ends. Not a robust one: we must know when there was a gap."""
    connection = await aio_pika.connect(settings.amqp_url.get_secret_value(), timeout=10, heartbeat=15)
    async with connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange(EVENTS, ensure=False)
        queue = await channel.declare_queue(exclusive=True, auto_delete=True)
        for hearing in hearings:
            await queue.bind(exchange, topic_of(hearing.event))
        closed = asyncio.Event()
        connection.close_callbacks.add(lambda *_: closed.set())
        channel.close_callbacks.add(lambda *_: closed.set())
        await queue.consume(_receiver(hearings), no_ack=True)
        # Only now: what changed before the queue stood is in the database, what changes later is heard.
        await _start_afresh(hearings)
        await closed.wait()


def _receiver(hearings: Sequence[Hearing[Any]]) -> Callable[[AbstractIncomingMessage], Awaitable[None]]:
    by_topic: dict[str | None, list[Hearing[Any]]] = {}
    for hearing in hearings:
        by_topic.setdefault(topic_of(hearing.event), []).append(hearing)

    async def receive(message: AbstractIncomingMessage) -> None:
        for hearing in by_topic.get(message.routing_key, []):
            HEARD.labels(topic_of(hearing.event)).inc()
            await _react(hearing, message.body)

    return receive


async def _react(hearing: Hearing[Any], body: bytes) -> None:
    try:
        event = msgspec.json.decode(body, type=hearing.event)
    except msgspec.DecodeError:
        log.warning("unreadable broadcast", topic=topic_of(hearing.event))
        event = None
    with contextlib.suppress(*AWAY):  # the refresh by time comes to the same
        await (hearing.start_afresh() if event is None else hearing.react(event))
