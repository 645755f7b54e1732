"""Posts of other servers: kept, changed, deleted, liked and boosted."""

from typing import Any

import pytest
from doorstep import OURS, Doorstep
from neighbours import Neighbours, Person
from people import NOW, a_post

from apcore.context import PUBLIC
from chassis.db import Database
from contracts.ids import AccountId, Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.relationships import actions as relationships
from social.statuses import reading
from social.statuses.model import FullStatus, Status


@pytest.fixture
async def followed(door: Doorstep, bob: Person, alice: Account, gateway: Database) -> Person:
    """Bob, whom Alice follows."""
    await follow(door, gateway, alice, bob)
    return bob


async def follow(door: Doorstep, gateway: Database, alice: Account, person: Person) -> AccountId:
    """Make the person known here, and followed by Alice."""
    like = person.does("Like", f"{alice.uri}/statuses/1")
    await door.hears(person, like)
    async with gateway.transaction() as tx:
        target = await accounts.by_uri(tx, Uri(person.uri))
        assert target is not None
        await relationships.follow(tx, alice, target, now=NOW)
    async with door.res.db.transaction() as tx:
        await relationships.accept(tx, alice, target)
    return target.id


async def kept(door: Doorstep, note: dict[str, Any]) -> Status | None:
    return await reading.by_uri(door.res.db, Uri(note["id"]))


async def whole(door: Doorstep, note: dict[str, Any]) -> FullStatus:
    status = await kept(door, note)
    assert status is not None
    return (await reading.full(door.res.db, [status.id]))[status.id]


async def ours(gateway: Database, alice: Account, **changes: object) -> Status:
    async with gateway.transaction() as tx:
        return await a_post(tx, alice, **changes)


def mention(person: Account | Person) -> dict[str, str]:
    return {"type": "Mention", "href": person.uri, "name": f"@{person.username}"}


async def test_a_post_of_somebody_followed_is_kept_with_all_that_it_has(door: Doorstep, followed: Person) -> None:
    note = followed.note(
        '<p>Cats <script>alert(1)</script><b onclick="x()">purr</b></p>',
        summary="Animals",
        sensitive=True,
        contentMap={"de": "<p>Katzen</p>"},
        tag=[
            {"type": "Hashtag", "name": "#Cats", "href": f"https://{followed.host}/tags/cats"},
            {"type": "Emoji", "name": ":purr:", "icon": {"type": "Image", "url": f"https://{followed.host}/p.png"}},
        ],
        attachment=[
            {
                "type": "Document",
                "mediaType": "image/png",
                "url": f"https://{followed.host}/cat.png",
                "name": "A cat",
                "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
                "width": 400,
                "height": 300,
                "focalPoint": [0.1, -0.2],
            }
        ],
    )
    assert await door.hears(followed, followed.creates(note)) == "done"
    full = await whole(door, note)
    assert full.status.content == "<p>Cats <b>purr</b></p>"
    assert (full.status.spoiler_text, full.status.sensitive, full.status.language) == ("Animals", True, "de")
    assert [tag.display_name for tag in full.tags] == ["Cats"]
    assert len(full.status.emoji_ids) == 1
    [cat] = full.media
    assert (cat.kind, cat.state, cat.description, cat.remote_url) == (
        "image",
        "ready",
        "A cat",
        f"https://{followed.host}/cat.png",
    )
    assert cat.meta["original"]["size"] == "400x300"
    assert cat.meta["focus"] == {"x": 0.1, "y": -0.2}


@pytest.mark.parametrize(
    ("to", "cc", "tags", "visibility"),
    [
        ([PUBLIC], ["followers"], [], "public"),
        (["as:Public"], [], [], "public"),
        (["followers"], ["Public"], [], "unlisted"),
        (["followers"], [], [], "private"),
        (["alice"], [], ["alice"], "direct"),
        (["alice"], [], [], "limited"),
    ],
)
async def test_addressing_decides_who_reads_it(
    door: Doorstep, followed: Person, alice: Account, to: list[str], cc: list[str], tags: list[str], visibility: str
) -> None:
    names = {"followers": followed.followers, "alice": alice.uri}
    note = followed.note(
        to=[names.get(uri, uri) for uri in to], cc=[names.get(uri, uri) for uri in cc], tag=[mention(alice)] * len(tags)
    )
    assert await door.hears(followed, followed.creates(note)) == "done"
    status = await kept(door, note)
    assert status is not None
    assert status.visibility == visibility
    assert await reading.visible_to(door.res.db, status.id, alice.id)


