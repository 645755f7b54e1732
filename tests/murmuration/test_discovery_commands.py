"""Announcements and trends from the command line."""

import asyncpg
import pytest
from operating import Run, bound_to


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    return bound_to(environment)


def test_an_announcement_is_published_planned_listed_and_taken_back(run: Run) -> None:
    assert "Nothing was announced" in run("announcements list").stdout
    said = run("announcements add", "We move *on Monday* [sic]").stdout
    assert "is published" in said
    assert "is planned" in run("announcements add --at 2999-01-01 --all-day", "A party").stdout
    listed = run("announcements list").stdout
    assert "We move *on Monday* [sic]" in listed
    assert "planned" in listed
    assert "2999-01-01 00:00" in listed
    number = said.split()[1]
    assert run("announcements remove", number).returncode == 0
    assert number not in run("announcements list").stdout
    gone = run("announcements remove", number)
    assert (gone.returncode, gone.stderr.strip()) == (1, "Record not found.")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["announcements add", " "], "Text can't be blank."),
        (["announcements add --starts 2999-01-02 --ends 2999-01-01", "x"], "End of event must come after its begin."),
        (["trends allow", "#nosuch"], "Nobody here has used #nosuch."),
        (["trends refuse", "https://no.example/"], "Nobody here has used https://no.example/."),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, words: list[str], reason: str) -> None:
    done = run(*words)
    assert (done.returncode, done.stderr.strip()) == (1, reason)


async def test_tags_and_links_are_reviewed(run: Run, superuser: asyncpg.Connection) -> None:
    tag = await superuser.fetchval(
        "INSERT INTO social.tags (name, display_name) VALUES ('birds', 'Birds') RETURNING id"
    )
    await superuser.execute("INSERT INTO social.tag_days VALUES ($1, (now() AT TIME ZONE 'UTC')::date, 9, 7)", tag)
    await superuser.execute("INSERT INTO social.preview_cards (url) VALUES ('https://news.example/1')")
    shown = run("trends show").stdout
    assert "#Birds" in shown
    assert "waits to be allowed" in shown
    assert run("trends allow", "#BIRDS").returncode == 0
    assert run("trends refuse", "https://news.example/1").returncode == 0
    assert await superuser.fetchval("SELECT trendable FROM social.tags") is True
    assert await superuser.fetchval("SELECT trendable FROM social.preview_cards") is False
    assert "allowed" in run("trends show").stdout
    for word, by_default in (("off", True), ("on", False)):
        assert run("trends review", word).returncode == 0
        assert await superuser.fetchval("SELECT value::text FROM social.server_settings") == str(by_default).lower()


async def test_operators_say_whom_to_suggest(run: Run, superuser: asyncpg.Connection) -> None:
    assert run("accounts create alice --email alice@mail.example").returncode == 0
    chosen = "SELECT value::text FROM social.server_settings WHERE key = 'suggested_accounts'"
    assert run("accounts suggest @alice").stdout.strip() == "Suggested: @alice"
    assert await superuser.fetchval(chosen) == '["alice"]'
    for nobody in ("bob", "a@b@c"):
        assert run("accounts suggest", nobody).stderr.strip() == f"Nobody here knows {nobody}."
    assert run("accounts suggest").stdout.strip() == "Suggested: nobody"
    assert await superuser.fetchval(chosen) == "[]"
