"""The same act on the same thing, by several people, is shown as one."""

import asyncio
import datetime as dt
from typing import Any

import asyncpg
import httpx
import pytest
from signing_in import bearing
from staging import Stage

from chassis.clock import utc_now
from social.accounts.model import Account
from social.relationships import actions as relationships
from timeline.handlers.telling import tell
from timeline.store.telling import Cause, forget_closed_groups

Client = httpx.AsyncClient
PATH = "/api/v2/notifications"


async def grouped(stage: Stage, client: Client, reader: Account, **query: object) -> dict[str, Any]:
    found: dict[str, Any] = (await stage.get(client, reader, PATH, **query)).json()
    return found


async def kinds(stage: Stage, client: Client, reader: Account, **query: object) -> list[tuple[str, int]]:
    """Pairs of type and number, newest first."""
    found = await grouped(stage, client, reader, **query)
    return [(g["type"], g["notifications_count"]) for g in found["notification_groups"]]


async def it_is_later(superuser: asyncpg.Connection, hours: int) -> None:
    """What was begun moves into the past."""
    await superuser.execute("UPDATE timeline.notification_groups SET hour = hour - $1", hours)
    await superuser.execute(
        """
        UPDATE timeline.notifications n SET group_key = g.alike || '-' || g.hour FROM timeline.notification_groups g
        WHERE n.account_id = g.account_id AND n.group_key LIKE g.alike || '-%'
        """
    )


async def test_favourites_of_one_post_are_one_group_among_others(stage: Stage, client: Client, alice, bob, carol, eve):
    first, second = await stage.post(alice), await stage.post(alice)
    for person in (bob, carol):
        await stage.favourite(person, first)
    await stage.post(bob, mentions=(alice.id,))
    await stage.favourite(eve, first)
    await stage.favourite(bob, second)
    await stage.boost(bob, first)
    assert await kinds(stage, client, alice) == [("reblog", 1), ("favourite", 1), ("favourite", 3), ("mention", 1)]


async def test_each_account_and_status_comes_once(stage: Stage, client: Client, alice, bob, carol):
    post = await stage.post(alice)
    for person in (bob, carol):
        await stage.favourite(person, post)
        await stage.boost(person, post)
    found = await grouped(stage, client, alice)
    assert {a["acct"] for a in found["accounts"]} == {"bob", "carol"}
    assert ([s["id"] for s in found["statuses"]], len(found["accounts"])) == ([str(post.id)], 2)
    boosts = found["notification_groups"][0]
    assert (boosts["sample_account_ids"], boosts["status_id"]) == ([str(carol.id), str(bob.id)], str(post.id))
    assert boosts["page_max_id"] == str(boosts["most_recent_notification_id"]) > boosts["page_min_id"]
    assert "partial_accounts" not in found


async def test_of_others_in_a_group_a_picture_may_do(stage: Stage, client: Client, alice, bob, carol):
    post = await stage.post(alice)
    for person in (bob, carol):
        await stage.favourite(person, post)
    found = await grouped(stage, client, alice, expand_accounts="partial_avatars")
    assert [a["acct"] for a in found["accounts"]] == ["carol"]
    assert [a["acct"] for a in found["partial_accounts"]] == ["bob"]
    answer = await client.get(PATH, params={"expand_accounts": "x"}, headers=bearing(await stage.token(alice)))
    assert answer.status_code == 422


async def test_only_types_that_are_asked_for_are_grouped(stage: Stage, client: Client, alice, bob, carol):
    post = await stage.post(alice)
    for person in (bob, carol):
        await stage.favourite(person, post)
        await stage.follow(person, alice)
    assert await kinds(stage, client, alice, **{"grouped_types[]": ["follow", "mention"]}) == [
        ("follow", 2),
        ("favourite", 1),
        ("favourite", 1),
    ]
    assert await kinds(stage, client, alice, **{"types[]": ["follow"]}) == [("follow", 2)]
    assert await kinds(stage, client, alice, **{"exclude_types[]": ["follow"]}) == [("favourite", 2)]
    assert await kinds(stage, client, alice, account_id=bob.id) == [("follow", 1), ("favourite", 1)]


