"""Who shuns whom, and where that hides what: one table for both services that show posts."""

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from signing_in import a_browser, bearing
from staging import Stage

from api_gateway.app import create_app
from api_gateway.resources import open_resources
from api_gateway.settings import Settings
from chassis.clock import utc_now
from contracts.ids import Domain
from social.accounts.model import Account
from social.domain_blocks import actions as domains
from social.relationships import actions as relationships
from social.statuses.model import Status

FAR = Domain("far.example")

EVERYWHERE = {"status", "profile", "context", "search", "notifications", "home", "public", "tag"}
ASKED_FOR = {"status", "profile"}
"""Whom one shuns oneself can still be looked at: only what comes unasked is hidden."""


@pytest.fixture
async def gateway_client(make_settings: Callable[..., Settings]) -> AsyncIterator[httpx.AsyncClient]:
    """api-gateway on the same database."""
    async with (
        open_resources(make_settings(Settings, rate_limit_factor=0)) as resources,
        a_browser(create_app(resources)) as opened,
    ):
        yield opened


async def shun(stage: Stage, tie: str, alice: Account, eve: Account) -> None:
    by = eve if tie == "blocked" else alice
    async with stage.act(by) as tx:
        match tie:
            case "nothing":
                pass
            case "block":
                await relationships.block(tx, alice, eve, now=utc_now())
            case "blocked":
                await relationships.block(tx, eve, alice, now=utc_now())
            case "mute":
                await relationships.mute(tx, alice, eve)
            case "mute that ended":
                await relationships.mute(tx, alice, eve, expires_at=utc_now() - dt.timedelta(seconds=1))
            case "mute without notifications":
                await relationships.mute(tx, alice, eve, hide_notifications=False)
            case "domain block":
                await domains.block(tx, alice.id, FAR)
            case "domain block taken back":
                await domains.block(tx, alice.id, FAR)
                await domains.unblock(tx, alice.id, FAR)


class Looking:
    """Where a reader finds a post."""

    def __init__(self, stage: Stage, timeline: httpx.AsyncClient, gateway: httpx.AsyncClient, token: str) -> None:
        self.stage = stage
        self._timeline = timeline
        self._gateway = gateway
        self._token = token

    async def _answer(self, path: str, **query: Any) -> Any:
        client = self._timeline if path.startswith(("timelines", "notifications")) else self._gateway
        version = "v2" if path == "search" else "v1"
        return (await client.get(f"/api/{version}/{path}", params=query, headers=bearing(self._token))).json()

    async def finds(self, post: Status, parent: Status) -> set[str]:
        """`parent` is the reader's own, which the post answers."""
        places: dict[str, Awaitable[Any]] = {
            "status": self._answer(f"statuses/{post.id}"),
            "profile": self._answer(f"accounts/{post.account_id}/statuses"),
            "context": self._answer(f"statuses/{parent.id}/context"),
            "search": self._answer("search", q="Hello", type="statuses"),
            "notifications": self._answer("notifications"),
            "home": self._answer("timelines/home"),
            "public": self._answer("timelines/public"),
            "tag": self._answer("timelines/tag/greeting"),
        }
        return {place for place, answer in places.items() if f'"{post.id}"' in _ids(await answer)}


def _ids(value: Any) -> set[str]:
    """All that is called an id somewhere in the answer."""
    if isinstance(value, list):
        return set().union(*map(_ids, value)) if value else set()
    if not isinstance(value, dict):
        return set()
    own = {f'"{value["id"]}"'} if "id" in value else set()
    return own.union(*(_ids(inner) for inner in value.values()))


@pytest.mark.parametrize(
    ("tie", "found"),
    [
        ("nothing", EVERYWHERE),
        ("block", ASKED_FOR),
        ("blocked", set()),
        ("mute", ASKED_FOR),
        ("mute that ended", EVERYWHERE),
        ("mute without notifications", ASKED_FOR | {"notifications"}),
        ("domain block", ASKED_FOR),
        ("domain block taken back", EVERYWHERE),
    ],
)
async def test_whom_one_shuns_is_hidden_wherever_they_come_unasked(
    stage: Stage,
    client: httpx.AsyncClient,
    gateway_client: httpx.AsyncClient,
    alice: Account,
    bob: Account,
    eve: Account,
    tie: str,
    found: set[str],
) -> None:
    await stage.follow(alice, bob)
    looking = Looking(stage, client, gateway_client, await stage.token(alice))
    parent = await stage.post(alice, "What?")
    post = await stage.post(eve, "Hello", mentions=(alice.id,), tags=("greeting",), in_reply_to=parent)
    opening = await stage.post(eve, "Hello", tags=("greeting",))
    await stage.boost(bob, opening)
    await shun(stage, tie, alice, eve)
    answers, posts = await looking.finds(post, parent), await looking.finds(opening, parent)
    assert (answers & {"status", "profile", "context", "search", "notifications", "tag"}) | (
        posts & {"home", "public"}
    ) == found
