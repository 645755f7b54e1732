"""What is public: for strangers, for our people, and not for those who shall not see it."""

import httpx
import pytest
from staging import Stage

from chassis.clock import utc_now
from social.relationships import actions as relationships
from social.statuses.model import Status

Client = httpx.AsyncClient


async def public(client: Client, path: str = "public", **query: object) -> list[int]:
    answer = await client.get(f"/api/v1/timelines/{path}", params=query)
    assert answer.status_code == 200, answer.text
    return [int(status["id"]) for status in answer.json()]


async def seen_by(stage: Stage, client: Client, reader, path: str = "public", **query: object) -> list[int]:
    answer = await stage.get(client, reader, f"/api/v1/timelines/{path}", **query)
    return [int(status["id"]) for status in answer.json()]


def ids(*posts: Status) -> list[int]:
    return [post.id for post in posts]


async def test_anybody_sees_public_posts_of_here_and_elsewhere(stage: Stage, client: Client, alice, eve):
    ours, theirs = await stage.post(alice), await stage.post(eve)
    assert await public(client) == ids(theirs, ours)
    assert await public(client, local="true") == ids(ours)
    assert await public(client, remote="true") == ids(theirs)
    assert await public(client, local="true", remote="true") == ids(theirs, ours)


async def test_nothing_else_is_public(stage: Stage, client: Client, alice, bob):
    post = await stage.post(alice)
    for visibility in ("unlisted", "private", "direct"):
        await stage.post(alice, visibility=visibility)
    await stage.boost(bob, post)
    await stage.post(bob, in_reply_to=post)
    thread = await stage.post(alice, in_reply_to=post)
    assert await public(client) == ids(thread, post)


async def test_posts_with_media_can_be_chosen(stage: Stage, client: Client, alice):
    await stage.post(alice)
    picture = await stage.post(alice, media_ids=(await stage.picture(alice),))
    assert await public(client, only_media="true") == ids(picture)


async def test_whom_the_viewer_blocks_or_mutes_or_who_blocks_them_is_not_there(
    stage: Stage, client: Client, superuser, alice, bob, carol, eve
):
    dave = await stage.somebody("dave")
    async with stage.act(alice) as tx:
        await relationships.block(tx, alice, bob, now=utc_now())
        await relationships.mute(tx, alice, carol)
    async with stage.act(dave) as tx:
        await relationships.block(tx, dave, alice, now=utc_now())
    await superuser.execute(
        "INSERT INTO social.account_domain_blocks (account_id, domain) VALUES ($1, 'far.example')", alice.id
    )
    for author in (bob, carol, dave, eve):
        await stage.post(author)
    own = await stage.post(alice)
    assert await seen_by(stage, client, alice) == ids(own)
    assert len(await public(client)) == 5


@pytest.mark.parametrize("what", ["account", "server", "parent"])
async def test_who_is_silenced_is_shown_to_followers_alone(stage: Stage, client: Client, superuser, alice, bob, what):
    far = await stage.stranger("eve@sub.far.example")
    await stage.follow(bob, far)
    if what == "account":
        await superuser.execute("UPDATE social.accounts SET silenced_at = now() WHERE id = $1", far.id)
    else:
        await stage.forbid("sub.far.example" if what == "server" else "far.example", "silence")
    post = await stage.post(far)
    assert await seen_by(stage, client, bob) == ids(post)
    assert await seen_by(stage, client, alice) == await public(client) == []


@pytest.mark.parametrize("what", ["account", "server"])
async def test_who_is_suspended_is_nowhere(stage: Stage, client: Client, superuser, bob, eve, what):
    await stage.follow(bob, eve)
    await stage.post(eve, tags=("birds",))
    if what == "account":
        await superuser.execute("UPDATE social.accounts SET suspended_at = now() WHERE id = $1", eve.id)
    else:
        await stage.forbid("far.example", "suspend")
    for path in ("public", "tag/birds"):
        assert await seen_by(stage, client, bob, path) == await public(client, path) == []


async def test_a_hashtag_in_any_spelling_finds_its_posts(stage: Stage, client: Client, alice, bob):
    post = await stage.post(alice, tags=("Birds",))
    reply = await stage.post(bob, tags=("birds",), in_reply_to=post)
    await stage.post(alice, tags=("fish",))
    await stage.post(alice, tags=("birds",), visibility="unlisted")
    assert await public(client, "tag/bIRDS") == ids(reply, post)
    assert await public(client, "tag/nothing") == []


async def test_hashtags_are_combined(stage: Stage, client: Client, alice):
    birds = await stage.post(alice, tags=("birds",))
    both = await stage.post(alice, tags=("birds", "fish"))
    fish = await stage.post(alice, tags=("fish",))
    three = await stage.post(alice, tags=("birds", "fish", "cats"))
    assert await public(client, "tag/birds", **{"any[]": ["#Fish"]}) == ids(three, fish, both, birds)
    assert await public(client, "tag/birds", **{"all[]": ["fish"]}) == ids(three, both)
    assert await public(client, "tag/birds", **{"all[]": ["fish"], "none[]": ["cats"]}) == ids(both)


@pytest.mark.parametrize("path", ["public", "tag/birds"])
async def test_pages_follow_each_other_in_both_directions(stage: Stage, client: Client, alice, path):
    found = [(await stage.post(alice, tags=("birds",))).id for _ in range(6)][::-1]
    assert await public(client, path, limit=2) == found[:2]
    assert await public(client, path, limit=2, max_id=found[1]) == found[2:4]
    assert await public(client, path, limit=2, min_id=found[5]) == found[3:5]
    assert await public(client, path, limit=2, since_id=found[5]) == found[:2]


async def test_a_token_that_is_shown_must_be_good(stage: Stage, client: Client, alice):
    wrong = {"Authorization": "Bearer nonsense"}
    narrow = {"Authorization": f"Bearer {await stage.token(alice, 'write')}"}
    assert (await client.get("/api/v1/timelines/public", headers=wrong)).status_code == 401
    assert (await client.get("/api/v1/timelines/public", headers=narrow)).status_code == 403
    assert (await client.get("/api/v1/timelines/home")).status_code == 401
