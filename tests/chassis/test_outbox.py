"""An event exists if and only if its fact does."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator

import aio_pika
import asyncpg
import msgspec
import pytest
from aio_pika.abc import AbstractQueue
from waiting import eventually

from chassis.bus import EVENTS, connect, open_bus
from chassis.db import Database
from chassis.outbox import Relay
from chassis.settings import Settings
from contracts.events import AnyEvent, MuteCreated, topic_of
from contracts.ids import AccountId


@pytest.fixture
async def ears(settings: Settings) -> AsyncIterator[AbstractQueue]:
    """A queue that hears `mute.created`, for this test alone."""
    connection = await connect(settings)
    async with connection:
        channel = await connection.channel()
        events = await channel.declare_exchange(EVENTS, aio_pika.ExchangeType.TOPIC, durable=True)
        queue = await channel.declare_queue(uuid.uuid4().hex, exclusive=True, durable=True)
        await queue.bind(events, topic_of(MuteCreated))
        yield queue


@contextlib.asynccontextmanager
async def relaying(settings: Settings) -> AsyncIterator[None]:
    async with open_bus(settings) as bus:
        relay = Relay(settings, bus, role="api_gateway", schema="api_gateway")
        task = asyncio.create_task(relay.run())
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def mute(number: int) -> MuteCreated:
    return MuteCreated(account_id=AccountId(number), target_id=AccountId(0))


async def heard(ears: AbstractQueue, count: int) -> list[int]:
    """The account ids of the next events, in the order they came."""
    found = []
    async with asyncio.timeout(20):
        while len(found) < count:
            message = await ears.get(no_ack=True, fail=False)
            if message is None:
                await asyncio.sleep(0.02)
                continue
            event = msgspec.json.decode(message.body, type=AnyEvent)
            assert isinstance(event, MuteCreated)
            found.append(int(event.account_id))
    return found


async def unsent(superuser: "asyncpg.Connection") -> int:
    return await superuser.fetchval("SELECT count(*) FROM api_gateway.outbox WHERE sent_at IS NULL")


async def test_what_commits_is_published_and_what_rolls_back_is_not(
    settings: Settings, gateway: Database, ears: AbstractQueue
) -> None:
    with contextlib.suppress(ZeroDivisionError):
        async with gateway.transaction() as tx:
            tx.emit(mute(1))
            raise ZeroDivisionError
    async with gateway.transaction() as tx:
        tx.emit(mute(2))
        tx.emit(mute(3))
    async with relaying(settings):
        assert sorted(await heard(ears, 2)) == [2, 3]


async def test_without_a_broker_events_wait_and_go_out_when_it_is_back(
    settings: Settings, gateway: Database, ears: AbstractQueue, superuser: "asyncpg.Connection"
) -> None:
    deaf = settings.model_copy(update={"amqp_url": type(settings.amqp_url)("amqp://guest:guest@127.0.0.1:1/")})
    async with relaying(deaf):
        async with gateway.transaction() as tx:
            tx.emit(mute(1))
        await asyncio.sleep(0.3)
        assert await unsent(superuser) == 1
    async with relaying(settings):
        assert await heard(ears, 1) == [1]
        await eventually(lambda: unsent(superuser), is_=0)


async def test_two_relays_share_the_work_and_lose_nothing(
    settings: Settings, gateway: Database, ears: AbstractQueue, superuser: "asyncpg.Connection"
) -> None:
    async with relaying(settings), relaying(settings):
        async with gateway.transaction() as tx:
            for number in range(500):
                tx.emit(mute(number))
        assert sorted(await heard(ears, 500)) == list(range(500))
        await eventually(lambda: unsent(superuser), is_=0)
