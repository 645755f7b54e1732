"""Feeds in Redis: how long, for how long, for whom, and what a read of home costs."""

import datetime as dt

import httpx
import msgspec
import pytest
from staging import Stage

from chassis.clock import utc_now
from contracts.events import AccountDeleted, StatusCreated
from contracts.ids import AccountId, StatusId
from social.accounts.model import Account
from social.paging import Page
from timeline import home
from timeline.entry import Entry, cut, without_repeats
from timeline.feeds import FLOOR, LENGTH, key_of
from timeline.handlers.feeds import on_created
from timeline.resources import Resources

Client = httpx.AsyncClient
READER = AccountId(7)


def entries(*ids: int | tuple[int, int]) -> list[Entry]:
    """Posts, and boosts as pairs of their id and their original's."""
    return [Entry(StatusId(i)) if isinstance(i, int) else Entry(StatusId(i[0]), StatusId(i[1])) for i in ids]


async def a_feed(res: Resources, *ids: int | tuple[int, int]) -> None:
    await res.feeds.begin(READER)
    await res.feeds.finish(READER, entries(*ids))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ([3, 2, 1], [3, 2, 1]),
        ([(5, 1), 4, 1], [4, 1]),
        ([(5, 1), (4, 1)], [(4, 1)]),
        ([(9, 5), 8], [(9, 5), 8]),
        ([(60, 1), *range(59, 18, -1), 1], [(60, 1), *range(59, 18, -1), 1]),
        ([(60, 1), *range(59, 20, -1), 1], [*range(59, 20, -1), 1]),
    ],
)
async def test_a_boost_is_left_out_when_its_post_stands_among_the_forty_before_it(resources: Resources, given, shown):
    assert without_repeats(entries(*given)) == entries(*shown)
    for order in (given, given[::-1]):
        await resources.feeds.forget(READER)
        await a_feed(resources)
        for one in order:
            await resources.feeds.add([READER], entries(one))
        assert await resources.feeds.read(READER, Page(limit=100)) == entries(*shown)


async def test_a_page_of_memory_is_the_page_of_the_whole(resources: Resources):
    await a_feed(resources, *range(50, 10, -1), (9, 3), 8)
    whole = await resources.feeds.everything(READER)
    for page in (
        Page(limit=5),
        Page(limit=5, max_id=30),
        Page(limit=5, since_id=30),
        Page(limit=5, min_id=30),
        Page(limit=5, max_id=40, min_id=38),
        Page(limit=5, max_id=9),
        Page(limit=5, min_id=9),
        Page(limit=5, min_id=8),
    ):
        assert await resources.feeds.read(READER, page) == cut(whole, page), page


async def test_an_empty_feed_is_not_a_missing_one(resources: Resources):
    assert await resources.feeds.read(READER, Page(limit=5)) is None
    await a_feed(resources)
    assert await resources.feeds.read(READER, Page(limit=5)) == []


async def test_a_feed_that_is_missing_is_not_begun_by_a_post(resources: Resources):
    await resources.feeds.add([READER], entries(1))
    assert await resources.feeds.read(READER, Page(limit=5)) is None


async def test_a_feed_keeps_the_newest_eight_hundred(resources: Resources):
    await a_feed(resources, *range(1, LENGTH + 1))
    await resources.feeds.add([READER], entries(*range(LENGTH + 1, LENGTH + 11)))
    found = await resources.feeds.everything(READER)
    assert (len(found), found[0].id, found[-1].id) == (LENGTH, LENGTH + 10, 11)


async def test_what_comes_in_while_a_feed_is_built_is_in_it(resources: Resources):
    await resources.feeds.begin(READER)
    await resources.feeds.add([READER], entries(5))
    assert await resources.feeds.read(READER, Page(limit=5)) is None
    await resources.feeds.finish(READER, entries(4, 3))
    assert await resources.feeds.read(READER, Page(limit=5)) == entries(5, 4, 3)


async def test_a_building_that_was_given_up_is_forgotten_soon(resources: Resources):
    await resources.feeds.begin(READER)
    assert not await resources.feeds.begin(READER)
    assert 0 < await resources.redis.ttl(key_of(READER)) <= 30


async def test_every_key_expires(stage: Stage, client: Client, alice: Account, bob: Account):
    await stage.follow(bob, alice)
    await stage.post(alice)
    await stage.home(client, bob)
    keys = await stage.res.redis.keys("*")
    assert keys
    assert all([await stage.res.redis.ttl(key) > 0 for key in keys])


async def test_looking_keeps_a_feed(stage: Stage, client: Client, alice: Account):
    await stage.res.redis.expire(key_of(alice.id), 60)
    await stage.home(client, alice)
    assert await stage.res.redis.ttl(key_of(alice.id)) > 60


async def looked(superuser, who: Account, ago: dt.timedelta) -> None:
    await superuser.execute(
        "UPDATE social.users SET last_active_at = $2 WHERE account_id = $1", who.id, utc_now() - ago
    )


async def test_followers_who_have_not_looked_for_weeks_are_not_written_to(stage: Stage, superuser, alice, bob):
    await stage.follow(bob, alice)
    await looked(superuser, bob, dt.timedelta(days=15))
    await stage.post(alice)
    assert await stage.res.feeds.read(bob.id, Page(limit=5)) == []


async def test_a_home_is_written_to_for_as_long_as_it_may_live(stage: Stage, superuser, alice, bob):
    """A look within an hour of the last one keeps the feed, but is not noted."""
    await stage.follow(bob, alice)
    await looked(superuser, bob, stage.res.settings.feed_age + dt.timedelta(hours=1))
    post = await stage.post(alice)
    assert await stage.res.feeds.read(bob.id, Page(limit=5)) == [Entry(post.id)]


