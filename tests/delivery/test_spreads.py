"""Large fan-outs: in strands, each inbox once, and nobody waits behind them."""

import asyncio
from collections import Counter

import pytest
from peers import Answer, Peers
from postman import Postman
from waiting import eventually

from delivery.jobs import Deliver, Spread
from delivery.planning import SLICE
from delivery.stragglers import Stragglers
from social.accounts.model import Account

MANY = 2 * SLICE + 5


@pytest.fixture
def changes() -> dict[str, object]:
    return {"delivery_per_host": 200, "delivery_patience_seconds": 0.2, "delivery_strands": 2}


@pytest.fixture
async def crowd(postman: Postman, alice: Account) -> list[Account]:
    """More followers of alice than get a post at once, each with an inbox of their own."""
    people = [await postman.stranger(f"f{n}", shared=False) for n in range(MANY)]
    for follower in people:
        await postman.follows(follower, alice)
    return people


def times_received(peers: Peers) -> Counter[str]:
    return Counter(post.path for post in peers.received)


async def test_everybody_gets_it_once(postman: Postman, alice: Account, crowd: list[Account], peers: Peers) -> None:
    await postman.post(alice)
    assert times_received(peers) == {f"/users/f{n}/inbox": 1 for n in range(MANY)}
    assert await postman.res.db.fetchval("SELECT count(*) FROM delivery.strands") == 0


async def test_a_fan_out_is_as_many_messages_as_it_has_strands(
    postman: Postman, alice: Account, crowd: list[Account]
) -> None:
    await postman.post(alice, delivered=False)
    jobs = await postman.take_jobs()
    assert [(type(job), job.position) for job in jobs if isinstance(job, Spread)] == [(Spread, 0), (Spread, SLICE)]
    assert len(jobs) == 2


async def test_a_strand_that_is_heard_again_goes_on_only_once(
    postman: Postman, alice: Account, crowd: list[Account], peers: Peers
) -> None:
    await postman.post(alice, delivered=False)
    first, second = await postman.take_jobs()
    await postman.handle(first)
    await postman.handle(first)
    await postman.handle(second)
    await postman.work()
    assert times_received(peers) == {f"/users/f{n}/inbox": 1 for n in range(MANY)}


async def test_who_is_spoken_to_does_not_wait_for_the_crowd(
    postman: Postman, alice: Account, crowd: list[Account]
) -> None:
    await postman.post(alice, mentions=(crowd[40].id,), delivered=False)
    at_once = [job.inbox_url for job in await postman.take_jobs() if isinstance(job, Deliver)]
    assert at_once == [crowd[40].inbox_url]


async def test_what_is_deleted_meanwhile_goes_no_further(
    postman: Postman, alice: Account, crowd: list[Account], peers: Peers
) -> None:
    status = await postman.post(alice, delivered=False)
    first, second = await postman.take_jobs()
    await postman.handle(first)
    await postman.delete(alice, status)
    await postman.handle(second)
    await postman.work()
    assert Counter(post.type for post in peers.received) == {"Create": SLICE, "Delete": MANY}


async def test_a_host_that_takes_long_keeps_no_place(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    answering = asyncio.Event()
    peers.always("far", Answer(status=202, until=answering))
    await postman.post(alice)
    assert await postman.held() == 1
    answering.set()
    await postman.res.stragglers.gone()
    assert (await postman.held(), len(peers.received)) == (0, 1)


async def test_a_slow_host_that_fails_in_the_end_is_tried_again(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    answering = asyncio.Event()
    peers.answers("far", Answer(status=500, until=answering))
    await postman.post(alice)
    answering.set()
    await postman.res.stragglers.gone()
    await postman.later(5)
    assert (await postman.held(), len(peers.received)) == (0, 2)


async def test_slow_hosts_come_to_their_ends_one_after_the_other(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    await postman.follows(await postman.stranger("ned", host="near"), alice)
    near, far = asyncio.Event(), asyncio.Event()
    peers.answers("near", Answer(status=202, until=near))
    peers.answers("far", Answer(status=500, until=far))
    await postman.post(alice)
    assert (await postman.held("near"), await postman.held("far")) == (1, 1)
    near.set()
    await eventually(lambda: postman.held("near"), is_=0)
    far.set()
    await postman.res.stragglers.gone()
    await postman.later(5)
    assert (await postman.held(), len(peers.received)) == (0, 3)


async def test_what_a_process_left_on_its_way_is_tried_again(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    peers.always("far", Answer(status=202, until=asyncio.Event()))
    await postman.post(alice)
    await postman.res.stragglers.end()
    peers.always("far", 202)
    await postman.later(60)
    assert (await postman.held(), len(peers.received)) == (0, 2)


async def test_where_many_take_long_there_is_no_room_for_more() -> None:
    stragglers, end = Stragglers(2), asyncio.Event()
    stragglers.add(_until(end))
    assert stragglers.have_room_for(1)
    assert not stragglers.have_room_for(2)
    end.set()
    await stragglers.gone()
    assert stragglers.have_room_for(2)


async def _until(end: asyncio.Event) -> None:
    await end.wait()