async def test_what_interests_nobody_here_is_dropped(door: Doorstep, bob: Person, alice: Account) -> None:
    for audience in ([PUBLIC], [bob.followers], ["https://elsewhere.test/users/x"]):
        note = bob.note(to=audience, cc=[])
        assert await door.hears(bob, bob.creates(note)) == "no_interest"
        assert await kept(door, note) is None


async def test_a_post_of_a_stranger_is_kept_if_it_addresses_or_answers_somebody_here(
    door: Doorstep, bob: Person, alice: Account, gateway: Database
) -> None:
    status = await ours(gateway, alice)
    named = bob.note(cc=[alice.uri], tag=[mention(alice)])
    answer = bob.note(inReplyTo=status.uri)
    for note in (named, answer):
        assert await door.hears(bob, bob.creates(note)) == "done"
    assert [m.username for m in (await whole(door, named)).mentions] == ["alice"]
    assert (await whole(door, answer)).status.in_reply_to_id == status.id


async def test_what_comes_to_a_personal_inbox_is_for_its_owner(door: Doorstep, bob: Person, alice: Account) -> None:
    note = bob.note(to=[f"{bob.uri}/circle"], cc=[])
    assert await door.hears(bob, bob.creates(note), to=f"/ap/users/{alice.id}/inbox") == "done"
    full = await whole(door, note)
    assert full.status.visibility == "limited"
    assert [(m.username, m.silent) for m in full.mentions] == [("alice", True)]


async def test_only_whoever_is_addressed_is_mentioned_aloud(door: Doorstep, followed: Person, alice: Account) -> None:
    note = followed.note(tag=[mention(alice)])
    await door.hears(followed, followed.creates(note))
    assert [m.silent for m in (await whole(door, note)).mentions] == [True]


async def test_a_second_delivery_changes_nothing(door: Doorstep, followed: Person) -> None:
    create = followed.creates(followed.note())
    assert await door.hears(followed, create) == "done"
    assert await door.hears(followed, create) == "repeated"
    assert [event["type"] for event in await door.events()].count("status.created") == 1


async def test_a_stranger_does_not_widen_an_audience(
    door: Doorstep, followed: Person, mallory: Person, alice: Account, neighbours: Neighbours
) -> None:
    note = followed.note(to=[followed.followers], cc=[])
    await door.hears(followed, followed.creates(note))
    carol = neighbours.person("carol", key=2)
    forged = note | {"attributedTo": carol.uri}
    for thief, document in ((mallory, note), (mallory, note | {"attributedTo": mallory.uri}), (carol, forged)):
        said = await door.hears(thief, thief.does("Create", document), to=f"/ap/users/{alice.id}/inbox")
        assert said in ("foreign", "not_owner", "repeated")
    assert (await whole(door, note)).mentions == []
    assert (await whole(door, note)).status.account_id != 0


@pytest.mark.parametrize("kind", ["Create", "Update", "Delete"])
async def test_what_lies_on_another_host_is_nobody_elses_to_say(
    door: Doorstep, followed: Person, mallory: Person, kind: str
) -> None:
    note = followed.note("<p>mine</p>")
    await door.hears(followed, followed.creates(note))
    changed = note | {"content": "<p>stolen</p>", "updated": "2026-06-02T12:00:00Z"}
    assert await door.hears(mallory, mallory.does(kind, changed if kind != "Delete" else note["id"])) == "foreign"
    assert (await whole(door, note)).status.content == "<p>mine</p>"


@pytest.mark.parametrize("kind", ["Update", "Delete"])
async def test_a_neighbour_on_the_same_host_changes_nothing(
    door: Doorstep, followed: Person, neighbours: Neighbours, kind: str
) -> None:
    carol = neighbours.person("carol", key=2)
    note = followed.note("<p>mine</p>")
    await door.hears(followed, followed.creates(note))
    changed = note | {"content": "<p>stolen</p>", "updated": "2026-06-02T12:00:00Z"}
    said = await door.hears(carol, carol.does(kind, changed if kind == "Update" else note["id"]))
    assert said == "not_owner"
    assert (await whole(door, note)).status.content == "<p>mine</p>"


