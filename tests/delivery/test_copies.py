"""Edits and deletions reach everybody who has a copy, and nobody is told twice."""

import pytest
from peers import Peers
from postman import ADDRESSES, Postman

from apcore import activities, jsonld, keys
from contracts.events import AccountDeleted, AccountSanctioned, AccountUpdated, Event, StatusCreated
from contracts.ids import Domain
from social.accounts import actions as accounts
from social.accounts.model import Account
from social.relationships import actions as relationships
from social.reports import actions as reports
from social.statuses import actions as statuses


async def test_a_deletion_reaches_who_got_the_post_though_they_follow_no_more(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    status = await postman.post(alice)
    async with postman.act(bob) as tx:
        await relationships.unfollow(tx, bob, alice)
    await postman.follows(await postman.stranger("carol", "near"), alice)
    await postman.delete(alice, status)
    assert peers.types_at("far") == ["Create", "Delete"]
    assert peers.types_at("near") == []
    assert peers.at("far")[1].document["object"] == {
        "id": status.uri,
        "type": "Tombstone",
        "formerType": "Note",
        "deleted": peers.at("far")[1].document["object"]["deleted"],
    }


async def test_an_edit_reaches_old_and_new_readers(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    status = await postman.post(alice, "first")
    async with postman.act(bob) as tx:
        await relationships.unfollow(tx, bob, alice)
    await postman.follows(await postman.stranger("carol", "near"), alice)
    await postman.edit(alice, status, "second")
    assert peers.types_at("far") == ["Create", "Update"]
    assert peers.types_at("near") == ["Update"]
    assert peers.at("near")[0].document["object"]["content"] == "<p>second</p>"


async def test_a_deletion_reaches_who_boosted_liked_or_answered(postman: Postman, alice: Account, peers: Peers) -> None:
    booster = await postman.stranger("bo", "near")
    liker = await postman.stranger("li", "busy")
    answerer = await postman.stranger("an", "away")
    status = await postman.post(alice)
    await postman.boost(booster, status)
    async with postman.act(liker) as tx:
        await statuses.favourite(tx, liker, status)
    await postman.post(answerer, in_reply_to=status)
    await postman.delete(alice, status)
    assert [peers.types_at(host) for host in ("near", "busy", "away", "far")] == [["Delete"]] * 3 + [[]]


async def test_a_deletion_reaches_followers_of_one_of_ours_who_boosted_it(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    zoe = await postman.somebody("zoe")
    status = await postman.post(zoe)
    await postman.boost(alice, status)
    await postman.delete(zoe, status)
    assert peers.types_at("far") == ["Announce", "Delete"]


async def test_what_was_deleted_before_it_went_out_never_goes_out(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    peers.answers("far", 500)
    status = await postman.post(alice)
    await postman.delete(alice, status)
    await postman.later(60)
    assert peers.types_at("far") == ["Create", "Delete"]
    assert await postman.held() == 0


async def test_a_creation_heard_after_its_deletion_does_nothing(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    async with postman.gateway.transaction() as tx:
        status = await statuses.post(
            tx, ADDRESSES, alice, statuses.Draft(content="", visibility="public", created_at=postman.clock())
        )
        assert status is not None
        await statuses.delete(tx, alice, status)
    await postman.tell(*reversed(tx.emitted))
    await postman.work()
    assert peers.received == []


async def test_every_event_heard_twice_is_delivered_once(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    carol = await postman.stranger("carol", "near")
    async with postman.gateway.transaction() as tx:
        await accounts.ensure_instance_actor(tx, ADDRESSES, keys.generate())
    theirs = await postman.post(carol)
    ours = await postman.post(alice)
    await postman.edit(alice, ours, "edited")
    boost = await postman.boost(alice, theirs)
    async with postman.act(alice) as tx:
        await statuses.favourite(tx, alice, theirs)
    async with postman.act(alice) as tx:
        await statuses.unfavourite(tx, alice, theirs)
    async with postman.act(alice) as tx:
        await relationships.follow(tx, alice, carol, now=postman.clock())
    async with postman.act(carol) as tx:
        await relationships.follow(tx, carol, alice, now=postman.clock())
    async with postman.moderation.transaction() as tx:
        report = await reports.file(tx, alice, carol, [theirs.id], comment="spam", forward=True)
        assert report is not None
    others = [
        *tx.emitted,
        AccountUpdated(account_id=alice.id, is_local=True),
        AccountDeleted(account_id=alice.id, is_local=True, uri=alice.uri),
    ]
    async with postman.act(alice) as tx:
        await relationships.block(tx, alice, carol, now=postman.clock())
    async with postman.act(alice) as tx:
        await relationships.unblock(tx, alice, carol)
    await postman.delete(alice, boost)
    await postman.delete(alice, ours)
    await postman.tell(*others)
    await postman.work()

    before = len(peers.received)
    heard: list[Event] = [*postman.events, *others]
    assert len({type(event) for event in heard}) >= 13
    await postman.tell(*heard)
    await postman.work()
    assert [post.type for post in peers.received[before:]] == []
    # And all of it can be read as it was meant.
    for post in peers.received:
        said = activities.read(jsonld.parse(post.body))
        assert (type(said).__name__, said.id, said.actor) == (post.type, post.document["id"], post.document["actor"])


async def test_a_report_is_forwarded_in_the_servers_own_name(postman: Postman, alice: Account, peers: Peers) -> None:
    carol = await postman.stranger("carol", "near")
    async with postman.gateway.transaction() as tx:
        instance = await accounts.ensure_instance_actor(tx, ADDRESSES, keys.generate())
    status = await postman.post(carol)
    async with postman.moderation.transaction() as tx:
        await reports.file(tx, alice, carol, [status.id], comment="spam", forward=True)
        await reports.file(tx, alice, carol, [status.id], comment="not for them")
    await postman.tell(*tx.emitted)
    await postman.work()
    [flag] = peers.at("near")
    assert flag.is_signed_by(instance.public_key_pem or "")
    assert flag.document["object"] == [carol.uri, status.uri]
    assert (flag.document["actor"], flag.document["content"]) == (instance.uri, "spam")
    assert alice.uri not in flag.body.decode()


@pytest.mark.parametrize(
    ("chosen", "told"),
    [([], ["near"]), (["near"], ["near"]), (["near", "busy", "far"], ["busy", "near"]), (["far"], [])],
)
async def test_a_report_goes_to_the_servers_chosen_of_those_concerned(
    postman: Postman, alice: Account, peers: Peers, chosen: list[str], told: list[str]
) -> None:
    carol, dora = await postman.stranger("carol", "near"), await postman.stranger("dora", "busy")
    async with postman.gateway.transaction() as tx:
        await accounts.ensure_instance_actor(tx, ADDRESSES, keys.generate())
    status = await postman.post(carol, in_reply_to=await postman.post(dora))
    domains = [Domain(peers.host(name)) for name in chosen]
    async with postman.moderation.transaction() as tx:
        await reports.file(tx, alice, carol, [status.id], forward=True, forward_to=domains)
    await postman.tell(*tx.emitted)
    await postman.work()
    assert [name for name in ("busy", "far", "near") if peers.types_at(name) == ["Flag"]] == told


async def test_a_changed_profile_goes_to_everybody_who_knows_it(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    await postman.follows(alice, await postman.stranger("carol", "near"))
    await postman.stranger("nobody", "busy")
    await postman.tell(AccountUpdated(account_id=alice.id, is_local=True))
    await postman.work()
    assert peers.types_at("far") == peers.types_at("near") == ["Update"]
    assert peers.types_at("busy") == []
    assert peers.at("far")[0].document["object"]["preferredUsername"] == "alice"


async def test_a_suspended_account_is_shown_as_such(postman: Postman, alice: Account, bob: Account) -> None:
    await postman.tell(AccountUpdated(account_id=alice.id, is_local=True))
    async with postman.moderation.transaction() as tx:
        await tx.execute("UPDATE social.accounts SET suspended_at = now() WHERE id = $1", alice.id)
    await postman.tell(AccountSanctioned(account_id=alice.id))
    await postman.work()
    shown = [post.document["object"] for post in postman.peers.at("far")]
    assert sorted(document.get("suspended", False) for document in shown) == [False, True]


async def test_a_deleted_account_says_farewell_to_every_server(postman: Postman, alice: Account, peers: Peers) -> None:
    for host in ("near", "far"):
        await postman.stranger("somebody", host)
    await postman.tell(AccountDeleted(account_id=alice.id, is_local=True, uri=alice.uri))
    await postman.work()
    assert peers.types_at("near") == peers.types_at("far") == ["Delete"]
    assert peers.at("far")[0].document["object"] == alice.uri


@pytest.mark.parametrize("missing", ["status", "account"])
async def test_events_about_what_is_gone_are_let_go(postman: Postman, alice: Account, missing: str) -> None:
    status_id, account_id = (1, alice.id) if missing == "status" else (1, 1)
    await postman.tell(StatusCreated(status_id=status_id, account_id=account_id, is_local=missing == "status"))
    assert await postman.take_jobs() == []
