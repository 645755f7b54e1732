"""Announcements: shown, dismissed, reacted to, planned and over."""

import datetime as dt
from typing import Any

import asyncpg
import pytest
from talking import Person, a_person, a_token_of

from api_gateway.handlers.announcements import keep_time
from api_gateway.resources import Resources
from chassis.clock import utc_now
from contracts.ids import AnnouncementId
from social.announcements import actions
from social.announcements.model import Notice
from social.emojis.text import is_emoji
from social.errors import ValidationFailed

HERE = "/api/v1/announcements"
AN_HOUR = dt.timedelta(hours=1)


async def announced(res: Resources, text: str = "We move", **more: Any) -> str:
    async with res.db.transaction() as tx:
        return str(await actions.announce(tx, Notice(text=text, **more), utc_now()))


async def shown(person: Person, **which: str) -> list[str]:
    return [one["id"] for one in await person.get(HERE, **which)]


async def test_an_announcement_is_composed_as_a_post_is(
    resources: Resources, alice: Person, superuser: asyncpg.Connection
) -> None:
    await superuser.execute(
        "INSERT INTO social.custom_emojis (shortcode, image_key) VALUES ('heron', 'emoji/heron.png')"
    )
    post = await alice.says("Look at this")
    secret = await alice.says("Not at this", visibility="private")
    text = f"Ask @alice about #Birds :heron: <b>\n\n{post['url']} {secret['url']} https://ours.test/@alice/7"
    await announced(resources, text, all_day=True)
    [one] = await alice.get(HERE)
    assert '<a href="https://ours.test/@alice" class="u-url mention">' in one["content"]
    assert "&lt;b&gt;" in one["content"]
    assert one["mentions"] == [
        {"id": alice.id, "username": "alice", "url": "https://ours.test/@alice", "acct": "alice"}
    ]
    assert one["statuses"] == [{"id": post["id"], "url": post["url"]}]
    assert one["tags"] == [{"name": "Birds", "url": "https://ours.test/tags/birds"}]
    assert [emoji["shortcode"] for emoji in one["emojis"]] == ["heron"]
    assert (one["all_day"], one["read"], one["reactions"], one["starts_at"]) == (True, False, [], None)


async def test_what_is_dismissed_is_shown_only_when_asked_for(resources: Resources, alice: Person, bob: Person) -> None:
    first, second = await announced(resources), await announced(resources, "Again")
    assert await shown(alice) == [first, second]
    assert await alice.post(f"{HERE}/{first}/dismiss") == {}
    assert await alice.post(f"{HERE}/{first}/dismiss") == {}
    assert await shown(alice) == [second]
    assert await shown(alice, with_dismissed="true") == [first, second]
    assert [one["read"] for one in await alice.get(HERE, with_dismissed="1")] == [True, False]
    assert await shown(bob) == [first, second]


async def test_people_react_with_emoji(
    resources: Resources, alice: Person, bob: Person, superuser: asyncpg.Connection
) -> None:
    await superuser.execute("INSERT INTO social.custom_emojis (shortcode, image_key) VALUES ('heron', 'heron.png')")
    one = await announced(resources)
    for person, name in ((alice, "🐦"), (alice, "🐦"), (bob, "🐦"), (bob, "heron"), (bob, "👩🏽‍🚀")):
        assert await person.put(f"{HERE}/{one}/reactions/{name}") == {}
    [[bird, heron, _]] = [entity["reactions"] for entity in await alice.get(HERE)]
    assert bird == {"name": "🐦", "count": 2, "me": True}
    assert (heron["count"], heron["me"]) == (1, False)
    assert heron["url"].endswith("/heron.png")
    assert await alice.delete(f"{HERE}/{one}/reactions/🐦") == {}
    await alice.delete(f"{HERE}/{one}/reactions/🐦", 404)
    assert (await alice.get(HERE))[0]["reactions"][0] == {"name": "🐦", "count": 1, "me": False}
    topics = [r["topic"] for r in await superuser.fetch("SELECT topic FROM api_gateway.outbox ORDER BY id")]
    assert topics.count("announcement.reacted") == 5