@pytest.mark.parametrize("kind", ["Create", "Update", "Delete"])
async def test_nobody_elsewhere_touches_our_posts(
    door: Doorstep, bob: Person, alice: Account, gateway: Database, kind: str
) -> None:
    status = await ours(gateway, alice)
    forged = {"id": status.uri, "type": "Note", "attributedTo": bob.uri, "content": "x", "to": [PUBLIC]}
    said = await door.hears(bob, bob.does(kind, forged if kind != "Delete" else status.uri))
    assert said == "foreign"
    assert await reading.by_id(door.res.db, status.id) == status


async def test_an_edit_replaces_the_words_and_an_older_one_loses(door: Doorstep, followed: Person) -> None:
    note = followed.note("<p>first</p>")
    await door.hears(followed, followed.creates(note))
    second = note | {"content": "<p>second</p>", "updated": "2026-06-01T13:00:00Z"}
    third = note | {"content": "<p>third</p>", "updated": "2026-06-01T14:00:00Z"}
    assert await door.hears(followed, followed.does("Update", third)) == "done"
    assert await door.hears(followed, followed.does("Update", second)) == "stale"
    full = await whole(door, note)
    assert full.status.content == "<p>third</p>"
    assert [e.content for e in await reading.edits_of(door.res.db, full.status.id)] == ["<p>first</p>"]


async def test_an_edit_keeps_a_picture_that_stays(door: Doorstep, followed: Person) -> None:
    picture = {"type": "Image", "url": f"https://{followed.host}/cat.png", "name": "A cat"}
    other = picture | {"url": f"https://{followed.host}/dog.png"}
    note = followed.note(attachment=[picture])
    await door.hears(followed, followed.creates(note))
    [before] = (await whole(door, note)).media
    edited = note | {"attachment": [other, picture | {"name": "My cat"}], "updated": "2026-06-01T13:00:00Z"}
    await door.hears(followed, followed.does("Update", edited))
    first, second = (await whole(door, note)).media
    assert (first.remote_url, second.id, second.description) == (other["url"], before.id, "My cat")


async def test_an_update_without_new_words_is_no_edit(door: Doorstep, followed: Person) -> None:
    note = followed.note()
    await door.hears(followed, followed.creates(note))
    assert await door.hears(followed, followed.does("Update", note)) == "stale"


async def test_a_deleted_post_is_gone_and_stays_gone(door: Doorstep, followed: Person) -> None:
    note = followed.note()
    create = followed.creates(note)
    await door.hears(followed, create)
    assert await door.hears(followed, followed.does("Delete", {"id": note["id"], "type": "Tombstone"})) == "done"
    assert await door.hears(followed, create) == "deleted"
    assert await kept(door, note) is None


async def test_a_delete_that_came_first_wins(door: Doorstep, followed: Person) -> None:
    note = followed.note()
    assert await door.hears(followed, followed.does("Delete", note["id"])) == "done"
    assert await door.hears(followed, followed.creates(note)) == "deleted"


async def test_a_tombstone_by_a_neighbour_does_not_count(
    door: Doorstep, followed: Person, neighbours: Neighbours
) -> None:
    carol = neighbours.person("carol", key=2)
    note = followed.note()
    await door.hears(carol, carol.does("Delete", note["id"]))
    assert await door.hears(followed, followed.creates(note)) == "done"


async def test_unknown_parents_are_fetched_up_the_thread(
    door: Doorstep, followed: Person, neighbours: Neighbours
) -> None:
    carol = neighbours.person("carol", "good.localhost", key=2)
    root = carol.note("<p>root</p>")
    middle = carol.note("<p>middle</p>", inReplyTo=root["id"])
    leaf = followed.note("<p>leaf</p>", inReplyTo=middle["id"])
    assert await door.hears(followed, followed.creates(leaf)) == "done"
    statuses = [await kept(door, note) for note in (root, middle, leaf)]
    assert all(statuses)
    assert [status.in_reply_to_id for status in statuses if status] == [None, statuses[0].id, statuses[1].id]
    assert len({status.conversation_id for status in statuses if status}) == 1


