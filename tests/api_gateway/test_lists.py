"""Lists of people."""

from typing import Any

import httpx
import pytest
from talking import Person, a_person

from api_gateway.resources import Resources


async def a_list(owner: Person, title: str = "Friends", **rules: Any) -> Any:
    return await owner.post("/api/v1/lists", title=title, **rules)


async def members_of(owner: Person, of: Any, **query: Any) -> list[str]:
    return [a["username"] for a in await owner.get(f"/api/v1/lists/{of['id']}/accounts", **query)]


async def add(owner: Person, to: Any, *people: Person, status: int = 200) -> Any:
    return await owner.post(f"/api/v1/lists/{to['id']}/accounts", status, account_ids=[p.id for p in people])


async def take_off(owner: Person, of: Any, *people: Person) -> httpx.Response:
    return await owner.ask(
        "DELETE", f"/api/v1/lists/{of['id']}/accounts", params=[("account_ids[]", p.id) for p in people]
    )


async def follow(who: Person, whom: Person) -> None:
    await who.post(f"/api/v1/accounts/{whom.id}/follow")


async def test_a_list_is_made_changed_and_deleted(alice: Person) -> None:
    made = await a_list(alice)
    assert made == {"id": made["id"], "title": "Friends", "replies_policy": "list", "exclusive": False}
    path = f"/api/v1/lists/{made['id']}"
    changed = await alice.put(path, title="Foes", replies_policy="none", exclusive=True)
    assert changed == {"id": made["id"], "title": "Foes", "replies_policy": "none", "exclusive": True}
    assert await alice.put(path, exclusive=False) == changed | {"exclusive": False}
    assert await alice.get("/api/v1/lists") == [await alice.get(path)]
    assert await alice.delete(path) == {}
    await alice.get(path, 404)


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ({}, "Title can't be blank"),
        ({"title": " "}, "Title can't be blank"),
        ({"title": "x" * 257}, "Title is too long (maximum is 256 characters)"),
        ({"title": "x", "replies_policy": "some"}, "Replies policy is not included in the list"),
    ],
)
async def test_a_list_that_cannot_be_is_refused(alice: Person, rules: dict[str, str], reason: str) -> None:
    assert await alice.post("/api/v1/lists", 422, **rules) == {"error": f"Validation failed: {reason}"}


async def test_nobody_has_more_than_fifty_lists(alice: Person, bob: Person) -> None:
    for number in range(50):
        await a_list(alice, f"List {number}")
    refused = await alice.post("/api/v1/lists", 422, title="One more")
    assert refused == {"error": "Validation failed: You have reached the maximum number of lists"}
    await a_list(bob)


async def test_somebody_elses_list_does_not_exist(alice: Person, bob: Person) -> None:
    path = f"/api/v1/lists/{(await a_list(alice))['id']}"
    for method, where in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("GET", "/accounts"), ("POST", "/accounts")):
        assert (await bob.ask(method, path + where)).status_code == 404
    assert (await alice.ask("GET", "/api/v1/lists/none")).status_code == 404


async def test_who_is_followed_may_be_on_a_list(alice: Person, bob: Person) -> None:
    await follow(alice, bob)
    friends = await a_list(alice)
    assert await add(alice, friends, bob) == {}
    assert await members_of(alice, friends) == ["bob"]
    assert await alice.get(f"/api/v1/accounts/{bob.id}/lists") == [friends]
    assert await bob.get(f"/api/v1/accounts/{bob.id}/lists") == []
    assert (await take_off(alice, friends, bob)).json() == {}
    assert await members_of(alice, friends) == []


async def test_who_was_asked_may_be_on_a_list(alice: Person, bob: Person) -> None:
    await bob.patch("/api/v1/accounts/update_credentials", locked=True)
    await follow(alice, bob)
    friends = await a_list(alice)
    await add(alice, friends, bob)
    assert await members_of(alice, friends) == ["bob"]


async def test_who_is_not_followed_may_not(alice: Person, bob: Person, resources: Resources) -> None:
    carol = await a_person(resources.db, alice.client, "carol")
    await follow(alice, bob)
    friends = await a_list(alice)
    assert await add(alice, friends, bob, carol, status=404) == {"error": "Record not found"}
    assert await members_of(alice, friends) == []


async def test_one_may_be_on_ones_own_list(alice: Person) -> None:
    friends = await a_list(alice)
    await add(alice, friends, alice)
    assert await members_of(alice, friends) == ["alice"]


async def test_nobody_is_on_a_list_twice(alice: Person, bob: Person) -> None:
    await follow(alice, bob)
    friends = await a_list(alice)
    await add(alice, friends, bob)
    refused = await add(alice, friends, bob, status=422)
    assert refused == {"error": "Validation failed: Account has already been taken"}
    assert await add(alice, await a_list(alice), bob, bob, status=422) == refused


@pytest.mark.parametrize("way", ["unfollow", "block"])
async def test_who_is_left_is_off_the_lists(alice: Person, bob: Person, way: str) -> None:
    await follow(alice, bob)
    friends = await a_list(alice)
    await add(alice, friends, bob)
    await alice.post(f"/api/v1/accounts/{bob.id}/{way}")
    assert await members_of(alice, friends) == []


async def test_members_come_in_pages_or_all_at_once(alice: Person, resources: Resources) -> None:
    friends = await a_list(alice)
    people = [await a_person(resources.db, alice.client, f"friend{n}") for n in range(3)]
    for friend in people:
        await follow(alice, friend)
    await add(alice, friends, *people)
    first = await alice.ask("GET", f"/api/v1/lists/{friends['id']}/accounts", params={"limit": 2})
    assert [a["username"] for a in first.json()] == ["friend2", "friend1"]
    rest = await alice.ask("GET", first.links["next"]["url"])
    assert [a["username"] for a in rest.json()] == ["friend0"]
    assert len(await members_of(alice, friends, limit=0)) == 3


async def test_lists_need_a_person_with_the_scope(alice: Person, resources: Resources) -> None:
    await alice.unknown.get("/api/v1/lists", 401)
    narrow = await a_person(resources.db, alice.client, "narrow", scopes="read:statuses write:statuses")
    await narrow.get("/api/v1/lists", 403)
    await narrow.post("/api/v1/lists", 403, title="x")
