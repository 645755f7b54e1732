"""What goes round: counted from posts, reviewed, faded, and shown."""

import datetime as dt
from typing import Any

import asyncpg
import httpx
import pytest
from signing_in import bearing
from staging import Stage

from chassis.clock import utc_now
from contracts.ids import TagId
from social.accounts.model import Account
from social.statuses.model import Status
from timeline.handlers import trends
from timeline.resources import Resources
from timeline.worker import PERIODIC


@pytest.fixture
async def people(stage: Stage) -> list[Account]:
    return [await stage.stranger(f"p{n}@far.example") for n in range(6)]


async def allow_everything(superuser: asyncpg.Connection) -> None:
    await superuser.execute("INSERT INTO social.server_settings VALUES ('trendable_by_default', 'true')")


async def chorus(stage: Stage, people: list[Account], tag: str, **changes: object) -> list[Status]:
    return [await stage.post(person, f"On #{tag}", tags=(tag,), **changes) for person in people]


async def refreshed(res: Resources) -> None:
    await trends.recount_tags(res)
    await trends.refresh(res)


async def asked(client: httpx.AsyncClient, what: str, **query: Any) -> list[Any]:
    answer = await client.get(f"/api/v1/trends/{what}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_tag_of_many_people_goes_round(
    stage: Stage, resources: Resources, client: httpx.AsyncClient, people: list[Account], superuser: asyncpg.Connection
) -> None:
    await chorus(stage, people, "Birds")
    await chorus(stage, people[:4], "Cats")
    await stage.post(people[0], "Again", tags=("birds",))
    await chorus(stage, people, "secret", visibility="unlisted")
    await refreshed(resources)
    assert await asked(client, "tags") == []
    await superuser.execute("UPDATE social.tags SET trendable = true WHERE name = 'birds'")
    [tag] = await asked(client, "tags")
    assert (tag["name"], tag["history"][0]["uses"], tag["history"][0]["accounts"]) == ("Birds", "7", "6")
    assert len(tag["history"]) == 7
    await allow_everything(superuser)
    await superuser.execute("UPDATE social.tags SET trendable = false WHERE name = 'birds'")
    assert await asked(client, "tags") == []


async def test_counting_twice_is_counting_once_and_deletions_are_noticed(
    stage: Stage, resources: Resources, people: list[Account], superuser: asyncpg.Connection
) -> None:
    first, *_ = await chorus(stage, people[:2], "birds")
    alone = await stage.post(people[0], "Once", tags=("moths",))
    for _ in range(2):
        await trends.count_used_tags(resources)
    days = "SELECT t.name, d.uses, d.accounts FROM social.tag_days d JOIN social.tags t ON t.id = d.tag_id ORDER BY 1"
    assert [tuple(row) for row in await superuser.fetch(days)] == [("birds", 2, 2), ("moths", 1, 1)]
    await stage.delete(people[0], first)
    await stage.delete(people[0], alone)
    await trends.recount_tags(resources)
    assert [tuple(row) for row in await superuser.fetch(days)] == [("birds", 1, 1)]


async def test_the_silenced_are_not_counted(
    stage: Stage, resources: Resources, people: list[Account], superuser: asyncpg.Connection
) -> None:
    await chorus(stage, people, "birds")
    far = await stage.stranger("q@quiet.example")
    await stage.post(far, tags=("birds",))
    await superuser.execute("UPDATE social.accounts SET silenced_at = now() WHERE id = $1", people[0].id)
    await stage.forbid("quiet.example", "silence")
    await trends.recount_tags(resources)
    assert await superuser.fetchval("SELECT accounts FROM social.tag_days") == 5


async def test_old_days_are_forgotten(resources: Resources, superuser: asyncpg.Connection) -> None:
    tag = await superuser.fetchval("INSERT INTO social.tags (name, display_name) VALUES ('a', 'a') RETURNING id")
    today = utc_now().date()
    for age in (1, 29, 31):
        day = today - dt.timedelta(days=age)
        await superuser.execute("INSERT INTO social.tag_days VALUES ($1, $2, 1, 1)", TagId(tag), day)
    await trends.recount_tags(resources)
    found = await superuser.fetch("SELECT day FROM social.tag_days ORDER BY day")
    assert [(today - row["day"]).days for row in found] == [29]


async def test_what_is_popular_every_day_does_not_go_round(
    stage: Stage, resources: Resources, client: httpx.AsyncClient, people: list[Account], superuser: asyncpg.Connection
) -> None:
    await allow_everything(superuser)
    await chorus(stage, people, "daily")
    await trends.recount_tags(resources)
    await superuser.execute("INSERT INTO social.tag_days SELECT tag_id, day - 1, 90, 90 FROM social.tag_days")
    await trends.refresh(resources)
    assert await asked(client, "tags") == []


async def test_a_faded_tag_does_not_come_back_the_same_day(
    stage: Stage, resources: Resources, client: httpx.AsyncClient, people: list[Account], superuser: asyncpg.Connection
) -> None:
    await allow_everything(superuser)
    await chorus(stage, people, "birds")
    await refreshed(resources)
    assert len(await asked(client, "tags")) == 1
    await superuser.execute("UPDATE timeline.trending_tags SET peaked_at = peaked_at - interval '30 hours'")
    await trends.refresh(resources)
    assert await asked(client, "tags") == []
    assert await superuser.fetchval("SELECT count(*) FROM timeline.trending_tags") == 1
    await superuser.execute("UPDATE timeline.trending_tags SET peaked_at = peaked_at - interval '30 hours'")
    await trends.refresh(resources)
    assert len(await asked(client, "tags")) == 1


