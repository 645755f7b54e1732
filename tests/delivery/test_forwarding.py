"""What others say in our people's threads goes on to the servers of their followers, as it came."""

import pytest
from peers import Peers
from postman import Postman

from contracts.events import ActivityArrived
from contracts.ids import Uri
from social.accounts.model import Account


@pytest.fixture
async def carol(postman: Postman, alice: Account) -> Account:
    """Somebody at near.localhost who follows alice, as bob does at far.localhost."""
    account = await postman.stranger("carol", "near")
    await postman.follows(account, alice)
    return account


def an_answer(by: Account, to: Account, *, deletes: bool = False) -> ActivityArrived:
    return ActivityArrived(
        account_id=by.id,
        uri=Uri(f"{by.uri}/activities/{'2' if deletes else '1'}"),
        about=Uri(f"{by.uri}/notes/1"),
        is_deletion=deletes,
        followers_of=(to.id,),
        content='{"type": "Delete"}' if deletes else '{"type":  "Create"}',
    )


async def test_followers_elsewhere_get_it_to_the_letter_and_once(
    postman: Postman, alice: Account, bob: Account, carol: Account, peers: Peers
) -> None:
    for _ in range(2):
        await postman.tell(an_answer(bob, alice))
        await postman.work()
    (post,) = peers.received
    assert (post.host, post.body) == (peers.host("near"), b'{"type":  "Create"}')
    assert post.is_signed_by(str(alice.public_key_pem))


async def test_what_is_deleted_meanwhile_goes_out_no_more(
    postman: Postman, alice: Account, bob: Account, carol: Account, peers: Peers
) -> None:
    peers.goes_away("near")
    await postman.tell(an_answer(bob, alice))
    await postman.work()
    await postman.tell(an_answer(bob, alice, deletes=True))
    peers.comes_back("near")
    await postman.later(3600)
    assert peers.types_at("near") == ["Delete"]


async def test_a_suspended_account_of_ours_brings_nothing(
    postman: Postman, alice: Account, bob: Account, carol: Account, peers: Peers
) -> None:
    async with postman.moderation.transaction() as tx:
        await tx.execute("UPDATE social.accounts SET suspended_at = now() WHERE id = $1", alice.id)
    await postman.tell(an_answer(bob, alice))
    await postman.work()
    assert peers.received == []
