"""Joining by an app: who may, who must wait, and every reason why not."""

import asyncio
import datetime as dt
from typing import Any

import httpx
import pytest
from talking import Person, a_token_of

from api_gateway.resources import Resources
from api_gateway.sign_up import Asked, faults_in
from chassis.db import Database
from contracts.ids import AppId
from social.oauth import actions as oauth
from social.server.model import About
from social.users import store as users

PATH = "/api/v1/accounts"
TODAY = dt.date(2026, 6, 1)
CAROL = {"username": "Carol", "email": "carol@mail.example", "password": "long enough", "agreement": True}


async def an_app(resources: Resources, scopes: str = "read write push") -> AppId:
    async with resources.db.transaction() as tx:
        app, _ = await oauth.register(tx, name="App", website=None, redirect_uris=[], scopes=scopes.split())
    return app.id


@pytest.fixture
async def app_itself(resources: Resources, client: httpx.AsyncClient, alice: Person) -> Person:
    """Nobody's token, an app's own. alice is here already."""
    return Person(alice.account, client, await a_token_of(resources.db, None, "read write", await an_app(resources)))


async def registrations_are(superuser: Database, how: str, **more: str) -> None:
    for key, value in {"registrations": f'"{how}"', **more}.items():
        await superuser.execute("INSERT INTO social.server_settings VALUES ($1, $2)", key, value)


async def test_who_joins_may_act_at_once(app_itself: Person, superuser: Database) -> None:
    await registrations_are(superuser, "open")
    token = await app_itself.post(PATH, **CAROL, locale="pt-BR")
    assert (token["token_type"], token["scope"]) == ("Bearer", "read write push")
    carol = Person(app_itself.account, app_itself.client, token["access_token"])
    assert (await carol.get(f"{PATH}/verify_credentials"))["username"] == "Carol"
    assert (await carol.says("Here I am"))["account"]["acct"] == "Carol"
    assert await superuser.fetchval("SELECT locale FROM social.users WHERE email = 'carol@mail.example'") == "pt-BR"


async def test_others_hear_of_it(app_itself: Person, superuser: Database) -> None:
    await registrations_are(superuser, "open")
    await superuser.execute("DELETE FROM api_gateway.outbox")
    await app_itself.post(PATH, **CAROL)
    topics = await superuser.fetch("SELECT topic FROM api_gateway.outbox")
    assert "account.created" in [row["topic"] for row in topics]


async def test_a_moderator_may_look_first(app_itself: Person, superuser: Database, resources: Resources) -> None:
    await registrations_are(superuser, "approval")
    refused = await app_itself.post(PATH, 422, **CAROL)
    assert refused["details"] == {"reason": [{"error": "ERR_BLANK", "description": "can't be blank"}]}
    token = await app_itself.post(PATH, **CAROL, reason="I like birds")
    carol = Person(app_itself.account, app_itself.client, token["access_token"])
    answer = await carol.get(f"{PATH}/verify_credentials", 403)
    assert answer == {"error": "Your login is currently pending approval"}
    account_id = await superuser.fetchval("SELECT account_id FROM social.users WHERE sign_up_reason = 'I like birds'")
    async with resources.db.transaction() as tx:
        assert await users.set_approved(tx, account_id)
        assert not await users.set_approved(tx, account_id)
        assert not await users.remove_waiting(tx, account_id)
    resources.tokens.forget(account_id)
    assert (await carol.get(f"{PATH}/verify_credentials"))["username"] == "Carol"


async def test_who_is_turned_away_leaves_nothing(app_itself: Person, superuser: Database, resources: Resources) -> None:
    await registrations_are(superuser, "approval")
    await app_itself.post(PATH, **CAROL, reason="I sell birds")
    account_id = await superuser.fetchval("SELECT account_id FROM social.users WHERE sign_up_reason <> ''")
    async with resources.db.transaction() as tx:
        assert await users.remove_waiting(tx, account_id)
    assert await superuser.fetchval("SELECT count(*) FROM social.accounts WHERE username = 'Carol'") == 0
    await app_itself.post(PATH, **CAROL, reason="I sell no birds")


