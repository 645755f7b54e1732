"""Filters through the client API, both versions."""

from typing import Any

import pytest
from talking import Person, a_person

from api_gateway.resources import Resources
from contracts.events import FiltersChanged

V2, V1 = "/api/v2/filters", "/api/v1/filters"


async def a_filter(person: Person, *keywords: str, **fields: Any) -> Any:
    rules = [{"keyword": keyword, "whole_word": True} for keyword in keywords]
    return await person.post(V2, **{"title": "Spiders", "context": ["home"], "keywords_attributes": rules} | fields)


async def test_a_filter_lives_from_its_making_to_its_end(alice: Person) -> None:
    made = await a_filter(alice, "spider", "web", filter_action="hide", expires_in=3600)
    assert (made["title"], made["context"], made["filter_action"]) == ("Spiders", ["home"], "hide")
    assert [rule["keyword"] for rule in made["keywords"]] == ["spider", "web"]
    assert made["expires_at"] is not None
    assert made["statuses"] == []
    path = f"{V2}/{made['id']}"
    assert await alice.get(path) == made
    assert await alice.get(V2) == [made]
    assert (await alice.put(path, title="Insects"))["expires_at"] == made["expires_at"]
    assert (await alice.put(path, expires_in=""))["expires_at"] is None
    assert await alice.delete(path) == {}
    assert await alice.get(V2) == []


async def test_keywords_are_added_changed_and_removed_with_their_filter(alice: Person) -> None:
    made = await a_filter(alice, "spider", "web")
    spider, web = made["keywords"]
    form = {
        "keywords_attributes[0][id]": spider["id"],
        "keywords_attributes[0][keyword]": "tarantula",
        "keywords_attributes[0][whole_word]": "false",
        "keywords_attributes[1][id]": web["id"],
        "keywords_attributes[1][_destroy]": "true",
        "keywords_attributes[2][keyword]": "scorpion",
    }
    changed = (await alice.ask("PUT", f"{V2}/{made['id']}", data=form)).json()
    assert [(rule["keyword"], rule["whole_word"]) for rule in changed["keywords"]] == [
        ("tarantula", False),
        ("scorpion", True),
    ]
    assert changed["keywords"][0]["id"] == spider["id"]


async def test_keywords_have_an_address_of_their_own(alice: Person) -> None:
    made = await a_filter(alice)
    added = await alice.post(f"{V2}/{made['id']}/keywords", keyword="web", whole_word=False)
    path = f"{V2}/keywords/{added['id']}"
    assert await alice.get(f"{V2}/{made['id']}/keywords") == [added]
    assert await alice.get(path) == added
    assert (await alice.put(path, keyword="cobweb"))["keyword"] == "cobweb"
    assert (await alice.get(path))["whole_word"] is False
    assert await alice.delete(path) == {}
    await alice.get(path, 404)


async def test_single_posts_are_filtered(alice: Person, bob: Person) -> None:
    made, post = await a_filter(alice), await bob.says("Look!")
    added = await alice.post(f"{V2}/{made['id']}/statuses", status_id=post["id"])
    path = f"{V2}/statuses/{added['id']}"
    assert added["status_id"] == post["id"]
    assert await alice.get(f"{V2}/{made['id']}/statuses") == [added]
    assert await alice.get(path) == added
    again = await alice.post(f"{V2}/{made['id']}/statuses", 422, status_id=post["id"])
    assert again["error"] == "Validation failed: Status has already been taken"
    assert await alice.delete(path) == added
    assert await alice.get(f"{V2}/{made['id']}/statuses") == []


@pytest.mark.parametrize("visibility", ["private", "direct"])
async def test_a_post_that_one_may_not_see_does_not_exist_for_filters(
    alice: Person, bob: Person, visibility: str
) -> None:
    made, post = await a_filter(alice), await bob.says("Psst", visibility=visibility)
    refused = await alice.post(f"{V2}/{made['id']}/statuses", 422, status_id=post["id"])
    assert refused["error"] == "Validation failed: Status must exist"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"title": " "}, "Title can't be blank"),
        ({"title": "x" * 257}, "Title is too long (maximum is 256 characters)"),
        ({"context": []}, "Context can't be blank, Context None or invalid context supplied"),
        ({"context": ["home", "moon"]}, "Context None or invalid context supplied"),
        ({"filter_action": "explode"}, "Action is not included in the list"),
        ({"expires_in": "soon"}, "Expires in is not a number"),
        ({"keywords_attributes": [{"keyword": ""}]}, "Keywords keyword can't be blank"),
        (
            {"keywords_attributes": [{"keyword": "x" * 513}]},
            "Keywords keyword is too long (maximum is 512 characters)",
        ),
    ],
)
async def test_an_invalid_filter_is_refused(alice: Person, fields: dict[str, Any], error: str) -> None:
    refused = await alice.post(V2, 422, **{"title": "x", "context": ["home"]} | fields)
    assert refused["error"] == f"Validation failed: {error}"
    assert await alice.get(V2) == []


