"""What people do across the border with a server of another lineage, written on Fedify."""

import pytest
from federation.fedify.peer import Json, Peer, PeerActor, SignatureStyle, Signer, Visibility
from federation.saying import DRAFT, PUBLIC, a_create
from federation.world import Person, open_person, relation, words
from waiting import eventually

from native.server import Server


async def counts(person: Person, status: Json) -> tuple[int, int]:
    """Favourites and boosts, as our own people see them."""
    seen = await person.get(f"/api/v1/statuses/{status['id']}")
    return seen["favourites_count"], seen["reblogs_count"]


async def note_of(author: PeerActor, note: Json) -> Json:
    notes: list[Json] = (await author.state())["notes"]
    return next(known for known in notes if known["id"] == note["id"])


async def test_our_follow_is_accepted_and_taken_back(anna: Person, anna_uri: str, gerd: PeerActor) -> None:
    there = await anna.follow(gerd.handle)
    assert (await gerd.state())["followers"] == [anna_uri]
    await anna.send(f"/api/v1/accounts/{there['id']}/unfollow")
    await gerd.until(lambda state: state["followers"] == [])


async def test_who_is_locked_there_refuses_our_follow_or_lets_us_in(
    anna: Person, anna_uri: str, lena: PeerActor
) -> None:
    there = await anna.find(lena.handle)

    async def stands() -> tuple[bool, bool]:
        now = await relation(anna, there)
        return now["requested"], now["following"]

    for answer, outcome in ((lena.reject, (False, False)), (lena.accept, (False, True))):
        await anna.send(f"/api/v1/accounts/{there['id']}/follow")
        await lena.until(lambda state: state["requests"] == [anna_uri])
        assert await stands() == (True, False)
        await answer(anna_uri)
        await eventually(stands, is_=outcome)


async def test_their_follow_is_accepted_and_taken_back(anna: Person, anna_uri: str, gerd: PeerActor) -> None:
    await gerd.follow(anna.handle)
    await gerd.until(lambda state: state["following"].get(anna_uri) == "accepted")
    here = await anna.find(gerd.handle)
    assert (await relation(anna, here))["followed_by"]
    await gerd.unfollow(anna.handle)

    async def follows_no_more() -> bool:
        return not (await relation(anna, here))["followed_by"]

    await eventually(follows_no_more)


async def test_who_is_locked_here_refuses_their_follow_or_lets_them_in(alpha: Server, gerd: PeerActor) -> None:
    async with open_person("shy", alpha) as shy:
        await shy.client.patch("/api/v1/accounts/update_credentials", json={"locked": True})

        async def request() -> Json | None:
            return next(iter(await shy.get("/api/v1/follow_requests")), None)

        async def answers(answer: str, verdict: str) -> None:
            asked = await gerd.follow(shy.handle)
            waiting = await eventually(request)
            assert waiting is not None
            await shy.send(f"/api/v1/follow_requests/{waiting['id']}/{answer}")
            await gerd.until(lambda state: state["following"][asked["actor"]] == verdict)

        await answers("reject", "rejected")
        await answers("authorize", "accepted")


async def test_our_post_is_read_there_with_its_warning(anna: Person, fred: PeerActor) -> None:
    posted = await anna.post("The butler did it", spoiler_text="Spoilers")
    there = await fred.until_in_timeline(posted["uri"])
    assert (there["content"], there["summary"]) == ("<p>The butler did it</p>", "Spoilers")
    assert there["document"]["sensitive"] is True


async def test_their_post_is_read_here_with_its_warning(anna: Person, fred: PeerActor) -> None:
    create = a_create(fred, content="<p>It was the cook</p>", summary="Spoilers", sensitive=True)
    answer = await fred.deliver(f"{anna.server.base_url}/inbox", create, style=DRAFT)
    assert answer["status"] == 202
    here = await anna.sees(create["object"]["id"])
    assert (words(here), here["spoiler_text"], here["sensitive"]) == ("It was the cook", "Spoilers", True)


