"""What the server says of itself, and how people come in."""

import datetime as dt

import pytest
from clients.consent import code_from
from clients.mastodon_py.stage import PASSWORD, Stage, eventually
from mastodon import MastodonError, MastodonUnauthorizedError
from mastodon.errors import MastodonDeprecationWarning

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"


def the_server_introduces_itself(stage: Stage) -> None:
    ada = stage.person("ada")
    assert ada.instance().domain == ada.instance_v2().domain == stage.server.settings.domain
    with pytest.warns(MastodonDeprecationWarning):
        assert ada.instance_v1().uri == stage.server.settings.domain
    assert ada.verify_minimum_version("4.5.0")
    assert ada.retrieve_mastodon_version()
    assert ada.get_supported_version()
    assert isinstance(ada.instance_health(), bool)
    assert ada.stream_healthy()
    nodeinfo = ada.instance_nodeinfo()
    assert (nodeinfo.software.name, "activitypub" in nodeinfo.protocols) == ("murmuration", True)
    ada.set_language("en")


def the_server_puts_things_in_writing(stage: Stage) -> None:
    ada = stage.person("ada")
    assert len(ada.instance_activity()) == 12
    assert all(isinstance(peer, str) for peer in ada.instance_peers())
    assert ada.instance_rules() == []
    assert isinstance(ada.instance_extended_description().content, str)
    assert {"en", "de"} <= {language.code for language in ada.instance_languages()}
    assert ada.custom_emojis() == []
    today = dt.datetime.now(dt.UTC).date()
    stage.operate("server", "terms", today.isoformat(), "<p>Be kind</p>")
    assert "Be kind" in ada.instance_terms_of_service().content
    assert ada.instance_terms_of_service(today).effective_date.date() == today
    stage.operate("server", "set", "show_domain_blocks", "all")
    assert eventually(lambda: ada.instance_domain_blocks() == [])


def an_announcement_is_answered_and_put_away(stage: Stage) -> None:
    ada = stage.person("ada")
    stage.operate("announcements", "add", "Tea at five")
    news = eventually(lambda: next((a for a in ada.announcements() if "Tea at five" in a.content), None))
    ada.announcement_reaction_create(news, "🫖")
    ada.announcement_reaction_delete(news, "🫖")
    ada.announcement_dismiss(news)
    assert all(a.read for a in ada.announcements() if a.id == news.id)


def a_person_signs_in_and_out(stage: Stage) -> None:
    stage.person("ada")
    scopes = ["read", "write", "profile"]
    client_id, secret = stage.unbound.create_app(
        "Mastodon.py", scopes=scopes, redirect_uris=OUT_OF_BAND, api_base_url=stage.url, session=stage.session()
    )
    client = stage.client(client_id=client_id, client_secret=secret)
    address = client.auth_request_url(redirect_uris=OUT_OF_BAND, scopes=scopes, state="kept")
    client.log_in(code=code_from(address, "ada@mail.example", PASSWORD), scopes=scopes)
    assert client.app_verify_credentials().name == "Mastodon.py"
    assert client.oauth_userinfo().preferred_username == "ada"
    assert client.oauth_authorization_server_info().issuer.startswith(stage.url)
    assert client.persistable_login_credentials()
    client.clear_caches()
    client.revoke_access_token()
    with pytest.raises((MastodonUnauthorizedError, MastodonError)):
        client.me()


def somebody_joins(stage: Stage) -> None:
    stage.operate("server", "set", "registrations", "open")
    client_id, secret = stage.unbound.create_app(
        "Door", scopes=["read", "write"], api_base_url=stage.url, session=stage.session()
    )
    door = stage.client(client_id=client_id, client_secret=secret)
    token = door.create_account(
        "edith", "a long enough one", "edith@mail.example", agreement=True, scopes=["read", "write"]
    )
    assert stage.client(access_token=token).me().username == "edith"


def nothing_is_left_to_wait_for(stage: Stage) -> None:
    ada = stage.person("ada")
    context = ada.status_context(ada.status_post("Quiet"))
    assert ada.get_async_refresh_info(context) is None
    assert ada.await_async_refresh(context) is context
    with pytest.raises(MastodonError):
        ada.get_async_refresh_status("unknown")