async def test_groups_come_in_pages_and_each_on_one_page(stage: Stage, client: Client, alice, bob, carol):
    posts = [await stage.post(alice) for _ in range(3)]
    for person in (bob, carol):
        for post in posts:
            await stage.favourite(person, post)
    answer = await stage.get(client, alice, PATH, limit=2)
    newest = answer.json()["notification_groups"]
    assert [g["status_id"] for g in newest] == [str(posts[2].id), str(posts[1].id)]
    last = newest[-1]["page_max_id"]
    assert f"max_id={last}" in answer.headers["link"]
    assert f"min_id={newest[0]['page_max_id']}" in answer.headers["link"]
    older = (await grouped(stage, client, alice, max_id=last))["notification_groups"]
    assert (older[0]["status_id"], older[0]["notifications_count"]) == (str(posts[0].id), 2)
    oldest = older[-1]["page_min_id"]
    upwards = (await grouped(stage, client, alice, min_id=oldest, limit=1))["notification_groups"]
    assert [g["status_id"] for g in upwards] == [str(posts[2].id)]


async def test_a_group_is_closed_twelve_hours_after_it_began(
    stage: Stage, client: Client, superuser, alice, bob, carol
):
    post = await stage.post(alice)
    await stage.favourite(bob, post)
    await it_is_later(superuser, hours=11)
    await stage.favourite(carol, post)
    assert await kinds(stage, client, alice) == [("favourite", 2)]
    await it_is_later(superuser, hours=1)
    await stage.favourite(await stage.somebody("dave"), post)
    await stage.favourite(await stage.somebody("erin"), post)
    assert await kinds(stage, client, alice) == [("favourite", 2), ("favourite", 2)]
    async with stage.res.db.transaction() as tx:
        await forget_closed_groups(tx, utc_now() + dt.timedelta(hours=13))
    assert await superuser.fetchval("SELECT count(*) FROM timeline.notification_groups") == 0


async def test_at_the_turn_of_an_hour_all_who_come_at_once_are_one_group(stage: Stage, client: Client, alice):
    post = await stage.post(alice)
    crowd = [await stage.somebody(f"person{i}") for i in range(6)]
    causes = [Cause(type="favourite", by=person.id, status_id=post.id) for person in crowd]
    await asyncio.gather(*(tell(stage.res, cause, [alice.id]) for cause in causes))
    assert await kinds(stage, client, alice) == [("favourite", 6)]


async def test_a_group_shows_at_most_eight_of_its_people_and_lists_all(stage: Stage, client: Client, alice):
    crowd = [await stage.somebody(f"person{i}") for i in range(10)]
    for person in crowd:
        await stage.follow(person, alice)
    [group] = (await grouped(stage, client, alice))["notification_groups"]
    newest = [str(person.id) for person in reversed(crowd)]
    assert (group["notifications_count"], group["sample_account_ids"]) == (10, newest[:8])
    path = f"{PATH}/{group['group_key']}/accounts"
    answer = await stage.get(client, alice, path, limit=7)
    assert [a["id"] for a in answer.json()] == newest[:7]
    rest = await client.get(answer.links["next"]["url"], headers=bearing(await stage.token(alice)))
    assert [a["id"] for a in rest.json()] == newest[7:]


async def test_one_group_can_be_read_and_put_away_for_good(stage: Stage, client: Client, alice, bob, carol):
    post = await stage.post(alice)
    await stage.favourite(bob, post)
    await stage.favourite(carol, post)
    favourited = stage.emitted
    [group] = (await grouped(stage, client, alice))["notification_groups"]
    path = f"{PATH}/{group['group_key']}"
    [alone] = (await stage.get(client, alice, path)).json()["notification_groups"]
    assert (alone["notifications_count"], "page_min_id" in alone) == (2, False)
    mine, others = bearing(await stage.token(alice)), bearing(await stage.token(bob))
    assert (await client.get(path, headers=others)).status_code == 404
    await client.post(f"{path}/dismiss", headers=others)
    assert await kinds(stage, client, alice) == [("favourite", 2)]
    assert (await client.post(f"{path}/dismiss", headers=mine)).json() == {}
    await stage.tell(*favourited)
    assert await kinds(stage, client, alice) == []
    assert (await client.get(path, headers=mine)).status_code == 404


