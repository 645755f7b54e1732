"""Threads that began elsewhere come in whole: walked when somebody opens them, looked at when they are first seen."""

import datetime as dt
from typing import Any

import pytest
from doorstep import OURS, Doorstep, counted
from neighbours import Neighbours, Person
from people import a_local_account, a_post

from apcore import jsonld
from chassis.db import Database
from contracts.events import ThreadOpened
from contracts.ids import Uri
from inbox.fetching.replies import MOST, rooms
from inbox.handlers import threads
from inbox.jobs import WalkThread
from social.accounts.model import Account
from social.statuses import reading
from social.statuses.model import Status
from social.walks import store as walks
from social.walks.actions import begin
from social.walks.model import Walk

NOW = dt.datetime.now(dt.UTC)


async def known(door: Doorstep, note: dict[str, Any]) -> Status | None:
    return await reading.by_uri(door.res.db, Uri(note["id"]))


async def resolved(door: Doorstep, note: dict[str, Any]) -> Status:
    """The post, looked up by somebody here, with all that follows."""
    await door.client.post(
        "/internal/resolve", json={"resource": note["id"]}, headers={"Authorization": "Bearer internal"}
    )
    await door.settle()
    status = await known(door, note)
    assert status is not None
    return status


async def opens(door: Doorstep, gateway: Database, status: Status) -> Walk:
    """Somebody opens the thread, and the walk goes to its end."""
    async with gateway.transaction() as tx:
        walk = await begin(tx, status, dt.datetime.now(dt.UTC))
        opened = tx.emitted[0]
    assert walk is not None
    assert isinstance(opened, ThreadOpened)
    await threads.on_opened(door.res, opened)
    await door.settle()
    over = await walks.by_id(door.res.db, walk.id)
    assert over is not None
    assert over.finished_at is not None
    return over


def with_replies(
    door: Doorstep, note: dict[str, Any], first: list[str], further: list[str], **more: object
) -> dict[str, Any]:
    """As Mastodon shows them: the author's own inlined, those of others a page away."""
    collection = f"{note['id']}/replies"
    page = {"type": "CollectionPage", "partOf": collection, "items": first, "next": f"{collection}?page=1"}
    replies = {"id": collection, "type": "Collection", "first": page}
    whole = note | {"replies": replies} | more
    door.neighbours.serves(note["id"], whole)
    others = {"id": f"{collection}?page=1", "type": "CollectionPage", "partOf": collection, "items": further}
    door.neighbours.serves(f"{collection}?page=1", {"@context": note["@context"], **others})
    return whole


@pytest.fixture
def carol(neighbours: Neighbours) -> Person:
    return neighbours.person("carol", "good.localhost", key=2)


@pytest.fixture
async def root(door: Doorstep, bob: Person) -> dict[str, Any]:
    """A post that is known here."""
    note = bob.note()
    await resolved(door, note)
    return note


async def test_a_thread_comes_in_whole_wherever_its_posts_lie(
    door: Doorstep, gateway: Database, bob: Person, carol: Person, mallory: Person, root: dict[str, Any]
) -> None:
    own, other = bob.note(inReplyTo=root["id"]), carol.note(inReplyTo=root["id"])
    deep = mallory.note(inReplyTo=other["id"])
    with_replies(door, other, [], [deep["id"]])
    with_replies(door, root, [own["id"]], [other["id"], f"{OURS}/ap/users/1/statuses/1"])
    parent = await resolved(door, root)
    walk = await opens(door, gateway, parent)
    assert walk.found == 3
    for note, answered in ((own, root), (other, root), (deep, other)):
        answer, above = await known(door, note), await known(door, answered)
        assert answer is not None
        assert above is not None
        assert (answer.in_reply_to_id, answer.conversation_id) == (above.id, parent.conversation_id)


async def test_further_answers_to_posts_that_are_known_are_found(
    door: Doorstep, gateway: Database, carol: Person, root: dict[str, Any]
) -> None:
    other = carol.note(inReplyTo=root["id"])
    await resolved(door, other)
    deep = carol.note(inReplyTo=other["id"])
    with_replies(door, other, [deep["id"]], [])
    assert (await opens(door, gateway, await resolved(door, root))).found == 1
    assert await known(door, deep)


