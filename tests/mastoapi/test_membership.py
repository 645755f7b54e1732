"""A server whose federation is limited shows itself to its own people alone."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import APIRouter
from signing_in import a_user, bearing

from chassis.db import Database
from chassis.http import application
from mastoapi.membership import MembersOnly, is_for_anybody
from mastoapi.tokens import Tokens
from social.oauth import actions as oauth

router = APIRouter()


@router.get("/api/v1/private")
@router.get("/oauth/anything")
async def anything() -> dict[str, str]:
    return {}


@pytest.fixture
async def client(gateway: Database) -> AsyncIterator[httpx.AsyncClient]:
    app = application("gateway", [router], None)
    app.add_middleware(MembersOnly, tokens=Tokens(gateway))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://ours.test") as opened:
        yield opened


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/api/v2/instance", True),
        ("GET", "/api/v1/instance", False),
        ("GET", "/api/v1/instance/peers", False),
        ("GET", "/api/v1/timelines/public", False),
        ("GET", "/api/v1/accounts/1", False),
        ("POST", "/api/v1/accounts", True),
        ("GET", "/api/v1/accounts", False),
        ("POST", "/api/v1/apps", True),
        ("GET", "/api/v1/streaming/user", True),
        ("OPTIONS", "/api/v1/accounts/1", True),
        ("GET", "/oauth/authorize", True),
        ("GET", "/media/x.png", True),
    ],
)
def test_what_anybody_may_ask(method: str, path: str, expected: bool) -> None:
    assert is_for_anybody(method, path) is expected


async def test_only_people_of_ours_are_answered(client: httpx.AsyncClient, gateway: Database) -> None:
    alice = await a_user(gateway, "alice")
    async with gateway.transaction() as tx:
        _, hers = await oauth.issue(tx, app_id=None, account_id=alice.id, scopes=("read",))
        app, _ = await oauth.register(tx, name="x", website=None, redirect_uris=("urn:x",), scopes=("read",))
        _, apps = await oauth.issue(tx, app_id=app.id, account_id=None, scopes=("read",))
    asked = {"/api/v1/private": [200, 401, 401, 401], "/oauth/anything": [200, 200, 200, 200]}
    for path, expected in asked.items():
        found = [
            await client.get(path, headers=headers) for headers in (bearing(hers), bearing(apps), bearing("x"), {})
        ]
        assert [answer.status_code for answer in found] == expected
    refused = await client.get("/api/v1/private")
    assert refused.json() == {"error": "This API requires an authenticated user"}
