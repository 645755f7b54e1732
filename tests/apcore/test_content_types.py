"""Which content types are those of an ActivityPub document."""

import pytest

from apcore.fetch.exchange import is_activity_type

PROFILE = "https://www.w3.org/ns/activitystreams"


@pytest.mark.parametrize(
    "header",
    [
        "application/activity+json",
        "Application/Activity+JSON; charset=utf-8",
        "application/activity+json;",
        f'application/ld+json; profile="{PROFILE}"',
        f'application/ld+json;profile="{PROFILE}";charset=utf-8',
        f'application/ld+json; charset="utf-8" ; PROFILE = "https://www.w3.org/ns/other {PROFILE}"; ',
        f"application/ld+json; profile={PROFILE}",
        f'application/ld+json; odd="a \\" b; c"; profile="{PROFILE}"',
    ],
)
def test_an_activity_is_served_as_one(header: str) -> None:
    assert is_activity_type(header)


@pytest.mark.parametrize(
    "header",
    [
        "",
        ";",
        "text/plain",
        "image/png",
        "application/json",
        "application/ld+json",
        "application/activity+jsonp",
        "text/html, application/activity+json",
        f'application/json; profile="{PROFILE}"',
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams-2"',
        f'application/ld+json; x-profile="{PROFILE}"',
        f'application/ld+json; junk="; profile={PROFILE}"',
        f'application/ld+json; junk="\\"; profile={PROFILE}"',
        f'application/ld+json; "; profile={PROFILE}"',
        f'application/ld+json; junk="; profile={PROFILE}',
        f'text/plain; x="application/ld+json"; profile="{PROFILE}"',
    ],
)
def test_anything_else_is_none(header: str) -> None:
    assert not is_activity_type(header)
