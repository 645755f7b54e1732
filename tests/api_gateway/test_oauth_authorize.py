"""Apps ask, people sign in and answer."""

import httpx
import pytest
from signing_in import (
    CALLBACK,
    a_browser,
    a_code,
    a_token,
    a_user,
    an_app,
    answer_of,
    asking,
    consent,
    exchange,
    hidden_fields,
    sign_in,
)

from api_gateway.resources import Resources
from social.oauth.model import OUT_OF_BAND


@pytest.fixture(autouse=True)
async def alice(resources: Resources) -> None:
    await a_user(resources.db, "alice")


@pytest.fixture
async def client_app(browser: httpx.AsyncClient) -> dict:
    return await an_app(browser)


async def test_a_stranger_is_asked_to_sign_in_and_then_to_consent(browser: httpx.AsyncClient, client_app: dict) -> None:
    first = await browser.get("/oauth/authorize", params=asking(client_app))
    page = await browser.get(first.headers["location"])
    fields = hidden_fields(page.text) | {"email": "alice@mail.example", "password": "correct horse battery"}
    back = await browser.post("/auth/sign_in", data=fields)
    consent_page = await browser.get(back.headers["location"])
    assert "Allow Starling?" in consent_page.text


async def test_consent_brings_a_code_and_the_state_back(browser: httpx.AsyncClient, client_app: dict) -> None:
    await sign_in(browser, "alice")
    response = await consent(browser, asking(client_app))
    assert response.headers["location"].startswith(f"{CALLBACK}&code=")
    assert answer_of(response)["state"] == "s 1&2"


async def test_denial_is_told_to_the_app(browser: httpx.AsyncClient, client_app: dict) -> None:
    await sign_in(browser, "alice")
    answer = answer_of(await consent(browser, asking(client_app), _method="delete"))
    assert (answer["error"], answer["state"]) == ("access_denied", "s 1&2")


async def test_denial_by_the_delete_method_is_told_too(browser: httpx.AsyncClient, client_app: dict) -> None:
    await sign_in(browser, "alice")
    page = await browser.get("/oauth/authorize", params=asking(client_app))
    response = await browser.request("DELETE", "/oauth/authorize", data=hidden_fields(page.text))
    assert answer_of(response)["error"] == "access_denied"


async def test_out_of_band_shows_a_code_that_works(browser: httpx.AsyncClient) -> None:
    client_app = await an_app(browser, redirect_uris=OUT_OF_BAND)
    await sign_in(browser, "alice")
    code = await a_code(browser, client_app)
    page = await browser.get("/oauth/authorize/native", params={"code": code})
    assert f">{code}</code>" in page.text
    assert (await exchange(browser, client_app, code)).status_code == 200


async def test_the_code_page_shows_nothing_but_codes(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/oauth/authorize/native", params={"code": "Call+this+number"})
    assert page.status_code == 404
    assert "number" not in page.text


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "nobody"},
        {"client_id": ""},
        {"client_id": "\0"},
        {"redirect_uri": ""},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": CALLBACK + "&more=1"},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": CALLBACK.replace("https", "http")},
        {"redirect_uri": OUT_OF_BAND},
    ],
)
async def test_an_untrusted_address_is_never_answered(
    browser: httpx.AsyncClient, client_app: dict, changes: dict
) -> None:
    await sign_in(browser, "alice")
    response = await browser.get("/oauth/authorize", params=asking(client_app, **changes))
    assert (response.status_code, response.headers.get("location")) == (400, None)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": ""}, "unsupported_response_type"),
        ({"scope": "admin:read"}, "invalid_scope"),
        ({"scope": "read nonsense"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
    ],
)
async def test_a_bad_request_goes_back_to_the_app(
    browser: httpx.AsyncClient, client_app: dict, changes: dict, error: str
) -> None:
    answer = answer_of(await browser.get("/oauth/authorize", params=asking(client_app, **changes)))
    assert (answer["error"], answer["state"]) == (error, "s 1&2")


@pytest.mark.parametrize(
    ("asked", "granted"),
    [("read:statuses", "read:statuses"), ("", "read"), ("write read write", "write read")],
)
async def test_a_part_of_the_apps_scopes_may_be_asked_for(
    browser: httpx.AsyncClient, client_app: dict, asked: str, granted: str
) -> None:
    await sign_in(browser, "alice")
    code = await a_code(browser, client_app, scope=asked)
    assert (await exchange(browser, client_app, code)).json()["scope"] == granted


async def test_no_consent_without_the_pages_own_form(browser: httpx.AsyncClient, client_app: dict) -> None:
    await sign_in(browser, "alice")
    response = await browser.post("/oauth/authorize", data=asking(client_app))
    assert (response.status_code, response.headers.get("location")) == (403, None)


async def test_a_form_of_another_session_is_refused(
    app: object, browser: httpx.AsyncClient, client_app: dict, resources: Resources
) -> None:
    await a_user(resources.db, "mallory")
    await sign_in(browser, "alice")
    async with a_browser(app) as other:
        await sign_in(other, "mallory")
        page = await other.get("/oauth/authorize", params=asking(client_app))
    assert (await browser.post("/oauth/authorize", data=hidden_fields(page.text))).status_code == 403


async def test_force_login_asks_for_the_password_again_once(browser: httpx.AsyncClient, client_app: dict) -> None:
    await sign_in(browser, "alice")
    response = await browser.get("/oauth/authorize", params=asking(client_app, force_login="true"))
    assert response.headers["location"].startswith("/auth/sign_in?")
    assert "force_login" not in response.headers["location"]


async def test_mastodon_py_writes_false_with_a_capital(browser: httpx.AsyncClient, client_app: dict) -> None:
    await sign_in(browser, "alice")
    response = await browser.get("/oauth/authorize", params=asking(client_app, force_login="False"))
    assert response.status_code == 200


async def test_the_pages_run_nothing_and_are_framed_by_nobody(browser: httpx.AsyncClient, client_app: dict) -> None:
    await sign_in(browser, "alice")
    page = await browser.get("/oauth/authorize", params=asking(client_app))
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' https://client.example" in policy
    assert "<script" not in page.text
    assert page.headers["cache-control"] == "no-store"


async def test_the_pages_stay_in_touch_with_the_window_that_opened_them(
    browser: httpx.AsyncClient, client_app: dict
) -> None:
    asked = await browser.get("/auth/sign_in")
    await sign_in(browser, "alice")
    page = await browser.get("/oauth/authorize", params=asking(client_app))
    for answer in (asked, page):
        assert "cross-origin-opener-policy" not in answer.headers


async def test_an_apps_name_is_text_and_no_markup(browser: httpx.AsyncClient) -> None:
    client_app = await an_app(browser, client_name="<b>&\"'</b>")
    await sign_in(browser, "alice")
    page = await browser.get("/oauth/authorize", params=asking(client_app))
    assert "Allow &lt;b&gt;&amp;&#34;&#39;&lt;/b&gt;?" in page.text


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_a_person_sees_and_revokes_the_apps_they_let_in(
    browser: httpx.AsyncClient, client_app: dict, resources: Resources, method: str
) -> None:
    await sign_in(browser, "alice")
    await a_token(browser, client_app)
    page = await browser.get("/oauth/authorized_applications")
    assert "Starling" in page.text
    await browser.request(method, f"/oauth/authorized_applications/{client_app['id']}", data=hidden_fields(page.text))
    assert "Starling" not in (await browser.get("/oauth/authorized_applications")).text
    topics = await resources.db.fetch("SELECT topic FROM api_gateway.outbox ORDER BY id")
    assert "token.revoked" in [row["topic"] for row in topics]
