"""From a commit to a follower's home over the real outbox, broker and queues; what makes a service of it."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest
from prometheus_client import Counter
from staging import Stage
from waiting import eventually

from chassis.bus import Bus, connect, open_bus
from chassis.cache import Cache
from chassis.outbox import Relay
from chassis.settings import Settings
from chassis.worker import HANDLED
from contracts.events import StatusDeleted
from contracts.ids import StatusId
from social.paging import Page
from timeline.entry import Entry
from timeline.feeds import Feeds

Client = httpx.AsyncClient


@pytest.fixture
async def running(stage: Stage, settings: Settings) -> AsyncIterator[Bus]:
    """timeline consumes, and the outboxes of api-gateway, inbox and timeline are relayed."""
    connection = await connect(settings)
    async with open_bus(settings) as bus, connection:
        await eventually(lambda: _is_up(bus))
        channel = await connection.channel()
        for queue in stage.worker.queues:
            await (await channel.get_queue(queue.name)).purge()
        await stage.worker.consume(channel, bus)
        roles = ("api_gateway", "inbox", "timeline")
        relays = [asyncio.create_task(Relay(settings, bus, role=role, schema=role).run()) for role in roles]
        yield bus
        for relay in relays:
            relay.cancel()
        await asyncio.gather(*relays, return_exceptions=True)


async def _is_up(bus: Bus) -> bool:
    return bus.is_up


async def test_a_post_comes_to_a_followers_home_and_a_deletion_takes_it_away(stage: Stage, running, alice, bob):
    await stage.follow(bob, alice, heard=False)
    post = await stage.post(alice, heard=False)

    async def feed() -> list[Entry] | None:
        return await stage.res.feeds.read(bob.id, Page(limit=5))

    await eventually(feed, is_=[Entry(post.id)])
    await stage.delete(alice, post, heard=False)
    await eventually(feed, is_=[])


async def test_a_mention_is_told_and_the_numbers_are_counted(stage: Stage, client: Client, running, alice, eve):
    post = await stage.post(alice, heard=False)
    await stage.favourite(eve, post, heard=False)
    await stage.post(eve, in_reply_to=post, mentions=(alice.id,), heard=False)

    async def told() -> set[str]:
        return {kind for kind, _ in await stage.notifications(client, alice)}

    await eventually(told, is_={"mention", "favourite"})

    async def numbers() -> list[int]:
        [status] = (await stage.get(client, alice, "/api/v1/timelines/home")).json()
        return [status["replies_count"], status["favourites_count"]]

    await eventually(numbers, is_=[1, 1])


async def test_while_redis_is_away_events_wait(stage: Stage, running: Bus, alice, bob):
    await stage.follow(bob, alice)
    memory = stage.res.feeds
    async with Cache.at("redis://127.0.0.1:1") as nowhere:
        stage.worker.resources = msgspec.structs.replace(stage.res, feeds=Feeds(nowhere, stage.res.settings.feed_age))
        retried = HANDLED.labels("timeline.feeds", "status.created", "retry")
        before = retried._value.get()
        post = await stage.post(alice, heard=False)
        await eventually(lambda: _is_more(retried, before))
    stage.worker.resources = stage.res

    async def feed() -> list[Entry] | None:
        return await memory.read(bob.id, Page(limit=5))

    await eventually(feed, is_=[Entry(post.id)])


async def _is_more(counter: Counter, before: float) -> bool:
    return counter._value.get() > before


async def test_messages_about_what_nobody_knows_are_handled(stage: Stage, alice):
    event = StatusDeleted(
        status_id=StatusId(1), account_id=alice.id, is_local=True, uri="https://x.example/1", visibility="public"
    )
    await stage.tell(event)