async def test_a_conversations_own_collection_is_read(
    door: Doorstep, gateway: Database, bob: Person, carol: Person, root: dict[str, Any]
) -> None:
    other, context = carol.note(inReplyTo=root["id"]), f"https://{bob.host}/contexts/1"
    door.neighbours.serves(root["id"], root | {"context": context})
    door.neighbours.serves(context, {"id": context, "type": "Collection", "items": [root["id"], other["id"]]})
    assert (await opens(door, gateway, await resolved(door, root))).found == 1
    assert await known(door, other)


async def test_new_words_of_the_post_are_taken(door: Doorstep, gateway: Database, root: dict[str, Any]) -> None:
    door.neighbours.serves(root["id"], root | {"content": "<p>Better</p>", "updated": "2026-06-02T12:00:00Z"})
    assert (await opens(door, gateway, await resolved(door, root))).found == 0
    changed = await known(door, root)
    assert changed is not None
    assert changed.content == "<p>Better</p>"


async def test_a_walk_ends_at_its_bounds(
    door: Doorstep, gateway: Database, bob: Person, root: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "MOST_ANSWERS", 3)
    monkeypatch.setattr(threads, "MOST_POSTS", 4)
    monkeypatch.setattr(threads, "MOST_PAGES", 2)
    first = [bob.note(inReplyTo=root["id"]) for _ in range(6)]
    with_replies(door, first[0], [bob.note(inReplyTo=first[0]["id"])["id"] for _ in range(4)], [])
    with_replies(door, root, [note["id"] for note in first[:5]], [first[5]["id"]])
    # The root itself is one of the four.
    assert (await opens(door, gateway, await resolved(door, root))).found == 3


async def test_a_collection_without_end_is_left_after_some_pages(
    door: Doorstep, gateway: Database, root: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "MOST_PAGES", 3)
    url = f"{root['id']}/replies"
    for number in range(6):
        page = {"id": f"{url}?page={number}", "type": "CollectionPage", "items": [], "next": f"{url}?page={number + 1}"}
        door.neighbours.serves(f"{url}?page={number}", page)
    door.neighbours.serves(root["id"], root | {"replies": f"{url}?page=0"})
    await opens(door, gateway, await resolved(door, root))
    assert len([name for name in door.neighbours.asked if "/replies?page=" in name]) == 3


async def test_a_host_that_was_asked_for_enough_is_left_alone(
    door: Doorstep, gateway: Database, bob: Person, carol: Person, root: dict[str, Any]
) -> None:
    victims = [carol.note(inReplyTo=root["id"])["id"] for _ in range(4)]
    with_replies(door, root, [], victims)
    parent = await resolved(door, root)
    limit = door.res.settings.unasked_per_host
    await door.res.db.fetchval(
        "INSERT INTO inbox.spendings (host, since, spent) VALUES ($1, now(), $2) RETURNING 1", carol.host, limit - 2
    )
    before = counted("murmuration_inbox_unasked_total", "outcome")
    assert (await opens(door, gateway, parent)).found == 0
    assert (counted("murmuration_inbox_unasked_total", "outcome") - before)[("too_much",)] == 4


async def test_answers_are_believed_from_their_own_server_alone(
    door: Doorstep, gateway: Database, mallory: Person, carol: Person, root: dict[str, Any]
) -> None:
    forged = mallory.note(inReplyTo=root["id"], attributedTo=carol.uri)
    with_replies(door, root, [forged["id"], "not an address"], [])
    assert (await opens(door, gateway, await resolved(door, root))).found == 0
    assert await known(door, forged) is None


async def test_a_page_goes_on_at_its_own_host_alone(
    door: Doorstep, gateway: Database, mallory: Person, root: dict[str, Any]
) -> None:
    elsewhere = f"https://{mallory.host}/endless"
    page = {"type": "CollectionPage", "items": [], "next": elsewhere}
    door.neighbours.serves(root["id"], root | {"replies": f"{root['id']}/replies"})
    door.neighbours.serves(f"{root['id']}/replies", {"id": f"{root['id']}/replies", **page})
    await opens(door, gateway, await resolved(door, root))
    assert not door.neighbours.times_asked(elsewhere)


async def test_a_server_that_shows_nothing_ends_the_walk(
    door: Doorstep, gateway: Database, root: dict[str, Any]
) -> None:
    parent = await resolved(door, root)
    door.neighbours.fails(root["id"], 500)
    assert (await opens(door, gateway, parent)).found == 0
    assert await known(door, root) == parent


