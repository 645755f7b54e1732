"""Follows, answers to them, and blocks."""

import datetime as dt

import pytest
from doorstep import Doorstep
from neighbours import Neighbours, Person
from people import NOW, local_accounts

from chassis.db import Database
from contracts.ids import Uri
from inbox.handlers.background import forget_old
from social.accounts import store as accounts
from social.accounts.model import Account
from social.relationships import actions as relationships
from social.relationships import store as relations


async def _known(door: Doorstep, person: Person) -> Account:
    account = await accounts.by_uri(door.res.db, Uri(person.uri))
    assert account is not None
    return account


async def _follows(door: Doorstep, person: Person, target: Account) -> bool:
    account = await accounts.by_uri(door.res.db, Uri(person.uri))
    return account is not None and await relations.follow_between(door.res.db, account.id, target.id) is not None


async def _we_follow(gateway: Database, door: Doorstep, alice: Account, person: Person) -> str:
    """Alice asks to follow them; the id of her Follow."""
    await door.hears(person, person.does("Follow", alice.uri))
    await door.hears(person, person.does("Undo", {"type": "Follow", "actor": person.uri, "object": alice.uri}))
    async with gateway.transaction() as tx:
        target = await accounts.by_uri(tx, Uri(person.uri))
        assert target is not None
        await relationships.follow(tx, alice, target, now=NOW)
        request = await relations.request_between(tx, alice.id, target.id)
        assert request is not None
        return request.uri


async def test_a_repeated_follow_is_answered_again_and_stays_one(door: Doorstep, bob: Person, alice: Account) -> None:
    for _ in range(2):
        assert await door.hears(bob, bob.does("Follow", alice.uri)) == "done"
    assert [event["type"] for event in await door.events()].count("follow.accepted") == 2
    assert await door.res.db.fetchval("SELECT count(*) FROM social.follows") == 1


async def test_a_follow_of_a_locked_account_is_a_request(
    door: Doorstep, bob: Person, alice: Account, superuser
) -> None:
    await superuser.execute("UPDATE social.accounts SET locked = true WHERE id = $1", alice.id)
    assert await door.hears(bob, bob.does("Follow", alice.uri)) == "done"
    assert not await _follows(door, bob, alice)
    assert (await door.events())[-1]["type"] == "follow.requested"


async def test_a_follow_from_a_silenced_server_is_a_request(door: Doorstep, bob: Person, alice: Account) -> None:
    await door.sets_policy(bob.host, severity="silence")
    assert await door.hears(bob, bob.does("Follow", alice.uri)) == "done"
    assert not await _follows(door, bob, alice)
    assert [event["type"] for event in await door.events()] == ["account.created", "follow.requested"]


async def test_whoever_is_blocked_is_told_no(door: Doorstep, bob: Person, alice: Account, gateway: Database) -> None:
    await door.hears(bob, bob.does("Follow", alice.uri))
    async with gateway.transaction() as tx:
        await relationships.block(tx, alice, await _known(door, bob), now=NOW)
    follow = bob.does("Follow", alice.uri)
    assert await door.hears(bob, follow) == "not_allowed"
    said = (await door.events())[-1]
    assert (said["type"], said["uri"], said["by_target"]) == ("follow.removed", follow["id"], True)


async def test_nobody_follows_an_account_that_does_not_exist(door: Doorstep, bob: Person, alice: Account) -> None:
    assert await door.hears(bob, bob.does("Follow", "https://ours.test/ap/users/1")) == "unknown_object"


@pytest.mark.parametrize("inlined", [True, False])
async def test_an_undo_takes_a_follow_back(door: Doorstep, bob: Person, alice: Account, inlined: bool) -> None:
    follow = bob.does("Follow", alice.uri)
    await door.hears(bob, follow)
    assert await door.hears(bob, bob.does("Undo", follow if inlined else follow["id"])) == "done"
    assert not await _follows(door, bob, alice)


@pytest.mark.parametrize("inlined", [True, False])
async def test_an_undo_that_came_first_is_remembered(
    door: Doorstep, bob: Person, alice: Account, inlined: bool
) -> None:
    follow = bob.does("Follow", alice.uri)
    await door.hears(bob, bob.does("Undo", follow if inlined else follow["id"]))
    assert await door.hears(bob, follow) == "undone"
    assert not await _follows(door, bob, alice)


