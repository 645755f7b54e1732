"""What is alice's is not there for bob: he learns nothing of it and changes nothing in it."""

import datetime as dt
from typing import Any

import pytest
from talking import Person

from api_gateway.resources import Resources
from chassis.clock import utc_now
from contracts.ids import MediaId
from social.media import store as media

Things = dict[str, str]

LATER = (utc_now() + dt.timedelta(days=3)).isoformat()

NOT_THERE: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/api/v1/lists/{list}", {}),
    ("PUT", "/api/v1/lists/{list}", {"title": "Mine"}),
    ("DELETE", "/api/v1/lists/{list}", {}),
    ("GET", "/api/v1/lists/{list}/accounts", {}),
    ("POST", "/api/v1/lists/{list}/accounts", {"account_ids": ["{bob}"]}),
    ("DELETE", "/api/v1/lists/{list}/accounts", {"account_ids": ["{bob}"]}),
    ("GET", "/api/v2/filters/{filter}", {}),
    ("PUT", "/api/v2/filters/{filter}", {"title": "Mine"}),
    ("DELETE", "/api/v2/filters/{filter}", {}),
    ("GET", "/api/v2/filters/{filter}/keywords", {}),
    ("POST", "/api/v2/filters/{filter}/keywords", {"keyword": "mine"}),
    ("GET", "/api/v2/filters/keywords/{keyword}", {}),
    ("PUT", "/api/v2/filters/keywords/{keyword}", {"keyword": "mine"}),
    ("DELETE", "/api/v2/filters/keywords/{keyword}", {}),
    ("PUT", "/api/v2/filters/{bobs_filter}", {"keywords_attributes": [{"id": "{keyword}", "_destroy": True}]}),
    ("GET", "/api/v2/filters/{filter}/statuses", {}),
    ("POST", "/api/v2/filters/{filter}/statuses", {"status_id": "{public}"}),
    ("GET", "/api/v2/filters/statuses/{filter_status}", {}),
    ("DELETE", "/api/v2/filters/statuses/{filter_status}", {}),
    ("GET", "/api/v1/filters/{keyword}", {}),
    ("PUT", "/api/v1/filters/{keyword}", {"phrase": "mine", "context": ["home"]}),
    ("DELETE", "/api/v1/filters/{keyword}", {}),
    ("GET", "/api/v1/scheduled_statuses/{scheduled}", {}),
    ("PUT", "/api/v1/scheduled_statuses/{scheduled}", {"scheduled_at": LATER}),
    ("DELETE", "/api/v1/scheduled_statuses/{scheduled}", {}),
    ("DELETE", "/api/v1/featured_tags/{featured}", {}),
    ("PUT", "/api/v1/statuses/{public}", {"status": "Mine"}),
    ("DELETE", "/api/v1/statuses/{public}", {}),
    ("POST", "/api/v1/statuses/{public}/unpin", {}),
    ("PUT", "/api/v1/statuses/{public}/interaction_policy", {"quote_approval_policy": "nobody"}),
    *(
        ("GET", f"/api/v1/statuses/{{direct}}{what}", {})
        for what in ("", "/context", "/history", "/source", "/favourited_by", "/reblogged_by", "/quotes")
    ),
    *(
        ("POST", f"/api/v1/statuses/{{direct}}/{act}", {})
        for verb in ("favourite", "reblog", "bookmark", "pin", "mute")
        for act in (verb, f"un{verb}")
    ),
    ("POST", "/api/v1/statuses/{direct}/translate", {}),
    ("PUT", "/api/v1/statuses/{direct}/interaction_policy", {"quote_approval_policy": "public"}),
    ("POST", "/api/v1/statuses/{direct}/quotes/{quote}/revoke", {}),
    ("POST", "/api/v1/statuses", {"status": "Answer", "in_reply_to_id": "{direct}"}),
    ("POST", "/api/v1/statuses", {"status": "Look", "quoted_status_id": "{direct}"}),
    ("GET", "/api/v1/polls/{poll}", {}),
    ("POST", "/api/v1/polls/{poll}/votes", {"choices": [0]}),
    ("GET", "/api/v1/push/subscription", {}),
    ("PUT", "/api/v1/push/subscription", {"data": {"alerts": {"mention": False}}}),
]

