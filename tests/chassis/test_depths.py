"""How old is what waits: a table of what a process can know, and real queues with a handler that hangs."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aio_pika.abc import AbstractConnection
from prometheus_client import REGISTRY
from waiting import eventually

from chassis import depths
from chassis.bus import Bus, connect, open_bus
from chassis.depths import Flow, Flows
from chassis.settings import Settings
from chassis.topology import Queue, declare, on
from chassis.worker import Worker
from contracts.jobs import Job
from native.infrastructure import Infrastructure

T = 1000.0


class Sleep(Job, frozen=True, tag="test.sleep"):
    pass


class Door:
    """Keeps those who came inside, whoever tells them to leave."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()
        self.opened = asyncio.Event()


async def on_sleep(door: Door, _: Sleep) -> None:
    door.entered.set()
    while not door.opened.is_set():
        try:
            await door.opened.wait()
        except asyncio.CancelledError:
            continue


def a_queue(name: str) -> Queue[Door]:
    return Queue(name, [on(Sleep, on_sleep)], prefetch=1, timeout=0.05)


def test_an_empty_queue_has_no_age() -> None:
    flow = Flow(T)
    flow.took(30, T + 1)
    assert flow.latency(0, T + 2) == 0


def test_what_is_next_came_after_what_was_taken_last() -> None:
    flow = Flow(T - 1000)
    flow.took(30, T)
    assert flow.latency(5, T + 2) == 32


def test_a_queue_of_which_nothing_is_taken_grows_older() -> None:
    flow = Flow(T)
    assert [flow.latency(5, T + seconds) for seconds in (1, 60, 600)] == [1, 60, 600]


def test_what_came_after_the_queue_was_empty_is_no_older_than_that() -> None:
    flow = Flow(T)
    flow.took(5, T + 1)
    flow.latency(0, T + 3600)
    assert flow.latency(1, T + 3602) == 2


def test_a_message_is_overdue_only_after_its_handlers_time_and_some_grace() -> None:
    queue = a_queue("test.overdue")
    flows = Flows([queue])
    flows.begin("hand", queue)
    now = time.monotonic()
    assert flows.overdue(queue.name, now + depths.GRACE - 1) == 0
    assert flows.overdue(queue.name, now + depths.GRACE + 1) == 1
    flows.finish("hand")
    assert flows.overdue(queue.name, now + depths.GRACE + 1) == 0


@pytest.fixture
def amqp(infrastructure: Infrastructure) -> Settings:
    return Settings(domain="ours.test", amqp_url=infrastructure.amqp_url())


@pytest.fixture
async def connection(amqp: Settings) -> AsyncIterator[AbstractConnection]:
    async with await connect(amqp) as opened:
        yield opened


@pytest.fixture
async def bus(amqp: Settings) -> AsyncIterator[Bus]:
    async with open_bus(amqp) as opened:

        async def is_up() -> bool:
            return opened.is_up

        await eventually(is_up)
        yield opened


def shown(metric: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(metric, labels)


def is_shown(value: float, metric: str, **labels: str) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return shown(metric, **labels) == value

    return look


async def test_a_handler_that_hangs_is_seen_and_what_waits_behind_it_grows_old(
    connection: AbstractConnection, bus: Bus
) -> None:
    queue = a_queue(f"test.hung_{time.monotonic_ns()}")
    door = Door()
    worker: Worker[Any] = Worker(door, [queue])
    worker.flows = Flows([queue], grace=0.05)
    channel = await connection.channel()
    await declare(channel, [queue])
    await worker.consume(channel, bus)
    measuring = asyncio.create_task(depths.measure(connection, [queue], worker.flows, every=0.2))
    try:
        for _ in range(3):
            await bus.enqueue(Sleep())
        await door.entered.wait()
        await eventually(is_shown(2, "murmuration_queue_messages", queue=queue.name, state="ready"))
        await eventually(is_shown(1, "murmuration_messages_overdue", queue=queue.name))

        async def is_old() -> bool:
            return (shown("murmuration_queue_latency_seconds", queue=queue.name) or 0) > 0.3

        await eventually(is_old)
        door.opened.set()
        await eventually(is_shown(0, "murmuration_queue_latency_seconds", queue=queue.name))
        await eventually(is_shown(3, "murmuration_queue_wait_seconds_count", queue=queue.name))
    finally:
        door.opened.set()
        measuring.cancel()
        for name in (queue.name, queue.dead, *(queue.wait(n) for n in range(1, 5))):
            await channel.queue_delete(name)
