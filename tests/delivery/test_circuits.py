"""A host that stays away is given up, probed, and gets everything in order when it returns."""

import asyncio
import datetime as dt

import pytest
from peers import GONE_QUIET, Answer, Peers
from postman import Clock, Postman

from delivery.handlers import upkeep, visits
from delivery.jobs import Visit
from delivery.store import hosts
from social.accounts.model import Account
from social.relationships import actions as relationships


async def give_up(postman: Postman, author: Account) -> None:
    """Fail until far.localhost is given up: the first post and its three retries."""
    postman.peers.goes_away("far")
    await postman.post(author, "0")
    for wait in (5, 25, 90):
        assert await postman.state() == "fast"
        await postman.later(wait)
    assert await postman.state() == "open"


async def test_a_host_that_fails_thrice_more_is_given_up(postman: Postman, alice: Account, bob: Account) -> None:
    await give_up(postman, alice)
    assert await postman.held() == 1


async def test_while_a_host_is_away_nothing_is_tried_but_a_probe(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    await give_up(postman, alice)
    peers.always("far", Answer(status=502))
    for n in range(1, 11):
        await postman.post(alice, str(n))
    assert await postman.held() == 11
    assert peers.received == []
    await postman.later(30)
    assert peers.contents_at("far") == ["<p>0</p>"]
    await postman.later(59)
    assert len(peers.received) == 1
    await postman.later(1)
    assert peers.contents_at("far") == ["<p>0</p>"] * 2


async def test_probes_become_rare_and_stay_within_half_a_day(postman: Postman, alice: Account, bob: Account) -> None:
    await give_up(postman, alice)
    waits = []
    for _ in range(14):
        due: dt.datetime = await postman.res.db.fetchval("SELECT next_visit_at FROM delivery.hosts")
        waits.append(round((due - postman.clock()).total_seconds()))
        await postman.later((due - postman.clock()).total_seconds())
    assert waits == [30 * 2**n for n in range(11)] + [43200] * 3


async def test_who_returns_gets_everything_in_order(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    await give_up(postman, alice)
    posted = [await postman.post(alice, str(n)) for n in range(1, 21)]
    await postman.edit(alice, posted[0], "1 edited")
    await postman.delete(alice, posted[1])
    peers.comes_back("far")
    await postman.later(30)
    said = [(post.type, post.document["object"].get("content")) for post in peers.at("far")]
    # The second was deleted before it ever went out.
    expected = [("Create", "<p>0</p>"), *(("Create", f"<p>{n}</p>") for n in range(1, 21) if n != 2)]
    assert said == [*expected, ("Update", "<p>1 edited</p>"), ("Delete", None)]
    assert (await postman.held(), await postman.state()) == (0, "fast")
    await postman.post(alice, "new")
    assert peers.contents_at("far")[-1] == "<p>new</p>"


async def test_what_is_said_while_the_queue_drains_does_not_overtake(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    await give_up(postman, alice)
    for n in range(1, 4):
        await postman.post(alice, str(n))
    gate = asyncio.Event()
    peers.comes_back("far")
    peers.answers("far", 202, Answer(until=gate))
    await forward(postman, 30)
    visiting = asyncio.create_task(postman.work())
    await until(lambda: len(peers.at("far")) == 2)
    await postman.post(alice, "4", delivered=False)
    [job] = await postman.take_jobs()
    await postman.handle(job)
    gate.set()
    await visiting
    await postman.later(1)
    assert peers.contents_at("far") == [f"<p>{n}</p>" for n in range(5)]


async def forward(postman: Postman, seconds: float) -> None:
    """Time passes and visitors are sent for, but have not gone yet."""
    postman.clock.now += dt.timedelta(seconds=seconds)
    await visits.call(postman.res)


async def until(holds: object) -> None:
    async with asyncio.timeout(10):
        while not holds():  # type: ignore[operator]
            await asyncio.sleep(0.01)


async def test_a_failure_while_draining_gives_the_host_up_again(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    await give_up(postman, alice)
    for n in range(1, 5):
        await postman.post(alice, str(n))
    peers.comes_back("far")
    peers.answers("far", 202, 202, GONE_QUIET, GONE_QUIET)
    await postman.later(30)
    assert peers.contents_at("far") == ["<p>0</p>", "<p>1</p>"]
    assert (await postman.held(), await postman.state()) == (3, "open")
    await postman.later(30)
    assert peers.contents_at("far") == [f"<p>{n}</p>" for n in range(5)]


async def test_many_failures_in_a_row_give_a_host_up_at_once(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    peers.goes_away("far")
    for n in range(4):
        await postman.post(alice, str(n))
        assert await postman.state() == "fast"
        postman.clock.now += dt.timedelta(seconds=2.5)
    await postman.post(alice, "4")
    assert (await postman.state(), await postman.held()) == ("open", 5)
    peers.comes_back("far")
    await postman.later(30)
    assert peers.contents_at("far") == [f"<p>{n}</p>" for n in range(5)]


async def test_one_that_a_host_cannot_take_does_not_cost_the_others(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    peers.answers("far", 500)
    await postman.post(alice, "poison")
    for wait in (5, 25, 90, 30):
        await postman.post(alice, "fine")
        peers.answers("far", 500)
        await postman.later(wait)
    assert await postman.state() == "fast"
    assert peers.contents_at("far").count("<p>fine</p>") == 4
    await postman.later(3600)
    assert await postman.held() == 0


async def test_one_that_a_returning_host_cannot_take_steps_aside(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    await give_up(postman, alice)
    for n in (1, 2):
        await postman.post(alice, str(n))
    peers.comes_back("far")
    peers.answers("far", 500)
    await postman.later(30)
    assert peers.contents_at("far") == ["<p>0</p>", "<p>1</p>", "<p>2</p>"]
    assert (await postman.held(), await postman.state()) == (1, "fast")
    await postman.later(3600)
    assert peers.contents_at("far")[3:] == ["<p>0</p>"]


async def test_a_host_that_answers_only_errors_loses_nothing_and_no_order(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    peers.always("far", 500)
    await postman.post(alice, "0")
    for wait in (5, 25, 90, 30, 60, 120):
        await postman.post(alice, str(wait))
        await postman.later(wait)
    assert await postman.state() == "open"
    peers.received.clear()
    peers.comes_back("far")
    await postman.later(240)
    assert peers.contents_at("far") == [f"<p>{n}</p>" for n in (0, 5, 25, 90, 30, 60, 120)]


async def test_a_sign_of_life_brings_the_probe_forward(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    await give_up(postman, alice)
    for wait in (30, 60, 120, 240):
        await postman.later(wait)
    peers.comes_back("far")
    await postman.later(60)
    assert peers.received == []
    await postman.post(bob, "I am back")
    await postman.later(0)
    assert peers.contents_at("far") == ["<p>0</p>"]
    assert await postman.state() == "fast"


async def test_a_sign_of_life_right_after_a_failure_changes_nothing(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    await give_up(postman, alice)
    await postman.later(30)
    peers.comes_back("far")
    await postman.post(bob, "I flicker")
    await postman.later(0)
    assert peers.received == []


async def test_what_is_too_old_is_given_up(postman: Postman, alice: Account, bob: Account, peers: Peers) -> None:
    await give_up(postman, alice)
    postman.clock.now += dt.timedelta(days=6)
    await postman.post(alice, "younger")
    postman.clock.now += dt.timedelta(days=1)
    await upkeep.expire(postman.res)
    assert await postman.held() == 1
    peers.comes_back("far")
    await postman.later(0)
    assert peers.contents_at("far") == ["<p>younger</p>"]


async def test_a_paused_host_gets_nothing_until_it_is_resumed(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    far = hosts.Host(peers.host("far"))
    async with postman.res.db.transaction() as tx:
        await hosts.set_paused(tx, far, paused=True, now=postman.clock())
    postman.clock.now += dt.timedelta(seconds=2)
    for n in range(3):
        await postman.post(alice, str(n))
    await postman.later(3600)
    assert (len(peers.received), await postman.held()) == (0, 3)
    async with postman.res.db.transaction() as tx:
        await hosts.set_paused(tx, far, paused=False, now=postman.clock())
    await postman.later(0)
    assert peers.contents_at("far") == ["<p>0</p>", "<p>1</p>", "<p>2</p>"]
    assert await postman.state() == "fast"


async def test_two_visitors_at_once_deliver_once(postman: Postman, alice: Account, bob: Account, peers: Peers) -> None:
    await give_up(postman, alice)
    await postman.post(alice, "1")
    peers.comes_back("far")
    postman.clock.now += dt.timedelta(seconds=30)
    visit = Visit(host=hosts.Host(peers.host("far")))
    await asyncio.gather(*(postman.handle(visit) for _ in range(3)))
    await postman.later(0)
    assert peers.contents_at("far") == ["<p>0</p>", "<p>1</p>"]


async def test_a_visitor_that_died_is_replaced(postman: Postman, alice: Account, bob: Account, peers: Peers) -> None:
    await give_up(postman, alice)
    peers.comes_back("far")
    await forward(postman, 30)
    await postman.take_jobs()  # The job is lost together with its worker, its lease taken.
    async with postman.res.db.transaction() as tx:
        now = postman.clock()
        assert await hosts.take_lease(tx, hosts.Host(peers.host("far")), now, now + visits.LEASE)
    await postman.later(59)
    assert peers.received == []
    await postman.later(2)
    assert peers.contents_at("far") == ["<p>0</p>"]


async def test_other_hosts_do_not_notice(postman: Postman, alice: Account, bob: Account, peers: Peers) -> None:
    await postman.follows(await postman.stranger("carol", "near"), alice)
    await give_up(postman, alice)
    for n in range(1, 4):
        await postman.post(alice, str(n))
    assert peers.contents_at("near") == [f"<p>{n}</p>" for n in range(4)]


async def test_held_deliveries_of_several_authors_each_keep_their_order(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    zoe = await postman.somebody("zoe")
    await postman.follows(bob, zoe)
    await give_up(postman, alice)
    for n in range(1, 9):
        await postman.post((alice, zoe)[n % 2], str(n))
    peers.comes_back("far")
    await postman.later(30)
    came = [(post.document["actor"], post.document["object"]["content"]) for post in peers.at("far")]
    assert [words for actor, words in came if actor == zoe.uri] == [f"<p>{n}</p>" for n in (1, 3, 5, 7)]
    assert [words for actor, words in came if actor == alice.uri] == [f"<p>{n}</p>" for n in (0, 2, 4, 6, 8)]


class TestCrowds:
    @pytest.fixture
    def changes(self) -> dict[str, object]:
        return {"delivery_per_host": 2, "delivery_crowd": 2, "delivery_visit_batch": 3}

    async def test_too_many_for_a_slow_host_wait_in_the_database(
        self, postman: Postman, alice: Account, bob: Account, peers: Peers
    ) -> None:
        gate = asyncio.Event()
        peers.always("far", Answer(until=gate))
        for n in range(12):
            await postman.post(alice, str(n), delivered=False)
        working = asyncio.create_task(postman.work())
        await until(lambda: len(peers.at("far")) == 2)
        async with asyncio.timeout(10):
            while await postman.held() < 8:
                await asyncio.sleep(0.01)
        assert await postman.state() == "slow"
        gate.set()
        await working
        await postman.res.stragglers.gone()
        await postman.later(0)
        assert sorted(peers.contents_at("far")) == sorted(f"<p>{n}</p>" for n in range(12))
        assert peers.busiest[peers.host("far")] <= 3
        assert (await postman.held(), await postman.state()) == (0, "fast")


async def test_a_relationship_undone_before_it_was_said_is_never_said(
    postman: Postman, alice: Account, bob: Account, clock: Clock, peers: Peers
) -> None:
    peers.goes_away("far")
    async with postman.act(alice) as tx:
        await relationships.follow(tx, alice, bob, now=clock())
    async with postman.act(alice) as tx:
        await relationships.unfollow(tx, alice, bob)
    peers.comes_back("far")
    await postman.later(60)
    assert "Follow" not in peers.types_at("far")
