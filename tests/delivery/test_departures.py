"""What delivery says of people who move or leave."""

import pytest
from peers import Peers
from people import NOW
from postman import Postman

from contracts.events import StatusFetched
from delivery.handlers import upkeep
from social.accounts import store
from social.accounts.model import Account
from social.departures import actions as departures
from social.errors import ValidationFailed
from social.moves import actions as moves
from social.relationships import actions as relationships


async def test_a_delete_is_signed_with_the_key_of_who_is_gone(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    await postman.post(alice)
    await postman.stranger("somebody", "near")
    async with postman.act(alice) as tx:
        await departures.delete(tx, alice, postman.clock())
    assert (peers.types_at("far"), peers.types_at("near")) == (["Create", "Delete"], ["Delete"])
    said = peers.at("near")[0]
    assert (said.document["object"], said.is_signed_by(alice.public_key_pem or "")) == (alice.uri, True)


async def test_the_key_goes_when_nobody_waits_for_what_it_signs(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    peers.answers("far", 500)
    async with postman.act(alice) as tx:
        await departures.delete(tx, alice, postman.clock())
    await upkeep.forget_keys(postman.res)
    assert await store.private_key_of(postman.res.db, alice.id)
    peers.answers("far", 202)
    await postman.later(3600)
    assert peers.types_at("far")[-1] == "Delete"
    await postman.later(9 * 86_400)
    await upkeep.forget_keys(postman.res)
    assert await store.private_key_of(postman.res.db, alice.id) is None
    assert (await store.by_id(postman.res.db, alice.id)) is not None


async def test_a_move_goes_to_the_servers_of_followers_and_of_who_blocks(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    blocker = await postman.stranger("blocker", "near")
    await postman.stranger("nobody", "away")
    new = await postman.stranger("alice", "busy", also_known_as=[alice.uri])
    async with postman.act(blocker) as tx:
        await relationships.block(tx, blocker, alice, now=NOW)
    async with postman.act(alice) as tx:
        await moves.move(tx, alice, new, postman.clock())
    assert peers.types_at("near")[-1] == "Move"
    assert sorted(peers.types_at("far")) == ["Move", "Update"]
    assert peers.types_at("away") == []
    said = next(post for post in peers.at("far") if post.type == "Move").document
    assert (said["actor"], said["object"], said["target"]) == (alice.uri, alice.uri, new.uri)
    update = next(post for post in peers.at("far") if post.type == "Update").document
    assert update["object"]["movedTo"] == new.uri


async def test_nobody_moves_to_who_does_not_know_them(postman: Postman, alice: Account, bob: Account) -> None:
    with pytest.raises(ValidationFailed):
        async with postman.act(alice) as tx:
            await moves.move(tx, alice, bob, postman.clock())
    assert postman.peers.types_at("far") == []


async def test_a_deletion_reaches_who_fetched_the_post(postman: Postman, alice: Account, peers: Peers) -> None:
    await postman.stranger("somebody", "near")
    status = await postman.post(alice)
    for host in (peers.host("near"), "nobody.knows"):
        await postman.tell(StatusFetched(status_id=status.id, uri=status.uri, host=host))
    await postman.delete(alice, status)
    await postman.tell(StatusFetched(status_id=status.id, uri=status.uri, host=peers.host("near")))
    assert peers.types_at("near") == ["Delete"]
    assert await postman.res.db.fetchval("SELECT count(*) FROM delivery.reached") == 0