async def test_a_thousand_keywords_are_enough(alice: Person) -> None:
    await a_filter(alice, *(f"word{n}" for n in range(1000)))
    assert "too many filters" in (await alice.post(V2, 422, title="x", context=["home"], **ONE_MORE))["error"]


ONE_MORE = {"keywords_attributes": [{"keyword": "more"}]}


async def test_filters_of_others_do_not_exist(alice: Person, bob: Person) -> None:
    made, post = await a_filter(alice, "web"), await bob.says("Look!")
    keyword = made["keywords"][0]["id"]
    status = await alice.post(f"{V2}/{made['id']}/statuses", status_id=post["id"])
    own = await a_filter(bob)
    for path in (f"{V2}/{made['id']}", f"{V2}/keywords/{keyword}", f"{V1}/{keyword}"):
        await bob.get(path, 404)
        await bob.put(path, 404, title="Mine", keyword="mine")
        await bob.delete(path, 404)
    for path in (f"{V2}/{made['id']}/keywords", f"{V2}/{made['id']}/statuses"):
        await bob.get(path, 404)
        await bob.post(path, 404, keyword="x", status_id=post["id"])
    await bob.get(f"{V2}/statuses/{status['id']}", 404)
    await bob.delete(f"{V2}/statuses/{status['id']}", 404)
    await bob.put(f"{V2}/{own['id']}", 404, keywords_attributes=[{"id": keyword, "keyword": "mine"}])


async def test_filters_of_the_first_version_are_keywords_of_the_second(alice: Person) -> None:
    made = await alice.post(V1, phrase="web", context=["home", "public"], irreversible=True)
    assert (made["phrase"], made["irreversible"], made["whole_word"]) == ("web", True, True)
    (whole,) = await alice.get(V2)
    assert (whole["title"], whole["filter_action"], whole["keywords"][0]["id"]) == ("web", "hide", made["id"])
    answer = await alice.ask("GET", V1)
    assert answer.json() == [made]
    assert answer.headers["Deprecation"] == "@1668384000"
    changed = await alice.put(f"{V1}/{made['id']}", phrase="cobweb", irreversible=False)
    assert (changed["phrase"], changed["irreversible"]) == ("cobweb", False)
    assert await alice.get(f"{V1}/{made['id']}") == changed
    assert await alice.delete(f"{V1}/{made['id']}") == {}
    assert await alice.get(V2) == []


async def test_the_first_version_does_not_change_what_other_keywords_share(alice: Person) -> None:
    made = await a_filter(alice, "spider", "web")
    keyword = made["keywords"][0]["id"]
    refused = await alice.put(f"{V1}/{keyword}", 422, phrase="spider", context=["public"])
    assert "more than one filter keyword" in refused["error"]
    assert (await alice.put(f"{V1}/{keyword}", phrase="tick", context=["home"]))["phrase"] == "tick"
    await alice.delete(f"{V1}/{keyword}")
    assert [rule["keyword"] for rule in (await alice.get(V2))[0]["keywords"]] == ["web"]


@pytest.mark.parametrize("version", [V1, V2])
async def test_filters_need_their_scopes(alice: Person, resources: Resources, version: str) -> None:
    reader = await a_person(resources.db, alice.client, "carol", scopes="read:filters")
    await reader.get(version)
    await reader.post(version, 403, title="x", phrase="x", context=["home"])
    await alice.unknown.get(version, 401)
    await alice.get(f"{version}/1", 404)
    await alice.get(f"{version}/none", 404)


async def test_each_change_is_told(alice: Person, resources: Resources) -> None:
    made = await a_filter(alice, "web")
    await alice.put(f"{V2}/keywords/{made['keywords'][0]['id']}", keyword="net")
    await alice.delete(f"{V2}/{made['id']}")
    told = await resources.db.fetch("SELECT body FROM api_gateway.outbox WHERE topic = 'filters.changed'")
    assert len(told) == 3
    assert FiltersChanged.__struct_config__.tag == "filters.changed"
