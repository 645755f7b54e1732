"""Relays: what they answer, what they bring, and what nobody can make us believe of them."""

import pytest
from doorstep import OURS, Doorstep, counted
from neighbours import KEYS, Neighbours, Person
from people import ADDRESSES

from apcore.context import PUBLIC
from chassis.db import Database
from contracts.ids import Uri
from social.accounts.actions import ensure_instance_actor
from social.relays import actions, store
from social.relays.model import Relay

ACTOR = f"{OURS}/actor"


@pytest.fixture
def carrier(neighbours: Neighbours) -> Person:
    return neighbours.person("relay", "good.localhost", key=2, type="Application")


@pytest.fixture
async def relay(gateway: Database, carrier: Person) -> Relay:
    """One that was asked, as Mastodon asks."""
    async with gateway.transaction() as tx:
        await ensure_instance_actor(tx, ADDRESSES, KEYS[3])
        joined = await actions.join(tx, ADDRESSES, f"https://{carrier.host}/inbox")
    assert joined is not None
    return joined


async def now(door: Doorstep, relay: Relay) -> Relay:
    found = await store.by_id(door.res.db, relay.id)
    assert found is not None
    return found


async def accepted(door: Doorstep, carrier: Person, relay: Relay) -> None:
    assert await door.hears(carrier, carrier.does("Accept", relay.follow_uri)) == "done"


async def posts(door: Doorstep) -> list[tuple[str, bool]]:
    rows = await door.res.db.fetch("SELECT uri, reblog_of_id IS NOT NULL AS boost FROM social.statuses ORDER BY id")
    return [(row["uri"], row["boost"]) for row in rows]


@pytest.mark.parametrize("form", ["id", "embedded", "of another id"])
async def test_a_relay_that_accepts_carries(door: Doorstep, carrier: Person, relay: Relay, form: str) -> None:
    follow = {"id": relay.follow_uri, "type": "Follow", "actor": ACTOR, "object": PUBLIC}
    answers = {"id": relay.follow_uri, "embedded": follow, "of another id": follow | {"id": f"{carrier.uri}#1"}}
    if form == "of another id":
        await accepted(door, carrier, relay)
    assert await door.hears(carrier, carrier.does("Accept", answers[form])) == "done"
    known = await now(door, relay)
    assert (known.state, known.actor_uri) == ("accepted", carrier.uri)
    assert await store.accepted_inboxes(door.res.db) == [relay.inbox_url]
    assert await door.hears(carrier, carrier.does("Reject", answers[form])) == "done"
    assert (await now(door, relay)).state == "rejected"


async def test_only_the_relay_itself_answers(
    door: Doorstep, gateway: Database, carrier: Person, mallory: Person, relay: Relay
) -> None:
    assert await door.hears(mallory, mallory.does("Accept", relay.follow_uri)) == "not_owner"
    assert (await now(door, relay)).state == "pending"
    async with gateway.transaction() as tx:
        await actions.leave(tx, relay)
    assert await door.hears(carrier, carrier.does("Accept", relay.follow_uri)) == "unmatched"
    async with gateway.transaction() as tx:
        await actions.ask_again(tx, ADDRESSES, await now(door, relay))
    assert await door.hears(carrier, carrier.does("Accept", relay.follow_uri)) == "unmatched"
    await accepted(door, carrier, await now(door, relay))


async def test_what_a_relay_announces_is_fetched_from_its_origin_and_nobody_boosted_it(
    door: Doorstep, carrier: Person, bob: Person, relay: Relay
) -> None:
    note = bob.note()
    announce = carrier.does("Announce", note["id"], to=[PUBLIC])
    assert await door.hears(carrier, announce) == "no_interest"
    assert door.neighbours.times_asked(note["id"]) == 0
    await accepted(door, carrier, relay)
    before = counted("murmuration_inbox_relayed_total", "outcome")
    assert await door.hears(carrier, announce) == "done"
    assert await posts(door) == [(note["id"], False)]
    assert [event["type"] for event in await door.events()].count("status.created") == 1
    assert counted("murmuration_inbox_relayed_total", "outcome")[("done",)] - before[("done",)] == 1
    private = bob.note(to=[bob.followers], cc=[])
    await door.hears(carrier, carrier.does("Announce", private["id"], to=[PUBLIC]))
    assert await posts(door) == [(note["id"], False)]


@pytest.mark.parametrize("seal", [{"signature": {"type": "RsaSignature2017"}}, {}], ids=["sealed", "unsealed"])
async def test_what_a_relay_brings_as_it_was_sent_is_asked_for_at_its_origin(
    door: Doorstep, carrier: Person, bob: Person, mallory: Person, relay: Relay, seal: dict[str, object]
) -> None:
    await accepted(door, carrier, relay)
    note = bob.note("<p>True</p>")
    forged = bob.creates(note | {"content": "<p>False</p>"}) | seal
    assert (await door.deliver(mallory, forged)).status_code == (202 if seal else 401)
    await door.settle()
    assert await posts(door) == []
    assert (await door.deliver(carrier, forged)).status_code == 202
    await door.settle()
    assert await door.res.db.fetchval("SELECT content FROM social.statuses") == "<p>True</p>"
    quiet = bob.note(to=[bob.followers], cc=[PUBLIC])
    await door.deliver(carrier, bob.creates(quiet) | seal)
    await door.settle()
    assert await posts(door) == [(note["id"], False)]


async def test_a_relay_may_follow_our_server_and_nobody_else_may(
    door: Doorstep, gateway: Database, carrier: Person, mallory: Person, relay: Relay
) -> None:
    async with gateway.transaction() as tx:
        await actions.remove(tx, relay)
        assert await actions.join(tx, ADDRESSES, f"{carrier.uri}/inbox", Uri(carrier.uri))
        assert await actions.join(tx, ADDRESSES, f"{carrier.uri}/inbox", Uri(carrier.uri)) is None
    assert await door.hears(carrier, carrier.does("Follow", ACTOR)) == "done"
    assert await door.hears(mallory, mallory.does("Follow", ACTOR)) == "not_allowed"
    told = [event["type"] for event in await door.events() if event["type"].startswith("follow")]
    assert told == ["follow.accepted", "follow.removed"]
