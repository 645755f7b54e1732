"""One's own profile: as it was typed, as it is shown, and changed."""

import pytest
from talking import Person, a_person

PATH = "/api/v1/profile"


async def test_a_profile_is_shown_raw_and_formatted(alice: Person) -> None:
    changed = await alice.patch(
        PATH,
        display_name="Alice",
        note="Hi #birds",
        fields_attributes=[{"name": "Web", "value": "https://alice.example"}],
        show_media=False,
        avatar_description="A robin",
        attribution_domains=["alice.example"],
    )
    assert changed == await alice.get(PATH)
    assert (changed["display_name"], changed["note"], changed["show_media"]) == ("Alice", "Hi #birds", False)
    assert changed["formatted_note"].startswith("<p>Hi <a href=")
    assert changed["fields"] == [{"name": "Web", "value": "https://alice.example", "verified_at": None}]
    assert changed["formatted_fields"][0]["value"].startswith("<a href=")
    assert (changed["avatar"], changed["header"], changed["avatar_description"]) == (None, None, "A robin")
    assert (await alice.get("/api/v1/accounts/verify_credentials"))["display_name"] == "Alice"
    tag = await alice.post("/api/v1/featured_tags", name="Birds")
    assert (await alice.get(PATH))["featured_tags"] == [tag]


@pytest.mark.parametrize("fields", [{"note": "x" * 501}, {"display_name": "x" * 41}, {"source": {"privacy": "all"}}])
async def test_what_is_too_much_changes_nothing(alice: Person, fields: dict[str, object]) -> None:
    before = await alice.get(PATH)
    assert (await alice.patch(PATH, 422, **fields))["error"].startswith("Validation failed: ")
    assert await alice.get(PATH) == before


async def test_who_may_look_and_who_may_change(alice: Person, resources, client) -> None:
    looker = await a_person(resources.db, client, "looker", scopes="profile")
    assert (await looker.get(PATH))["id"] == looker.id
    await looker.patch(PATH, 403, note="x")
    poster = await a_person(resources.db, client, "poster", scopes="write:statuses")
    await poster.get(PATH, 403)
    await alice.unknown.get(PATH, 401)


async def test_preferences_are_what_a_new_post_starts_with(alice: Person) -> None:
    await alice.patch(
        PATH, source={"privacy": "unlisted", "sensitive": True, "language": "de", "quote_policy": "followers"}
    )
    assert await alice.get("/api/v1/preferences") == {
        "posting:default:visibility": "unlisted",
        "posting:default:sensitive": True,
        "posting:default:language": "de",
        "posting:default:quote_policy": "followers",
        "reading:expand:media": "default",
        "reading:expand:spoilers": False,
        "reading:autoplay:gifs": False,
    }
