"""Mastodon.py, checking the version of the server, joins, reads what is written at the door, and asks for pushes."""

import asyncio
import datetime as dt

import asyncpg
import pytest
from clients.test_mastodon_py_signs_in import CALLBACK, SCOPES, a_client, code_in, consented
from mastodon import Mastodon, MastodonAPIError, MastodonNotFoundError
from mastodon.errors import MastodonDeprecationWarning

from native.infrastructure import Infrastructure

PREPARED = """
INSERT INTO social.server_settings VALUES ('registrations', '"open"'), ('description', '"<p>Birds</p>"');
INSERT INTO social.terms_of_service VALUES ('2026-01-01', '<p>Be kind</p>');
INSERT INTO social.rules (text, hint) VALUES ('Be kind', 'Always');
INSERT INTO social.vapid_keys (public_key, private_key_pem) VALUES ('BKey', 'secret');
"""


@pytest.fixture(scope="module")
def prepared_url(infrastructure: Infrastructure, clients_database: str, gateway_url: str) -> str:
    async def prepare() -> None:
        conn = await asyncpg.connect(infrastructure.superuser_url(clients_database))
        await conn.execute(PREPARED)
        await conn.close()

    asyncio.run(prepare())
    return gateway_url


@pytest.fixture(scope="module")
def alice(prepared_url: str) -> Mastodon:
    client = a_client(prepared_url, CALLBACK)
    address = client.auth_request_url(redirect_uris=CALLBACK, scopes=SCOPES, state="kept", allow_http=True)
    client.log_in(code=code_in(consented(prepared_url, address)), redirect_uri=CALLBACK, scopes=SCOPES, allow_http=True)
    return Mastodon(access_token=client.access_token, api_base_url=prepared_url, version_check_mode="created")


def test_somebody_joins(prepared_url: str) -> None:
    client = a_client(prepared_url, CALLBACK)
    token, error = client.create_account(
        "alice", "long enough", "new@mail.example", agreement=True, scopes=SCOPES, return_detailed_error=True
    )
    assert (token, error.details.username[0].error) == (None, "ERR_TAKEN")
    client.create_account("newcomer", "long enough", "new@mail.example", agreement=True, scopes=SCOPES)
    assert client.account_verify_credentials().username == "newcomer"


def test_what_is_written_at_the_door_is_read(alice: Mastodon) -> None:
    with pytest.warns(MastodonDeprecationWarning):
        assert alice.instance_v1().uri == alice.instance_v2().domain
    assert alice.instance_v2().registrations.enabled
    assert [rule.text for rule in alice.instance_rules()] == ["Be kind"]
    assert alice.instance_extended_description().content == "<p>Birds</p>"
    assert alice.instance_terms_of_service().effective
    assert alice.instance_terms_of_service(dt.date(2026, 1, 1)).content == "<p>Be kind</p>"
    with pytest.raises(MastodonNotFoundError):
        alice.instance_terms_of_service(dt.date(2026, 1, 2))
    assert len(alice.instance_activity()) == 12
    assert (alice.instance_peers(), alice.instance_domain_blocks(), alice.custom_emojis()) == ([], [], [])
    assert "Deutsch" in [language.name for language in alice.instance_languages()]
    assert alice.instance_translation_languages() == {}


def test_a_profile_is_changed(alice: Mastodon) -> None:
    changed = alice.profile_update(display_name="Alice", note="Hi")
    assert (changed.display_name, alice.profile().note) == ("Alice", "Hi")
    assert alice.preferences()["posting:default:visibility"] == "public"


def test_pushes_are_asked_for_and_refused(alice: Mastodon) -> None:
    _, public = alice.push_subscription_generate_keys()
    made = alice.push_subscription_set("https://push.example/1", public, mention_events=True, policy="followed")
    assert (made.endpoint, made.server_key, made.alerts.mention) == ("https://push.example/1", "BKey", True)
    changed = alice.push_subscription_update(poll_events=True)
    assert (changed.alerts.poll, changed.alerts.mention) == (True, False)
    assert alice.push_subscription().id == made.id
    alice.push_subscription_delete()
    with pytest.raises(MastodonNotFoundError):
        alice.push_subscription()


def test_nothing_is_translated_and_nothing_goes_on_in_the_background(alice: Mastodon) -> None:
    status = alice.status_post("Hello", language="en")
    with pytest.raises(MastodonNotFoundError):
        alice.status_translate(status, lang="de")
    assert alice.get_async_refresh_info(alice.status_context(status)) is None
    with pytest.raises((MastodonNotFoundError, MastodonAPIError)):
        alice.get_async_refresh_status("unknown")
