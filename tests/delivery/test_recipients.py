"""Who receives what our people say: exact for every visibility, each shared inbox once."""

import pytest
from peers import Peers
from postman import Postman

from social.accounts.model import Account
from social.policies import actions as policies
from social.relationships import actions as relationships
from social.statuses import actions as statuses


@pytest.mark.parametrize(
    ("visibility", "hears"),
    [
        ("public", {"follower", "mentioned", "parent"}),
        ("unlisted", {"follower", "mentioned", "parent"}),
        ("private", {"follower", "mentioned"}),
        ("direct", {"mentioned"}),
    ],
)
async def test_visibility_decides_who_receives_a_reply(
    postman: Postman, alice: Account, peers: Peers, visibility: str, hears: set[str]
) -> None:
    follower = await postman.stranger("follower", "near")
    mentioned = await postman.stranger("mentioned", "far")
    parent_author = await postman.stranger("parent", "away")
    await postman.stranger("nobody", "busy")
    await postman.follows(follower, alice)
    parent = await postman.post(parent_author)
    await postman.post(alice, visibility=visibility, mentions=(mentioned.id,), in_reply_to=parent)
    names = {"near": "follower", "far": "mentioned", "away": "parent", "busy": "nobody"}
    assert {names[host] for host in names if peers.types_at(host) == ["Create"]} == hears
    assert len(peers.received) == len(hears)


async def test_a_shared_inbox_is_told_once_for_all_its_people(postman: Postman, alice: Account, peers: Peers) -> None:
    for name in ("bob", "carol", "dave"):
        await postman.follows(await postman.stranger(name), alice)
    await postman.follows(await postman.stranger("erin", shared=False), alice)
    await postman.post(alice)
    assert sorted(post.path for post in peers.at("far")) == ["/inbox", "/users/erin/inbox"]


async def test_nothing_goes_out_for_people_who_are_not_ours(postman: Postman, alice: Account, bob: Account) -> None:
    carol = await postman.stranger("carol", "near")
    await postman.follows(alice, carol)
    status = await postman.post(carol, mentions=(bob.id, alice.id))
    await postman.boost(bob, status)
    await postman.delete(carol, status)
    assert postman.peers.received == []


async def test_suspended_domains_and_accounts_receive_nothing(postman: Postman, alice: Account, peers: Peers) -> None:
    for name, host in (("bob", "far"), ("carol", "near"), ("dave", "busy")):
        await postman.follows(await postman.stranger(name, host), alice)
    await postman.forbid("far.localhost")
    async with postman.moderation.transaction() as tx:
        await tx.execute("UPDATE social.accounts SET suspended_at = now() WHERE username = 'carol'")
    await postman.post(alice)
    assert {post.host for post in peers.received} == {peers.host("busy")}


