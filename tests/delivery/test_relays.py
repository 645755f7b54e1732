"""Relays are asked as Mastodon and Pleroma ask them, get what is for everybody, and are left."""

import pytest
from peers import Peers
from postman import KEYS, Postman

from apcore import keys
from apcore.context import PUBLIC
from apcore.signatures import ld
from contracts.ids import Uri
from delivery.handlers import upkeep
from delivery.metrics import RELAYS
from social.accounts.actions import ensure_instance_actor
from social.accounts.model import Account
from social.relays import actions, store
from social.relays.model import Relay

ACTOR = "https://ours.test/actor"


@pytest.fixture
async def instance_actor(postman: Postman) -> Account:
    async with postman.gateway.transaction() as tx:
        return await ensure_instance_actor(tx, postman.res.addresses, KEYS[0])


async def joined(postman: Postman, alice: Account, actor: Uri | None = None) -> Relay:
    async with postman.act(alice) as tx:
        relay = await actions.join(tx, postman.res.addresses, f"https://{postman.peers.host('near')}/inbox", actor)
    assert relay is not None
    return relay


async def accepted(postman: Postman, alice: Account) -> Relay:
    relay = await joined(postman, alice)
    async with postman.inbox.transaction() as tx:
        await store.set_answer(tx, relay.id, "accepted", Uri(f"https://{postman.peers.host('near')}/actor"))
    postman.peers.received.clear()
    return relay


@pytest.mark.parametrize("actor", [None, "https://near.localhost/relay"], ids=["Mastodon", "Pleroma"])
async def test_a_relay_is_asked_by_the_server_itself(
    postman: Postman, alice: Account, instance_actor: Account, peers: Peers, actor: Uri | None
) -> None:
    relay = await joined(postman, alice, actor)
    [asked] = peers.received
    assert asked.is_signed_by(instance_actor.public_key_pem or "")
    said = {name: asked.document[name] for name in ("id", "type", "actor", "object")}
    assert said == {"id": relay.follow_uri, "type": "Follow", "actor": ACTOR, "object": actor or PUBLIC}


async def test_a_relay_gets_what_is_for_everybody_signed_for_others_to_believe(
    postman: Postman, alice: Account, instance_actor: Account, peers: Peers
) -> None:
    await accepted(postman, alice)
    status = await postman.post(alice)
    for visibility in ("unlisted", "private", "direct"):
        await postman.post(alice, visibility=visibility)
    await postman.edit(alice, status, "Goodbye")
    await postman.boost(alice, status)
    await postman.delete(alice, status)
    assert peers.types_at("near") == ["Create", "Update", "Delete"]
    for post in peers.received:
        signature = ld.read(post.document, postman.clock())
        assert ld.verify(signature, keys.load_public(alice.public_key_pem or ""))


async def test_a_relay_that_has_not_agreed_gets_nothing(
    postman: Postman, alice: Account, instance_actor: Account, peers: Peers
) -> None:
    await joined(postman, alice)
    await postman.post(alice)
    assert peers.types_at("near") == ["Follow"]


async def test_a_relay_is_left_and_asked_again_by_another_follow(
    postman: Postman, alice: Account, instance_actor: Account, peers: Peers
) -> None:
    relay = await accepted(postman, alice)
    async with postman.act(alice) as tx:
        await actions.leave(tx, relay)
    [left] = peers.received
    assert (left.type, left.document["object"]["id"], left.document["object"]["object"]) == (
        "Undo",
        relay.follow_uri,
        PUBLIC,
    )
    await postman.post(alice)
    async with postman.act(alice) as tx:
        await actions.ask_again(tx, postman.res.addresses, relay)
    assert peers.types_at("near") == ["Undo", "Follow"]
    assert peers.received[1].document["id"] != relay.follow_uri


async def test_relays_are_counted_by_state(postman: Postman, alice: Account, instance_actor: Account) -> None:
    await accepted(postman, alice)
    await upkeep.measure(postman.res)
    assert RELAYS.labels("accepted")._value.get() == 1
    assert RELAYS.labels("pending")._value.get() == 0
