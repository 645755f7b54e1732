"""Codes become tokens, once; tokens are shown, and taken back."""

import asyncio
import base64
import hashlib
import json

import httpx
import pytest
from signing_in import PASSWORD, a_code, a_token, a_user, an_app, bearing, exchange, sign_in

from api_gateway.resources import Resources


@pytest.fixture(autouse=True)
async def alice(resources: Resources, browser: httpx.AsyncClient) -> None:
    await a_user(resources.db, "alice")
    await sign_in(browser, "alice")


@pytest.fixture
async def client_app(browser: httpx.AsyncClient, alice: None) -> dict:
    return await an_app(browser)


async def test_a_code_becomes_a_token(browser: httpx.AsyncClient, client_app: dict) -> None:
    answer = await exchange(browser, client_app, await a_code(browser, client_app))
    assert answer.json() == {
        "access_token": answer.json()["access_token"],
        "token_type": "Bearer",
        "scope": "read write",
        "created_at": answer.json()["created_at"],
    }
    assert answer.headers["cache-control"] == "no-store"


async def test_codes_and_tokens_are_stored_hashed(
    browser: httpx.AsyncClient, client_app: dict, resources: Resources
) -> None:
    code = await a_code(browser, client_app)
    stored = await resources.db.fetchval("SELECT code_hash FROM social.grants")
    assert stored == hashlib.sha256(code.encode()).digest()
    token = (await exchange(browser, client_app, code)).json()["access_token"]
    stored = await resources.db.fetchval("SELECT token_hash FROM social.tokens")
    assert stored == hashlib.sha256(token.encode()).digest()


async def test_no_secret_is_logged(browser: httpx.AsyncClient, client_app: dict, capfd: pytest.CaptureFixture) -> None:
    await sign_in(browser, "alice")
    code = await a_code(browser, client_app)
    token = (await exchange(browser, client_app, code)).json()["access_token"]
    await browser.get("/api/v1/apps/verify_credentials", headers=bearing(token))
    said = "".join(capfd.readouterr())
    assert "/oauth/token" in said
    assert not [secret for secret in (PASSWORD, code, token, client_app["client_secret"]) if secret in said]


async def test_of_many_who_bring_a_code_at_once_one_gets_a_token(browser: httpx.AsyncClient, client_app: dict) -> None:
    code = await a_code(browser, client_app)
    answers = await asyncio.gather(*(exchange(browser, client_app, code) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "w" * 64}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"redirect_uri": "https://client.example/"}, "invalid_grant"),
        ({"code": "guessed"}, "invalid_grant"),
        ({"code": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "unsupported_grant_type"),
    ],
)
async def test_a_wrong_answer_gets_no_token(
    browser: httpx.AsyncClient, client_app: dict, changes: dict, error: str
) -> None:
    code = await a_code(browser, client_app)
    answer = await exchange(browser, client_app, **{"code": code, **changes})
    assert (answer.status_code, answer.json()["error"]) == (400, error)


async def test_a_code_is_used_up_by_a_wrong_verifier(browser: httpx.AsyncClient, client_app: dict) -> None:
    code = await a_code(browser, client_app)
    await exchange(browser, client_app, code, code_verifier="w" * 64)
    assert (await exchange(browser, client_app, code)).status_code == 400


async def test_another_app_neither_gets_nor_spoils_a_code(browser: httpx.AsyncClient, client_app: dict) -> None:
    code = await a_code(browser, client_app)
    assert (await exchange(browser, await an_app(browser), code)).json()["error"] == "invalid_grant"
    assert (await exchange(browser, client_app, code)).status_code == 200


async def test_a_code_expires(browser: httpx.AsyncClient, client_app: dict, resources: Resources) -> None:
    code = await a_code(browser, client_app)
    async with resources.db.transaction() as tx:
        await tx.execute("UPDATE social.grants SET expires_at = now()")
    assert (await exchange(browser, client_app, code)).json()["error"] == "invalid_grant"


async def test_an_app_without_pkce_is_served_too(browser: httpx.AsyncClient, client_app: dict) -> None:
    code = await a_code(browser, client_app, code_challenge="", code_challenge_method="")
    assert (await exchange(browser, client_app, code, code_verifier="")).status_code == 200


async def test_a_stripped_challenge_is_noticed(browser: httpx.AsyncClient, client_app: dict) -> None:
    code = await a_code(browser, client_app, code_challenge="", code_challenge_method="")
    assert (await exchange(browser, client_app, code)).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("changes", [{"client_secret": "wrong"}, {"client_secret": ""}, {"client_id": "nobody"}])
async def test_a_wrong_secret_is_answered_as_rfc_6749_says(
    browser: httpx.AsyncClient, client_app: dict, changes: dict
) -> None:
    answer = await exchange(browser, client_app, "any", **changes)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert answer.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize("kind", ["basic", "form", "json", "multipart"])
async def test_an_app_acts_for_itself(browser: httpx.AsyncClient, client_app: dict, kind: str) -> None:
    fields = {"grant_type": "client_credentials", "scope": "read"}
    known = {"client_id": client_app["client_id"], "client_secret": client_app["client_secret"]}
    basic = base64.b64encode(":".join(known.values()).encode()).decode()
    requests = {
        "basic": {"data": fields, "headers": {"Authorization": f"Basic {basic}"}},
        "form": {"data": fields | known},
        "json": {"json": fields | known},
        "multipart": {"files": {name: (None, value) for name, value in (fields | known).items()}},
    }
    answer = await browser.post("/oauth/token", **requests[kind])
    token = answer.json()["access_token"]
    seen = await browser.get("/api/v1/apps/verify_credentials", headers=bearing(token))
    assert seen.json()["name"] == "Starling"