async def test_a_later_follow_under_the_same_id_counts_again(door: Doorstep, bob: Person, alice: Account) -> None:
    follow = bob.does("Follow", alice.uri)
    for activity in (follow, bob.does("Undo", follow), follow):
        assert await door.hears(bob, activity) == "done"
    assert await _follows(door, bob, alice)


async def test_nobody_undoes_what_somebody_else_did(
    door: Doorstep, bob: Person, neighbours: Neighbours, alice: Account
) -> None:
    carol = neighbours.person("carol", key=2)
    follow = bob.does("Follow", alice.uri)
    await door.hears(bob, follow)
    assert await door.hears(carol, carol.does("Undo", follow)) == "not_owner"
    assert await door.hears(carol, carol.does("Undo", follow["id"])) == "not_owner"
    assert await _follows(door, bob, alice)


@pytest.mark.parametrize("inlined", [True, False])
async def test_an_accept_confirms_the_follow_we_asked_for(
    door: Doorstep, bob: Person, alice: Account, gateway: Database, inlined: bool
) -> None:
    uri = await _we_follow(gateway, door, alice, bob)
    follow = {"id": uri, "type": "Follow", "actor": alice.uri, "object": bob.uri} if inlined else uri
    assert await door.hears(bob, bob.does("Accept", follow)) == "done"
    assert await relations.follow_between(door.res.db, alice.id, (await _known(door, bob)).id)
    assert await door.hears(bob, bob.does("Reject", follow)) == "done"
    assert not await relations.follow_between(door.res.db, alice.id, (await _known(door, bob)).id)


async def test_an_accept_of_what_was_never_asked_makes_no_follow(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, gateway: Database
) -> None:
    forged = {"type": "Follow", "actor": alice.uri, "object": mallory.uri}
    assert await door.hears(mallory, mallory.does("Accept", forged)) == "unmatched"
    uri = await _we_follow(gateway, door, alice, bob)
    assert await door.hears(mallory, mallory.does("Accept", uri)) == "unmatched"
    assert await door.hears(mallory, mallory.does("Reject", uri)) == "unmatched"
    assert await door.res.db.fetchval("SELECT count(*) FROM social.follows") == 0
    assert await door.res.db.fetchval("SELECT count(*) FROM social.follow_requests") == 1


async def test_a_block_cuts_both_follows_and_its_undo_lifts_it(
    door: Doorstep, bob: Person, alice: Account, gateway: Database
) -> None:
    await door.hears(bob, bob.does("Accept", await _we_follow(gateway, door, alice, bob)))
    await door.hears(bob, bob.does("Follow", alice.uri))
    block = bob.does("Block", alice.uri)
    assert await door.hears(bob, block) == "done"
    assert await door.res.db.fetchval("SELECT count(*) FROM social.follows") == 0
    assert await door.hears(bob, bob.does("Undo", block)) == "done"
    assert await door.res.db.fetchval("SELECT count(*) FROM social.blocks") == 0
    assert await door.hears(bob, block) == "undone"


async def test_what_was_remembered_is_forgotten_after_a_while(
    door: Doorstep, bob: Person, alice: Account, superuser
) -> None:
    await door.hears(bob, bob.does("Undo", bob.does("Follow", alice.uri)))
    await forget_old(door.res)
    assert await door.res.db.fetchval("SELECT count(*) FROM social.undone") == 1
    await superuser.execute("UPDATE social.undone SET created_at = created_at - $1::interval", dt.timedelta(days=1))
    await forget_old(door.res)
    assert await door.res.db.fetchval("SELECT count(*) FROM social.undone") == 0


async def test_somebody_who_blocks_does_not_follow(door: Doorstep, bob: Person, alice: Account) -> None:
    await door.hears(bob, bob.does("Block", alice.uri))
    assert await door.hears(bob, bob.does("Follow", alice.uri)) == "not_allowed"


async def test_many_first_contacts_make_one_account(door: Doorstep, bob: Person, gateway: Database) -> None:
    people = await local_accounts(gateway, *(f"person{n}" for n in range(3)))
    for person in people * 5:
        assert (await door.deliver(bob, bob.does("Follow", person.uri))).status_code == 202
    await door.settle_at_once()
    assert await door.res.db.fetchval("SELECT count(*) FROM social.accounts WHERE NOT is_local") == 1
    assert await door.res.db.fetchval("SELECT count(*) FROM social.follows") == 3