async def test_there_are_eight_kinds_of_reaction_at_most(resources: Resources, alice: Person, bob: Person) -> None:
    one = await announced(resources)
    for name in "🐦🦅🦆🦢🦉🦩🦚🦜":
        await alice.put(f"{HERE}/{one}/reactions/{name}")
    refused = await bob.put(f"{HERE}/{one}/reactions/🐧", 422)
    assert refused["error"] == "Validation failed: Limit of different reactions reached"
    await bob.put(f"{HERE}/{one}/reactions/🐦")


@pytest.mark.parametrize(
    "name", ["x", "nosuch", "🐦🐦", "1", "%23", "a" * 5000, "🐦" + "\u0301" * 60, "%00", "heron x"]
)
async def test_what_is_no_emoji_is_refused(resources: Resources, alice: Person, name: str) -> None:
    refused = await alice.put(f"{HERE}/{await announced(resources)}/reactions/{name}", 422)
    assert refused["error"] == "Validation failed: Name is not a recognized emoji"


@pytest.mark.parametrize(
    ("name", "one"), [("🇫🇷", True), ("1️⃣", True), ("❤", True), ("❤️", True), ("", False), ("🇫", False)]
)
def test_one_emoji_is_told_from_other_text(name: str, one: bool) -> None:
    assert is_emoji(name) is one


async def test_announcements_appear_and_go_in_time(
    resources: Resources, alice: Person, superuser: asyncpg.Connection
) -> None:
    now = utc_now()
    planned = await announced(resources, scheduled_at=now + AN_HOUR)
    ending = await announced(resources, starts_at=now - AN_HOUR, ends_at=now + AN_HOUR)
    assert await shown(alice) == [ending]
    await keep_time(resources)
    assert await shown(alice) == [ending]
    await superuser.execute(
        "UPDATE social.announcements SET scheduled_at = scheduled_at - interval '2 hours', ends_at = now()"
        " - interval '1 minute' WHERE id = $1",
        int(ending),
    )
    await superuser.execute(
        "UPDATE social.announcements SET scheduled_at = now() - interval '1 second' WHERE id = $1", int(planned)
    )
    await keep_time(resources)
    await keep_time(resources)
    assert await shown(alice) == [planned]
    topics = [r["topic"] for r in await superuser.fetch("SELECT topic FROM api_gateway.outbox ORDER BY id")]
    assert [t for t in topics if t.startswith("announcement")] == [
        "announcement.published",
        "announcement.published",
        "announcement.removed",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": " "},
        {"text": "x" * 5001},
        {"ends_at": utc_now() + AN_HOUR},
        {"starts_at": utc_now() + AN_HOUR, "ends_at": utc_now()},
        {"starts_at": utc_now() - 2 * AN_HOUR, "ends_at": utc_now() - AN_HOUR},
    ],
)
async def test_an_announcement_that_makes_no_sense_is_refused(resources: Resources, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationFailed):
        await announced(resources, **({"text": "We move"} | wrong))


async def test_who_may_not_read_or_react_is_told_so(resources: Resources, alice: Person) -> None:
    one = await announced(resources)
    hidden = await announced(resources, scheduled_at=utc_now() + AN_HOUR)
    assert one != hidden
    await alice.unknown.get(HERE, 401)
    app = Person(alice.account, alice.client, await a_token_of(resources.db, None, "read write"))
    await app.get(HERE, 422)
    reader = await a_person(resources.db, alice.client, "reader", scopes="profile")
    assert await shown(reader) == [one]
    await reader.post(f"{HERE}/{one}/dismiss", 403)
    await reader.put(f"{HERE}/{one}/reactions/🐦", 403)
    for missing in ("7", hidden, "x"):
        await alice.post(f"{HERE}/{missing}/dismiss", 404)
        await alice.put(f"{HERE}/{missing}/reactions/🐦", 404)
        await alice.delete(f"{HERE}/{missing}/reactions/🐦", 404)


async def test_a_removed_announcement_is_gone(resources: Resources, alice: Person) -> None:
    one = await announced(resources)
    async with resources.db.transaction() as tx:
        await actions.remove(tx, AnnouncementId(int(one)))
    assert await shown(alice, with_dismissed="true") == []
