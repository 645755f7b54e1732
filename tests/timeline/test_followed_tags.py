"""Public posts with a followed hashtag come home, whoever wrote them."""

import httpx
import pytest
from staging import Stage

from chassis.clock import utc_now
from social.accounts.model import Account
from social.relationships import actions as relationships
from social.tags import actions as tags

Client = httpx.AsyncClient

pytestmark = pytest.mark.parametrize("memory", ["warm", "wiped"], indirect=True)


async def follow_tag(stage: Stage, reader: Account, name: str = "birds") -> None:
    async with stage.act(reader) as tx:
        await tags.follow(tx, reader.id, await tags.known(tx, name))


async def unfollow_tag(stage: Stage, reader: Account, name: str = "birds") -> None:
    async with stage.act(reader) as tx:
        await tags.unfollow(tx, reader.id, await tags.known(tx, name))


async def test_a_post_with_the_tag_comes_home_until_it_is_unfollowed(stage: Stage, client: Client, alice, bob, eve):
    before = await stage.post(eve, tags=("birds",))
    await follow_tag(stage, alice)
    after = await stage.post(bob, tags=("birds", "bees"))
    await stage.post(bob, tags=("bees",))
    assert await stage.home(client, alice) == [after.id, before.id]
    await unfollow_tag(stage, alice)
    assert await stage.home(client, alice) == []


async def test_a_post_comes_once_whatever_brings_it(stage: Stage, client: Client, alice, bob):
    await stage.follow(alice, bob)
    for name in ("birds", "bees"):
        await follow_tag(stage, alice, name)
    post = await stage.post(bob, tags=("birds", "bees"))
    assert await stage.home(client, alice) == [post.id]


async def test_what_is_deleted_leaves_home(stage: Stage, client: Client, alice, bob):
    await follow_tag(stage, alice)
    post = await stage.post(bob, tags=("birds",))
    await stage.delete(bob, post)
    assert await stage.home(client, alice) == []


@pytest.mark.parametrize("visibility", ["unlisted", "private", "direct"])
async def test_only_public_posts_come(stage: Stage, client: Client, alice, bob, visibility):
    await follow_tag(stage, alice)
    await stage.post(bob, tags=("birds",), visibility=visibility)
    assert await stage.home(client, alice) == []


async def test_boosts_do_not_come_for_their_tags(stage: Stage, client: Client, alice, bob, carol):
    post = await stage.post(carol, tags=("birds",))
    await follow_tag(stage, alice)
    await stage.boost(bob, post)
    assert await stage.home(client, alice) == [post.id]


@pytest.mark.parametrize("way", ["block", "blocked", "mute"])
async def test_nobody_shunned_comes_by_a_tag(stage: Stage, client: Client, alice, bob, way):
    await follow_tag(stage, alice)
    await stage.post(bob, tags=("birds",))
    who, whom = (bob, alice) if way == "blocked" else (alice, bob)
    async with stage.act(who) as tx:
        if way == "mute":
            await relationships.mute(tx, who, whom)
        else:
            await relationships.block(tx, who, whom, now=utc_now())
    await stage.post(bob, tags=("birds",))
    assert await stage.home(client, alice) == []


async def test_who_is_silenced_does_not_come_by_a_tag(stage: Stage, client: Client, superuser, alice, bob):
    await follow_tag(stage, alice)
    await superuser.execute("UPDATE social.accounts SET silenced_at = now() WHERE id = $1", bob.id)
    await stage.post(bob, tags=("birds",))
    assert await stage.home(client, alice) == []


async def test_tags_are_followed_in_chunks(stage: Stage, client: Client, monkeypatch, bob):
    readers = [await stage.somebody(f"reader{n}") for n in range(5)]
    for reader in readers:
        await follow_tag(stage, reader)
    monkeypatch.setitem(stage.res.settings.__dict__, "fan_out_chunk", 2)
    post = await stage.post(bob, tags=("birds",))
    assert [await stage.home(client, reader) for reader in readers] == [[post.id]] * 5
