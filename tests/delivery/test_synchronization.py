"""Followers-only posts tell each host which of its people follow, covered by the signature (FEP-8fcf)."""

import pytest
from peers import Peers, Post
from postman import Postman

from apcore import synchronization
from apcore.synchronization import Claim, digest_of
from delivery import synchronizing
from social.accounts.model import Account

HEADER = synchronization.HEADER.lower()


def claim_in(post: Post) -> Claim | None:
    return synchronization.read(post.headers.get(HEADER, ""))


async def test_each_host_is_told_of_its_own_followers(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    carol, dave = await postman.stranger("carol", "far"), await postman.stranger("dave", "near")
    for follower in (carol, dave):
        await postman.follows(follower, alice)
    await postman.post(alice, visibility="private")
    for host, followers in (("far", [bob, carol]), ("near", [dave])):
        post = peers.at(host)[0]
        assert claim_in(post) == Claim(
            collection=str(alice.followers_url),
            url=f"{alice.uri}/followers_synchronization",
            digest=digest_of(follower.uri for follower in followers),
        )
        assert HEADER in post.signature["headers"].split()
        assert post.is_signed_by(str(alice.public_key_pem))


async def test_whoever_is_only_named_learns_that_nobody_there_follows(
    postman: Postman, alice: Account, peers: Peers
) -> None:
    carol = await postman.stranger("carol", "near")
    await postman.post(alice, visibility="private", mentions=(carol.id,))
    claim = claim_in(peers.at("near")[0])
    assert claim is not None
    assert claim.digest == "0" * 64


async def test_the_other_style_of_signing_covers_it_too(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    peers.answers("far", 401)
    await postman.post(alice, visibility="private")
    post = peers.at("far")[-1]
    assert '"collection-synchronization"' in post.headers["signature-input"]
    assert claim_in(post) is not None


@pytest.mark.parametrize("visibility", ["public", "unlisted", "direct"])
async def test_other_posts_tell_nothing(
    postman: Postman, alice: Account, bob: Account, peers: Peers, visibility: str
) -> None:
    await postman.post(alice, visibility=visibility, mentions=(bob.id,))
    assert [HEADER in post.headers for post in peers.at("far")] == [False]


async def test_edits_and_boosts_for_followers_tell_it(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    post = await postman.post(alice, visibility="private")
    await postman.edit(alice, post, "Better")
    await postman.boost(alice, post, "private")
    assert [(post.type, claim_in(post) is not None) for post in peers.at("far")] == [
        ("Create", True),
        ("Update", True),
        ("Announce", True),
    ]


async def test_who_has_very_many_followers_is_not_compared(
    postman: Postman, alice: Account, bob: Account, peers: Peers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synchronizing, "MOST_FOLLOWERS", 0)
    await postman.post(alice, visibility="private")
    assert claim_in(peers.at("far")[0]) is None


class TestTurnedOff:
    @pytest.fixture
    def changes(self) -> dict[str, object]:
        return {"synchronize_followers": False}

    async def test_a_setting_turns_it_off(self, postman: Postman, alice: Account, bob: Account, peers: Peers) -> None:
        await postman.post(alice, visibility="private")
        assert [HEADER in post.headers for post in peers.at("far")] == [False]