async def test_whoever_returns_after_weeks_finds_what_was_posted_meanwhile(
    stage: Stage, client: Client, superuser, alice, bob
):
    await stage.follow(bob, alice)
    await looked(superuser, bob, dt.timedelta(days=15))
    await stage.res.feeds.forget(bob.id)
    posts = [(await stage.post(alice)).id for _ in range(2)][::-1]
    assert not await stage.res.feeds.exists(bob.id)
    assert await stage.home(client, bob) == posts


async def test_whoever_looks_is_active(stage: Stage, client: Client, superuser, alice):
    await superuser.execute("UPDATE social.users SET last_active_at = now() - interval '2 hours'")
    await stage.home(client, alice)
    seen = await superuser.fetchval("SELECT last_active_at FROM social.users WHERE account_id = $1", alice.id)
    assert utc_now() - seen < dt.timedelta(minutes=1)


async def test_whoever_looks_again_is_not_noted_again(stage: Stage, client: Client, statements, superuser, alice):
    await superuser.execute("UPDATE social.users SET last_active_at = NULL")
    looks = [await statements.of(stage.home(client, alice)) for _ in range(2)]
    assert [any("UPDATE social.users" in sql for sql in look) for look in looks] == [True, False]


async def test_many_followers_are_served_in_chunks(stage: Stage, alice: Account):
    stage.res = msgspec.structs.replace(stage.res, settings=stage.res.settings.model_copy(update={"fan_out_chunk": 2}))
    stage.worker.resources = stage.res
    followers = [await stage.somebody(f"reader{n}") for n in range(5)]
    for follower in followers:
        await stage.follow(follower, alice)
    post = await stage.post(alice)
    feeds = [await stage.res.feeds.read(follower.id, Page(limit=5)) for follower in followers]
    assert feeds == [[Entry(post.id)]] * 5
    await stage.delete(alice, post)
    assert [await stage.res.feeds.read(follower.id, Page(limit=5)) for follower in followers] == [[]] * 5


async def test_chunks_that_a_worker_died_over_are_written_by_the_next_one(stage: Stage, alice: Account):
    stage.res = msgspec.structs.replace(stage.res, settings=stage.res.settings.model_copy(update={"fan_out_chunk": 2}))
    stage.worker.resources = stage.res
    followers = [await stage.somebody(f"reader{n}") for n in range(5)]
    for follower in followers:
        await stage.follow(follower, alice)
    post = await stage.post(alice, heard=False)
    await on_created(stage.res, next(event for event in stage.emitted if isinstance(event, StatusCreated)))
    first, *others = await stage._jobs()

    async def lengths() -> list[int]:
        return [len(await stage.res.feeds.everything(follower.id)) for follower in followers]

    await stage.tell(first)
    assert sum(await lengths()) == 2
    await stage.tell(first, *others)
    assert await lengths() == [1] * 5
    assert await stage.res.feeds.everything(followers[0].id) == [Entry(post.id)]


async def test_following_writes_what_was_posted_before_into_memory(stage: Stage, alice, bob):
    post = await stage.post(alice)
    await stage.follow(bob, alice)
    assert await stage.res.feeds.read(bob.id, Page(limit=5)) == [Entry(post.id)]


async def test_a_post_that_comes_in_late_finds_its_place(stage: Stage, client: Client, alice, bob):
    await stage.follow(bob, alice)
    first = await stage.post(alice, heard=False)
    events = stage.emitted
    second = await stage.post(alice)
    await stage.tell(*events)
    assert await stage.home(client, bob) == [second.id, first.id]


async def test_a_deleted_accounts_feed_is_gone(stage: Stage, alice: Account):
    await stage.tell(AccountDeleted(account_id=alice.id, is_local=True, uri=alice.uri))
    assert not await stage.res.feeds.exists(alice.id)


async def test_the_number_of_statements_does_not_grow_with_the_page(
    stage: Stage, client: Client, statements, alice, bob
):
    await stage.follow(bob, alice)
    for _ in range(3):
        await stage.post(alice)
    await stage.home(client, bob)
    few = await statements.of(stage.home(client, bob))
    for n in range(20):
        post = await stage.post(alice, f"Hello #tag{n}", tags=(f"tag{n}",))
        await stage.boost(bob, post)
        await stage.favourite(bob, post)
    many = await statements.of(stage.home(client, bob, limit=40))
    known = await statements.of(stage.home(client, bob, limit=40))
    # The token is made and looked up as well; what is known already is not loaded again.
    assert len(many) <= 8, many
    assert len(known) == len(few) <= 4, known


async def test_a_feed_is_built_with_one_statement(stage: Stage, statements, alice, bob):
    await stage.follow(bob, alice)
    for _ in range(20):
        await stage.post(alice)
    await stage.res.feeds.forget(bob.id)
    assert len(await statements.of(home.build(stage.res, bob.id))) == 1


async def test_redis_that_lost_everything_is_filled_again_by_the_next_look(stage: Stage, client: Client, alice, bob):
    await stage.follow(bob, alice)
    first = await stage.post(alice)
    await stage.res.redis.flushdb()
    second = await stage.post(alice)
    assert await stage.home(client, bob) == [second.id, first.id]
    third = await stage.post(alice)
    assert await stage.res.feeds.read(bob.id, Page(limit=5)) == [Entry(p.id) for p in (third, second, first)]
    assert FLOOR.encode() in await stage.res.redis.zrange(key_of(bob.id), 0, -1)