async def test_a_post_that_calls_itself_somebody_elses_is_not_fetched(
    door: Doorstep, followed: Person, mallory: Person, neighbours: Neighbours
) -> None:
    forged = {**mallory.note(), "attributedTo": followed.uri}
    neighbours.serves(forged["id"], forged)
    assert await door.hears(followed, followed.does("Announce", forged["id"], to=[PUBLIC])) == "unknown_object"
    assert await kept(door, forged) is None


async def test_a_like_of_our_post_is_a_favourite_once(
    door: Doorstep, bob: Person, alice: Account, gateway: Database
) -> None:
    status = await ours(gateway, alice)
    like = bob.does("Like", status.uri)
    assert await door.hears(bob, like) == "done"
    assert await door.hears(bob, like) == "done"
    assert [event["type"] for event in await door.events()].count("status.favourited") == 1
    assert await door.hears(bob, bob.does("Undo", like)) == "done"
    assert await door.hears(bob, like) == "undone"
    assert await door.res.db.fetchval("SELECT count(*) FROM social.favourites") == 0


async def test_a_post_that_one_cannot_see_cannot_be_liked(
    door: Doorstep, bob: Person, alice: Account, gateway: Database
) -> None:
    status = await ours(gateway, alice, visibility="private")
    assert await door.hears(bob, bob.does("Like", status.uri)) == "unknown_object"
    assert await door.hears(bob, bob.does("Announce", status.uri, to=[PUBLIC])) == "not_allowed"


async def test_a_like_of_somebody_elses_post_does_not_concern_us(door: Doorstep, bob: Person, followed: Person) -> None:
    note = followed.note()
    await door.hears(followed, followed.creates(note))
    assert await door.hears(bob, bob.does("Like", note["id"])) == "not_ours"


async def test_a_boost_brings_the_post_it_boosts(door: Doorstep, followed: Person, neighbours: Neighbours) -> None:
    carol = neighbours.person("carol", "good.localhost", key=2)
    note = carol.note("<p>worth it</p>")
    boost = followed.does("Announce", note["id"], to=[PUBLIC], cc=[followed.followers])
    assert await door.hears(followed, boost) == "done"
    original = await kept(door, note)
    assert original is not None
    assert original.content == "<p>worth it</p>"
    assert await door.res.db.fetchval("SELECT count(*) FROM social.statuses WHERE reblog_of_id = $1", original.id) == 1
    assert await door.hears(followed, boost) == "repeated"
    assert await door.hears(followed, followed.does("Undo", boost["id"])) == "done"
    assert await door.hears(followed, boost) == "undone"
    assert await door.res.db.fetchval("SELECT count(*) FROM social.statuses WHERE reblog_of_id = $1", original.id) == 0


async def test_the_words_of_a_boosted_post_come_from_its_own_server(
    door: Doorstep, followed: Person, neighbours: Neighbours
) -> None:
    carol = neighbours.person("carol", "good.localhost", key=2)
    note = carol.note("<p>true</p>")
    boost = followed.does("Announce", note | {"content": "<p>false</p>"}, to=[PUBLIC])
    await door.hears(followed, boost)
    assert (await whole(door, note)).status.content == "<p>true</p>"


async def test_a_boost_that_nobody_here_follows_is_dropped(door: Doorstep, bob: Person, neighbours: Neighbours) -> None:
    carol = neighbours.person("carol", "good.localhost", key=2)
    assert await door.hears(bob, bob.does("Announce", carol.note()["id"], to=[PUBLIC])) == "no_interest"


async def test_a_followers_only_post_is_boosted_by_its_author_inlined(door: Doorstep, followed: Person) -> None:
    note = followed.note(to=[followed.followers], cc=[])
    assert await door.hears(followed, followed.does("Announce", note, to=[followed.followers])) == "done"
    assert (await whole(door, note)).status.visibility == "private"


