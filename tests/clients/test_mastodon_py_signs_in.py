"""Mastodon.py registers an app, lets a person sign in through our pages, and takes its leave."""

from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from mastodon import Mastodon, MastodonIllegalArgumentError, MastodonUnauthorizedError
from signing_in import hidden_fields

from social.oauth.actions import challenge_of
from social.oauth.model import OUT_OF_BAND

PASSWORD = "correct horse battery"
VERIFIER = "a-verifier-of-more-than-forty-three-characters-as-it-should"
CALLBACK = "http://127.0.0.1:1/callback"
SCOPES = ["read", "write", "follow", "push", "profile"]


def a_client(url: str, redirect_uri: str) -> Mastodon:
    client_id, secret = Mastodon.create_app(
        "Mastodon.py", scopes=SCOPES, redirect_uris=[redirect_uri], website="https://docs.example", api_base_url=url
    )
    return Mastodon(client_id=client_id, client_secret=secret, api_base_url=url, version_check_mode="none")


def consented(url: str, address: str) -> str:
    """Walk through the pages as a browser does; the address at which the walk ends."""
    with httpx.Client(base_url=url) as browser:
        page = browser.get(address, follow_redirects=True)
        known = {"email": "alice@mail.example", "password": PASSWORD}
        page = browser.post("/auth/sign_in", data=hidden_fields(page.text) | known, follow_redirects=True)
        assert "Allow Mastodon.py?" in page.text
        answer = browser.post("/oauth/authorize", data=hidden_fields(page.text))
        return str(answer.headers["location"])


def code_in(location: str) -> str:
    return parse_qs(urlsplit(location).query)["code"][0]


@pytest.mark.parametrize("redirect_uri", [OUT_OF_BAND, CALLBACK])
def test_a_person_signs_in_and_out(gateway_url: str, redirect_uri: str) -> None:
    client = a_client(gateway_url, redirect_uri)
    address = client.auth_request_url(redirect_uris=redirect_uri, scopes=SCOPES, state="kept", allow_http=True)
    location = consented(gateway_url, address)
    client.log_in(code=code_in(location), redirect_uri=redirect_uri, scopes=SCOPES, allow_http=True)
    assert client.app_verify_credentials().name == "Mastodon.py"
    client.revoke_access_token(allow_http=True)
    with pytest.raises((MastodonUnauthorizedError, MastodonIllegalArgumentError)):
        client.app_verify_credentials()


def test_a_public_client_proves_itself_by_pkce(gateway_url: str) -> None:
    client = a_client(gateway_url, CALLBACK)
    address = client.auth_request_url(redirect_uris=CALLBACK, scopes=["profile"], state="kept", allow_http=True)
    challenge = {"code_challenge": challenge_of(VERIFIER), "code_challenge_method": "S256"}
    location = consented(gateway_url, f"{address}&{urlencode(challenge)}")
    assert location.startswith(f"{CALLBACK}?code=")
    assert parse_qs(urlsplit(location).query)["state"] == ["kept"]
    fields = {
        "grant_type": "authorization_code",
        "client_id": client.client_id,
        "client_secret": client.client_secret,
        "redirect_uri": CALLBACK,
        "code": code_in(location),
    }
    token = httpx.post(f"{gateway_url}/oauth/token", json={**fields, "code_verifier": VERIFIER}).json()
    signed_in = Mastodon(access_token=token["access_token"], api_base_url=gateway_url, version_check_mode="none")
    server = signed_in.oauth_authorization_server_info()
    assert server.issuer == f"{gateway_url}/"
    claims = httpx.get(server.userinfo_endpoint, headers={"Authorization": f"Bearer {token['access_token']}"}).json()
    assert claims["preferred_username"] == "alice"


def test_a_code_is_worth_nothing_the_second_time(gateway_url: str) -> None:
    client = a_client(gateway_url, OUT_OF_BAND)
    location = consented(gateway_url, client.auth_request_url(scopes=SCOPES, allow_http=True))
    client.log_in(code=code_in(location), scopes=SCOPES, allow_http=True)
    with pytest.raises(MastodonIllegalArgumentError, match="invalid_grant"):
        client.log_in(code=code_in(location), scopes=SCOPES, allow_http=True)
