"""Timelines of links that go round."""

import httpx
import pytest
from signing_in import bearing
from staging import Stage

from chassis.clock import utc_now
from social.relationships import actions as relationships

URL = "https://news.example/story?a=1"


@pytest.fixture
async def card(superuser) -> int:
    return await superuser.fetchval(
        "INSERT INTO social.preview_cards (url, title) VALUES ($1, 'News') RETURNING id", URL
    )


async def trend(superuser, card: int, *, allowed: bool = True) -> None:
    await superuser.execute(
        """
        INSERT INTO timeline.trending_links (card_id, score, peak, peaked_at, allowed) VALUES ($1, 1, 1, now(), $2)
        """,
        card,
        allowed,
    )


async def shared(stage: Stage, superuser, author, card: int, *, found: bool = True, **changes: object) -> int:
    await superuser.execute("UPDATE social.accounts SET discoverable = $2 WHERE id = $1", author.id, found)
    post = await stage.post(author, **changes)
    await superuser.execute(
        "INSERT INTO social.status_cards (status_id, card_id, url) VALUES ($1, $2, $3)", post.id, card, URL
    )
    return post.id


async def ids(client: httpx.AsyncClient, headers: dict[str, str] | None = None, **query: object) -> list[int]:
    answer = await client.get("/api/v1/timelines/link", params={"url": URL, **query}, headers=headers)
    assert answer.status_code == 200, answer.text
    return [int(status["id"]) for status in answer.json()]


async def test_a_link_shows_who_shares_it_and_wants_to_be_found(stage: Stage, client, superuser, card, alice, bob, eve):
    await trend(superuser, card)
    first = await shared(stage, superuser, alice, card)
    second = await shared(stage, superuser, eve, card)
    await shared(stage, superuser, bob, card, found=False)
    await shared(stage, superuser, alice, card, visibility="unlisted")
    assert await ids(client) == [second, first]
    assert await ids(client, limit=1, max_id=second) == [first]
    assert await ids(client, limit=1, min_id=first) == [second]


async def test_a_link_shows_nobody_whom_the_viewer_blocks(stage: Stage, client, superuser, card, alice, bob):
    await trend(superuser, card)
    await shared(stage, superuser, bob, card)
    async with stage.act(alice) as tx:
        await relationships.block(tx, alice, bob, now=utc_now())
    assert await ids(client, bearing(await stage.token(alice))) == []


@pytest.mark.parametrize("allowed", [None, False])
async def test_a_link_that_does_not_go_round_has_no_timeline(stage: Stage, client, superuser, card, alice, allowed):
    await shared(stage, superuser, alice, card)
    if allowed is not None:
        await trend(superuser, card, allowed=allowed)
    for query in ({"url": URL}, {"url": "https://nowhere.example/"}, {}):
        assert (await client.get("/api/v1/timelines/link", params=query)).status_code == 404
