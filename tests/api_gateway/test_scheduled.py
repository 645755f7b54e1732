"""Posts for later: scheduling, putting off, cancelling, and what happens when it is time."""

import asyncio
import datetime as dt
from typing import Any

import asyncpg
import pytest
from people import a_post
from talking import Person

from api_gateway.handlers import schedules
from api_gateway.resources import Resources
from chassis.clock import utc_now
from chassis.db import Database
from contracts.ids import AccountId
from social.media import store as media
from social.media.model import NewFile

PATH = "/api/v1/scheduled_statuses"


def ahead(**delta: float) -> str:
    return (utc_now() + dt.timedelta(**(delta or {"hours": 1}))).isoformat()


async def schedules_a_post(person: Person, text: str = "Later", **fields: Any) -> Any:
    return await person.post("/api/v1/statuses", status=text, **{"scheduled_at": ahead(), **fields})


async def is_time(superuser: asyncpg.Connection) -> None:
    await superuser.execute("UPDATE social.scheduled_statuses SET scheduled_at = now() - interval '1 s'")


async def posts_of(person: Person) -> list[str]:
    return [status["content"] for status in await person.get(f"/api/v1/accounts/{person.id}/statuses")]


async def a_picture_of(db: Database, person: Person) -> str:
    async with db.transaction() as tx:
        media_id = await media.new_id(tx)
        await media.add_local(
            tx,
            NewFile(
                id=media_id,
                account_id=AccountId(int(person.id)),
                kind="image",
                file_key="a/b.png",
                preview_key="a/c.png",
                mime_type="image/png",
                file_size=10,
                description=None,
                blurhash=None,
                meta={},
            ),
        )
    return str(media_id)


async def test_a_scheduled_post_is_listed_and_not_posted(alice: Person, bob: Person) -> None:
    poll = {"options": ["a", "b"], "expires_in": 600}
    made = await schedules_a_post(alice, spoiler_text="cw", visibility="unlisted", poll=poll)
    assert made["params"]["text"] == "Later"
    assert (made["params"]["spoiler_text"], made["params"]["visibility"]) == ("cw", "unlisted")
    assert made["params"]["poll"] == {**poll, "multiple": False, "hide_totals": False}
    assert await alice.get(PATH) == [made]
    assert await alice.get(f"{PATH}/{made['id']}") == made
    assert await posts_of(alice) == []
    await bob.get(f"{PATH}/{made['id']}", 404)
    await bob.put(f"{PATH}/{made['id']}", 404, scheduled_at=ahead())
    await bob.delete(f"{PATH}/{made['id']}", 404)
    assert await bob.get(PATH) == []


async def test_it_is_posted_once_when_it_is_time(
    alice: Person, bob: Person, resources: Resources, superuser: asyncpg.Connection
) -> None:
    first = await bob.says("First")
    await schedules_a_post(
        alice, "Hi @bob", in_reply_to_id=first["id"], poll={"options": ["a", "b"], "expires_in": 600}
    )
    await schedules.publish_due(resources)
    assert await posts_of(alice) == []
    await is_time(superuser)
    await asyncio.gather(*(schedules.publish_due(resources) for _ in range(3)))
    [status] = await alice.get(f"/api/v1/accounts/{alice.id}/statuses")
    assert (status["in_reply_to_id"], [m["acct"] for m in status["mentions"]]) == (first["id"], ["bob"])
    left = dt.datetime.fromisoformat(status["poll"]["expires_at"]) - dt.datetime.fromisoformat(status["created_at"])
    assert left == dt.timedelta(seconds=600)
    assert await alice.get(PATH) == []


async def test_its_pictures_wait_with_it(
    alice: Person, gateway: Database, resources: Resources, superuser: asyncpg.Connection
) -> None:
    picture = await a_picture_of(gateway, alice)
    made = await schedules_a_post(alice, media_ids=[picture])
    assert [file["id"] for file in made["media_attachments"]] == [picture]
    refusal = await alice.post("/api/v1/statuses", 422, status="Mine", media_ids=[picture])
    assert "attached to another post" in refusal["error"]
    await schedules_a_post_in_vain(alice, "attached to another post", media_ids=[picture])
    await is_time(superuser)
    await schedules.publish_due(resources)
    [status] = await alice.get(f"/api/v1/accounts/{alice.id}/statuses")
    assert [file["id"] for file in status["media_attachments"]] == [picture]


async def schedules_a_post_in_vain(person: Person, reason: str, **fields: Any) -> None:
    fields = {"status": "Later", "scheduled_at": ahead(), **fields}
    refusal = await person.post("/api/v1/statuses", 422, **fields)
    assert reason in refusal["error"]


async def test_a_cancelled_post_leaves_its_pictures(alice: Person, gateway: Database) -> None:
    picture = await a_picture_of(gateway, alice)
    made = await schedules_a_post(alice, media_ids=[picture])
    assert await alice.delete(f"{PATH}/{made['id']}") == {}
    await alice.delete(f"{PATH}/{made['id']}", 404)
    await alice.says("Now", media_ids=[picture])


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"scheduled_at": "nonsense"}, "Scheduled at is invalid"),
        ({"scheduled_at": "9999-12-31T23:59:59-12:00"}, "Scheduled at is invalid"),
        ({"scheduled_at": "9999-12-31T23:59:59Z"}, "too far into the future"),
        ({"scheduled_at": [1]}, "Validation failed"),
        ({"status": ""}, "Text can't be blank"),
        ({"status": "x" * 501}, "character limit"),
        ({"media_ids": ["1"]}, "could not be found"),
        ({"poll": {"options": ["a"], "expires_in": 600}}, "Choices"),
    ],
)
async def test_what_cannot_be_scheduled_is_refused_in_words(alice: Person, fields: dict, reason: str) -> None:
    await schedules_a_post_in_vain(alice, reason, **fields)
    assert await alice.get(PATH) == []


