"""Apps register, and see themselves."""

import hashlib

import httpx
import pytest
from signing_in import a_token, a_user, an_app, bearing, sign_in

from api_gateway.resources import Resources
from social.oauth.model import OUT_OF_BAND


async def test_a_registered_app_is_told_everything_about_itself(browser: httpx.AsyncClient) -> None:
    app = await an_app(browser, website="https://client.example")
    assert app == {
        "id": app["id"],
        "name": "Starling",
        "website": "https://client.example",
        "scopes": ["read", "write", "follow", "push", "profile"],
        "redirect_uri": "https://client.example/callback?kept=1",
        "redirect_uris": ["https://client.example/callback?kept=1"],
        "vapid_key": app["vapid_key"],
        "client_id": app["client_id"],
        "client_secret": app["client_secret"],
        "client_secret_expires_at": 0,
    }


async def test_a_client_secret_is_stored_hashed(browser: httpx.AsyncClient, resources: Resources) -> None:
    app = await an_app(browser)
    stored = await resources.db.fetchval("SELECT client_secret_hash FROM social.apps")
    assert stored == hashlib.sha256(app["client_secret"].encode()).digest()


@pytest.mark.parametrize(
    ("given", "understood"),
    [
        ({"data": {"redirect_uris": OUT_OF_BAND}}, [OUT_OF_BAND]),
        ({"data": {"redirect_uris": f"{OUT_OF_BAND}\napp://back"}}, [OUT_OF_BAND, "app://back"]),
        ({"data": {"redirect_uris[]": ["https://a.example/", "app:/back"]}}, ["https://a.example/", "app:/back"]),
        ({"json": {"redirect_uris": ["https://a.example/"]}}, ["https://a.example/"]),
        ({"files": {"redirect_uris": (None, "https://a.example/")}}, ["https://a.example/"]),
    ],
)
async def test_redirect_uris_come_in_any_shape(browser: httpx.AsyncClient, given: dict, understood: list[str]) -> None:
    (kind, fields), *_ = given.items()
    name = (None, "Starling") if kind == "files" else "Starling"
    answer = await browser.post("/api/v1/apps", **{kind: {**fields, "client_name": name}})
    assert answer.json()["redirect_uris"] == understood


async def test_an_app_that_names_no_scope_may_read(browser: httpx.AsyncClient) -> None:
    assert (await an_app(browser, scopes=""))["scopes"] == ["read"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"client_name": " "}, "Name can't be blank"),
        ({"client_name": "n" * 61}, "Name is too long (maximum is 60 characters)"),
        ({"redirect_uris": ""}, "Redirect URI can't be blank"),
        ({"redirect_uris": "javascript:alert(1)"}, "Redirect URI must be an absolute URI."),
        ({"redirect_uris": "https://a.example/#here"}, "Redirect URI must be an absolute URI."),
        ({"redirect_uris": "/relative"}, "Redirect URI must be an absolute URI."),
        ({"redirect_uris": "https:///nowhere"}, "Redirect URI must be an absolute URI."),
        ({"redirect_uris": "https://[broken"}, "Redirect URI must be an absolute URI."),
        ({"scopes": "read everything"}, "Scopes doesn't match configured on the server."),
        ({"website": "javascript:alert(1)"}, "Website must be a valid URL"),
    ],
)
async def test_a_bad_registration_is_refused(browser: httpx.AsyncClient, changes: dict, reason: str) -> None:
    fields = {"client_name": "Starling", "redirect_uris": OUT_OF_BAND, **changes}
    answer = await browser.post("/api/v1/apps", data=fields)
    assert (answer.status_code, answer.json()) == (422, {"error": f"Validation failed: {reason}"})


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 400),
        ({"content": b"[1]", "headers": {"Content-Type": "application/json"}}, 400),
        ({"data": {"client_name": "a\0b", "redirect_uris": "\0"}}, 422),
        ({"content": b"\xff\xfe=\xff", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}, 422),
        ({"content": b"a=" + b"b" * 70_000}, 413),
        ({"files": {"client_name": (None, "n" * 70_000)}}, 413),
        ({"files": {"client_name": ("a.txt", b"a file")}}, 422),
    ],
)
async def test_no_body_breaks_registration(browser: httpx.AsyncClient, given: dict, status: int) -> None:
    assert (await browser.post("/api/v1/apps", **given)).status_code == status


async def test_only_so_many_apps_register_from_one_address(browser: httpx.AsyncClient) -> None:
    for _ in range(25):
        await an_app(browser)
    answer = await browser.post("/api/v1/apps", data={"client_name": "Starling", "redirect_uris": OUT_OF_BAND})
    assert answer.status_code == 429


async def test_an_app_sees_itself_by_a_persons_token(browser: httpx.AsyncClient, resources: Resources) -> None:
    await a_user(resources.db, "alice")
    app = await an_app(browser)
    await sign_in(browser, "alice")
    answer = await browser.get("/api/v1/apps/verify_credentials", headers=bearing(await a_token(browser, app)))
    assert answer.json() == {k: v for k, v in app.items() if not k.startswith("client_")}


async def test_without_a_token_no_app_is_seen(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/api/v1/apps/verify_credentials")
    assert (answer.status_code, answer.json()) == (401, {"error": "The access token is invalid"})
