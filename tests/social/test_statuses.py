"""What can happen to a status."""

import datetime as dt

import pytest
from people import ADDRESSES, NOW, a_post, a_remote_account, local_accounts, remote_accounts

from chassis.db import Database, Tx
from contracts.events import StatusCreated, StatusDeleted, StatusFavourited
from contracts.ids import Uri
from social.errors import NotAllowed
from social.relationships import actions as relationships
from social.statuses import actions, reading
from social.statuses.model import Draft


async def test_a_post_tells_the_world_once(tx: Tx, gateway: Database) -> None:
    [alice] = await local_accounts(gateway, "alice")
    status = await a_post(tx, alice)
    assert tx.emitted == (StatusCreated(status_id=status.id, account_id=alice.id, is_local=True),)
    assert status.uri == f"https://ours.test/ap/users/{alice.id}/statuses/{status.id}"


async def test_favouriting_twice_emits_once(tx: Tx, gateway: Database) -> None:
    alice, bob = await local_accounts(gateway, "alice", "bob")
    status = await a_post(tx, alice)
    for _ in range(2):
        await actions.favourite(tx, bob, status)
    assert [event for event in tx.emitted if isinstance(event, StatusFavourited)] == [
        StatusFavourited(status_id=status.id, account_id=bob.id, is_local=True)
    ]


@pytest.mark.parametrize(
    ("visibility", "stranger", "follower", "named"),
    [
        ("public", True, True, True),
        ("unlisted", True, True, True),
        ("private", False, True, True),
        ("direct", False, False, True),
    ],
)
async def test_visibility_decides_who_reads(
    tx: Tx, gateway: Database, visibility: str, stranger: bool, follower: bool, named: bool
) -> None:
    alice, follows, mentioned, nobody = await local_accounts(gateway, "alice", "follows", "mentioned", "nobody")
    await relationships.follow(tx, follows, alice, now=NOW)
    status = await a_post(tx, alice, visibility=visibility, mentions=(mentioned.id,))
    seen = [await reading.visible_to(tx, status.id, viewer.id) is not None for viewer in (nobody, follows, mentioned)]
    assert seen == [stranger, follower, named]
    assert await reading.visible_to(tx, status.id, alice.id) is not None


async def test_the_blocked_read_nothing(tx: Tx, gateway: Database) -> None:
    alice, eve = await local_accounts(gateway, "alice", "eve")
    status = await a_post(tx, alice)
    await relationships.block(tx, alice, eve, now=NOW)
    assert await reading.visible_to(tx, status.id, eve.id) is None


async def test_a_deleted_status_takes_its_boosts_along_and_stays_deleted(gateway: Database, inbox: Database) -> None:
    [alice] = await local_accounts(gateway, "alice")
    [bob] = await remote_accounts(inbox, "bob@far.test")
    async with inbox.transaction() as tx:
        status = await a_post(tx, bob, uri=Uri("https://far.test/1"))
    async with gateway.transaction() as tx:
        await actions.reblog(tx, ADDRESSES, alice, status, "public", created_at=NOW)
    async with inbox.transaction() as tx:
        await actions.delete(tx, bob, status)
        again = await actions.post(
            tx, ADDRESSES, bob, Draft(uri=Uri("https://far.test/1"), content="", visibility="public", created_at=NOW)
        )
        assert again is None
        assert isinstance(tx.emitted[0], StatusDeleted)
    async with gateway.transaction() as tx:
        assert await reading.boost_of(tx, alice.id, status.id) is None


async def test_an_edit_keeps_the_former_words_and_an_older_one_loses(tx: Tx, gateway: Database) -> None:
    [alice] = await local_accounts(gateway, "alice")
    status = await a_post(tx, alice, "first")
    newer = Draft(content="<p>second</p>", text="second", visibility="public", created_at=NOW)
    assert await actions.edit(tx, alice, status, newer, NOW + dt.timedelta(minutes=2))
    edited = await reading.by_id(tx, status.id)
    assert edited is not None
    assert not await actions.edit(tx, alice, edited, newer, NOW + dt.timedelta(minutes=1))
    assert [version.content for version in await reading.edits_of(tx, status.id)] == ["<p>first</p>"]


async def test_a_followers_only_status_is_boosted_by_its_author_alone(tx: Tx, gateway: Database) -> None:
    alice, bob = await local_accounts(gateway, "alice", "bob")
    status = await a_post(tx, alice, visibility="private")
    with pytest.raises(NotAllowed):
        await actions.reblog(tx, ADDRESSES, bob, status, "public", created_at=NOW)
    boost = await actions.reblog(tx, ADDRESSES, alice, status, "private", created_at=NOW)
    assert boost.reblog_of_id == status.id


async def test_a_reply_that_came_first_finds_its_parent(gateway: Database, inbox: Database) -> None:
    async with inbox.transaction() as tx:
        bob = await a_remote_account(tx, "bob@far.test")
        reply = await a_post(tx, bob, in_reply_to_uri=Uri("https://far.test/parent"))
        parent = await a_post(tx, bob, uri=Uri("https://far.test/parent"))
        found = await reading.by_id(tx, reply.id)
    assert found is not None
    assert found.in_reply_to_id == parent.id


async def test_a_thread_is_read_depth_first(tx: Tx, gateway: Database) -> None:
    [alice] = await local_accounts(gateway, "alice")
    root = await a_post(tx, alice, "root")
    one = await a_post(tx, alice, "one", in_reply_to=root)
    two = await a_post(tx, alice, "two", in_reply_to=root)
    below = await a_post(tx, alice, "below one", in_reply_to=one)
    assert await reading.thread_of(tx, root.id, up=40, down=60, depth=20) == ([], [one.id, below.id, two.id])
    assert await reading.thread_of(tx, below.id, up=40, down=60, depth=20) == ([root.id, one.id], [])


async def test_full_brings_everything_in_one_statement(tx: Tx, gateway: Database) -> None:
    alice, bob = await local_accounts(gateway, "alice", "bob")
    status = await a_post(tx, alice, tags=("Cats",), mentions=(bob.id,))
    boost = await actions.reblog(tx, ADDRESSES, bob, status, "public", created_at=NOW)
    found = await reading.full(tx, [boost.id])
    assert set(found) == {boost.id, status.id}
    assert [tag.display_name for tag in found[status.id].tags] == ["Cats"]
    assert [mention.username for mention in found[status.id].mentions] == ["bob"]
