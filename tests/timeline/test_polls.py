"""Votes are counted, open clients hear of new numbers, and the end is told to who took part."""

import datetime as dt

import httpx
from staging import Stage

from chassis.clock import utc_now
from contracts.events import PollClosed, PollTallied
from social.accounts.model import Account
from social.polls import actions, store
from social.polls.model import Poll, PollDraft
from timeline.signals import EDIT, channel_of, decode

Client = httpx.AsyncClient


async def asks(stage: Stage, author: Account, **changes: object) -> Poll:
    """A poll that ended a second ago as far as closing goes, and is open to votes until then."""
    fields: dict[str, object] = {"options": ("a", "b"), "expires_at": utc_now() + dt.timedelta(hours=1)}
    status = await stage.post(author, poll=PollDraft(**(fields | changes)))
    poll = await store.of_status(stage.res.db, status.id)
    assert poll is not None
    return poll


async def votes(stage: Stage, voter: Account, poll: Poll, *choices: int) -> None:
    async with stage.act(voter) as tx:
        await actions.vote(tx, voter, poll, choices, utc_now())


async def ends(stage: Stage, author: Account) -> None:
    async with stage.act(author) as tx:
        await actions.close_due(tx, utc_now() + dt.timedelta(hours=2), is_local=author.is_local)


async def numbers(stage: Stage, poll: Poll) -> tuple[list[int], int | None]:
    found = await store.by_id(stage.res.db, poll.id)
    assert found is not None
    return found.votes, found.voters


async def test_votes_are_counted(stage: Stage, alice, bob, carol, eve):
    poll = await asks(stage, alice, multiple=True)
    await votes(stage, bob, poll, 0, 1)
    await votes(stage, carol, poll, 1)
    await votes(stage, eve, poll, 1)
    await stage.tell(*stage.emitted)
    assert await numbers(stage, poll) == ([1, 3], 3)


async def test_what_others_count_is_left_to_them(stage: Stage, alice, eve):
    poll = await asks(stage, eve, votes=(5, 6), voters=11)
    await votes(stage, alice, poll, 0)
    await stage.tell(*stage.emitted)
    assert await numbers(stage, poll) == ([6, 6], 12)


async def test_the_end_is_told_to_the_author_and_to_who_voted(stage: Stage, client: Client, alice, bob, carol):
    poll = await asks(stage, alice)
    await votes(stage, bob, poll, 0)
    await ends(stage, alice)
    await stage.tell(*stage.emitted)
    assert await stage.notifications(client, alice) == [("poll", "alice")]
    assert await stage.notifications(client, bob) == [("poll", "alice")]
    assert await stage.notifications(client, carol) == []
    [told] = (await stage.get(client, bob, "/api/v1/notifications")).json()
    assert told["status"]["poll"]["expired"]


async def test_the_end_elsewhere_is_told_to_our_voters(stage: Stage, client: Client, alice, bob, eve):
    poll = await asks(stage, eve, votes=(0, 0))
    await votes(stage, alice, poll, 0)
    await ends(stage, eve)
    assert [type(event) for event in stage.emitted] == [PollClosed]
    assert await stage.notifications(client, alice) == [("poll", "eve@far.example")]
    assert await stage.notifications(client, bob) == []


async def test_nobody_hears_of_a_poll_elsewhere_in_which_nobody_voted(stage: Stage, eve):
    await asks(stage, eve, votes=(3, 4))
    await ends(stage, eve)
    assert stage.emitted == ()


async def test_a_poll_asked_anew_ends_anew(stage: Stage, client: Client, alice, bob):
    poll = await asks(stage, alice)
    await votes(stage, bob, poll, 0)
    await ends(stage, alice)
    first = (await stage.get(client, bob, "/api/v1/notifications")).json()
    async with stage.gateway.transaction() as tx:
        draft = PollDraft(options=("a", "b"), expires_at=utc_now() + dt.timedelta(hours=3))
        await store.set_poll(tx, poll.id, draft, None)
    async with stage.act(alice) as tx:
        await actions.close_due(tx, utc_now() + dt.timedelta(hours=4), is_local=True)
    second = (await stage.get(client, bob, "/api/v1/notifications")).json()
    assert [n["type"] for n in second] == ["poll"]
    assert first[0]["id"] < second[0]["id"]


async def test_open_clients_of_followers_hear_of_new_numbers(stage: Stage, alice, bob):
    await stage.follow(bob, alice)
    poll = await asks(stage, alice)
    async with stage.res.redis.pubsub() as heard:
        await heard.subscribe(channel_of(alice.id), channel_of(bob.id))
        for _ in range(2):
            await heard.get_message(timeout=1)
        told = PollTallied(poll_id=poll.id, status_id=poll.status_id, account_id=alice.id, is_local=True)
        await stage.tell(told)
        found = [decode((await heard.get_message(timeout=1))["data"]) for _ in range(2)]
    assert [(signal.event, signal.id) for signal in found] == [(EDIT, poll.status_id)] * 2
