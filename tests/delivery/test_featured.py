"""Followers learn what our people show at the head of their profile."""

from peers import Peers
from postman import Postman

from social.accounts.model import Account
from social.featured_tags import actions as featured_tags
from social.statuses import actions as statuses
from social.tags import actions as tags


async def test_pinning_and_unpinning_is_told_to_followers(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    await postman.stranger("nobody", "near")
    status = await postman.post(alice)
    for _ in range(2):
        async with postman.act(alice) as tx:
            await statuses.pin(tx, alice, status)
    async with postman.act(alice) as tx:
        await statuses.unpin(tx, alice, status)
    assert (peers.types_at("far"), peers.types_at("near")) == (["Create", "Add", "Remove"], [])
    for said in peers.at("far")[1:]:
        assert (said.document["object"], said.document["target"]) == (status.uri, alice.featured_url)


async def test_a_featured_hashtag_is_told_as_one(postman: Postman, alice: Account, bob: Account, peers: Peers) -> None:
    async with postman.act(alice) as tx:
        tag = await tags.known(tx, "Art")
        await featured_tags.feature(tx, alice.id, tag, "Art")
    async with postman.act(alice) as tx:
        await featured_tags.unfeature_tag(tx, alice.id, tag)
    assert peers.types_at("far") == ["Add", "Remove"]
    for said in peers.at("far"):
        assert said.document["object"] == {
            "type": "Hashtag",
            "name": "#Art",
            "href": "https://ours.test/@alice/tagged/art",
        }
        assert said.document["target"] == alice.featured_url


async def test_pinning_heard_twice_is_told_once(postman: Postman, alice: Account, bob: Account, peers: Peers) -> None:
    status = await postman.post(alice)
    async with postman.act(alice) as tx:
        await statuses.pin(tx, alice, status)
    await postman.tell(*postman.events)
    await postman.work()
    assert peers.types_at("far") == ["Create", "Add"]