async def test_what_is_in_no_group_has_a_key_too(stage: Stage, client: Client, alice, bob):
    await stage.post(bob, mentions=(alice.id,))
    [group] = (await grouped(stage, client, alice))["notification_groups"]
    assert group["group_key"] == f"ungrouped-{group['page_max_id']}"
    found = (await stage.get(client, alice, f"{PATH}/{group['group_key']}")).json()
    assert [a["acct"] for a in found["accounts"]] == ["bob"]
    headers = bearing(await stage.token(alice))
    assert (await client.post(f"{PATH}/{group['group_key']}/dismiss", headers=headers)).status_code == 200
    assert await kinds(stage, client, alice) == []
    for key in ("ungrouped-1", "ungrouped-x", f"ungrouped-{'9' * 30}", "favourite-1-1"):
        assert (await client.get(f"{PATH}/{key}", headers=headers)).status_code == 404


async def test_groups_after_the_marker_are_unread(stage: Stage, client: Client, alice, bob, carol):
    posts = [await stage.post(alice) for _ in range(2)]
    for post in posts:
        await stage.favourite(bob, post)
    [_, older] = (await grouped(stage, client, alice))["notification_groups"]
    assert (await stage.get(client, alice, f"{PATH}/unread_count")).json() == {"count": 2}
    marker = {"notifications": {"last_read_id": older["page_max_id"]}}
    await client.post("/api/v1/markers", json=marker, headers=bearing(await stage.token(alice)))
    await stage.favourite(carol, posts[1])
    assert (await stage.get(client, alice, f"{PATH}/unread_count")).json() == {"count": 1}
    assert (await stage.get(client, alice, "/api/v1/notifications/unread_count")).json() == {"count": 2}
    assert (await stage.get(client, alice, f"{PATH}/unread_count", limit=1, **{"types[]": ["follow"]})).json() == {
        "count": 0
    }


async def test_who_is_muted_leaves_the_group(stage: Stage, client: Client, alice, bob, carol):
    post = await stage.post(alice)
    for person in (bob, carol):
        await stage.favourite(person, post)
    async with stage.act(alice) as tx:
        await relationships.mute(tx, alice, carol)
    assert await kinds(stage, client, alice) == [("favourite", 1)]


async def test_all_groups_can_be_put_away(stage: Stage, client: Client, alice, bob):
    await stage.follow(bob, alice)
    answer = await client.post(f"{PATH}/clear", headers=bearing(await stage.token(alice)))
    assert (answer.status_code, answer.json(), await kinds(stage, client, alice)) == (200, {}, [])


async def test_a_page_takes_few_statements_however_long_it_is(stage: Stage, client: Client, statements, alice, bob):
    headers = bearing(await stage.token(alice))
    for _ in range(12):
        post = await stage.post(alice)
        await stage.favourite(bob, post)
        await stage.boost(bob, post)
    await client.get(PATH, headers=headers)  # who asks is known from now on
    seen = await statements.of(client.get(PATH, headers=headers))
    assert len(seen) <= 8, seen
    assert len(await statements.of(client.get("/api/v1/notifications", headers=headers))) <= 8


@pytest.mark.parametrize(("method", "path"), [
    ("GET", ""), ("GET", "/unread_count"), ("GET", "/follow-1"), ("GET", "/follow-1/accounts"),
    ("POST", "/follow-1/dismiss"), ("POST", "/clear"),
])  # fmt: skip
async def test_groups_need_a_token_with_the_scope(stage: Stage, client: Client, alice, method, path):
    assert (await client.request(method, f"{PATH}{path}")).status_code == 401
    headers = bearing(await stage.token(alice, "read:statuses"))
    assert (await client.request(method, f"{PATH}{path}", headers=headers)).status_code == 403
