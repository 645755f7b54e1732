"""What our people say carries their proof, and an LD signature where it is for everybody."""

import pytest
from peers import Peers
from postman import Postman

from apcore import keys
from apcore.signatures import ld
from social.accounts.model import Account
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
