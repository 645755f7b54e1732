"""What a post may be: whom it names, how long it is, in which language, how often."""

import asyncpg
import pytest
from talking import Person

from api_gateway.posting.languages import CODES, known_language
from chassis.db import Database


async def test_a_post_names_nobody_whom_its_client_did_not_expect(alice: Person, bob: Person) -> None:
    refusal = await alice.post("/api/v1/statuses", 422, status="Hi @bob", allowed_mentions=[])
    assert refusal["error"] == "Post would be sent to unexpected accounts"
    assert [account["acct"] for account in refusal["unexpected_accounts"]] == ["bob"]
    await alice.says("Hi @bob", allowed_mentions=[bob.id])
    await alice.says("Hi @nobody", allowed_mentions=[])
    await alice.post("/api/v1/statuses", 422, status="Hi", allowed_mentions=["bob"])


async def test_an_empty_list_in_a_form_expects_nobody(alice: Person, bob: Person) -> None:
    answer = await alice.ask(
        "POST", "/api/v1/statuses", data={"status": f"Hi @{bob.account.username}", "allowed_mentions[]": ""}
    )
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("text", "warning"),
    [("x" * 499 + "👩‍👩‍👧", ""), ("x" * 476 + " https://example.com/" + "y" * 300, ""), ("x" * 499, "👩‍👩‍👧")],
)
async def test_five_hundred_characters_are_counted_as_people_count_them(alice: Person, text: str, warning: str) -> None:
    await alice.says(text, spoiler_text=warning)
    refusal = await alice.post("/api/v1/statuses", 422, status=text + "!", spoiler_text=warning)
    assert "character limit of 500" in refusal["error"]


async def test_the_server_of_whom_is_named_counts_nothing(alice: Person) -> None:
    await alice.says("x" * 495 + " @eve@a-very-long-name-of-a-server.example")


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("pt_BR", "pt"),
        ("zh-TW", "zh-TW"),
        ("zh-XX", "zh"),
        ("tok", "tok"),
        ("xx", None),
        ("", None),
    ],
)
def test_languages_are_those_that_are_known(code: str, language: str | None) -> None:
    assert known_language(code) == language


async def test_an_unknown_language_is_the_authors_own(alice: Person) -> None:
    assert (await alice.says("Hm", language="klingon"))["language"] == "en"
    assert len(CODES) > 200


async def test_what_is_warned_of_is_sensitive(alice: Person) -> None:
    status = await alice.says("Boo", spoiler_text="ghosts", sensitive=False)
    assert status["sensitive"]


async def test_a_key_lives_an_hour(alice: Person, superuser: asyncpg.Connection) -> None:
    async def posts() -> str:
        answer = await alice.ask("POST", "/api/v1/statuses", json={"status": "Hi"}, headers={"Idempotency-Key": "k"})
        found: str = answer.json()["id"]
        return found

    first = await posts()
    assert await posts() == first
    await superuser.execute("UPDATE api_gateway.idempotency_keys SET created_at = now() - interval '61 min'")
    second = await posts()
    assert second != first
    assert await posts() == second


async def test_deleted_files_stay_for_another_try_unless_they_shall_not(
    alice: Person, gateway: Database, superuser: asyncpg.Connection
) -> None:
    for keeps in (True, False):
        status = await alice.says("Look")
        await superuser.execute(
            "INSERT INTO social.media_attachments (account_id, status_id, is_local) VALUES ($1, $2, true)",
            int(alice.id),
            int(status["id"]),
        )
        await alice.delete(f"/api/v1/statuses/{status['id']}" + ("" if keeps else "?delete_media=true"))
        assert await gateway.fetchval("SELECT count(*) FROM social.media_attachments") == 1


async def test_a_deleted_poll_comes_back_with_its_source(alice: Person) -> None:
    status = await alice.says("Lunch?", poll={"options": ["a", "b"], "expires_in": 600})
    deleted = await alice.delete(f"/api/v1/statuses/{status['id']}")
    assert (deleted["text"], [option["title"] for option in deleted["poll"]["options"]]) == ("Lunch?", ["a", "b"])
