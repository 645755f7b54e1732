"""Who is who: an account is its id; handles come and go, keys are changed, and our own web address may be another."""

from typing import Any

import pytest
from doorstep import Doorstep
from neighbours import Neighbours, Person
from people import NOW, a_local_account

from chassis.db import Database
from contracts.ids import Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.relationships import actions as relationships
from social.statuses.reading import is_tombstone


async def known(door: Doorstep, person: Person) -> Account:
    account = await accounts.by_uri(door.res.db, Uri(person.uri))
    assert account is not None
    return account


async def renamed(door: Doorstep, person: Person, name: str) -> None:
    """The person's server gives it another handle, and says so."""
    del person.neighbours.fingers[f"{person.username}@{person.host}"]
    person.neighbours.fingers[f"{name}@{person.host}"] = person.uri
    person.profile = {**person.profile, "preferredUsername": name}
    person.neighbours.serves(person.uri, person.document())
    await door.hears(person, person.does("Update", person.uri))


async def test_an_account_that_changes_its_handle_stays_the_same(door: Doorstep, bob: Person, alice: Account) -> None:
    await door.hears(bob, bob.does("Follow", alice.uri))
    before = await known(door, bob)
    await renamed(door, bob, "robert")
    after = await known(door, bob)
    assert (after.id, after.username, after.domain) == (before.id, "robert", before.domain)


async def test_a_new_handle_has_to_be_confirmed(door: Doorstep, bob: Person, alice: Account) -> None:
    await door.hears(bob, bob.does("Follow", alice.uri))
    bob.profile = {"preferredUsername": "admin"}
    bob.neighbours.serves(bob.uri, bob.document())
    await door.hears(bob, bob.does("Update", bob.uri))
    assert (await known(door, bob)).username == "bob"


async def test_who_loses_a_handle_is_asked_for_another(
    door: Doorstep, bob: Person, alice: Account, neighbours: Neighbours
) -> None:
    await door.hears(bob, bob.does("Follow", alice.uri))
    bob.profile = {"preferredUsername": "bobby"}
    bob.neighbours.serves(bob.uri, bob.document())
    neighbours.fingers[f"bobby@{bob.host}"] = bob.uri
    heir = neighbours.person("heir", key=2, preferredUsername="bob")
    neighbours.fingers[bob.handle] = heir.uri
    await door.hears(heir, heir.does("Follow", alice.uri))
    assert [(await known(door, person)).username for person in (bob, heir)] == ["bobby", "bob"]


async def test_a_handle_on_another_domain_is_taken_from_the_actors_own_word(
    door: Doorstep, bob: Person, alice: Account, neighbours: Neighbours
) -> None:
    await door.hears(bob, bob.does("Follow", alice.uri))
    handle = f"bob@good.localhost:{neighbours.port}"
    neighbours.fingers[handle] = bob.uri
    bob.profile = {"webfinger": handle}
    bob.neighbours.serves(bob.uri, bob.document())
    await door.hears(bob, bob.does("Update", bob.uri))
    account = await known(door, bob)
    assert f"{account.username}@{account.domain}" == handle


@pytest.mark.parametrize("stays", [False, True])
async def test_an_account_whose_keys_all_changed_is_followed_anew(
    door: Doorstep, gateway: Database, bob: Person, alice: Account, neighbours: Neighbours, stays: bool
) -> None:
    await door.hears(bob, bob.does("Block", alice.uri))
    await door.hears(bob, bob.does("Delete", f"{bob.uri}/notes/1"))
    async with gateway.transaction() as tx:
        account = await known(door, bob)
        await tx.execute("DELETE FROM social.blocks")
        await relationships.follow(tx, alice, account, now=NOW)
    async with door.res.db.transaction() as tx:
        await relationships.accept(tx, alice, account)
    before = len(await door.events())
    fresh = neighbours.person("bob", key=2)
    if stays:
        old: dict[str, Any] = bob.document()["publicKey"]
        new = fresh.document()["publicKey"] | {"id": f"{bob.uri}#second-key"}
        fresh.profile = {"publicKey": [old, new]}
        neighbours.serves(fresh.uri, fresh.document())
    await door.hears(bob if stays else fresh, fresh.does("Update", fresh.uri))
    told = [event for event in (await door.events())[before:] if event["type"] == "follow.requested"]
    assert [event["account_id"] for event in told] == ([] if stays else [alice.id])
    assert await is_tombstone(door.res.db, Uri(f"{bob.uri}/notes/1"), Uri(bob.uri)) is stays


class TestWithAWebAddressOfItsOwn:
    """Handles end in ours.test; actors live at web.test."""

    @pytest.fixture
    def changes(self) -> dict[str, object]:
        return {"base_url": "https://web.test"}

    async def test_handles_and_addresses_lead_to_each_other(self, door: Doorstep, gateway: Database) -> None:
        async with gateway.transaction() as tx:
            alice = await a_local_account(tx, "alice", addresses=door.res.addresses)
        assert alice.uri.startswith("https://web.test/ap/users/")
        for resource in ("acct:alice@ours.test", "acct:alice@web.test", alice.uri, "https://web.test/@alice"):
            found = (await door.client.get("/.well-known/webfinger", params={"resource": resource})).json()
            assert found["subject"] == "acct:alice@ours.test"
            assert {link["href"] for link in found["links"] if link["rel"] == "self"} == {alice.uri}
        actor = (await door.get(alice.uri.removeprefix("https://web.test"))).json()
        assert (actor["id"], actor["webfinger"]) == (alice.uri, "alice@ours.test")
        meta = await door.client.get("/.well-known/host-meta")
        assert 'template="https://web.test/.well-known/webfinger?resource={uri}"' in meta.text

    async def test_nobody_elsewhere_carries_a_handle_of_ours(
        self, door: Doorstep, gateway: Database, bob: Person
    ) -> None:
        async with gateway.transaction() as tx:
            alice = await a_local_account(tx, "alice", addresses=door.res.addresses)
        for handle in ("bob@ours.test", "bob@web.test"):
            bob.profile = {"webfinger": handle}
            bob.neighbours.serves(bob.uri, bob.document())
            body = bob.does("Follow", alice.uri)
            answer = await door.deliver_to(bob, body, "https://web.test/inbox")
            assert answer.status_code == 202
            await door.settle()
            assert await accounts.by_uri(door.res.db, Uri(bob.uri)) is None


async def test_webfinger_says_how_to_follow_and_read_from_here(door: Doorstep, alice: Account) -> None:
    found = (await door.client.get("/.well-known/webfinger", params={"resource": alice.uri})).json()
    templates = {link["rel"]: link["template"] for link in found["links"] if "template" in link}
    assert templates == {
        "http://ostatus.org/schema/1.0/subscribe": "https://ours.test/authorize_interaction?uri={uri}",
        "https://w3id.org/fep/3b86/Object": "https://ours.test/authorize_interaction?uri={object}",
    }