@pytest.mark.parametrize("scope", ["admin:read", "nonsense"])
async def test_an_app_gets_no_more_than_it_registered_for(
    browser: httpx.AsyncClient, client_app: dict, scope: str
) -> None:
    answer = await exchange(browser, client_app, "", grant_type="client_credentials", scope=scope)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize("header", ["Basic !!!", "Basic", "Basic " + base64.b64encode(b"\xff:\xff").decode()])
async def test_a_broken_authorization_header_is_a_wrong_secret(browser: httpx.AsyncClient, header: str) -> None:
    answer = await browser.post("/oauth/token", headers={"Authorization": header})
    assert answer.status_code == 401


async def test_a_revoked_token_is_worth_nothing(
    browser: httpx.AsyncClient, client_app: dict, resources: Resources
) -> None:
    token = await a_token(browser, client_app)
    assert (await _revoke(browser, client_app, token)).json() == {}
    assert (await browser.get("/api/v1/apps/verify_credentials", headers=bearing(token))).status_code == 401


async def test_revoking_twice_tells_it_once(browser: httpx.AsyncClient, client_app: dict, resources: Resources) -> None:
    token = await a_token(browser, client_app)
    for _ in range(2):
        assert (await _revoke(browser, client_app, token)).status_code == 200
    bodies = await resources.db.fetch("SELECT body FROM api_gateway.outbox WHERE topic = 'token.revoked'")
    row = await resources.db.fetchrow("SELECT id, account_id FROM social.tokens")
    assert [json.loads(body["body"]) for body in bodies] == [
        {"type": "token.revoked", "token_id": row["id"], "account_id": row["account_id"]}
    ]


async def test_an_unknown_token_is_revoked_without_ado(browser: httpx.AsyncClient, client_app: dict) -> None:
    assert (await _revoke(browser, client_app, "unknown")).status_code == 200


async def test_nobody_revokes_another_apps_token(browser: httpx.AsyncClient, client_app: dict) -> None:
    token = await a_token(browser, client_app)
    answer = await _revoke(browser, await an_app(browser), token)
    assert (answer.status_code, answer.json()["error"]) == (403, "unauthorized_client")
    assert (await browser.get("/api/v1/apps/verify_credentials", headers=bearing(token))).status_code == 200


async def test_who_the_person_is_takes_the_profile_scope(browser: httpx.AsyncClient, client_app: dict) -> None:
    token = await a_token(browser, client_app, scope="profile")
    claims = (await browser.post("/oauth/userinfo", headers=bearing(token))).json()
    assert (claims["iss"], claims["preferred_username"], claims["profile"]) == (
        "https://ours.test/",
        "alice",
        "https://ours.test/@alice",
    )
    assert claims["sub"].startswith("https://ours.test/ap/users/")


async def test_without_the_profile_scope_nobody_is_told(browser: httpx.AsyncClient, client_app: dict) -> None:
    token = await a_token(browser, client_app, scope="write")
    assert (await browser.get("/oauth/userinfo", headers=bearing(token))).status_code == 403


async def test_the_server_describes_its_oauth(browser: httpx.AsyncClient) -> None:
    described = (await browser.get("/.well-known/oauth-authorization-server")).json()
    assert described["issuer"] == "https://ours.test/"
    assert described["code_challenge_methods_supported"] == ["S256"]
    assert "admin:write:reports" in described["scopes_supported"]


async def _revoke(browser: httpx.AsyncClient, app: dict, token: str) -> httpx.Response:
    fields = {"client_id": app["client_id"], "client_secret": app["client_secret"], "token": token}
    return await browser.post("/oauth/revoke", data=fields)


async def test_an_app_learns_what_its_tokens_are_worth(browser: httpx.AsyncClient, client_app: dict) -> None:
    token = await a_token(browser, client_app)
    ask = {"client_id": client_app["client_id"], "client_secret": client_app["client_secret"], "token": token}
    found = (await browser.post("/oauth/introspect", data=ask)).json()
    assert found == {
        "active": True,
        "scope": "read write",
        "client_id": client_app["client_id"],
        "token_type": "Bearer",
        "iat": found["iat"],
    }
    assert (await browser.post("/oauth/introspect", data=ask | {"token": "unknown"})).json() == {"active": False}
    assert (await browser.post("/oauth/introspect", data=ask | {"client_secret": "wrong"})).status_code == 401
    other = await an_app(browser)
    others = {"client_id": other["client_id"], "client_secret": other["client_secret"], "token": token}
    assert (await browser.post("/oauth/introspect", data=others)).json() == {"active": False}
    await browser.post("/oauth/revoke", data=ask)
    assert (await browser.post("/oauth/introspect", data=ask)).json() == {"active": False}


async def test_a_token_tells_of_itself(browser: httpx.AsyncClient, client_app: dict) -> None:
    token = await a_token(browser, client_app)
    found = (await browser.get("/oauth/token/info", headers=bearing(token))).json()
    assert (found["scope"], found["application"]) == (["read", "write"], {"uid": client_app["client_id"]})
    assert found["expires_in"] is None
    assert (await browser.get("/oauth/token/info")).status_code == 401
