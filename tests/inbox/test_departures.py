"""Accounts that are gone: ours answer 410 for ever, others' leave nothing behind."""

import pytest
from doorstep import OURS, Doorstep
from neighbours import HOSTS, Neighbours, Person
from people import ADDRESSES, NOW, a_post

from chassis.db import Database
from contracts.ids import Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.departures import actions
from social.statuses import actions as statuses


async def leaves(gateway: Database, account: Account) -> None:
    async with gateway.transaction() as tx:
        await actions.delete(tx, account, NOW)


async def test_a_deleted_actor_and_its_posts_are_gone(door: Doorstep, alice: Account, gateway: Database) -> None:
    async with gateway.transaction() as tx:
        status = await a_post(tx, alice)
    await leaves(gateway, alice)
    for uri in (alice.uri, status.uri, f"{status.uri}/activity"):
        assert (await door.get(uri)).status_code == 410
    assert (await door.get(alice.uri)).json() == {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": alice.uri,
        "type": "Tombstone",
    }
    finger = f"{OURS}/.well-known/webfinger?resource=acct:alice@ours.test"
    assert (await door.get(finger)).status_code == 410
    assert (await door.get(f"{alice.uri}/outbox")).status_code == 404


async def test_all_that_hung_on_a_deleted_account_goes_at_once(
    door: Doorstep, alice: Account, bob: Person, gateway: Database
) -> None:
    await door.hears(bob, bob.does("Follow", alice.uri))
    async with gateway.transaction() as tx:
        status = await a_post(tx, alice)
    await door.hears(bob, bob.does("Like", status.uri))
    async with gateway.transaction() as tx:
        await statuses.reblog(tx, ADDRESSES, alice, status, "public", created_at=NOW)
    await leaves(gateway, alice)
    for table in ("statuses", "follows", "favourites", "users", "tokens"):
        assert await gateway.fetchval(f"SELECT count(*) FROM social.{table}") == 0, table
    assert await gateway.fetchval("SELECT count(*) FROM social.account_keys") == 1


async def test_nothing_is_said_to_a_deleted_account_any_more(
    door: Doorstep, alice: Account, bob: Person, gateway: Database
) -> None:
    await leaves(gateway, alice)
    assert await door.hears(bob, bob.does("Follow", alice.uri)) == "not_allowed"
    assert await gateway.fetchval("SELECT count(*) FROM social.follows") == 0


async def test_a_remote_account_goes_with_everything(door: Doorstep, alice: Account, bob: Person) -> None:
    await door.hears(bob, bob.does("Follow", alice.uri))
    await door.hears(bob, bob.creates(bob.note(tag=[{"type": "Mention", "href": alice.uri}], to=[alice.uri], cc=[])))
    assert await door.hears(bob, bob.does("Delete", bob.uri)) == "done"
    for table in ("accounts WHERE NOT is_local", "statuses", "follows"):
        assert await door.res.db.fetchval(f"SELECT count(*) FROM social.{table}") == 0, table
    # What it said before and comes late changes nothing.
    assert await door.hears(bob, bob.creates(bob.note())) == "actor_gone"


async def test_of_an_account_never_seen_a_delete_costs_nothing(door: Doorstep, neighbours: Neighbours) -> None:
    for n in range(20):
        stranger = neighbours.person(f"stranger{n}", "good.localhost")
        assert (await door.deliver(stranger, stranger.does("Delete", stranger.uri))).status_code == 202
    await door.settle()
    assert neighbours.asked == []
    assert await door.res.db.fetchval("SELECT count(*) FROM social.tombstones") == 0


async def test_who_signs_for_a_post_is_known_to_have_it(
    door: Doorstep, alice: Account, bob: Person, gateway: Database
) -> None:
    async with gateway.transaction() as tx:
        status = await a_post(tx, alice)
    for by in (bob, bob, None):
        assert (await door.get(status.uri, by=by)).status_code == 200
    await door.settle()
    told = [event for event in await door.events() if event["type"] == "status.fetched"]
    assert told == [{"type": "status.fetched", "status_id": status.id, "uri": status.uri, "host": bob.host}]


async def test_who_reads_posts_in_collections_or_activities_has_them_too(
    door: Doorstep, alice: Account, bob: Person, gateway: Database
) -> None:
    async with gateway.transaction() as tx:
        status, pinned, said = [await a_post(tx, alice) for _ in range(3)]
        await statuses.pin(tx, alice, pinned)
    for url in (f"{said.uri}/activity", f"{alice.uri}/collections/featured", f"{alice.uri}/outbox?page=true"):
        assert (await door.get(url, by=bob)).status_code == 200
        await door.settle()
    told = [event["status_id"] for event in await door.events() if event["type"] == "status.fetched"]
    assert told == [said.id, pinned.id, status.id]


async def test_a_server_that_nobody_here_knows_is_got_to_know_when_it_fetches(
    door: Doorstep, alice: Account, bob: Person, mallory: Person, gateway: Database
) -> None:
    async with gateway.transaction() as tx:
        posts = [await a_post(tx, alice) for _ in range(2)]
    for status in posts:
        await door.get(status.uri, by=bob)
    await door.settle()
    assert await accounts.by_uri(door.res.db, Uri(bob.uri))
    assert door.neighbours.times_asked(bob.uri) == 1
    # Whose key cannot be had is asked for once, and left.
    door.neighbours.fails(mallory.uri, 404)
    for status in posts:
        await door.get(status.uri, by=mallory)
        await door.settle()
    assert door.neighbours.times_asked(mallory.uri) == 1
    hosts = [event["host"] for event in await door.events() if event["type"] == "status.fetched"]
    assert hosts == [bob.host, bob.host]


async def test_made_up_names_make_us_ask_no_more_than_a_bound(
    door: Doorstep, alice: Account, neighbours: Neighbours, gateway: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.fetched.MOST_STRANGERS", 2)
    async with gateway.transaction() as tx:
        status = await a_post(tx, alice)
    for host in HOSTS:
        await door.get(status.uri, by=neighbours.person("stranger", host))
    await door.settle()
    asked = [name for name in neighbours.asked if "/users/stranger" in name]
    assert len(asked) == 2
