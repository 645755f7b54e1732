"""Threads of other servers are walked when they are opened; clients learn how far that is."""

import datetime as dt
import re
from typing import Any

import msgspec
import pytest
from people import NOW, a_post, a_remote_account
from talking import Person

from chassis.clock import utc_now
from chassis.db import Database
from contracts.ids import StatusId, WalkId
from social.statuses.model import Status
from social.walks import store as walks
from social.walks.model import LONGEST, MIN_AGE, NOT_AGAIN_FOR, Walk, is_worth_walking, may_begin

HEADER = "Mastodon-Async-Refresh"
PATH = "/api/v1_alpha/async_refreshes"


@pytest.fixture
async def post(inbox: Database) -> Status:
    async with inbox.transaction() as tx:
        return await a_post(tx, await a_remote_account(tx, "eve@far.example"))


async def opened(person: Person, status_id: object) -> tuple[str, int] | None:
    """The id in the header, if there is one, and how much was found."""
    answer = await person.ask("GET", f"/api/v1/statuses/{status_id}/context")
    assert answer.status_code == 200
    found = re.fullmatch(r'id="([\w-]+)", retry=\d+, result_count=(\d+)', answer.headers.get(HEADER, ""))
    return (found[1], int(found[2])) if found else None


async def told(gateway: Database) -> list[dict[str, Any]]:
    rows = await gateway.fetch("SELECT body FROM api_gateway.outbox WHERE topic = 'thread.opened' ORDER BY id")
    return [msgspec.json.decode(row["body"]) for row in rows]


async def test_whoever_opens_a_thread_may_wait_for_more_of_it(
    alice: Person, bob: Person, post: Status, gateway: Database, inbox: Database
) -> None:
    refresh = await opened(alice, post.id)
    assert refresh is not None
    walk_id, _ = refresh
    assert await told(gateway) == [{"type": "thread.opened", "walk_id": walk_id, "status_id": post.id}]
    running = {"id": walk_id, "status": "running", "result_count": 0}
    assert await alice.get(f"{PATH}/{walk_id}") == {"async_refresh": running}
    async with inbox.transaction() as tx:
        await walks.add_found(tx, WalkId(walk_id), 3)
    assert await opened(bob, post.id) == (walk_id, 3)
    async with inbox.transaction() as tx:
        await walks.finish(tx, WalkId(walk_id), utc_now())
    finished = {"id": walk_id, "status": "finished", "result_count": 3}
    assert await alice.get(f"{PATH}/{walk_id}") == {"async_refresh": finished}
    assert await opened(alice, post.id) is None
    assert len(await told(gateway)) == 1


async def test_all_posts_of_a_thread_share_one_walk(
    alice: Person, post: Status, inbox: Database, gateway: Database
) -> None:
    async with inbox.transaction() as tx:
        answer = await a_post(tx, await a_remote_account(tx, "mallory@evil.example"), in_reply_to=post)
    assert await opened(alice, post.id) == await opened(alice, answer.id)
    assert len(await told(gateway)) == 1


async def test_strangers_and_threads_of_ours_start_nothing(alice: Person, post: Status, gateway: Database) -> None:
    assert await opened(alice.unknown, post.id) is None
    assert await opened(alice, (await alice.says("Ours"))["id"]) is None
    assert await told(gateway) == []


async def test_who_may_ask_how_far_it_is(alice: Person) -> None:
    await alice.get(f"{PATH}/unknown", 404)
    await alice.unknown.get(f"{PATH}/unknown", 401)


async def test_no_more_walks_begin_than_can_be_under_way(
    alice: Person, post: Status, gateway: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("social.walks.actions.MOST_AT_ONCE", 0)
    assert await opened(alice, post.id) is None
    assert await told(gateway) == []


def a_walk(**changes: Any) -> Walk:
    fields = {"id": WalkId("x"), "conversation_id": 1, "status_id": StatusId(1), "started_at": NOW}
    return Walk(**(fields | {"finished_at": None, "found": 0} | changes))


@pytest.mark.parametrize(
    ("age", "changes", "worth"),
    [
        (MIN_AGE, {}, True),
        (MIN_AGE - dt.timedelta(seconds=1), {}, False),
        (MIN_AGE, {"visibility": "unlisted"}, True),
        (MIN_AGE, {"visibility": "private"}, False),
        (MIN_AGE, {"is_local": True}, False),
    ],
)
def test_what_is_open_elsewhere_and_not_quite_new_is_worth_a_walk(
    post: Status, age: dt.timedelta, changes: dict[str, Any], worth: bool
) -> None:
    status = msgspec.structs.replace(post, created_at=NOW - age, **changes)
    assert is_worth_walking(status, NOW) is worth


@pytest.mark.parametrize(
    ("last", "may"),
    [
        (None, True),
        (a_walk(), False),
        (a_walk(started_at=NOW - NOT_AGAIN_FOR), True),
        (a_walk(started_at=NOW - NOT_AGAIN_FOR + dt.timedelta(seconds=1), finished_at=NOW), False),
    ],
)
def test_a_thread_is_walked_once_in_a_while(last: Walk | None, may: bool) -> None:
    assert may_begin(last, NOW) is may


def test_a_walk_whose_end_nobody_wrote_down_is_over_some_day() -> None:
    assert not a_walk().is_over(NOW + LONGEST)
    assert a_walk().is_over(NOW + LONGEST + dt.timedelta(seconds=1))
