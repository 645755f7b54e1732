"""The numbers beside posts and people are right, whatever came twice, late or never."""

import asyncio
import itertools

import pytest
from staging import Stage

from contracts.events import FollowAccepted, StatusFavourited
from contracts.ids import AccountId, StatusId, Uri
from social.accounts import store as accounts
from social.accounts.model import Account, Counts
from social.relationships import actions as relationships
from social.statuses import actions as statuses
from social.statuses import reading
from social.statuses.model import Status
from timeline.handlers import counts


async def numbers_of(stage: Stage, status: Status) -> tuple[int, int, int]:
    """Replies, boosts, favourites."""
    full = (await reading.full(stage.res.db, [status.id]))[status.id]
    return full.replies, full.reblogs, full.favourites


async def counts_of(stage: Stage, account: Account) -> Counts:
    return (await accounts.counts_of(stage.res.db, [account.id]))[account.id]


async def test_replies_boosts_and_favourites_are_counted(stage: Stage, alice, bob, eve):
    post = await stage.post(alice)
    await stage.post(bob, in_reply_to=post)
    await stage.post(bob, in_reply_to=post, visibility="direct")
    for fan in (bob, eve):
        await stage.favourite(fan, post)
    await stage.boost(eve, post)
    assert await numbers_of(stage, post) == (1, 1, 2)


async def test_what_is_taken_back_is_not_counted(stage: Stage, alice, bob):
    post = await stage.post(alice)
    reply = await stage.post(bob, in_reply_to=post)
    boost = await stage.boost(bob, post)
    await stage.favourite(bob, post)
    for gone in (reply, boost):
        await stage.delete(bob, gone)
    async with stage.act(bob) as tx:
        await statuses.unfavourite(tx, bob, post)
    assert await numbers_of(stage, post) == (0, 0, 0)


async def test_events_in_any_order_and_twice_come_to_the_same(stage: Stage, alice, bob, carol):
    post = await stage.post(alice)
    await stage.favourite(bob, post, heard=False)
    events = [*stage.emitted]
    async with stage.act(bob, heard=False) as tx:
        await statuses.unfavourite(tx, bob, post)
    events += stage.emitted
    await stage.favourite(carol, post, heard=False)
    events += stage.emitted
    for order in itertools.permutations(events):
        await stage.tell(*order, *order)
        assert await numbers_of(stage, post) == (0, 0, 1)


async def test_a_thousand_taps_of_a_moment_are_counted_once(stage: Stage, statements, alice, bob):
    post = await stage.post(alice)
    await stage.favourite(bob, post, heard=False)
    event = StatusFavourited(status_id=post.id, account_id=bob.id, is_local=True)
    seen = await statements.of(asyncio.gather(*(counts.on_tapped(stage.res, event) for _ in range(1000))))
    assert len([text for text in seen if "INSERT INTO social.status_counts" in text]) == 1
    assert await numbers_of(stage, post) == (0, 0, 1)


async def test_whoever_waits_for_a_count_that_fails_fails_too(stage: Stage, monkeypatch, alice):
    async def fail(*_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(counts.counts, "set_status_counts", fail)
    event = StatusFavourited(status_id=(await stage.post(alice, heard=False)).id, account_id=alice.id, is_local=True)
    outcomes = await asyncio.gather(*(counts.on_tapped(stage.res, event) for _ in range(3)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ConnectionError] * 3


async def test_a_person_is_counted(stage: Stage, alice, bob):
    post = await stage.post(alice)
    await stage.post(alice, visibility="direct")
    await stage.follow(bob, alice)
    assert (await counts_of(stage, alice)).statuses == 1
    assert (await counts_of(stage, alice)).followers == 1
    assert (await counts_of(stage, bob)).following == 1
    async with stage.act(bob) as tx:
        await relationships.unfollow(tx, bob, alice)
    await stage.delete(alice, post)
    assert await counts_of(stage, bob) == Counts()
    assert ((await counts_of(stage, alice)).statuses, (await counts_of(stage, alice)).followers) == (0, 0)


async def test_what_a_remote_server_says_of_its_people_is_not_lowered_to_what_we_know(stage: Stage, alice, eve):
    async with stage.inbox.transaction() as tx:
        await accounts.set_remote_counts(tx, eve.id, statuses=500, followers=70, following=3)
    await stage.follow(alice, eve)
    await stage.post(eve)
    found = await counts_of(stage, eve)
    assert (found.statuses, found.followers, found.following) == (500, 70, 3)
    assert found.last_status_at is not None


async def test_a_deleted_accounts_follows_are_forgotten_in_time(stage: Stage, superuser, alice, eve):
    await stage.follow(eve, alice)
    await superuser.execute("DELETE FROM social.accounts WHERE id = $1", eve.id)
    await counts.recount_ours(stage.res)
    assert (await counts_of(stage, alice)).followers == 0


@pytest.mark.parametrize("missing", ["status", "account"])
async def test_what_is_gone_cannot_be_counted_and_does_no_harm(stage: Stage, alice, missing):
    if missing == "status":
        await stage.tell(StatusFavourited(status_id=StatusId(1), account_id=alice.id, is_local=True))
    else:
        await stage.tell(FollowAccepted(account_id=AccountId(1), target_id=AccountId(2), uri=Uri("https://x.example")))
