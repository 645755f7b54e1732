"""Hashtags that people follow."""

import datetime as dt

import pytest
from talking import Person, a_person, a_token_of

from api_gateway.resources import Resources


async def test_a_followed_tag_is_known_as_such(alice: Person, bob: Person) -> None:
    followed = await alice.post("/api/v1/tags/Birds/follow")
    assert (followed["name"], followed["following"], followed["featuring"]) == ("Birds", True, False)
    assert followed["url"] == "https://ours.test/tags/birds"
    assert (await alice.get("/api/v1/tags/birds"))["following"] is True
    assert (await bob.get("/api/v1/tags/birds"))["following"] is False
    assert "following" not in await alice.unknown.get("/api/v1/tags/birds")


async def test_following_a_tag_twice_follows_it_once(alice: Person) -> None:
    for name in ("birds", "Birds"):
        await alice.post(f"/api/v1/tags/{name}/follow")
    assert [tag["name"] for tag in await alice.get("/api/v1/followed_tags")] == ["birds"]


async def test_unfollowing_a_tag_takes_it_off_the_list(alice: Person) -> None:
    for name in ("birds", "bees"):
        await alice.post(f"/api/v1/tags/{name}/follow")
    assert (await alice.post("/api/v1/tags/birds/unfollow"))["following"] is False
    assert [tag["name"] for tag in await alice.get("/api/v1/followed_tags")] == ["bees"]


async def test_followed_tags_come_in_pages_newest_first(alice: Person) -> None:
    for name in ("one", "two", "three"):
        await alice.post(f"/api/v1/tags/{name}/follow")
    first = await alice.ask("GET", "/api/v1/followed_tags", params={"limit": 2})
    assert [tag["name"] for tag in first.json()] == ["three", "two"]
    rest = await alice.ask("GET", first.links["next"]["url"])
    assert [tag["name"] for tag in rest.json()] == ["one"]


async def test_a_tag_that_nobody_wrote_has_no_history(alice: Person) -> None:
    tag = await alice.get("/api/v1/tags/Unheard")
    assert (tag["id"], tag["name"], tag["following"]) == ("", "Unheard", False)
    assert [day["uses"] for day in tag["history"]] == ["0"] * 7


async def test_a_tag_tells_how_it_was_used_by_day(alice: Person, superuser) -> None:
    tag = await alice.post("/api/v1/tags/birds/follow")
    yesterday = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    await superuser.execute(
        "INSERT INTO social.tag_days (tag_id, day, uses, accounts) VALUES ($1, $2, 5, 3)", int(tag["id"]), yesterday
    )
    history = (await alice.get("/api/v1/tags/birds"))["history"]
    assert [(day["uses"], day["accounts"]) for day in history[:3]] == [("0", "0"), ("5", "3"), ("0", "0")]


@pytest.mark.parametrize("name", ["1984", "a b", "%23", "🦉"])
async def test_what_cannot_be_a_tag_is_not_found(alice: Person, name: str) -> None:
    await alice.get(f"/api/v1/tags/{name}", 404)
    await alice.post(f"/api/v1/tags/{name}/follow", 404)


async def test_following_tags_needs_a_person_with_the_scope(alice: Person, resources: Resources) -> None:
    await alice.unknown.post("/api/v1/tags/birds/follow", 401)
    await alice.unknown.get("/api/v1/followed_tags", 401)
    reader = await a_person(resources.db, alice.client, "reader", scopes="read")
    await reader.post("/api/v1/tags/birds/follow", 403)
    app = Person(alice.account, alice.client, await a_token_of(resources.db, None, "read write follow"))
    await app.post("/api/v1/tags/birds/follow", 422)
