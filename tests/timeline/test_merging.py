"""Authors whom so many follow that nobody writes their posts home: what is merged in, for whom, and who is told."""

import datetime as dt
from collections.abc import Sequence

import httpx
import msgspec
import pytest
from listening import a_session, heard
from staging import Stage

from contracts.ids import AccountId, StatusId
from social.accounts.model import Account
from social.paging import Page
from timeline import reading
from timeline.entry import Entry, cut, without_repeats
from timeline.feeds import LENGTH
from timeline.merging import is_settled, proposed, put_together, surroundings
from timeline.streams import Stream

Client = httpx.AsyncClient
merged = pytest.mark.parametrize("memory", ["merged"], indirect=True)


def newest_first(entries: Sequence[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: entry.id, reverse=True)


def posts(*ids: int) -> list[Entry]:
    return [Entry(StatusId(i)) for i in ids]


def boost(i: int, of: int) -> Entry:
    return Entry(StatusId(i), StatusId(of))


HELD = newest_first([*posts(*range(2, 200, 2)), boost(33, 31), boost(97, 91), boost(155, 149), boost(199, 41)])
POSTED = newest_first([*posts(*range(1, 200, 10)), boost(57, 56), boost(93, 150), boost(153, 149), boost(75, 2)])
"""Of the boosts, those of 31, 91 and 56 are repeats, and so is the later one of 149."""


@pytest.mark.parametrize(
    "page",
    [
        Page(limit=20),
        Page(limit=20, max_id=160),
        Page(limit=20, max_id=60),
        Page(limit=20, max_id=5),
        Page(limit=20, since_id=190),
        Page(limit=20, since_id=100),
        Page(limit=20, min_id=50),
        Page(limit=20, min_id=148),
        Page(limit=20, min_id=196),
        Page(limit=20, max_id=60, min_id=54),
    ],
)
def test_a_page_of_what_is_put_together_is_that_of_what_would_have_been_written(page: Page):
    around = surroundings(page)
    held, posted = ([e for near in around for e in cut(some, near)] for some in (HELD, POSTED))
    found = put_together(page, held, posted)
    written = without_repeats([*HELD, *POSTED])
    everything = newest_first([*HELD, *POSTED])
    assert found.entries == cut(everything, page)
    assert [e for e in found.entries if e.id not in found.repeats] == [e for e in found.entries if e in written]


def test_of_all_that_is_put_together_four_boosts_are_repeats():
    assert put_together(Page(limit=300), HELD, POSTED).repeats == {33, 57, 97, 155}


NOW = dt.datetime(2026, 11, 28, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("since", "settled"),
    [(None, False), (NOW, False), (NOW - dt.timedelta(seconds=89), False), (NOW - dt.timedelta(seconds=90), True)],
)
def test_writing_ends_once_everybody_knows_to_merge(since: dt.datetime | None, settled: bool):
    assert is_settled(since, NOW, dt.timedelta(seconds=90)) is settled


@merged
async def test_nothing_is_written_for_those_who_do_not_listen(stage: Stage, client: Client, alice, bob):
    await stage.follow(bob, alice)
    post = await stage.post(alice)
    assert await stage.res.feeds.everything(bob.id) == []
    assert await stage.home(client, bob) == [post.id]


@merged
async def test_where_somebody_is_widely_followed_a_home_takes_one_statement_more(
    stage: Stage, client: Client, statements, alice, bob
):
    await stage.follow(bob, alice)
    for _ in range(3):
        await stage.post(alice)
    await stage.home(client, bob)
    merging = await statements.of(stage.home(client, bob))
    stage.res.widely_followed.value = frozenset()
    assert len(merging) == 1 + len(await statements.of(stage.home(client, bob)))


def few(stage: Stage, **changes: object) -> None:
    """From now on, somebody with that many followers has many."""
    settings = stage.res.settings.model_copy(update={"fan_out_chunk": 1, **changes})
    stage.res = msgspec.structs.replace(stage.res, settings=settings)
    stage.worker.resources = stage.res


async def test_an_author_is_written_until_all_processes_know_that_so_many_follow(stage: Stage, alice, bob, carol):
    few(stage, merged_above=2)
    await stage.follow(bob, alice)
    await stage.post(alice)
    assert await reading.widely_followed(stage.res.db) == frozenset()
    await stage.follow(carol, alice)
    post = await stage.post(alice)
    assert await reading.widely_followed(stage.res.db) == {alice.id}
    assert Entry(post.id) in await stage.res.feeds.everything(bob.id)


async def test_whoever_loses_followers_again_is_written_and_what_was_not_still_shows(
    stage: Stage, client: Client, alice, bob
):
    few(stage, merged_above=1, merged_after=0)
    await stage.follow(bob, alice)
    first = await stage.post(alice)
    unwritten = await stage.post(alice)
    few(stage, merged_above=2, merged_after=0)
    written = await stage.post(alice)
    assert await stage.res.feeds.everything(bob.id) == [Entry(written.id), Entry(first.id)]
    await stage.res.widely_followed.refresh()
    assert await stage.home(client, bob) == [written.id, unwritten.id, first.id]


async def test_a_deletion_takes_out_of_homes_what_was_written_before_so_many_followed(stage: Stage, alice, bob):
    few(stage, merged_above=1, merged_after=0)
    await stage.follow(bob, alice)
    written = await stage.post(alice)
    assert await reading.widely_followed(stage.res.db) == {alice.id}
    await stage.delete(alice, written)
    assert await stage.res.feeds.everything(bob.id) == []


@merged
async def test_a_boost_by_somebody_else_of_what_is_merged_in_is_no_news(stage: Stage, client: Client, alice, bob, eve):
    await stage.follow(bob, alice)
    original = await stage.post(alice)
    await stage.follow(bob, eve)
    # As it stands in homes that were written before so many followed.
    later = await stage.boost(eve, original)
    await stage.res.feeds.add([bob.id], [Entry(later.id, original.id)])
    assert await stage.home(client, bob, limit=1) == [original.id]


@merged
async def test_below_the_end_of_a_long_home_nothing_is_merged_in(stage: Stage, alice: Account, bob: Account):
    await stage.follow(bob, alice)
    post = await stage.post(alice)

    async def found(length: int) -> list[Entry]:
        above = posts(*range(post.id + 1, post.id + 1 + length))
        await stage.res.feeds.forget(bob.id)
        await stage.res.feeds.finish(bob.id, above)
        return (await proposed(stage.res, bob.id, Page(limit=5, max_id=above[2].id), remembered(stage, bob.id))).entries

    assert Entry(post.id) in await found(5)
    assert Entry(post.id) not in await found(LENGTH)


def remembered(stage: Stage, reader: AccountId):
    async def read(page: Page) -> list[Entry]:
        return await stage.res.feeds.read(reader, page) or []

    return read


@merged
async def test_who_listens_hears_once_of_what_is_posted_changed_and_deleted(stage: Stage, alice, bob, carol):
    await stage.follow(bob, alice)
    few(stage)
    for n in range(4):
        await stage.follow(await stage.somebody(f"reader{n}"), alice)
    session = await a_session(stage, bob, Stream("user"))
    with stage.res.hub.connected(session.client, "websocket"):
        post = await stage.post(alice)
        await stage.tell(*stage.emitted)
        assert await heard(session) == (["user"], "update", str(post.id))
        await stage.edit(alice, post, "Hello again")
        assert await heard(session) == (["user"], "status.update", str(post.id))
        await stage.delete(alice, post)
        assert await heard(session) == (["user"], "delete", str(post.id))
        own = await stage.post(bob)
        assert await heard(session) == (["user"], "update", str(own.id))


@merged
async def test_who_listens_and_does_not_follow_hears_nothing(stage: Stage, alice, bob, carol):
    await stage.follow(bob, alice)
    session = await a_session(stage, carol, Stream("user"))
    with stage.res.hub.connected(session.client, "websocket"):
        await stage.delete(alice, await stage.post(alice))
        own = await stage.post(carol)
        assert await heard(session) == (["user"], "update", str(own.id))


async def test_an_edit_looks_for_those_who_listen_and_not_for_all_who_follow(stage: Stage, statements, alice, bob):
    few(stage)
    post = await stage.post(alice)
    for n in range(6):
        await stage.follow(await stage.somebody(f"reader{n}"), alice)
    asked = await statements.of(stage.edit(alice, post, "Hello again"))
    assert not [one for one in asked if "JOIN social.follows f ON f.target_id = s.account_id JOIN social.users" in one]


async def test_somebody_who_listens_hears_of_an_edit_by_an_author_with_many_followers(stage: Stage, alice, bob):
    few(stage)
    post = await stage.post(alice)
    for follower in [bob, *[await stage.somebody(f"reader{n}") for n in range(5)]]:
        await stage.follow(follower, alice)
    session = await a_session(stage, bob, Stream("user"))
    with stage.res.hub.connected(session.client, "websocket"):
        await stage.edit(alice, post, "Hello again")
        assert await heard(session) == (["user"], "status.update", str(post.id))
