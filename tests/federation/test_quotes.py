"""Posts that quote posts across the border: between two of our servers, and with one of another lineage."""

import pytest
from federation.fedify.peer import Json, PeerActor
from federation.world import Person
from waiting import eventually


async def until_quoted(person: Person, uri: str, state: str) -> Json:
    """Wait until the post stands in the person's home with its quote in that state."""

    async def look() -> Json | None:
        found = (s for s in await person.home(40) if s["uri"] == uri and s["quote"] is not None)
        return next((s for s in found if s["quote"]["state"] == state), None)

    found = await eventually(look)
    assert found is not None
    return found


async def told_of(person: Person, uri: str) -> Json | None:
    found = await person.get("/api/v1/notifications", **{"types[]": "quote"})
    return next((n for n in found if n["status"]["uri"] == uri), None)


async def deletion_of_a_consent(actor: PeerActor) -> Json | None:
    """Deletions of other tests' posts come to the same server."""
    deletions = await actor.peer.received("Delete")
    return next((d for d in deletions if "quote_authorizations" in str(d["raw"]["object"])), None)


async def revoke(person: Person, post: Json, quoting: Json) -> None:
    here = (await person.get(f"/api/v1/statuses/{post['id']}/quotes"))[0]
    assert here["uri"] == quoting["uri"]
    await person.send(f"/api/v1/statuses/{post['id']}/quotes/{here['id']}/revoke")


@pytest.mark.parametrize("direction", ["out", "in"])
async def test_a_quote_between_two_servers_is_allowed_told_and_taken_back(
    alice: Person, bob: Person, direction: str
) -> None:
    # Out is ours of theirs: who quotes is alice.
    alice, bob = (bob, alice) if direction == "out" else (alice, bob)
    post = await alice.post("Quote me")
    there = await bob.sees(post["uri"])
    quoting = await bob.post("Look at this", quoted_status_id=there["id"])
    for person in (bob, alice):
        seen = await until_quoted(person, quoting["uri"], "accepted")
        assert seen["quote"]["quoted_status"]["uri"] == post["uri"]
    told = await eventually(lambda: told_of(alice, quoting["uri"]))
    assert told is not None
    assert told["type"] == "quote"
    await revoke(alice, post, quoting)
    for person in (alice, bob):
        await until_quoted(person, quoting["uri"], "revoked")


async def test_who_allows_nobody_is_not_quoted_from_elsewhere(alice: Person, bob: Person) -> None:
    post = await alice.post("Do not", quote_approval_policy="nobody")
    there = await bob.sees(post["uri"])
    assert there["quote_approval"]["current_user"] == "denied"
    asked = {"status": "!", "quoted_status_id": there["id"]}
    assert (await bob.client.post("/api/v1/statuses", json=asked)).status_code == 403


async def test_our_quote_is_allowed_by_a_server_of_another_lineage(anna: Person, fred: PeerActor) -> None:
    note = await fred.post("<p>Quote me</p>", quotable=True)
    here = await anna.sees(note["id"])
    assert here["quote_approval"]["current_user"] == "automatic"
    quoting = await anna.post("Look at this", quoted_status_id=here["id"])
    await until_quoted(anna, quoting["uri"], "accepted")

    def shows_consent(state: Json) -> bool:
        entry = next((e for e in state["timeline"] if e["id"] == quoting["uri"]), None)
        return entry is not None and "quoteAuthorization" in str(entry["document"])

    await fred.until(shows_consent)


async def test_our_quote_is_refused_by_a_server_of_another_lineage(anna: Person, fred: PeerActor) -> None:
    note = await fred.post("<p>Do not</p>")
    here = await anna.sees(note["id"])
    asked = {"status": "!", "quoted_status_id": here["id"]}
    assert (await anna.client.post("/api/v1/statuses", json=asked)).status_code == 403


async def test_a_server_of_another_lineage_quotes_ours_until_we_say_no(anna: Person, fred: PeerActor) -> None:
    post = await anna.post("Quote me")
    note = await fred.post("<p>Look at this</p>", quote=post["uri"])
    seen = await until_quoted(anna, note["id"], "accepted")
    assert seen["quote"]["quoted_status"]["uri"] == post["uri"]
    assert await eventually(lambda: told_of(anna, note["id"])) is not None
    await revoke(anna, post, {"uri": note["id"]})
    assert await eventually(lambda: deletion_of_a_consent(fred))
    await until_quoted(anna, note["id"], "revoked")
