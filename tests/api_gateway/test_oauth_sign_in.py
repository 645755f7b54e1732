"""Who gets in by the door, and who does not."""

import datetime as dt
import time

import httpx
import pytest
from pydantic import SecretStr
from redis.asyncio import Redis
from signing_in import PASSWORD, a_user, hidden_fields, sign_in

from api_gateway.oauth.session import LIFETIME, Sessions
from api_gateway.oauth.sign_in import safe_return
from api_gateway.oauth.throttle import may_sign_in
from api_gateway.resources import Resources
from mastoapi.limits import UNCHECKED, Meter
from social.users import actions, store
from social.users.passwords import Passwords

HOME = "/oauth/authorized_applications"
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


async def test_the_right_password_lets_in(browser: httpx.AsyncClient, resources: Resources) -> None:
    await a_user(resources.db, "alice")
    response = await sign_in(browser, "alice")
    assert (response.status_code, response.headers["location"]) == (303, HOME)
    assert "@alice" in (await browser.get(HOME)).text


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    browser: httpx.AsyncClient, resources: Resources
) -> None:
    await a_user(resources.db, "alice")
    cookie = (await sign_in(browser, "alice")).headers["set-cookie"]
    assert cookie.startswith("__Host-murmuration=")
    assert all(word in cookie for word in ("HttpOnly", "SameSite=lax", "Secure", "Path=/"))


@pytest.mark.parametrize(("username", "password"), [("alice", "wrong"), ("alice", ""), ("nobody", PASSWORD)])
async def test_a_wrong_password_and_an_unknown_address_are_answered_alike(
    browser: httpx.AsyncClient, resources: Resources, username: str, password: str
) -> None:
    await a_user(resources.db, "alice")
    response = await sign_in(browser, username, password=password)
    assert response.status_code == 401
    assert "The e-mail address or the password is not right." in response.text


async def test_an_unknown_address_takes_as_long_as_a_wrong_password(resources: Resources) -> None:
    await a_user(resources.db, "alice")
    person = await store.credentials_by_email(resources.db, "Alice@mail.example")
    assert person is not None

    async def seconds(password_hash: str | None) -> float:
        started = time.perf_counter()
        assert not await resources.sign_in.passwords.is_right("wrong", password_hash)
        return time.perf_counter() - started

    known = min([await seconds(person.password_hash) for _ in range(3)])
    unknown = min([await seconds(None) for _ in range(3)])
    assert unknown > known / 3


@pytest.mark.parametrize("password", [PASSWORD, "wrong"])
@pytest.mark.parametrize("state", ["disabled_at", "confirmed_at"])
async def test_who_may_not_sign_in_learns_so_only_with_the_right_password(
    browser: httpx.AsyncClient, resources: Resources, state: str, password: str
) -> None:
    await a_user(resources.db, "alice")
    async with resources.db.transaction() as tx:
        await tx.execute(f"UPDATE social.users SET {state} = CASE WHEN {state} IS NULL THEN now() END")
    response = await sign_in(browser, "alice", password=password)
    assert response.status_code == (403 if password == PASSWORD else 401)


async def test_a_session_ends_when_the_password_changes(browser: httpx.AsyncClient, resources: Resources) -> None:
    alice = await a_user(resources.db, "alice")
    await sign_in(browser, "alice")
    async with resources.db.transaction() as tx:
        await actions.change_password(tx, alice.id, await Passwords().hash("another one"))
    assert (await browser.get(HOME)).status_code == 303


async def test_a_session_ends_when_the_account_is_disabled(browser: httpx.AsyncClient, resources: Resources) -> None:
    await a_user(resources.db, "alice")
    await sign_in(browser, "alice")
    async with resources.db.transaction() as tx:
        await tx.execute("UPDATE social.users SET disabled_at = now()")
    assert (await browser.get(HOME)).status_code == 303


async def test_signing_out_ends_the_session(browser: httpx.AsyncClient, resources: Resources) -> None:
    await a_user(resources.db, "alice")
    await sign_in(browser, "alice")
    page = await browser.get(HOME)
    await browser.post("/auth/sign_out", data=hidden_fields(page.text.partition("</form>")[0]))
    assert (await browser.get(HOME)).status_code == 303


async def test_a_sign_in_form_of_another_site_is_refused(browser: httpx.AsyncClient, resources: Resources) -> None:
    await a_user(resources.db, "alice")
    fields = {"email": "alice@mail.example", "password": PASSWORD}
    assert (await browser.post("/auth/sign_in", data=fields)).status_code == 403


async def test_one_address_is_guessed_only_so_often(browser: httpx.AsyncClient, resources: Resources) -> None:
    for _ in range(25):
        await may_sign_in(resources.sign_in.meter, "192.0.2.1", "alice@mail.example")
    assert (await sign_in(browser, "alice")).status_code == 429
    assert (await sign_in(browser, "bob")).status_code == 401


async def test_one_guesser_tries_only_so_many_addresses(browser: httpx.AsyncClient, resources: Resources) -> None:
    for number in range(25):
        await may_sign_in(resources.sign_in.meter, "127.0.0.1", f"{number}@mail.example")
    assert (await sign_in(browser, "alice")).status_code == 429


async def test_without_redis_people_still_sign_in() -> None:
    before = UNCHECKED._value.get()
    async with Redis.from_url("redis://127.0.0.1:1") as nowhere:
        assert await may_sign_in(Meter(nowhere, 1.0), "192.0.2.1", "alice@mail.example")
    assert UNCHECKED._value.get() == before + 1


@pytest.mark.parametrize(
    "return_to",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/oauth/../x", "", "/oauth/\n", "javascript:x"],
)
def test_nobody_is_sent_to_a_stranger_after_signing_in(return_to: str) -> None:
    assert safe_return(return_to) == HOME


def test_a_session_is_read_until_it_expires() -> None:
    sessions = Sessions(SecretStr("secret"), secure=True)
    cookie = _cookie(sessions)
    assert sessions.read(cookie, NOW) is not None
    assert sessions.read(cookie, NOW + LIFETIME) is None


@pytest.mark.parametrize("spoil", [lambda c: c[:-1], lambda c: "x" + c, lambda c: "", lambda c: ".", lambda c: "ä.ö"])
def test_a_cookie_we_did_not_sign_is_no_session(spoil) -> None:
    sessions = Sessions(SecretStr("secret"), secure=True)
    assert sessions.read(spoil(_cookie(sessions)), NOW) is None


def test_a_cookie_of_another_key_is_no_session() -> None:
    cookie = _cookie(Sessions(SecretStr("another"), secure=True))
    assert Sessions(SecretStr("secret"), secure=True).read(cookie, NOW) is None


def _cookie(sessions: Sessions) -> str:
    response = httpx.Response(200)
    response.set_cookie = lambda name, value, **_: setattr(response, "cookie", value)
    sessions.write(response, sessions.anonymous(NOW), NOW)
    return response.cookie