async def test_a_domain_suspended_after_planning_receives_nothing_either(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    await postman.post(alice, delivered=False)
    await postman.forbid("far.localhost")
    await postman.work()
    assert peers.received == []


async def test_a_silenced_author_reaches_only_those_who_follow(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    carol = await postman.stranger("carol", "near")
    async with postman.moderation.transaction() as tx:
        await tx.execute("UPDATE social.accounts SET silenced_at = now() WHERE id = $1", alice.id)
    await postman.post(alice, mentions=(carol.id, bob.id), visibility="direct")
    assert [post.host for post in peers.received] == [peers.host("far")]


async def test_an_open_reply_to_one_of_ours_goes_to_their_followers_too(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    zoe = await postman.somebody("zoe")
    parent = await postman.post(alice)
    await postman.post(zoe, in_reply_to=parent)
    await postman.post(zoe, in_reply_to=parent, visibility="private")
    assert peers.types_at("far") == ["Create", "Create"]


async def test_a_boost_goes_to_followers_and_the_author(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    carol = await postman.stranger("carol", "near")
    status = await postman.post(carol)
    boost = await postman.boost(alice, status)
    assert peers.types_at("far") == peers.types_at("near") == ["Announce"]
    document = peers.at("near")[0].document
    assert (document["id"], document["object"]) == (boost.uri, status.uri)
    assert carol.uri in document["cc"]
    await postman.delete(alice, boost)
    assert peers.types_at("far") == peers.types_at("near") == ["Announce", "Undo"]
    assert peers.at("near")[1].document["object"]["id"] == boost.uri


async def test_ones_own_followers_only_post_travels_within_its_boost(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    status = await postman.post(alice, "secret", visibility="private")
    await postman.boost(alice, status, "private")
    document = peers.at("far")[1].document
    assert document["object"]["content"] == "<p>secret</p>"
    assert "https://www.w3.org/ns/activitystreams#Public" not in [*document["to"], *document["cc"]]


async def test_a_favourite_is_told_to_the_author_alone(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    carol = await postman.stranger("carol", "near")
    status = await postman.post(carol)
    async with postman.act(alice) as tx:
        await statuses.favourite(tx, alice, status)
    async with postman.act(alice) as tx:
        await statuses.unfavourite(tx, alice, status)
    async with postman.act(alice) as tx:
        await statuses.favourite(tx, alice, status)
    assert peers.at("far") == []
    assert [(post.path, post.type) for post in peers.at("near")] == [
        ("/users/carol/inbox", "Like"),
        ("/users/carol/inbox", "Undo"),
        ("/users/carol/inbox", "Like"),
    ]
    first, undo, second = (post.document for post in peers.at("near"))
    assert undo["object"]["id"] == first["id"] != second["id"]


async def test_following_leaving_and_being_answered(postman: Postman, alice: Account, peers: Peers) -> None:
    carol = await postman.stranger("carol", "near")
    async with postman.act(alice) as tx:
        await relationships.follow(tx, alice, carol, now=postman.clock())
    async with postman.act(carol) as tx:
        await relationships.accept(tx, alice, carol)
    async with postman.act(alice) as tx:
        await relationships.unfollow(tx, alice, carol)
    async with postman.act(carol) as tx:
        await relationships.follow(tx, carol, alice, now=postman.clock())
    async with postman.act(alice) as tx:
        await relationships.reject(tx, carol, alice)
    assert [(post.path, post.type) for post in peers.at("near")] == [
        ("/users/carol/inbox", "Follow"),
        ("/users/carol/inbox", "Undo"),
        ("/users/carol/inbox", "Accept"),
        ("/users/carol/inbox", "Reject"),
    ]
    follow, undo, accept, reject = (post.document for post in peers.at("near"))
    assert undo["object"]["id"] == follow["id"]
    assert (accept["object"]["actor"], accept["object"]["object"]) == (carol.uri, alice.uri)
    assert reject["object"]["id"] == accept["object"]["id"]


async def test_a_follow_that_is_repeated_later_is_answered_again(
    postman: Postman, alice: Account, peers: Peers
) -> None:
    carol = await postman.stranger("carol", "near")
    for seconds in (0, 5, 3600):
        await postman.later(seconds)
        async with postman.act(carol) as tx:
            await relationships.follow(tx, carol, alice, now=postman.clock(), uri=f"{carol.uri}#follow")
    assert peers.types_at("near") == ["Accept", "Accept"]


async def test_a_block_is_told_to_the_blocked(postman: Postman, alice: Account, peers: Peers) -> None:
    carol = await postman.stranger("carol", "near")
    async with postman.act(alice) as tx:
        await relationships.block(tx, alice, carol, now=postman.clock())
    async with postman.act(alice) as tx:
        await relationships.unblock(tx, alice, carol)
    assert peers.types_at("near") == ["Block", "Undo"]
    assert peers.at("near")[1].document["object"]["object"] == carol.uri


class TestLimitedFederation:
    @pytest.fixture
    def changes(self) -> dict[str, object]:
        return {"limited_federation": True}

    async def test_only_servers_on_the_list_get_anything(self, postman: Postman, alice: Account, bob: Account) -> None:
        near = await postman.stranger("near", "near")
        await postman.follows(near, alice)
        async with postman.gateway.transaction() as tx:
            await policies.allow(tx, policies.as_domain(bob.domain or ""))
        await postman.res.policies.refresh()
        await postman.post(alice)
        assert (postman.peers.types_at("far"), postman.peers.types_at("near")) == (["Create"], [])
