"""Two peers federate with each other over TLS: the instrument is tested before it is used."""

import ssl
from collections.abc import AsyncIterator

import httpx
import pytest
import trustme

from .peer import Json, Peer, PeerActor, RefusedError, SignatureStyle, Signer, eventually, open_peer


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
async def here(ca: trustme.CA) -> AsyncIterator[Peer]:
    async with open_peer(ca, "here.localhost") as peer:
        yield peer


@pytest.fixture(scope="module")
async def there(ca: trustme.CA) -> AsyncIterator[Peer]:
    async with open_peer(ca, "there.localhost") as peer:
        yield peer


@pytest.fixture(scope="module")
async def alice(here: Peer) -> PeerActor:
    return await here.create_actor("alice", display_name="Alice")


@pytest.fixture(scope="module")
async def bob(there: Peer, alice: PeerActor) -> PeerActor:
    """Someone elsewhere, who follows Alice."""
    bob = await there.create_actor("bob")
    await bob.follow(alice.handle)
    await bob.until(lambda state: state["following"] == {alice.id: "accepted"})
    return bob


async def note_of(author: PeerActor, note: Json) -> Json:
    notes: list[Json] = (await author.state())["notes"]
    return next(known for known in notes if known["id"] == note["id"])


async def anonymously(ca: trustme.CA, peer: Peer, url: str) -> httpx.Response:
    """Fetch what a stranger without a signature may see."""
    trusting = ssl.create_default_context()
    ca.configure_trust(trusting)
    host, _, port = peer.host.partition(":")
    address = httpx.URL(url).copy_with(host="127.0.0.1", port=int(port))
    async with httpx.AsyncClient(verify=trusting, trust_env=False) as client:
        return await client.get(
            address,
            headers={"Host": peer.host, "Accept": "application/activity+json"},
            extensions={"sni_hostname": host},
        )


async def test_a_follow_is_accepted_at_once(alice: PeerActor, bob: PeerActor) -> None:
    assert (await alice.state())["followers"] == [bob.id]


async def test_who_is_locked_lets_in_whom_they_will(here: Peer, bob: PeerActor) -> None:
    lena = await here.create_actor("lena", locked=True)
    await bob.follow(lena.handle)
    await lena.until(lambda state: state["requests"] == [bob.id])
    await lena.accept(bob.id)
    await bob.until(lambda state: state["following"][lena.id] == "accepted")


async def test_a_dismissed_follower_is_told(here: Peer, bob: PeerActor) -> None:
    rita = await here.create_actor("rita")
    await bob.follow(rita.id)
    await bob.until(lambda state: state["following"].get(rita.id) == "accepted")
    await rita.reject(bob.id)
    await bob.until(lambda state: state["following"][rita.id] == "rejected")
    assert (await rita.state())["followers"] == []


async def test_who_unfollows_is_no_follower(here: Peer, bob: PeerActor) -> None:
    fay = await here.create_actor("fay")
    await bob.follow(fay.handle)
    await fay.until(lambda state: state["followers"] == [bob.id])
    await bob.unfollow(fay.handle)
    await fay.until(lambda state: state["followers"] == [])


async def test_a_follower_sees_what_is_posted(alice: PeerActor, bob: PeerActor) -> None:
    note = await alice.post("<p>Hello</p>")
    seen = await bob.until_in_timeline(note["id"])
    assert (seen["content"], seen["author"]) == ("<p>Hello</p>", alice.id)


async def test_a_reply_reaches_the_author(alice: PeerActor, bob: PeerActor) -> None:
    note = await alice.post("<p>Anyone?</p>")
    reply = await bob.post("<p>Me</p>", in_reply_to=note["id"])
    assert (await alice.until_in_timeline(reply["id"]))["in_reply_to"] == note["id"]
    assert (await note_of(alice, note))["replies"] == [reply["id"]]


async def test_a_like_is_given_and_taken_back(alice: PeerActor, bob: PeerActor) -> None:
    note = await alice.post("<p>Likeable</p>")
    await bob.like(note["id"])
    await alice.until(lambda state: state["notes"][-1]["likes"] == [bob.id])
    await bob.unlike(note["id"])
    await alice.until(lambda state: state["notes"][-1]["likes"] == [])


async def test_a_boost_is_given_and_taken_back(alice: PeerActor, bob: PeerActor) -> None:
    note = await alice.post("<p>Loud</p>")
    await bob.boost(note["id"])
    await alice.until(lambda state: state["notes"][-1]["boosts"] == [bob.id])
    await bob.unboost(note["id"])
    await alice.until(lambda state: state["notes"][-1]["boosts"] == [])


