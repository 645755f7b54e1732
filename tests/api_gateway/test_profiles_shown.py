"""What people show on their profile: others, and hashtags; and whom one knows among somebody's followers."""

import pytest
from talking import Person, a_person

from api_gateway.resources import Resources


async def test_endorsing_is_for_whom_one_follows(alice: Person, bob: Person) -> None:
    refused = await alice.post(f"/api/v1/accounts/{bob.id}/endorse", 422)
    assert refused["error"] == "Validation failed: You must be already following the person you want to endorse"
    await alice.post(f"/api/v1/accounts/{bob.id}/follow")
    for _ in range(2):
        assert (await alice.post(f"/api/v1/accounts/{bob.id}/endorse"))["endorsed"]
    assert [account["id"] for account in await alice.get("/api/v1/endorsements")] == [bob.id]
    assert [a["id"] for a in await bob.unknown.get(f"/api/v1/accounts/{alice.id}/endorsements")] == [bob.id]
    assert not (await alice.post(f"/api/v1/accounts/{bob.id}/unendorse"))["endorsed"]
    assert await alice.get("/api/v1/endorsements") == []


@pytest.mark.parametrize("end", ["unfollow", "block"])
async def test_an_endorsement_ends_with_the_follow(alice: Person, bob: Person, end: str) -> None:
    await alice.post(f"/api/v1/accounts/{bob.id}/follow")
    await alice.post(f"/api/v1/accounts/{bob.id}/endorse")
    assert not (await alice.post(f"/api/v1/accounts/{bob.id}/{end}"))["endorsed"]
    assert await alice.get("/api/v1/endorsements") == []


async def test_an_endorsement_ends_when_the_endorsed_removes_the_follower(alice: Person, bob: Person) -> None:
    await alice.post(f"/api/v1/accounts/{bob.id}/follow")
    await alice.post(f"/api/v1/accounts/{bob.id}/endorse")
    await bob.post(f"/api/v1/accounts/{alice.id}/remove_from_followers")
    assert await alice.get("/api/v1/endorsements") == []


async def test_the_former_names_still_work(alice: Person, bob: Person) -> None:
    await alice.post(f"/api/v1/accounts/{bob.id}/follow")
    for verb, endorsed in (("pin", True), ("unpin", False)):
        answer = await alice.ask("POST", f"/api/v1/accounts/{bob.id}/{verb}")
        assert (answer.json()["endorsed"], answer.headers["Deprecation"]) == (endorsed, "@1751932800")


async def test_whoever_blocks_somebody_shows_them_nothing(alice: Person, bob: Person) -> None:
    await alice.post("/api/v1/featured_tags", name="birds")
    await alice.post(f"/api/v1/accounts/{bob.id}/block")
    assert await bob.get(f"/api/v1/accounts/{alice.id}/featured_tags") == []
    assert await bob.get(f"/api/v1/accounts/{alice.id}/endorsements") == []
    await bob.get("/api/v1/accounts/1/featured_tags", 404)
    await bob.get("/api/v1/accounts/1/endorsements", 404)
    await bob.post("/api/v1/accounts/1/endorse", 404)


async def test_hashtags_are_featured_with_their_use(alice: Person, bob: Person) -> None:
    await alice.says("I like #Birds")
    await alice.says("and #birds", visibility="private")
    await bob.says("#birds")
    made = await alice.post("/api/v1/featured_tags", name="#BIRDS")
    assert (made["name"], made["statuses_count"]) == ("BIRDS", "1")
    assert made["url"] == "https://ours.test/@alice/tagged/birds"
    assert len(made["last_status_at"]) == len("2026-01-01")
    assert await alice.get("/api/v1/featured_tags") == [made]
    assert await alice.unknown.get(f"/api/v1/accounts/{alice.id}/featured_tags") == [made]
    assert (await alice.post("/api/v1/featured_tags", name="birds"))["id"] == made["id"]
    assert (await alice.get("/api/v1/tags/birds"))["featuring"]
    await bob.delete(f"/api/v1/featured_tags/{made['id']}", 404)
    assert await alice.delete(f"/api/v1/featured_tags/{made['id']}") == {}
    await alice.delete(f"/api/v1/featured_tags/{made['id']}", 404)
    assert await alice.get("/api/v1/featured_tags") == []


async def test_hashtags_are_featured_by_their_name(alice: Person) -> None:
    assert (await alice.post("/api/v1/tags/birds/feature"))["featuring"]
    (made,) = await alice.get("/api/v1/featured_tags")
    assert (made["statuses_count"], made["last_status_at"]) == ("0", None)
    assert not (await alice.post("/api/v1/tags/birds/unfeature"))["featuring"]
    assert await alice.get("/api/v1/featured_tags") == []
    await alice.post("/api/v1/tags/no-tag/feature", 404)


@pytest.mark.parametrize(("name", "error"), [("", "Name can't be blank"), ("no tag", "Tag is invalid")])
async def test_what_is_no_hashtag_is_not_featured(alice: Person, name: str, error: str) -> None:
    assert (await alice.post("/api/v1/featured_tags", 422, name=name))["error"] == f"Validation failed: {error}"


async def test_ten_hashtags_are_enough(alice: Person) -> None:
    for n in range(10):
        await alice.post(f"/api/v1/tags/tag{n}/feature")
    refused = await alice.post("/api/v1/featured_tags", 422, name="more")
    assert refused["error"] == "Validation failed: You have already featured the maximum number of hashtags"
    assert len(await alice.get("/api/v1/featured_tags")) == 10


async def test_what_one_writes_most_is_suggested(alice: Person, bob: Person) -> None:
    await bob.says("#often")
    for text in ("#often #featured", "#often", "#once"):
        await alice.says(text)
    await alice.post("/api/v1/tags/featured/feature")
    assert [tag["name"] for tag in await alice.get("/api/v1/featured_tags/suggestions")] == ["often", "once"]


async def test_familiar_followers_are_whom_one_follows(alice: Person, bob: Person, resources: Resources) -> None:
    carol, dave = [await a_person(resources.db, alice.client, name) for name in ("carol", "dave")]
    for follower, followed in ((alice, bob), (bob, carol), (dave, carol), (alice, carol)):
        await follower.post(f"/api/v1/accounts/{followed.id}/follow")
    path, asked = "/api/v1/accounts/familiar_followers", {"id[]": [carol.id, dave.id, "1"]}
    found = await alice.get(path, **asked)
    assert [(one["id"], [who["acct"] for who in one["accounts"]]) for one in found] == [
        (carol.id, ["bob"]),
        (dave.id, []),
    ]
    await bob.patch("/api/v1/accounts/update_credentials", hide_collections=True)
    assert (await alice.get(path, **asked))[0]["accounts"] == []
    await alice.unknown.get(path, 401)


async def test_there_are_no_identity_proofs_any_more(alice: Person) -> None:
    answer = await alice.ask("GET", f"/api/v1/accounts/{alice.id}/identity_proofs")
    assert (answer.json(), answer.headers["Deprecation"]) == ([], "@1648598400")
    await alice.get("/api/v1/accounts/1/identity_proofs", 404)
    await alice.unknown.get(f"/api/v1/accounts/{alice.id}/identity_proofs", 401)
