"""What our people say carries their proof, and an LD signature where it is for everybody."""

import datetime as dt

import pytest
from peers import Peers
from postman import KEYS, Postman

from apcore import keys
from apcore.signatures import ld
from social.accounts.actions import rotate_keys
from social.accounts.model import Account
from social.federation import actor as actors
from social.relationships import actions as relationships
from social.statuses.actions import favourite


@pytest.fixture
async def follower(postman: Postman, alice: Account) -> Account:
    follower = await postman.stranger("follower")
    await postman.follows(follower, alice)
    return follower


@pytest.mark.parametrize(
    ("visibility", "is_signed"), [("public", True), ("unlisted", True), ("private", False), ("direct", False)]
)
async def test_only_what_is_for_everybody_has_an_ld_signature(
    postman: Postman, alice: Account, follower: Account, peers: Peers, visibility: str, is_signed: bool
) -> None:
    await postman.post(alice, visibility=visibility, mentions=(follower.id,))
    [document] = [post.document for post in peers.received]
    assert ("signature" in document) is is_signed
    if is_signed:
        signature = ld.read(document, postman.clock())
        assert ld.verify(signature, keys.load_public(alice.public_key_pem or ""))
        assert signature.creator == alice.public_key_id
        assert signature.document["object"]["content"] == document["object"]["content"]


async def test_edits_boosts_and_deletions_have_one_too_and_favourites_do_not(
    postman: Postman, alice: Account, follower: Account, peers: Peers
) -> None:
    status = await postman.post(alice)
    await postman.edit(alice, status, "Goodbye")
    boost = await postman.boost(alice, await postman.post(follower))
    await postman.delete(alice, boost)
    await postman.delete(alice, status)
    async with postman.act(alice) as tx:
        await favourite(tx, alice, await postman.post(follower))
    signed = {post.type: "signature" in post.document for post in peers.received}
    assert signed == {"Create": True, "Update": True, "Announce": True, "Undo": True, "Delete": True, "Like": False}


@pytest.mark.parametrize("changes", [{"authorized_fetch": True}, {"make_ld_signatures": False}], ids=str)
async def test_there_are_none_where_it_was_chosen_so(
    postman: Postman, alice: Account, follower: Account, peers: Peers
) -> None:
    await postman.post(alice)
    assert ["signature" in post.document for post in peers.received] == [False]


async def test_whoever_has_other_keys_says_so_and_signs_with_them(
    postman: Postman, alice: Account, follower: Account, peers: Peers
) -> None:
    await postman.post(alice)
    async with postman.act(alice) as tx:
        await rotate_keys(tx, alice, KEYS[0] if alice.public_key_pem == KEYS[1].public_pem else KEYS[1])
    [_, update] = peers.received
    said = update.document["object"]["publicKey"]
    assert said["publicKeyPem"] != alice.public_key_pem
    assert update.document["object"]["assertionMethod"]
    postman.res.senders.forget(alice.id)
    await postman.post(alice)
    assert peers.received[-1].is_signed_by(said["publicKeyPem"])
    assert said["id"] == alice.public_key_id


async def test_a_follow_that_stands_is_asked_for_again_where_it_was_forgotten(
    postman: Postman, alice: Account, follower: Account, peers: Peers
) -> None:
    async with postman.act(alice) as tx:
        await relationships.follow(tx, alice, follower, now=postman.clock())
    async with postman.act(follower) as tx:
        await relationships.accept(tx, alice, follower)
    postman.clock.now += dt.timedelta(hours=1)
    for _ in range(2):
        async with postman.act(follower) as tx:
            assert await actors.follow_anew(tx, follower) == 1
    first, second = (post.document for post in peers.received if post.type == "Follow")
    assert first["id"] == second["id"]
