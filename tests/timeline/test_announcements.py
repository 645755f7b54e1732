"""Whoever has a stream open hears of announcements."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.asyncio.client import PubSub
from staging import Stage
from waiting import eventually

from chassis.clock import utc_now
from contracts.events import AnnouncementPublished
from contracts.ids import AnnouncementId
from social.accounts.model import Account
from social.announcements import actions, store
from social.announcements.model import Notice
from timeline.resources import Resources
from timeline.signals import EVERYBODY, decode
from timeline.streams import stream_from


@pytest.fixture
async def heard(resources: Resources) -> AsyncIterator[PubSub]:
    async with resources.redis.pubsub(ignore_subscribe_messages=True) as pubsub:
        await pubsub.subscribe(EVERYBODY)
        await eventually(lambda: _is_subscribed(resources))
        yield pubsub


async def _is_subscribed(resources: Resources) -> bool:
    return dict(await resources.redis.pubsub_numsub(EVERYBODY)).get(EVERYBODY.encode(), 0) > 0


async def next_of(pubsub: PubSub) -> tuple[str, Any]:
    message = None
    while message is None:
        message = await pubsub.get_message(timeout=5)
    signal = decode(message["data"])
    assert signal is not None
    assert stream_from("user").carries(signal)
    return signal.event, json.loads(signal.payload or "")


async def test_an_announcement_its_reactions_and_its_end_are_told(stage: Stage, heard: PubSub, alice: Account) -> None:
    async with stage.act(alice) as tx:
        number = await actions.announce(tx, Notice(text="Hello @alice"), utc_now())
    event, payload = await next_of(heard)
    assert (event, payload["id"], payload["mentions"][0]["acct"]) == ("announcement", str(number), "alice")
    assert "read" not in payload
    for act, count in ((actions.react, 1), (actions.unreact, 0)):
        async with stage.act(alice) as tx:
            await act(tx, alice.id, number, "🐦")
        reaction = {"name": "🐦", "count": count, "announcement_id": str(number)}
        assert await next_of(heard) == ("announcement.reaction", reaction)
    async with stage.act(alice) as tx:
        await actions.remove(tx, number)
    assert await next_of(heard) == ("announcement.delete", number)


async def test_what_is_gone_before_it_is_heard_of_is_not_told(stage: Stage, heard: PubSub, alice: Account) -> None:
    await stage.tell(AnnouncementPublished(announcement_id=AnnouncementId(7)))
    async with stage.act(alice, heard=False) as tx:
        number = await store.add(tx, Notice(text="Later"), None)
    await stage.tell(AnnouncementPublished(announcement_id=number))
    assert await heard.get_message(timeout=0.3) is None