@pytest.mark.parametrize("visibility", ["public", "private", "direct"])
async def test_our_visibility_is_understood_there(
    anna: Person, anna_uri: str, fred: PeerActor, visibility: str
) -> None:
    posted = await anna.post(f"@{fred.handle} as far as {visibility}", visibility=visibility)
    there = await fred.until_in_timeline(posted["uri"])
    followers = f"{anna_uri}/followers"
    addressed = {
        "public": ([PUBLIC], {followers, fred.id}),
        "private": ([followers], {fred.id}),
        "direct": ([fred.id], set()),
    }
    assert (there["to"], set(there["cc"])) == addressed[visibility]


@pytest.mark.parametrize("visibility", ["public", "private", "direct"])
async def test_their_visibility_is_understood_here(anna: Person, fred: PeerActor, visibility: Visibility) -> None:
    note = await fred.post(f"<p>{visibility}</p>", mentions=[anna.handle], visibility=visibility)

    async def told() -> Json | None:
        found = await anna.get("/api/v1/notifications", **{"types[]": "mention"})
        return next((n["status"] for n in found if n["status"]["uri"] == note["id"]), None)

    here = await eventually(told)
    assert here is not None
    assert here["visibility"] == visibility
    anonymous = await anna.client.get(f"/api/v1/statuses/{here['id']}", headers={"Authorization": ""})
    assert anonymous.status_code == (200 if visibility == "public" else 404)


async def test_our_private_post_is_shown_only_to_whom_it_is_for(anna: Person, fred: PeerActor) -> None:
    posted = await anna.post("among friends", visibility="private")
    await fred.until_in_timeline(posted["uri"])
    assert (await fred.lookup(posted["uri"]))["id"] == posted["uri"]
    asked = await anna.client.get(posted["uri"], headers={"Accept": "application/activity+json", "Authorization": ""})
    assert asked.status_code == 404


async def test_our_reply_joins_their_thread(anna: Person, anna_uri: str, fred: PeerActor) -> None:
    note = await fred.post("<p>Who comes along?</p>")
    here = await anna.sees(note["id"])
    reply = await anna.post(f"@{fred.handle} me", in_reply_to_id=here["id"])
    there = await fred.until_in_timeline(reply["uri"])
    assert (there["author"], there["in_reply_to"]) == (anna_uri, note["id"])
    assert (await note_of(fred, note))["replies"] == [reply["uri"]]


async def test_their_reply_joins_our_thread(anna: Person, fred: PeerActor) -> None:
    posted = await anna.post("Who comes along?")
    await fred.until_in_timeline(posted["uri"])
    note = await fred.post("<p>Me</p>", in_reply_to=posted["uri"])

    async def descendants() -> list[str]:
        context = await anna.get(f"/api/v1/statuses/{posted['id']}/context")
        return [status["uri"] for status in context["descendants"]]

    await eventually(descendants, is_=[note["id"]])


async def test_our_like_is_counted_there_and_taken_back(anna: Person, anna_uri: str, fred: PeerActor) -> None:
    note = await fred.post("<p>Likeable</p>")
    here = await anna.sees(note["id"])

    async def likes() -> list[str]:
        return list((await note_of(fred, note))["likes"])

    await anna.send(f"/api/v1/statuses/{here['id']}/favourite")
    await eventually(likes, is_=[anna_uri])
    await anna.send(f"/api/v1/statuses/{here['id']}/unfavourite")
    await eventually(likes, is_=[])


async def test_our_boost_is_counted_there_and_taken_back(anna: Person, anna_uri: str, fred: PeerActor) -> None:
    note = await fred.post("<p>Worth sharing</p>")
    here = await anna.sees(note["id"])

    async def boosts() -> list[str]:
        return list((await note_of(fred, note))["boosts"])

    await anna.send(f"/api/v1/statuses/{here['id']}/reblog")
    await eventually(boosts, is_=[anna_uri])
    await anna.send(f"/api/v1/statuses/{here['id']}/unreblog")
    await eventually(boosts, is_=[])


async def test_our_boost_of_our_own_is_shown_there_and_taken_back(anna: Person, anna_uri: str, fred: PeerActor) -> None:
    posted = await anna.post("Once more")
    await fred.until_in_timeline(posted["uri"])

    async def boosted_by() -> list[str]:
        return list((await fred.until_in_timeline(posted["uri"]))["boosted_by"])

    await anna.send(f"/api/v1/statuses/{posted['id']}/reblog")
    await eventually(boosted_by, is_=[anna_uri])
    await anna.send(f"/api/v1/statuses/{posted['id']}/unreblog")
    await eventually(boosted_by, is_=[])


