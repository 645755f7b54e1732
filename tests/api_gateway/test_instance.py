"""The server as it presents itself, to clients and to browsers."""

import datetime as dt

import pytest
from mastodon.versions import parse_version_string
from people import remote_accounts
from talking import Person

from api_gateway.resources import Resources
from api_gateway.worker import forget_keys
from chassis.db import Database


async def test_both_versions_describe_the_server(alice: Person, superuser: Database) -> None:
    await superuser.execute(
        "INSERT INTO social.server_settings VALUES ('title', '\"Birds\"'), ('contact_username', '\"alice\"')"
    )
    await superuser.execute("INSERT INTO social.rules (text, hint) VALUES ('Be kind', 'Always')")
    new, old = await alice.unknown.get("/api/v2/instance"), await alice.unknown.get("/api/v1/instance")
    assert (new["domain"], new["title"], new["contact"]["account"]["acct"]) == ("ours.test", "Birds", "alice")
    assert (old["uri"], old["title"], old["contact_account"]["acct"]) == ("ours.test", "Birds", "alice")
    assert new["configuration"]["urls"]["streaming"] == old["urls"]["streaming_api"] == "wss://ours.test"
    assert new["rules"] == old["rules"] == await alice.unknown.get("/api/v1/instance/rules")
    assert old["stats"]["user_count"] == 1


async def test_peers_activity_and_description_are_public(alice: Person, superuser: Database) -> None:
    await alice.says("Counted")
    weeks = await alice.unknown.get("/api/v1/instance/activity")
    assert len(weeks) == 12
    assert (weeks[0]["statuses"], weeks[0]["registrations"]) == ("1", "1")
    assert await alice.unknown.get("/api/v1/instance/peers") == []
    assert (await alice.unknown.get("/api/v1/instance/extended_description"))["content"] == ""


async def test_peers_are_found_by_how_they_begin(alice: Person, inbox: Database) -> None:
    await remote_accounts(inbox, "a@far.test", "b@farther.test", "c@near.test")
    assert await alice.unknown.get("/api/v1/peers/search", q="FAR") == ["far.test", "farther.test"]
    assert await alice.unknown.get("/api/v1/peers/search") == []


async def test_emoji_of_ours_are_listed_and_found_in_posts(alice: Person, superuser: Database) -> None:
    await superuser.execute(
        "INSERT INTO social.custom_emojis (shortcode, image_key, static_key) VALUES ('blob', 'e/b.gif', 'e/b.png')"
    )
    listed = await alice.unknown.get("/api/v1/custom_emojis")
    assert [(e["shortcode"], e["url"]) for e in listed] == [("blob", "https://ours.test/media/e/b.gif")]
    status = await alice.says("Hello :blob: and :other:")
    assert [emoji["shortcode"] for emoji in status["emojis"]] == ["blob"]


@pytest.mark.parametrize(
    "path",
    ["/avatars/original/missing.png", "/headers/original/missing.png", "/thumbnail.png", "/icons/192.png"],
)
async def test_stand_in_pictures_are_there(alice: Person, path: str) -> None:
    answer = await alice.unknown.ask("GET", path)
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")


async def test_a_profile_and_a_post_are_pages_without_scripts(alice: Person) -> None:
    await alice.patch("/api/v1/accounts/update_credentials", display_name="<script>alert(1)</script>")
    status = await alice.says("Hello <b> #world", spoiler_text="<i>")
    for path in ("/@alice", "/@Alice", f"/@alice/{status['id']}"):
        page = await alice.unknown.ask("GET", path)
        assert page.status_code == 200
        assert "&lt;script&gt;" in page.text
        assert "<script" not in page.text
        assert "Hello &lt;b&gt;" in page.text
        assert "script-src" not in page.headers["content-security-policy"]


async def test_pages_show_what_everybody_may_see(alice: Person) -> None:
    hidden = await alice.says("Whisper", visibility="private")
    assert (await alice.ask("GET", f"/@alice/{hidden['id']}")).status_code == 404
    assert "Whisper" not in (await alice.ask("GET", "/@alice")).text
    assert (await alice.ask("GET", "/@nobody")).status_code == 404
    assert (await alice.ask("GET", f"/@nobody/{hidden['id']}")).status_code == 404


async def test_other_servers_are_sent_to_the_object(alice: Person) -> None:
    answer = await alice.unknown.ask("GET", "/@alice", headers={"Accept": "application/activity+json"})
    assert answer.status_code == 302
    assert answer.headers["location"] == alice.account.uri


async def test_old_keys_are_forgotten(alice: Person, resources: Resources, superuser: Database) -> None:
    await alice.ask("POST", "/api/v1/statuses", json={"status": "Hi"}, headers={"Idempotency-Key": "k"})
    await superuser.execute(
        "UPDATE api_gateway.idempotency_keys SET created_at = $1", dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    )
    await forget_keys(resources)
    assert await superuser.fetchval("SELECT count(*) FROM api_gateway.idempotency_keys") == 0


async def test_clients_that_look_at_the_version_ask_for_what_we_have(alice: Person) -> None:
    found = await alice.unknown.get("/api/v2/instance")
    assert parse_version_string(found["version"].split()[0]) == (4, 6, 0)
    assert found["version"].endswith(" (compatible; Murmuration 0.1.0)")
    assert found["api_versions"] == {"mastodon": 8}
    old = await alice.unknown.ask("GET", "/api/v1/instance")
    assert (old.json()["version"], old.headers["deprecation"]) == (found["version"], "@1668384000")