async def tapped(stage: Stage, post: Status, people: list[Account]) -> None:
    for person in people:
        await stage.favourite(person, post)


async def test_posts_that_many_like_go_round_one_of_each_author(
    stage: Stage, resources: Resources, client: httpx.AsyncClient, people: list[Account], superuser: asyncpg.Connection
) -> None:
    alice, bob = await stage.somebody("alice"), await stage.somebody("bob")
    await superuser.execute("UPDATE social.accounts SET discoverable = true WHERE id = $1", alice.id)
    good, better = await stage.post(alice, "Good"), await stage.post(alice, "Better")
    hidden = await stage.post(bob, "By somebody who is not to be discovered")
    unfit = [
        await stage.post(alice, "Sensitive", sensitive=True),
        await stage.post(alice, "Warned of", spoiler_text="Beware"),
        await stage.post(alice, "A reply", in_reply_to=good),
        await stage.post(alice, "Unlisted", visibility="unlisted"),
    ]
    await tapped(stage, good, people[:5])
    for post in (better, hidden, *unfit):
        await tapped(stage, post, people)
    await trends.refresh(resources)
    assert await asked(client, "statuses") == []
    await allow_everything(superuser)
    await trends.refresh(resources)
    assert [s["id"] for s in await asked(client, "statuses")] == [str(better.id)]
    headers = bearing(await stage.token(bob))
    await superuser.execute(
        "INSERT INTO social.blocks (account_id, target_id, uri) VALUES ($1, $2, 'x')", bob.id, alice.id
    )
    assert (await client.get("/api/v1/trends/statuses", headers=headers)).json() == []
    await stage.delete(alice, better)
    await trends.refresh(resources)
    assert [s["id"] for s in await asked(client, "statuses")] == [str(good.id)]


async def linked(superuser: asyncpg.Connection, url: str, posts: list[Status], **columns: Any) -> int:
    fields = {"title": "A title", "description": "About it", "provider_name": "A paper"} | columns
    card = await superuser.fetchval(
        f"INSERT INTO social.preview_cards (url, {', '.join(fields)}) "
        f"VALUES ($1, {', '.join(f'${n}' for n in range(2, len(fields) + 2))}) RETURNING id",
        url,
        *fields.values(),
    )
    for post in posts:
        await superuser.execute("INSERT INTO social.status_cards VALUES ($1, $2, $3)", post.id, card, url)
    return card


async def test_links_that_many_share_go_round(
    stage: Stage, resources: Resources, client: httpx.AsyncClient, people: list[Account], superuser: asyncpg.Connection
) -> None:
    posts = [await stage.post(person, "Read this") for person in people]
    more = [await stage.post(person, "And this") for person in people]
    author = people[0].id
    news = await linked(
        superuser, "https://news.example/1", posts, author_account_id=author, author_name="P", language="en"
    )
    await linked(superuser, "https://news.example/2", more[:4])
    await linked(superuser, "https://video.example/3", more[4:], type="video")
    await trends.refresh(resources)
    assert await asked(client, "links") == []
    await superuser.execute("UPDATE social.preview_cards SET trendable = true WHERE id = $1", news)
    await trends.refresh(resources)
    [link] = await asked(client, "links")
    assert (link["url"], link["title"], link["type"]) == ("https://news.example/1", "A title", "link")
    assert (link["history"][0]["uses"], link["history"][0]["accounts"]) == ("6", "6")
    assert link["authors"][0]["account"]["acct"] == "p0@far.example"
    await superuser.execute("UPDATE timeline.trending_links SET peaked_at = peaked_at - interval '47 hours'")
    await superuser.execute("DELETE FROM social.status_cards")
    await trends.refresh(resources)
    assert await asked(client, "links") == []


async def test_lists_of_what_goes_round_are_paged_by_offset(
    stage: Stage, resources: Resources, client: httpx.AsyncClient, people: list[Account], superuser: asyncpg.Connection
) -> None:
    await allow_everything(superuser)
    for n, tag in enumerate(("one", "two", "three")):
        await chorus(stage, people, tag)
        await stage.post(await stage.stranger(f"more{n}@far.example"), tags=("one",))
    await refreshed(resources)
    names = [tag["name"] for tag in await asked(client, "tags")]
    assert names[0] == "one"
    assert len(names) == 3
    assert [t["name"] for t in await asked(client, "tags", limit=2, offset=1)] == names[1:]
    answer = await client.get("/api/v1/trends/tags", params={"limit": 2})
    assert answer.headers["Link"] == '<https://ours.test/api/v1/trends/tags?limit=2&offset=2>; rel="next"'
    old = await client.get("/api/v1/trends")
    assert old.json() == await asked(client, "tags")
    assert old.headers["Deprecation"] == "@1648598400"
    assert "Deprecation" not in answer.headers


@pytest.mark.parametrize("what", ["tags", "statuses", "links"])
async def test_odd_parameters_do_no_harm(client: httpx.AsyncClient, what: str) -> None:
    assert (await client.get(f"/api/v1/trends/{what}", params={"limit": "many"})).status_code == 422
    for odd in ({"limit": 10**6}, {"limit": -1, "offset": -5}, {"offset": 10**15}):
        assert await asked(client, what, **odd) == []
    wrong = await client.get(f"/api/v1/trends/{what}", headers=bearing("wrong"))
    assert wrong.status_code == 401


def test_counting_and_scoring_are_done_from_time_to_time() -> None:
    assert {trends.count_used_tags, trends.recount_tags, trends.refresh} <= {entry.job for entry in PERIODIC}