async def test_their_like_and_boost_are_told_counted_and_taken_back(anna: Person, fred: PeerActor) -> None:
    posted = await anna.post("Like and share")
    await fred.until_in_timeline(posted["uri"])

    async def counted() -> tuple[int, int]:
        return await counts(anna, posted)

    await fred.like(posted["uri"])
    await fred.boost(posted["uri"])
    await eventually(counted, is_=(1, 1))
    told = await anna.get("/api/v1/notifications", **{"types[]": ["favourite", "reblog"]})
    assert {n["type"] for n in told if n["status"]["id"] == posted["id"]} == {"favourite", "reblog"}
    await fred.unlike(posted["uri"])
    await fred.unboost(posted["uri"])
    await eventually(counted, is_=(0, 0))


async def test_their_boost_of_a_stranger_is_seen_here_and_taken_back(
    anna: Person, fred: PeerActor, gerd: PeerActor
) -> None:
    note = await gerd.post("<p>Nobody here follows me</p>")
    await fred.boost(note["id"])
    here = await anna.sees(note["id"])
    assert here["reblog"]["account"]["acct"] == gerd.handle
    await fred.unboost(note["id"])
    await anna.sees_no_more(note["id"])


async def test_our_edit_and_our_deletion_are_followed_there(anna: Person, fred: PeerActor) -> None:
    posted = await anna.post("Frist")
    await fred.until_in_timeline(posted["uri"])
    await anna.client.put(f"/api/v1/statuses/{posted['id']}", json={"status": "First"})
    await fred.until(
        lambda state: [e["content"] for e in state["timeline"] if e["id"] == posted["uri"]] == ["<p>First</p>"]
    )
    await anna.delete(posted)
    await fred.until(lambda state: posted["uri"] not in [entry["id"] for entry in state["timeline"]])


async def test_their_edit_and_their_deletion_are_followed_here(anna: Person, fred: PeerActor) -> None:
    note = await fred.post("<p>Frist</p>")
    here = await anna.sees(note["id"])

    async def text() -> str:
        return words(await anna.get(f"/api/v1/statuses/{here['id']}"))

    await fred.edit(note["id"], "<p>First</p>")
    await eventually(text, is_="First")
    history = await anna.get(f"/api/v1/statuses/{here['id']}/history")
    assert [words(version) for version in history] == ["Frist", "First"]
    await fred.delete(note["id"])
    await anna.sees_no_more(note["id"])
    assert (await anna.client.get(f"/api/v1/statuses/{here['id']}")).status_code == 404


@pytest.mark.parametrize("style", ["rfc9421", DRAFT])
@pytest.mark.parametrize(
    ("signer", "tampered"), [("own", True), ("stranger", False), ("none", False)], ids=["tampered", "stranger", "none"]
)
async def test_a_forgery_is_answered_401_and_leaves_no_trace(
    anna: Person, fred: PeerActor, style: SignatureStyle, signer: Signer, tampered: bool
) -> None:
    inbox = f"{anna.server.base_url}/inbox"
    forged, honest = a_create(fred), a_create(fred)
    answer = await fred.deliver(inbox, forged, signer=signer, style=style, tampered=tampered)
    assert answer["status"] == 401
    # What came later has arrived: what was to come before it never will.
    await fred.deliver(inbox, honest, style=DRAFT)
    await anna.sees(honest["object"]["id"])
    assert await is_unknown(anna, forged)


async def test_who_signs_for_somebody_else_is_answered_401(anna: Person, fred: PeerActor, gerd: PeerActor) -> None:
    forged = a_create(fred)
    answer = await gerd.deliver(f"{anna.server.base_url}/inbox", forged, style=DRAFT)
    assert answer["status"] == 401
    assert await is_unknown(anna, forged)


async def test_nothing_that_we_delivered_was_refused(peer: Peer, fred: PeerActor) -> None:
    """After all of the above: every POST of ours was taken at its first try."""
    posts = [request for request in await peer.requests() if request["method"] == "POST"]
    assert posts
    assert {request["status"] for request in posts} <= {200, 202}


async def is_unknown(person: Person, create: Json) -> bool:
    found = await person.get("/api/v2/search", q=create["object"]["id"], type="statuses", resolve="true")
    return not found["statuses"]