async def test_nobody_joins_a_closed_server(app_itself: Person) -> None:
    assert await app_itself.post(PATH, 403, **CAROL) == {"error": "This action is not allowed"}


async def test_only_an_app_for_itself_may_ask(
    alice: Person, superuser: Database, resources: Resources, client: httpx.AsyncClient
) -> None:
    await registrations_are(superuser, "open")
    await alice.post(PATH, 403, **CAROL)
    await alice.unknown.post(PATH, 401, **CAROL)
    reader = await a_token_of(resources.db, None, "read", await an_app(resources))
    await Person(alice.account, client, reader).post(PATH, 403, **CAROL)


async def test_all_reasons_are_given_at_once(app_itself: Person, superuser: Database) -> None:
    await registrations_are(superuser, "open")
    answer = await app_itself.post(PATH, 422, username="ALICE", email="alice@MAIL.example", password="short")
    assert {field: [f["error"] for f in faults] for field, faults in answer["details"].items()} == {
        "password": ["ERR_TOO_SHORT"],
        "agreement": ["ERR_ACCEPTED"],
        "username": ["ERR_TAKEN"],
        "email": ["ERR_TAKEN"],
    }
    assert answer["error"].startswith("Validation failed: Password is too short (minimum is 8 characters), ")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"username": ""}, ("username", "ERR_BLANK")),
        ({"username": "a b"}, ("username", "ERR_INVALID")),
        ({"username": "ä"}, ("username", "ERR_INVALID")),
        ({"username": "a" * 31}, ("username", "ERR_TOO_LONG")),
        ({"username": "Admin"}, ("username", "ERR_RESERVED")),
        ({"email": ""}, ("email", "ERR_BLANK")),
        ({"email": "carol"}, ("email", "ERR_INVALID")),
        ({"email": "c" * 320 + "@mail.example"}, ("email", "ERR_TOO_LONG")),
        ({"password": ""}, ("password", "ERR_BLANK")),
        ({"password": "p" * 129}, ("password", "ERR_TOO_LONG")),
        ({"agreement": False}, ("agreement", "ERR_ACCEPTED")),
        ({"locale": "../etc"}, ("locale", "ERR_INCLUSION")),
        ({"reason": "r" * 421}, ("reason", "ERR_TOO_LONG")),
        ({"date_of_birth": ""}, ("date_of_birth", "ERR_BLANK")),
        ({"date_of_birth": "1.1.2000"}, ("date_of_birth", "ERR_INVALID")),
        ({"date_of_birth": "2010-06-02"}, ("date_of_birth", "ERR_BELOW_LIMIT")),
        ({"date_of_birth": "2010-06-01"}, None),
    ],
)
def test_why_somebody_may_not_join(changes: dict[str, Any], expected: tuple[str, str] | None) -> None:
    asked = Asked(**(CAROL | {"date_of_birth": "1980-01-01"} | changes))
    found = faults_in(asked, About(registrations="open", min_age=16), TODAY)
    assert [(field, code) for field, code, _ in found] == ([expected] if expected else [])


async def test_few_may_join_from_one_place(app_itself: Person, superuser: Database) -> None:
    await registrations_are(superuser, "open")
    for _ in range(5):
        await app_itself.post(PATH, 422, username="")
    assert (await app_itself.ask("POST", PATH, json=CAROL)).status_code == 429


@pytest.mark.parametrize("same", ["username", "email"])
async def test_of_those_who_want_one_name_or_address_at_once_one_gets_it(
    app_itself: Person, superuser: Database, same: str
) -> None:
    await registrations_are(superuser, "open")
    others = [{"username": f"carol{n}", "email": f"carol{n}@mail.example"} for n in range(3)]
    wishes = [CAROL | {name: value for name, value in other.items() if name != same} for other in others]
    answers = await asyncio.gather(*(app_itself.ask("POST", PATH, json=wish) for wish in wishes))
    assert sorted(a.status_code for a in answers) == [200, 422, 422], [a.text for a in answers]
