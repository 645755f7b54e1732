"""Who finds what at home: follows, replies, boosts, blocks and mutes, with Redis, after its loss, and without it."""

import datetime as dt

import httpx
import pytest
from staging import Stage

from chassis.clock import utc_now
from social.relationships import actions as relationships

pytestmark = pytest.mark.parametrize("memory", ["warm", "wiped", "away", "merged"], indirect=True)

Client = httpx.AsyncClient


async def test_a_post_is_in_the_homes_of_its_author_and_their_followers(
    stage: Stage, client: Client, alice, bob, carol
):
    await stage.follow(bob, alice)
    post = await stage.post(alice)
    assert [await stage.home(client, reader) for reader in (alice, bob, carol)] == [[post.id], [post.id], []]


async def test_a_remote_post_is_in_the_home_of_its_followers(stage: Stage, client: Client, alice, eve):
    await stage.follow(alice, eve)
    post = await stage.post(eve)
    assert await stage.home(client, alice) == [post.id]


async def test_following_brings_what_was_posted_before(stage: Stage, client: Client, alice, bob):
    posts = [await stage.post(alice) for _ in range(3)]
    await stage.follow(bob, alice)
    assert await stage.home(client, bob) == [post.id for post in reversed(posts)]


async def test_unfollowing_takes_it_away(stage: Stage, client: Client, alice, bob):
    await stage.follow(bob, alice)
    await stage.post(alice)
    async with stage.act(bob) as tx:
        await relationships.unfollow(tx, bob, alice)
    assert await stage.home(client, bob) == []


async def test_what_was_unfollowed_is_gone_before_anybody_hears_of_it(stage: Stage, client: Client, alice, bob):
    await stage.follow(bob, alice)
    await stage.post(alice)
    async with stage.act(bob, heard=False) as tx:
        await relationships.unfollow(tx, bob, alice)
    assert await stage.home(client, bob) == []


@pytest.mark.parametrize("visibility", ["public", "unlisted", "private"])
async def test_followers_get_what_is_for_them(stage: Stage, client: Client, alice, bob, visibility):
    await stage.follow(bob, alice)
    post = await stage.post(alice, visibility=visibility)
    assert await stage.home(client, bob) == [post.id]


async def test_a_direct_post_reaches_only_those_it_names(stage: Stage, client: Client, alice, bob, carol):
    for follower in (bob, carol):
        await stage.follow(follower, alice)
    post = await stage.post(alice, visibility="direct", mentions=(bob.id,))
    assert [await stage.home(client, reader) for reader in (alice, bob, carol)] == [[post.id], [post.id], []]


async def test_replies_to_people_whom_the_reader_does_not_follow_stay_away(
    stage: Stage, client: Client, alice, bob, carol
):
    await stage.follow(bob, alice)
    carols = await stage.post(carol)
    own = await stage.post(alice)
    await stage.post(alice, in_reply_to=carols)
    thread = await stage.post(alice, in_reply_to=own)
    assert await stage.home(client, bob) == [thread.id, own.id]


async def test_replies_to_people_whom_the_reader_follows_and_to_themselves_come(
    stage: Stage, client: Client, alice, bob, carol
):
    await stage.follow(bob, alice)
    await stage.follow(bob, carol)
    carols, bobs = await stage.post(carol), await stage.post(bob)
    replies = [await stage.post(alice, in_reply_to=parent) for parent in (carols, bobs)]
    assert await stage.home(client, bob) == [replies[1].id, replies[0].id, bobs.id, carols.id]


async def test_a_reply_to_somebody_unknown_stays_away(stage: Stage, client: Client, bob, eve):
    await stage.follow(bob, eve)
    await stage.post(eve, in_reply_to_uri="https://elsewhere.example/1")
    assert await stage.home(client, bob) == []


async def test_a_boost_is_in_the_homes_of_the_boosters_followers(stage: Stage, client: Client, alice, bob, carol):
    await stage.follow(bob, alice)
    boost = await stage.boost(alice, await stage.post(carol))
    assert await stage.home(client, bob) == [boost.id]


async def test_whoever_wants_no_boosts_gets_none(stage: Stage, client: Client, alice, bob, carol):
    await stage.follow(bob, alice, reblogs=False)
    await stage.boost(alice, await stage.post(carol))
    assert await stage.home(client, bob) == []


async def test_languages_that_the_reader_did_not_choose_stay_away(stage: Stage, client: Client, alice, bob):
    await stage.follow(bob, alice, languages=["de"])
    posts = {language: await stage.post(alice, language=language) for language in ("de", "fr", None)}
    assert await stage.home(client, bob) == [posts[None].id, posts["de"].id]


async def test_the_same_post_is_shown_once_however_often_it_is_boosted(stage: Stage, client: Client, alice, bob, carol):
    for author in (alice, carol):
        await stage.follow(bob, author)
    original = await stage.post(alice)
    await stage.boost(carol, original)
    await stage.boost(alice, original)
    assert await stage.home(client, bob) == [original.id]


