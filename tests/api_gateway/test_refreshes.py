"""Threads of other servers are asked for when they are opened; clients learn when that is done."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable

import pytest
from aiohttp import web
from people import a_post, a_remote_account
from talking import Person
from waiting import eventually

from api_gateway.resources import Resources, open_resources
from api_gateway.settings import Settings
from chassis.db import Database
from social.statuses.model import Status

HEADER = "Mastodon-Async-Refresh"
PATH = "/api/v1_alpha/async_refreshes"


class Inbox:
    """Stands where inbox would: takes its time, then says how many answers are new."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[int] = []
        self.may_answer = asyncio.Event()
        self.status = 200

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        assert request.path == "/internal/threads"
        self.asked.append((await request.json())["status_id"])
        await self.may_answer.wait()
        return web.json_response({"answers": 3}, status=self.status)


@pytest.fixture
async def neighbour() -> AsyncIterator[Inbox]:
    neighbour = Inbox()
    runner = web.ServerRunner(web.Server(neighbour.answer), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    neighbour.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield neighbour
    neighbour.may_answer.set()
    await runner.cleanup()


@pytest.fixture
async def resources(make_settings: Callable[..., Settings], neighbour: Inbox) -> AsyncIterator[Resources]:
    async with open_resources(make_settings(Settings, inbox_url=neighbour.url)) as opened:
        await opened.redis.flushdb()
        yield opened


@pytest.fixture
async def post(inbox: Database) -> Status:
    async with inbox.transaction() as tx:
        return await a_post(tx, await a_remote_account(tx, "eve@far.example"))


async def opened(person: Person, status_id: object) -> str | None:
    """The id in the header, if there is one."""
    answer = await person.ask("GET", f"/api/v1/statuses/{status_id}/context")
    assert answer.status_code == 200
    found = re.fullmatch(r'id="([\w-]+)", retry=\d+, result_count=0', answer.headers.get(HEADER, ""))
    return found[1] if found else None


async def test_whoever_opens_a_thread_may_wait_for_more_of_it(
    alice: Person, bob: Person, post: Status, neighbour: Inbox
) -> None:
    refresh = await opened(alice, post.id)
    assert refresh is not None
    assert await opened(bob, post.id) == refresh
    running = {"id": refresh, "status": "running", "result_count": 0}
    assert await alice.get(f"{PATH}/{refresh}") == {"async_refresh": running}
    neighbour.may_answer.set()

    async def is_finished() -> bool:
        return (await alice.get(f"{PATH}/{refresh}"))["async_refresh"] == running | {
            "status": "finished",
            "result_count": 3,
        }

    await eventually(is_finished)
    assert await opened(alice, post.id) is None
    assert neighbour.asked == [post.id]


async def test_a_server_that_is_away_ends_the_wait(alice: Person, post: Status, neighbour: Inbox) -> None:
    neighbour.status = 404
    neighbour.may_answer.set()
    refresh = await opened(alice, post.id)

    async def is_finished() -> bool:
        found = (await alice.get(f"{PATH}/{refresh}"))["async_refresh"]
        return (found["status"], found["result_count"]) == ("finished", 0)

    await eventually(is_finished)


async def test_strangers_and_threads_of_ours_start_nothing(alice: Person, post: Status, neighbour: Inbox) -> None:
    assert await opened(alice.unknown, post.id) is None
    assert await opened(alice, (await alice.says("Ours"))["id"]) is None
    assert neighbour.asked == []


async def test_who_may_ask_how_far_it_is(alice: Person) -> None:
    await alice.get(f"{PATH}/unknown", 404)
    await alice.unknown.get(f"{PATH}/unknown", 401)
