"""Staff see how other servers fare; delivery itself stands behind a real socket."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
import uvicorn
from courtroom import Court
from signing_in import a_browser

import delivery.app
import delivery.resources
import delivery.settings
from chassis.db import Database
from delivery.model import Host
from delivery.store import hosts
from moderation.app import create_app
from moderation.resources import Resources, open_resources
from moderation.settings import Settings
from native.ports import choose
from native.probes import listens
from social.accounts.model import Account
from social.users.model import Role

FAR = "far.example"
PEERS = "/api/v1/admin/federation/peers"
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


@pytest.fixture
def port() -> int:
    return choose(1)[0]


@pytest.fixture
async def resources(make_settings: Callable[..., Settings], port: int) -> AsyncIterator[Resources]:
    settings = make_settings(Settings, rate_limit_factor=0, delivery_url=f"http://127.0.0.1:{port}")
    async with open_resources(settings) as opened:
        yield opened


@pytest.fixture
async def client(resources: Resources) -> AsyncIterator[httpx.AsyncClient]:
    async with a_browser(create_app(resources)) as opened:
        yield opened


@pytest.fixture
async def delivering(make_settings: Callable[..., Any], port: int) -> AsyncIterator[delivery.resources.Resources]:
    async with delivery.resources.open_resources(make_settings(delivery.settings.Settings)) as opened:
        config = uvicorn.Config(delivery.app.create_app(opened), port=port, log_config=None, lifespan="off")
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve())
        while not await asyncio.to_thread(listens, "127.0.0.1", port):
            await asyncio.sleep(0.02)
        yield opened
        server.should_exit = True
        await task


@pytest.fixture
async def far(delivering: delivery.resources.Resources) -> None:
    """A host that delivery knows."""
    async with delivering.db.transaction() as tx:
        await hosts.add_successes(tx, {Host(FAR): NOW})


@pytest.fixture
async def mona(court: Court) -> Account:
    return await court.somebody("mona", Role.MODERATOR)


@pytest.mark.usefixtures("far")
async def test_staff_see_how_a_server_fares(court: Court, mona: Account) -> None:
    [listed] = (await court.ask(mona, "GET", PEERS)).json()
    assert (listed["host"], listed["state"], listed["held"]) == (FAR, "fast", 0)
    assert (await court.ask(mona, "GET", f"{PEERS}/{FAR}")).json() == listed
    assert (await court.ask(mona, "GET", PEERS, params={"unwell": "true"})).json() == []
    assert (await court.ask(mona, "GET", f"{PEERS}/behind")).json() == []


@pytest.mark.usefixtures("far")
async def test_what_staff_do_to_a_server_is_done_and_on_record(
    court: Court, mona: Account, as_role: Callable[[str], Awaitable[Database]]
) -> None:
    answers = [
        (await court.ask(mona, "POST", f"{PEERS}/{FAR}/{act}")).json() for act in ("pause", "retry", "drop", "resume")
    ]
    assert [answer["paused"] for answer in answers] == [True, True, True, False]
    rows = await court.res.db.fetch("SELECT action, target, moderator_id FROM moderation.audit_log ORDER BY id")
    assert [tuple(row) for row in rows] == [(act, FAR, mona.id) for act in ("pause", "retry", "drop", "resume")]


@pytest.mark.usefixtures("far")
async def test_a_server_that_is_not_known_is_not_found_and_not_paused(court: Court, mona: Account) -> None:
    for method, path in (("GET", f"{PEERS}/typo.example"), ("POST", f"{PEERS}/typo.example/pause")):
        assert (await court.ask(mona, method, path)).status_code == 404
    assert await court.res.db.fetchval("SELECT count(*) FROM moderation.audit_log") == 0


@pytest.mark.usefixtures("far")
@pytest.mark.parametrize(
    "path", ["/../../metrics", "/..%2f..%2finternal%2fopenapi.json", "/a%2fpause", "/%3funwell=true"]
)
async def test_no_name_leads_elsewhere_in_delivery(court: Court, mona: Account, path: str) -> None:
    assert (await court.ask(mona, "GET", PEERS + path)).status_code in (404, 405)


async def test_others_than_staff_are_refused(court: Court) -> None:
    alice = await court.somebody("alice")
    for method, path in (("GET", PEERS), ("GET", f"{PEERS}/{FAR}"), ("POST", f"{PEERS}/{FAR}/drop")):
        assert (await court.ask(alice, method, path)).status_code == 403
    mona = await court.somebody("mona", Role.MODERATOR)
    assert (await court.ask(mona, "POST", f"{PEERS}/{FAR}/drop", scopes="admin:read")).status_code == 403


async def test_while_delivery_is_away_nothing_is_claimed(court: Court, mona: Account) -> None:
    assert (await court.ask(mona, "GET", PEERS)).status_code == 503
    assert (await court.ask(mona, "POST", f"{PEERS}/{FAR}/pause")).status_code == 503
    assert await court.res.db.fetchval("SELECT count(*) FROM moderation.audit_log") == 0
