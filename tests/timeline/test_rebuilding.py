"""A home that is missing is built beside the request, which waits only so long."""

import asyncio

import httpx
import pytest
from signing_in import bearing
from staging import Stage
from waiting import eventually

from timeline.store import homes

Client = httpx.AsyncClient


@pytest.fixture
def slowly(monkeypatch, stage: Stage, alice, bob) -> asyncio.Event:
    """Building takes until the event is set, once everybody has a home, and nobody waits for it."""
    may_end = asyncio.Event()
    page_of = homes.page_of

    async def slow(*args: object) -> object:
        await may_end.wait()
        return await page_of(*args)

    monkeypatch.setattr(homes, "page_of", slow)
    monkeypatch.setitem(stage.res.settings.__dict__, "feed_patience", 0.05)
    return may_end


async def look(stage: Stage, client: Client, reader, **query: object) -> tuple[int, list[int]]:
    headers = bearing(await stage.token(reader))
    answer = await client.get("/api/v1/timelines/home", params=query, headers=headers)
    return answer.status_code, [int(status["id"]) for status in answer.json()]


async def test_a_long_building_goes_on_behind_a_206(stage: Stage, client: Client, slowly, alice, bob):
    await stage.follow(alice, bob)
    old = await stage.post(bob)
    await stage.res.redis.flushdb()
    assert await look(stage, client, alice) == (206, [])
    new = await stage.post(bob)
    assert await look(stage, client, alice) == (206, [new.id])
    slowly.set()

    async def whole() -> bool:
        return await look(stage, client, alice) == (200, [new.id, old.id])

    await eventually(whole)


async def test_what_another_process_builds_is_waited_for_by_asking_again(stage: Stage, client: Client, alice, bob):
    await stage.follow(alice, bob)
    post = await stage.post(bob)
    await stage.res.redis.flushdb()
    await stage.res.feeds.begin(alice.id)
    assert await look(stage, client, alice) == (206, [])
    await stage.res.feeds.forget(alice.id)
    assert await look(stage, client, alice) == (200, [post.id])


async def test_ones_own_posts_show_while_home_is_built(stage: Stage, client: Client, slowly, alice):
    post = await stage.post(alice)
    await stage.res.redis.flushdb()
    assert await look(stage, client, alice) == (206, [post.id])


async def test_many_looks_build_once(stage: Stage, client: Client, slowly, alice, bob):
    await stage.res.redis.flushdb()
    await asyncio.gather(*(look(stage, client, alice) for _ in range(5)))
    assert len(stage.res.rebuilds._tasks) == 1


async def test_a_gap_is_loaded_from_either_end(stage: Stage, client: Client, alice, bob):
    await stage.follow(alice, bob)
    ids = [(await stage.post(bob)).id for _ in range(6)]
    gap = {"min_id": ids[0], "max_id": ids[5]}
    assert await look(stage, client, alice, limit=2, **gap) == (200, [ids[2], ids[1]])
    assert await look(stage, client, alice, limit=2, since_id=ids[0], max_id=ids[5]) == (200, [ids[4], ids[3]])
    assert await look(stage, client, alice, limit=40, **gap) == (200, ids[4:0:-1])
