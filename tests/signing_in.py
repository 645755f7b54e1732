"""A person, an app and a browser, and the steps they take through the pages of signing in."""

import functools
import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from argon2 import PasswordHasher

from apcore import keys
from chassis.clock import utc_now
from chassis.db import Database
from social.accounts.actions import create_local
from social.accounts.model import Account
from social.addresses import Addresses
from social.oauth.actions import challenge_of
from social.users.model import Role

PASSWORD = "correct horse battery"
VERIFIER = "v" * 64
CALLBACK = "https://client.example/callback?kept=1"


@functools.cache
def a_key_pair() -> keys.KeyPair:
    """The same for everybody: making one takes a good part of a second."""
    return keys.generate()


@functools.cache
def the_password_hash() -> str:
    return PasswordHasher().hash(PASSWORD)


async def a_user(db: Database, username: str, *, confirmed: bool = True, role: Role = Role.USER) -> Account:
    """Somebody of ours who signs in as `<username>@mail.example`."""
    async with db.transaction() as tx:
        return await create_local(
            tx,
            Addresses("https://ours.test", "ours.test"),
            username=username,
            email=f"{username}@mail.example",
            password_hash=the_password_hash(),
            keys=a_key_pair(),
            role=role,
            confirmed_at=utc_now() if confirmed else None,
        )


@asynccontextmanager
async def a_browser(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="https://ours.test") as client:
        yield client


async def an_app(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    """Register an app; what the server answers."""
    fields = {"client_name": "Starling", "redirect_uris": CALLBACK, "scopes": "read write follow push profile"}
    answer = await client.post("/api/v1/apps", data={**fields, **changes})
    assert answer.status_code == 200, answer.text
    return answer.json()


def asking(app: dict[str, Any], **changes: str) -> dict[str, str]:
    """The parameters of an authorization request."""
    return {
        "client_id": app["client_id"],
        "response_type": "code",
        "redirect_uri": app["redirect_uris"][0],
        "scope": "read write",
        "state": "s 1&2",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
        **changes,
    }


def hidden_fields(page: str) -> dict[str, str]:
    """The hidden fields of the page's last form."""
    form = page.rpartition("<form")[2]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    return {name: html.unescape(value) for name, value in found}


async def sign_in(
    client: httpx.AsyncClient, username: str, *, password: str = PASSWORD, return_to: str = ""
) -> httpx.Response:
    page = await client.get("/auth/sign_in", params={"return_to": return_to})
    fields = hidden_fields(page.text) | {"email": f"{username}@mail.example", "password": password}
    return await client.post("/auth/sign_in", data=fields)


async def consent(client: httpx.AsyncClient, parameters: dict[str, str], **fields: str) -> httpx.Response:
    """Press the button of the consent page."""
    page = await client.get("/oauth/authorize", params=parameters)
    assert page.status_code == 200, (page.status_code, page.headers.get("location"))
    return await client.post("/oauth/authorize", data=hidden_fields(page.text) | fields)


def answer_of(response: httpx.Response) -> dict[str, str]:
    """The query of the address that the browser is sent to."""
    assert response.status_code == 303, response.text
    return {name: values[0] for name, values in parse_qs(urlsplit(response.headers["location"]).query).items()}


async def a_code(client: httpx.AsyncClient, app: dict[str, Any], **changes: str) -> str:
    """A code for whoever has signed in with the browser."""
    return answer_of(await consent(client, asking(app, **changes)))["code"]


async def exchange(client: httpx.AsyncClient, app: dict[str, Any], code: str, **changes: str) -> httpx.Response:
    fields = {
        "grant_type": "authorization_code",
        "client_id": app["client_id"],
        "client_secret": app["client_secret"],
        "code": code,
        "redirect_uri": app["redirect_uris"][0],
        "code_verifier": VERIFIER,
    }
    return await client.post("/oauth/token", data={**fields, **changes})


async def a_token(client: httpx.AsyncClient, app: dict[str, Any], **changes: str) -> str:
    answer = await exchange(client, app, await a_code(client, app, **changes))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
