"""What becomes of a message: done, tried again, or parked."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import msgspec
import pytest
from aio_pika.abc import AbstractChannel

from chassis.bus import Bus, BusAway, connect, open_bus
from chassis.errors import NotFound, Unavailable
from chassis.settings import Settings
from chassis.topology import Queue, declare, on
from chassis.worker import Verdict, Worker
from contracts.jobs import Job
from native.infrastructure import Infrastructure


class Ring(Job, frozen=True, tag="test.ring"):
    bell: str


class Log:
    """What the handler saw, and what it does about it."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.raises: list[Exception] = []
        self.rung = asyncio.Event()

    async def on_ring(self, message: Ring) -> None:
        self.heard.append(message.bell)
        if self.raises:
            raise self.raises.pop(0)
        self.rung.set()


async def on_ring(log: Log, message: Ring) -> None:
    await log.on_ring(message)


@pytest.fixture
def amqp(infrastructure: Infrastructure) -> Settings:
    return Settings(domain="ours.test", amqp_url=infrastructure.amqp_url())


@pytest.fixture
async def channel(amqp: Settings) -> AsyncIterator[AbstractChannel]:
    connection = await connect(amqp)
    async with connection:
        yield await connection.channel()


@pytest.fixture
async def bus(amqp: Settings) -> AsyncIterator[Bus]:
    async with open_bus(amqp) as opened:
        await eventually(lambda: opened.is_up)
        yield opened


async def eventually(holds: Callable[[], object], within: float = 20) -> None:
    async with asyncio.timeout(within):
        while not holds():
            await asyncio.sleep(0.02)


async def eventually_true(holds: Callable[[], Awaitable[bool]], within: float = 20) -> None:
    async with asyncio.timeout(within):
        while not await holds():
            await asyncio.sleep(0.1)


@asynccontextmanager
async def listening(channel: AbstractChannel, bus: Bus) -> AsyncIterator[tuple[Queue[Log], Log]]:
    log = Log()
    queue: Queue[Log] = Queue(f"test.{uuid.uuid4().hex}", [on(Ring, on_ring)], timeout=2)
    await declare(channel, [queue])
    worker = Worker(log, [queue])
    await worker.consume(channel, bus)
    yield queue, log
    await worker.drain()
    for name in (queue.name, queue.dead, *(queue.wait(n) for n in range(1, 5))):
        await channel.queue_delete(name)


async def ring(bus: Bus, queue: Queue[Log], body: bytes | None = None) -> None:
    """Straight into the queue: other tests' queues hear `test.ring` too."""
    message = body if body is not None else msgspec.json.encode(Ring(bell="dong"))
    await bus.publish("", queue.name, message, {"event_id": str(uuid.uuid4())})


async def depth(channel: AbstractChannel, name: str) -> int:
    # The robust channel would answer with what it remembers.
    underlay = await channel.get_underlay_channel()
    return (await underlay.queue_declare(name, passive=True)).message_count or 0


async def test_a_message_reaches_its_handler(channel: AbstractChannel, bus: Bus) -> None:
    async with listening(channel, bus) as (queue, log):
        await ring(bus, queue)
        await eventually(log.rung.is_set)
        assert log.heard == ["dong"]


async def test_what_fails_for_now_is_tried_again_a_second_later(channel: AbstractChannel, bus: Bus) -> None:
    async with listening(channel, bus) as (queue, log):
        log.raises = [Unavailable(), ConnectionError()]
        await ring(bus, queue)
        await eventually(lambda: len(log.heard) == 2)
        assert await depth(channel, queue.dead) == 0


@pytest.mark.parametrize("body", [b"", b"{", b'{"type":"test.unheard_of"}', b'{"type":"test.ring","bell":7}'])
async def test_a_poison_message_goes_to_the_dead_letters_at_once(
    channel: AbstractChannel, bus: Bus, body: bytes
) -> None:
    async with listening(channel, bus) as (queue, log):
        await ring(bus, queue, body)
        await eventually_true(lambda: _has(channel, queue.dead, 1))
        await ring(bus, queue)
        await eventually(log.rung.is_set)


async def test_a_bug_parks_its_message_and_stops_nobody(channel: AbstractChannel, bus: Bus) -> None:
    async with listening(channel, bus) as (queue, log):
        log.raises = [ZeroDivisionError()]
        await ring(bus, queue)
        await eventually_true(lambda: _has(channel, queue.dead, 1))
        await ring(bus, queue)
        await eventually(log.rung.is_set)


async def _has(channel: AbstractChannel, name: str, count: int) -> bool:
    return await depth(channel, name) == count


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (None, Verdict.ACK),
        (NotFound(), Verdict.ACK),
        (Unavailable(), Verdict.RETRY),
        (TimeoutError(), Verdict.RETRY),
        (KeyError("x"), Verdict.PARK),
    ],
)
async def test_each_kind_of_failure_has_one_answer(error: Exception | None, verdict: Verdict) -> None:
    log = Log()
    log.raises = [error] if error else []
    queue: Queue[Log] = Queue("test.table", [on(Ring, on_ring)])
    assert await Worker(log, [queue]).handle(queue, msgspec.json.encode(Ring(bell="x"))) is verdict


async def test_work_that_nobody_can_take_is_refused_loudly(bus: Bus) -> None:
    with pytest.raises(BusAway):
        await bus.publish("jobs", "test.no_such_queue", b"{}", {})


async def test_without_a_broker_publishing_fails_and_nothing_hangs() -> None:
    async with open_bus(Settings(domain="ours.test", amqp_url="amqp://guest:guest@127.0.0.1:1/")) as bus:
        with pytest.raises(BusAway):
            await bus.publish("", "anything", b"{}", {})