REFUSED: list[tuple[str, str, dict[str, Any], int]] = [
    # As Mastodon: that it is quoted is known to everybody.
    ("POST", "/api/v1/statuses/{public}/quotes/{quote}/revoke", {}, 403),
    ("POST", "/api/v1/statuses/{public}/pin", {}, 422),
    ("POST", "/api/v2/filters/{bobs_filter}/statuses", {"status_id": "{direct}"}, 422),
    ("POST", "/api/v1/statuses", {"status": "Look", "media_ids": ["{file}"]}, 422),
    ("POST", "/api/v1/statuses", {"status": "Look", "media_ids": ["{file}"], "scheduled_at": LATER}, 422),
    ("POST", "/api/v1/statuses", {"status": "Look", "media_ids": ["{held}"]}, 422),
    ("POST", "/api/v1/featured_tags", {"name": ""}, 422),
]


async def a_file(resources: Resources, owner: Person) -> str:
    async with resources.db.transaction() as tx:
        media_id = await tx.fetchval(
            """
            INSERT INTO social.media_attachments (account_id, is_local, kind, state)
            VALUES ($1, true, 'image', 'ready')
            RETURNING id
            """,
            owner.account.id,
        )
    assert await media.owned(resources.db, MediaId(media_id), owner.account.id)
    return str(media_id)


@pytest.fixture
async def things(alice: Person, bob: Person, resources: Resources) -> Things:
    """One of each, by name; nothing of it may change."""
    await alice.post(f"/api/v1/accounts/{bob.id}/follow")
    friends = await alice.post("/api/v1/lists", title="Friends")
    await alice.post(f"/api/v1/lists/{friends['id']}/accounts", account_ids=[bob.id])
    public = await alice.says("In the open", quote_approval_policy="public")
    direct = await alice.says("Between us", visibility="direct", poll={"options": ["a", "b"], "expires_in": 600})
    quote = await alice.says("As I said", quoted_status_id=public["id"])
    kept = await alice.post(
        "/api/v2/filters", title="Spoilers", context=["home"], keywords_attributes=[{"keyword": "ending"}]
    )
    row = await alice.post(f"/api/v2/filters/{kept['id']}/statuses", status_id=public["id"])
    file, held = await a_file(resources, alice), await a_file(resources, alice)
    scheduled = await alice.says("Later", scheduled_at=LATER, media_ids=[held])
    bobs = await bob.post("/api/v2/filters", title="Bob's", context=["home"])
    return {
        "bob": bob.id,
        "list": friends["id"],
        "public": public["id"],
        "direct": direct["id"],
        "quote": quote["id"],
        "poll": direct["poll"]["id"],
        "filter": kept["id"],
        "keyword": kept["keywords"][0]["id"],
        "filter_status": row["id"],
        "file": file,
        "held": held,
        "scheduled": scheduled["id"],
        "featured": (await alice.post("/api/v1/featured_tags", name="cats"))["id"],
        "bobs_filter": bobs["id"],
    }


def named(value: Any, things: Things) -> Any:
    """With the ids of things for their names."""
    if isinstance(value, str):
        return value.format(**things)
    if isinstance(value, list):
        return [named(one, things) for one in value]
    if isinstance(value, dict):
        return {key: named(one, things) for key, one in value.items()}
    return value


async def all_of(alice: Person, things: Things) -> list[Any]:
    paths = (
        "/api/v1/lists", f"/api/v1/lists/{things['list']}/accounts", "/api/v2/filters", "/api/v1/scheduled_statuses",
        "/api/v1/featured_tags", f"/api/v1/accounts/{alice.id}/statuses", f"/api/v1/polls/{things['poll']}",
    )  # fmt: skip
    return [await alice.get(path) for path in paths]


async def test_what_is_somebody_elses_does_not_exist(alice: Person, bob: Person, things: Things) -> None:
    before = await all_of(alice, things)
    answers = {
        f"{method} {path}": (await bob.ask(method, named(path, things), json=named(body, things))).status_code
        for method, path, body in NOT_THERE
    }
    assert {asked: status for asked, status in answers.items() if status != 404} == {}
    assert await all_of(alice, things) == before


async def test_what_somebody_else_has_is_not_meddled_with(alice: Person, bob: Person, things: Things) -> None:
    before = await all_of(alice, things)
    for method, path, body, status in REFUSED:
        answer = await bob.ask(method, named(path, things), json=named(body, things))
        assert answer.status_code == status, (method, path, answer.text)
    assert await all_of(alice, things) == before


async def test_nobody_needs_to_be_known_to_find_the_doors_closed(alice: Person, things: Things) -> None:
    """Without a token nothing is told apart: 401, or 404 where anybody may look at posts."""
    stranger = alice.unknown
    for method, path, body in NOT_THERE:
        answer = await stranger.ask(method, named(path, things), json=named(body, things))
        assert answer.status_code in (401, 404), (method, path, answer.text)
