"""The same wish twice at the same moment: nothing breaks, and nothing happens twice."""

import asyncio
import datetime as dt
from typing import Any

import pytest
from talking import Person, a_person

from api_gateway.handlers.schedules import publish_due
from api_gateway.resources import Resources
from chassis.clock import utc_now

TIMES = 5


async def at_once(who: Person, method: str, path: str, **body: Any) -> list[int]:
    answers = await asyncio.gather(*(who.ask(method, path, json=body) for _ in range(TIMES)))
    return sorted(answer.status_code for answer in answers)


async def test_one_votes_once(alice: Person, bob: Person) -> None:
    poll = (await alice.says("?", poll={"options": ["a", "b"], "expires_in": 600}))["poll"]
    statuses = await at_once(bob, "POST", f"/api/v1/polls/{poll['id']}/votes", choices=[1])
    assert statuses == [200, *[422] * (TIMES - 1)]
    assert (await bob.get(f"/api/v1/polls/{poll['id']}"))["own_votes"] == [1]


async def test_one_is_on_a_list_once(alice: Person, bob: Person) -> None:
    await alice.post(f"/api/v1/accounts/{bob.id}/follow")
    path = f"/api/v1/lists/{(await alice.post('/api/v1/lists', title='Friends'))['id']}/accounts"
    assert await at_once(alice, "POST", path, account_ids=[bob.id]) == [200, *[422] * (TIMES - 1)]
    assert len(await alice.get(path)) == 1


async def test_lists_are_filled_in_any_order(alice: Person, resources: Resources) -> None:
    """Two requests that name the same people in other orders do not wait for each other for ever."""
    people = [await a_person(resources.db, alice.client, f"friend{n}") for n in range(12)]
    for person in people:
        await alice.post(f"/api/v1/accounts/{person.id}/follow")
    ids = [person.id for person in people]
    for _ in range(5):
        path = f"/api/v1/lists/{(await alice.post('/api/v1/lists', title='Friends'))['id']}/accounts"
        answers = await asyncio.gather(
            *(alice.ask("POST", path, json={"account_ids": order}) for order in (ids, ids[::-1]) * 3)
        )
        assert sorted(a.status_code for a in answers) == [200, *[422] * 5]


@pytest.mark.parametrize(
    "act", ["favourite", "reblog", "bookmark", "mute", "pin", "unfavourite", "unreblog", "unbookmark", "unmute"]
)
async def test_what_is_done_to_a_post_is_done_once(alice: Person, act: str) -> None:
    post = await alice.says("Hello")
    assert await at_once(alice, "POST", f"/api/v1/statuses/{post['id']}/{act}") == [200] * TIMES


@pytest.mark.parametrize("act", ["follow", "block", "mute", "unfollow", "unblock", "unmute", "note", "unendorse"])
async def test_what_is_done_to_somebody_is_done_once(alice: Person, bob: Person, act: str) -> None:
    assert await at_once(alice, "POST", f"/api/v1/accounts/{bob.id}/{act}") == [200] * TIMES


async def test_one_endorses_once(alice: Person, bob: Person) -> None:
    await alice.post(f"/api/v1/accounts/{bob.id}/follow")
    assert await at_once(alice, "POST", f"/api/v1/accounts/{bob.id}/endorse") == [200] * TIMES
    assert len(await alice.get("/api/v1/endorsements")) == 1


@pytest.mark.parametrize("act", ["follow", "unfollow", "feature", "unfeature"])
async def test_a_new_tag_is_made_once(alice: Person, act: str) -> None:
    assert await at_once(alice, "POST", f"/api/v1/tags/brandnew/{act}") == [200] * TIMES


async def test_a_tag_is_featured_once(alice: Person) -> None:
    assert await at_once(alice, "POST", "/api/v1/featured_tags", name="cats") == [200] * TIMES
    assert len(await alice.get("/api/v1/featured_tags")) == 1


async def test_a_post_is_filtered_once(alice: Person, bob: Person) -> None:
    post = await bob.says("Spoiler")
    kept = await alice.post("/api/v2/filters", title="Spoilers", context=["home"])
    path = f"/api/v2/filters/{kept['id']}/statuses"
    assert await at_once(alice, "POST", path, status_id=post["id"]) == [200, *[422] * (TIMES - 1)]


async def test_a_domain_is_blocked_once(alice: Person) -> None:
    assert await at_once(alice, "POST", "/api/v1/domain_blocks", domain="far.example") == [200] * TIMES
    assert await alice.get("/api/v1/domain_blocks") == ["far.example"]


async def test_a_key_posts_once(alice: Person) -> None:
    answers = await asyncio.gather(
        *(
            alice.ask("POST", "/api/v1/statuses", json={"status": "Once"}, headers={"Idempotency-Key": "k"})
            for _ in range(TIMES)
        )
    )
    assert {a.status_code for a in answers} == {200}
    assert len({a.json()["id"] for a in answers}) == 1


async def test_a_key_schedules_once(alice: Person) -> None:
    body = {"status": "Once", "scheduled_at": (utc_now() + dt.timedelta(days=1)).isoformat()}
    answers = await asyncio.gather(
        *(alice.ask("POST", "/api/v1/statuses", json=body, headers={"Idempotency-Key": "k"}) for _ in range(TIMES))
    )
    assert {a.status_code for a in answers} == {200}
    assert len(await alice.get("/api/v1/scheduled_statuses")) == 1


async def test_a_post_is_deleted_once_while_others_like_it(alice: Person, bob: Person) -> None:
    for act in ("favourite", "reblog", "bookmark", "mute") * 3:
        post = await alice.says("Hello", poll={"options": ["a", "b"], "expires_in": 600})
        liked, voted, gone = await asyncio.gather(
            bob.ask("POST", f"/api/v1/statuses/{post['id']}/{act}"),
            bob.ask("POST", f"/api/v1/polls/{post['poll']['id']}/votes", json={"choices": [0]}),
            alice.ask("DELETE", f"/api/v1/statuses/{post['id']}"),
        )
        assert gone.status_code == 200
        assert liked.status_code in (200, 404), liked.text
        assert voted.status_code in (200, 404), voted.text


async def test_a_post_is_edited_deleted_and_quoted_at_once(alice: Person, bob: Person) -> None:
    for _ in range(5):
        post = await alice.says("Hello", quote_approval_policy="public")
        path = f"/api/v1/statuses/{post['id']}"
        answers = await asyncio.gather(
            alice.ask("PUT", path, json={"status": "Goodbye"}),
            bob.ask("POST", "/api/v1/statuses", json={"status": "Look", "quoted_status_id": post["id"]}),
            bob.ask("POST", "/api/v1/statuses", json={"status": "Yes", "in_reply_to_id": post["id"]}),
            alice.ask("DELETE", path),
            alice.ask("DELETE", path),
        )
        assert {a.status_code for a in answers} <= {200, 404}, [a.text for a in answers]


async def test_what_is_scheduled_goes_out_once(alice: Person, resources: Resources) -> None:
    for number in range(3):
        await alice.says(f"Post {number}", scheduled_at=(utc_now() + dt.timedelta(days=1)).isoformat())
    async with resources.db.transaction() as tx:
        await tx.execute("UPDATE social.scheduled_statuses SET scheduled_at = now()")
    await asyncio.gather(publish_due(resources), publish_due(resources), publish_due(resources))
    assert len(await alice.get(f"/api/v1/accounts/{alice.id}/statuses")) == 3
    assert await alice.get("/api/v1/scheduled_statuses") == []