async def test_it_needs_five_minutes(alice: Person) -> None:
    await schedules_a_post_in_vain(alice, "Scheduled at must be in the future", scheduled_at=ahead(minutes=4))
    made = await schedules_a_post(alice, scheduled_at=ahead(minutes=6))
    refusal = await alice.put(f"{PATH}/{made['id']}", 422, scheduled_at=ahead(minutes=4))
    assert "must be in the future" in refusal["error"]
    await alice.put(f"{PATH}/{made['id']}", 422)
    later = await alice.put(f"{PATH}/{made['id']}", scheduled_at="2031-01-01T12:00:00.000Z")
    assert later["scheduled_at"] == "2031-01-01T12:00:00.000Z"


async def test_what_is_past_is_posted_at_once(alice: Person) -> None:
    posted = await alice.says("Now", scheduled_at=ahead(minutes=-1))
    assert posted["content"] == "<p>Now</p>"


async def test_so_many_a_day_and_no_more(alice: Person, superuser: asyncpg.Connection) -> None:
    day = "2031-01-01T12:00:00Z"
    await superuser.execute(
        """
        INSERT INTO social.scheduled_statuses (account_id, scheduled_at, params)
        SELECT $1, '2031-01-01T00:00:00Z', '{"status": "x", "visibility": "public"}' FROM generate_series(1, 24)
        """,
        int(alice.id),
    )
    asked = {"status": "Later", "scheduled_at": day}
    answers = await asyncio.gather(*(alice.ask("POST", "/api/v1/statuses", json=asked) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422]
    await schedules_a_post_in_vain(alice, "limit of 25 scheduled posts for today", scheduled_at=day)
    await schedules_a_post(alice, scheduled_at="2031-01-02T12:00:00Z")
    await superuser.execute(
        """
        INSERT INTO social.scheduled_statuses (account_id, scheduled_at, params)
        SELECT $1, timestamptz '2032-01-01T00:00:00Z' + n * interval '1 day', '{}' FROM generate_series(1, 274) AS n
        """,
        int(alice.id),
    )
    await schedules_a_post_in_vain(alice, "limit of 300 scheduled posts", scheduled_at="2034-01-02T12:00:00Z")


async def test_a_repeated_key_schedules_once(alice: Person) -> None:
    asked = {"status": "Later", "scheduled_at": ahead()}
    headers = {"Idempotency-Key": "k"}
    path = "/api/v1/statuses"
    answers = await asyncio.gather(*(alice.ask("POST", path, json=asked, headers=headers) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["id"] for answer in answers}) == len(await alice.get(PATH)) == 1


async def test_what_cannot_be_posted_any_more_is_dropped_and_holds_up_nothing(
    alice: Person, bob: Person, resources: Resources, superuser: asyncpg.Connection
) -> None:
    first = await bob.says("First")
    await schedules_a_post(alice, "Reply", in_reply_to_id=first["id"])
    await schedules_a_post(alice, "Other")
    await bob.delete(f"/api/v1/statuses/{first['id']}")
    await is_time(superuser)
    await schedules.publish_due(resources)
    assert (await posts_of(alice), await alice.get(PATH)) == (["<p>Other</p>"], [])


async def test_nobody_suspended_posts(alice: Person, resources: Resources, superuser: asyncpg.Connection) -> None:
    await schedules_a_post(alice)
    await superuser.execute("UPDATE social.accounts SET suspended_at = now() WHERE id = $1", int(alice.id))
    await is_time(superuser)
    await schedules.publish_due(resources)
    assert await superuser.fetchval("SELECT count(*) FROM social.statuses") == 0
    assert await superuser.fetchval("SELECT count(*) FROM social.scheduled_statuses") == 0


async def test_a_fault_is_tried_again_and_not_for_ever(
    alice: Person, resources: Resources, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await schedules_a_post(alice)

    async def breaks(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("api_gateway.posting.publish.actions.post_whole", breaks)
        await is_time(superuser)
        await schedules.publish_due(resources)
    await schedules.publish_due(resources)
    assert await posts_of(alice) == []
    await superuser.execute("UPDATE social.scheduled_statuses SET scheduled_at = now() - interval '6 min'")
    await schedules.publish_due(resources)
    assert await posts_of(alice) == ["<p>Later</p>"]


async def test_the_list_has_pages(alice: Person) -> None:
    ids = [(await schedules_a_post(alice, str(n)))["id"] for n in range(3)]
    answer = await alice.ask("GET", PATH, params={"limit": 2})
    assert [s["id"] for s in answer.json()] == [ids[2], ids[1]]
    assert f"max_id={ids[1]}" in answer.headers["Link"]
    older = await alice.get(PATH, max_id=ids[1])
    assert [s["id"] for s in older] == [ids[0]]


async def test_what_one_cannot_see_one_can_neither_answer_nor_quote_later(
    alice: Person, gateway: Database, bob: Person
) -> None:
    async with gateway.transaction() as tx:
        secret = await a_post(tx, bob.account, visibility="direct")
    fields = {"status": "Later", "scheduled_at": ahead(), "in_reply_to_id": str(secret.id)}
    await alice.post("/api/v1/statuses", 404, **fields)
    fields = {"status": "Later", "scheduled_at": ahead(), "quoted_status_id": str(secret.id)}
    await alice.post("/api/v1/statuses", 404, **fields)