async def test_an_article_is_kept_whole_with_title_and_link(door: Doorstep, followed: Person) -> None:
    page = followed.note(type="Article", name="On cats", summary="<p>short</p>", content="<p>long</p>" * 9000)
    await door.hears(followed, followed.creates(page))
    content = (await whole(door, page)).status.content
    assert content.startswith("<h2>On cats</h2><p>long</p>")
    assert content.count("<p>long</p>") == 9000
    assert page["id"] in content


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"type": "Document", "mediaType": "video/mp4"}, "video"),
        ({"type": "Document", "mediaType": "audio/ogg"}, "audio"),
        ({"type": "Video"}, "video"),
        ({"type": "Document", "url": "https://far.localhost/a.mp3"}, "audio"),
        ({"type": "Document", "mediaType": "application/pdf"}, "unknown"),
    ],
)
async def test_films_and_sounds_are_attached_as_what_they_are(
    door: Doorstep, followed: Person, said: dict[str, str], kind: str
) -> None:
    note = followed.note(attachment=[{"url": f"https://{followed.host}/file", **said}])
    await door.hears(followed, followed.creates(note))
    [file] = (await whole(door, note)).media
    assert file.kind == kind


async def test_a_time_in_the_future_is_not_believed(door: Doorstep, followed: Person) -> None:
    note = followed.note(published="2999-01-01T00:00:00Z", updated="3999-01-01T00:00:00Z")
    await door.hears(followed, followed.creates(note))
    status = (await whole(door, note)).status
    assert status.created_at.year < 2100


async def test_a_poison_activity_is_dropped_and_stops_nobody(door: Doorstep, followed: Person) -> None:
    for broken in (
        {"type": "Note", "id": "urn:x"},
        {"type": "Note", "id": 7, "attributedTo": {}},
        {"type": ["Note"], "id": followed.note()["id"], "content": {"a": 1}, "tag": "x", "attachment": [[[]]]},
        {"id": f"https://{followed.host}/x", "type": "Note", "published": "never", "to": {}, "cc": 9},
    ):
        await door.hears(followed, followed.does("Create", broken))
    assert {verdict.value for verdict in door.verdicts} == {"ack"}


async def test_media_that_a_policy_rejects_stay_out(door: Doorstep, followed: Person) -> None:
    await door.sets_policy(followed.host, severity="noop", reject_media=True)
    note = followed.note(attachment=[{"type": "Image", "url": f"https://{followed.host}/cat.png"}])
    assert await door.hears(followed, followed.creates(note)) == "done"
    assert (await whole(door, note)).media == []


async def test_a_suspended_author_can_still_leave(door: Doorstep, followed: Person, superuser) -> None:
    note = followed.note()
    await door.hears(followed, followed.creates(note))
    await superuser.execute("UPDATE social.accounts SET suspended_at = now() WHERE uri = $1", followed.uri)
    assert await door.hears(followed, followed.creates(followed.note())) == "suspended"
    assert await door.hears(followed, followed.does("Delete", note["id"])) == "done"


async def test_a_flag_is_a_report_once(door: Doorstep, bob: Person, alice: Account, gateway: Database) -> None:
    status = await ours(gateway, alice)
    flag = bob.does("Flag", [alice.uri, status.uri], content="rude")
    assert await door.hears(bob, flag) == "done"
    assert await door.hears(bob, flag) == "done"
    rows = await door.res.db.fetch("SELECT target_id, status_ids, comment FROM social.reports")
    assert [tuple(row) for row in rows] == [(alice.id, [status.id], "rude")]


async def test_flags_of_a_server_whose_reports_are_rejected_are_dropped(
    door: Doorstep, mallory: Person, alice: Account
) -> None:
    await door.sets_policy(mallory.host, severity="noop", reject_reports=True)
    assert await door.hears(mallory, mallory.does("Flag", [alice.uri])) == "not_allowed"


@pytest.mark.parametrize("kind", ["Listen", "Frobnicate", "Offer"])
async def test_what_has_no_meaning_here_is_dropped_and_counted(
    door: Doorstep, bob: Person, alice: Account, kind: str
) -> None:
    assert await door.hears(bob, bob.does(kind, bob.uri, target=f"{OURS}/x")) == "unsupported"