async def test_a_step_that_is_repeated_changes_nothing(
    door: Doorstep, gateway: Database, bob: Person, root: dict[str, Any]
) -> None:
    with_replies(door, root, [bob.note(inReplyTo=root["id"])["id"]], [])
    walk = await opens(door, gateway, await resolved(door, root))
    await threads.on_walk(door.res, WalkThread(walk_id=walk.id))
    await door.settle()
    assert await walks.by_id(door.res.db, walk.id) == walk
    assert await door.res.db.fetchval("SELECT count(*) FROM inbox.walk_steps") == 0


async def test_what_an_author_goes_on_with_comes_along_when_a_post_is_first_seen(
    door: Doorstep, bob: Person, carol: Person
) -> None:
    start = bob.note()
    chain = [bob.note(inReplyTo=start["id"])]
    chain.append(bob.note(inReplyTo=chain[0]["id"]))
    others = [carol.note(inReplyTo=start["id"])]
    with_replies(door, chain[0], [chain[1]["id"]], [])
    with_replies(door, start, [others[0]["id"], chain[0]["id"]], [])
    await resolved(door, start)
    assert [await known(door, note) is not None for note in (*chain, *others)] == [True, True, False]
    assert not [name for name in door.neighbours.asked if name.endswith("/replies?page=1")]


async def test_of_many_answers_a_few_come_along(door: Doorstep, bob: Person) -> None:
    start = bob.note()
    answers = [bob.note(inReplyTo=start["id"])["id"] for _ in range(MOST + 3)]
    door.neighbours.serves(start["id"], start | {"replies": f"{start['id']}/replies"})
    listed = {"id": f"{start['id']}/replies", "type": "Collection", "items": answers}
    door.neighbours.serves(f"{start['id']}/replies", listed)
    await resolved(door, start)
    found = [uri for uri in answers if await reading.by_uri(door.res.db, Uri(uri))]
    assert found == answers[:MOST]


async def test_our_own_answers_stand_before_those_of_others(door: Doorstep, gateway: Database, alice: Account) -> None:
    async with gateway.transaction() as tx:
        root, zoe = await a_post(tx, alice), await a_local_account(tx, "zoe")
        own = [await a_post(tx, alice, in_reply_to=root) for _ in range(2)]
        others = [await a_post(tx, zoe, in_reply_to=root) for _ in range(2)]
        await a_post(tx, zoe, in_reply_to=root, visibility="direct")
    note = (await door.get(root.uri)).json()
    assert note["replies"]["first"]["items"] == [one.uri for one in own]
    further = (await door.get(note["replies"]["first"]["next"])).json()
    assert (further["type"], further["items"], further.get("next")) == (
        "CollectionPage",
        [one.uri for one in others],
        None,
    )
    collection = (await door.get(note["replies"]["id"])).json()
    assert collection["first"]["items"] == [one.uri for one in own]


async def test_a_conversation_of_ours_is_read_page_by_page(
    door: Doorstep, gateway: Database, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.routes.threads.PAGE", 2)
    async with gateway.transaction() as tx:
        posts = [await a_post(tx, alice)]
        for _ in range(2):
            posts.append(await a_post(tx, alice, in_reply_to=posts[-1]))  # each answers the last
        await a_post(tx, alice, in_reply_to=posts[0], visibility="private")
    context = (await door.get((await door.get(posts[0].uri)).json()["context"])).json()
    assert (context["type"], context["totalItems"]) == ("Collection", 3)
    page = (await door.get(context["first"]["next"])).json()
    assert [*context["first"]["items"], *page["items"]] == [post.uri for post in posts]
    assert jsonld.same_host(page["id"], OURS)


@pytest.mark.parametrize(
    ("room", "number", "left"),
    [(50, 1, [49]), (50, 5, [9, 9, 9, 9, 9]), (7, 3, [2, 1, 1]), (3, 5, [0, 0, 0]), (1, 1, [0]), (0, 4, [])],
)
def test_however_answers_branch_no_more_come_along_than_there_is_room_for(
    room: int, number: int, left: list[int]
) -> None:
    assert rooms(room, number) == left
    assert len(left) + sum(left) in (0, room)