async def test_of_two_boosts_the_earlier_is_shown_whichever_is_heard_of_first(
    stage: Stage, client: Client, alice, bob, carol, eve
):
    for author in (alice, carol):
        await stage.follow(bob, author)
    original = await stage.post(eve)
    first = await stage.boost(alice, original, heard=False)
    events = stage.emitted
    await stage.boost(carol, original)
    await stage.tell(*events)
    assert await stage.home(client, bob) == [first.id]


async def test_when_a_boost_is_taken_back_the_other_one_shows(stage: Stage, client: Client, alice, bob, carol, eve):
    for author in (alice, carol):
        await stage.follow(bob, author)
    original = await stage.post(eve)
    first, second = await stage.boost(alice, original), await stage.boost(carol, original)
    await stage.delete(alice, first)
    assert await stage.home(client, bob) == [second.id]


async def test_a_deleted_post_is_gone(stage: Stage, client: Client, alice, bob):
    await stage.follow(bob, alice)
    post = await stage.post(alice)
    await stage.delete(alice, post)
    assert await stage.home(client, bob) == []


async def test_a_deletion_heard_before_its_post_leaves_nothing(stage: Stage, client: Client, alice, bob):
    await stage.follow(bob, alice)
    post = await stage.post(alice, heard=False)
    created = stage.emitted
    await stage.delete(alice, post)
    await stage.tell(*created)
    assert await stage.home(client, bob) == []


async def test_hearing_twice_is_hearing_once(stage: Stage, client: Client, alice, bob):
    await stage.follow(bob, alice)
    post = await stage.post(alice)
    await stage.tell(*stage.emitted)
    assert await stage.home(client, bob) == [post.id]


@pytest.mark.parametrize("who", ["reader", "author"])
async def test_a_block_hides_each_from_the_other(stage: Stage, client: Client, alice, bob, who):
    await stage.follow(bob, alice)
    await stage.post(alice)
    one, other = (bob, alice) if who == "reader" else (alice, bob)
    async with stage.act(one) as tx:
        await relationships.block(tx, one, other, now=utc_now())
    assert await stage.home(client, bob) == []


async def test_boosts_of_somebody_who_is_blocked_stay_away(stage: Stage, client: Client, alice, bob, carol):
    await stage.follow(bob, alice)
    async with stage.act(bob) as tx:
        await relationships.block(tx, bob, carol, now=utc_now())
    await stage.boost(alice, await stage.post(carol))
    assert await stage.home(client, bob) == []


async def test_a_muted_persons_posts_and_boosts_of_them_go(stage: Stage, client: Client, alice, bob, carol):
    for author in (alice, carol):
        await stage.follow(bob, author)
    await stage.boost(alice, await stage.post(carol))
    async with stage.act(bob) as tx:
        await relationships.mute(tx, bob, carol)
    assert await stage.home(client, bob) == []


async def test_a_mute_ends_when_it_expires(stage: Stage, client: Client, alice, bob):
    await stage.follow(bob, alice)
    async with stage.act(bob) as tx:
        await relationships.mute(tx, bob, alice, expires_at=utc_now() - dt.timedelta(seconds=1))
    post = await stage.post(alice)
    assert await stage.home(client, bob) == [post.id]


async def test_a_suspended_server_is_nowhere(stage: Stage, client: Client, alice, eve):
    await stage.follow(alice, eve)
    await stage.post(eve)
    await stage.forbid("far.example", "suspend")
    assert await stage.home(client, alice) == []


async def test_a_silenced_server_is_shown_to_its_followers(stage: Stage, client: Client, alice, eve):
    await stage.follow(alice, eve)
    await stage.forbid("far.example", "silence")
    post = await stage.post(eve)
    assert await stage.home(client, alice) == [post.id]


async def test_ones_own_newest_post_needs_no_event(stage: Stage, client: Client, alice):
    post = await stage.post(alice, heard=False)
    assert await stage.home(client, alice) == [post.id]


async def test_pages_follow_each_other_in_both_directions(stage: Stage, client: Client, alice, bob):
    await stage.follow(bob, alice)
    ids = [(await stage.post(alice)).id for _ in range(7)][::-1]
    first = await stage.home(client, bob, limit=3)
    second = await stage.home(client, bob, limit=3, max_id=first[-1])
    newer = await stage.home(client, bob, limit=2, min_id=ids[-1])
    since = await stage.home(client, bob, limit=2, since_id=ids[-1])
    assert (first, second, newer, since) == (ids[:3], ids[3:6], ids[4:6], ids[:2])


async def test_a_page_is_full_although_much_of_it_is_hidden(stage: Stage, client: Client, alice, bob, carol):
    for author in (alice, carol):
        await stage.follow(bob, author)
    kept = [(await stage.post(alice)).id for _ in range(3)][::-1]
    for _ in range(4):
        await stage.post(carol)
    async with stage.act(bob, heard=False) as tx:
        await relationships.mute(tx, bob, carol)
    assert await stage.home(client, bob, limit=3) == kept


async def test_an_answer_names_its_neighbours(stage: Stage, client: Client, alice):
    ids = [(await stage.post(alice)).id for _ in range(3)][::-1]
    answer = await stage.get(client, alice, "/api/v1/timelines/home", limit=2)
    assert f"max_id={ids[1]}" in answer.headers["link"]
    assert f"min_id={ids[0]}" in answer.headers["link"]