async def test_followers_see_what_is_boosted(here: Peer, alice: PeerActor, bob: PeerActor) -> None:
    carol = await here.create_actor("carol")
    note = await carol.post("<p>Hardly heard</p>")
    await alice.boost(note["id"])
    seen = await bob.until_in_timeline(note["id"])
    assert (seen["author"], seen["boosted_by"]) == (carol.id, [alice.id])


async def test_an_edit_changes_what_followers_see(alice: PeerActor, bob: PeerActor) -> None:
    note = await alice.post("<p>Frist</p>")
    await bob.until_in_timeline(note["id"])
    await alice.edit(note["id"], "<p>First</p>")
    await bob.until(lambda state: state["timeline"][-1]["content"] == "<p>First</p>")


async def test_what_is_deleted_is_gone_everywhere(ca: trustme.CA, here: Peer, alice: PeerActor, bob: PeerActor) -> None:
    note = await alice.post("<p>Oops</p>")
    await bob.until_in_timeline(note["id"])
    await alice.delete(note["id"])
    await bob.until(lambda state: all(seen["id"] != note["id"] for seen in state["timeline"]))
    assert (await anonymously(ca, here, note["id"])).status_code == httpx.codes.GONE


async def test_a_private_note_is_for_followers(
    ca: trustme.CA, here: Peer, there: Peer, alice: PeerActor, bob: PeerActor
) -> None:
    note = await alice.post("<p>Between us</p>", visibility="private")
    await bob.until_in_timeline(note["id"])
    assert (await bob.lookup(note["id"]))["content"] == "<p>Between us</p>"
    assert (await anonymously(ca, here, note["id"])).status_code == httpx.codes.UNAUTHORIZED
    deliveries = [request for request in await there.requests() if request["method"] == "POST"]
    assert "collection-synchronization" in deliveries[-1]["headers"]


async def test_a_direct_note_is_for_whom_it_mentions(there: Peer, alice: PeerActor, bob: PeerActor) -> None:
    dora = await there.create_actor("dora")
    note = await alice.post("<p>Psst</p>", mentions=[dora.handle], visibility="direct")
    assert (await dora.until_in_timeline(note["id"]))["to"] == [dora.id]
    assert all(seen["id"] != note["id"] for seen in (await bob.state())["timeline"])


@pytest.mark.parametrize("style", ["rfc9421", "draft-cavage-http-signatures-12"])
async def test_a_genuine_activity_is_recorded_as_it_came(
    there: Peer, alice: PeerActor, bob: PeerActor, style: SignatureStyle
) -> None:
    listen = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{alice.id}#{style}",
        "type": "Listen",
        "actor": alice.id,
        "object": f"{alice.id}#song",
    }
    assert (await alice.deliver(bob.inbox, listen, style=style))["status"] == httpx.codes.ACCEPTED
    received = await there.until_received("Listen", id=listen["id"])
    assert (received["raw"], received["recipient"]) == (listen, "bob")


@pytest.mark.parametrize("style", ["rfc9421", "draft-cavage-http-signatures-12"])
@pytest.mark.parametrize(("signer", "tampered"), [("none", False), ("stranger", False), ("own", True)])
async def test_a_forged_activity_is_not_recorded(
    there: Peer,
    alice: PeerActor,
    bob: PeerActor,
    signer: Signer,
    tampered: bool,
    style: SignatureStyle,
) -> None:
    forged = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{alice.id}#{style}-{signer}-{tampered}",
        "type": "Follow",
        "actor": alice.id,
        "object": bob.id,
    }
    answer = await alice.deliver(bob.shared_inbox, forged, signer=signer, tampered=tampered, style=style)
    assert answer["status"] == httpx.codes.UNAUTHORIZED
    note = await alice.post("<p>Later</p>")
    await bob.until_in_timeline(note["id"])  # What came before would be known by now.
    assert forged["id"] not in [entry["id"] for entry in await there.received()]


async def test_a_delivery_that_fails_is_told(ca: trustme.CA, here: Peer, alice: PeerActor) -> None:
    async with open_peer(ca, "gone.localhost") as short_lived:
        eve = await short_lived.create_actor("eve")
        await eve.follow(alice.handle)
        await alice.until(lambda state: eve.id in state["followers"])
    note = await alice.post("<p>Too late</p>")

    async def look() -> Json | None:
        return next((f for f in await here.failures() if f["activity"] == f"{note['id']}#create"), None)

    assert "gone.localhost" in (await eventually(look, "a failure", 10))["error"]


async def test_what_cannot_be_done_is_refused(alice: PeerActor) -> None:
    with pytest.raises(RefusedError, match="nothing found"):
        await alice.follow("nobody@there.localhost:1")
