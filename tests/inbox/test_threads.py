"""A thread is asked for anew at its own server: new words, new answers, within bounds."""

from typing import Any

import httpx
import pytest
from doorstep import Doorstep
from neighbours import Neighbours, Person

from contracts.ids import StatusId, Uri
from inbox.fetching.threads import MOST_REPLIES
from social.statuses import reading
from social.statuses.model import Status


async def ask(door: Doorstep, status_id: Any, secret: str = "internal") -> httpx.Response:
    return await door.client.post(
        "/internal/threads", json={"status_id": status_id}, headers={"Authorization": f"Bearer {secret}"}
    )


async def known(door: Doorstep, note: dict[str, Any]) -> Status | None:
    return await reading.by_uri(door.res.db, Uri(note["id"]))


@pytest.fixture
async def root(door: Doorstep, bob: Person) -> dict[str, Any]:
    """A post that is known here."""
    note = bob.note()
    await door.client.post(
        "/internal/resolve", json={"resource": note["id"]}, headers={"Authorization": "Bearer internal"}
    )
    return note


def with_replies(door: Doorstep, root: dict[str, Any], first: list[str], further: list[str]) -> None:
    """As Mastodon shows them: the author's own inlined, those of others a page away."""
    collection = f"{root['id']}/replies"
    page = {"type": "CollectionPage", "partOf": collection, "items": first, "next": f"{collection}?page=1"}
    replies = {"id": collection, "type": "Collection", "first": page}
    door.neighbours.serves(root["id"], root | {"replies": replies})
    more = {"id": f"{collection}?page=1", "type": "CollectionPage", "partOf": collection, "items": further}
    door.neighbours.serves(f"{collection}?page=1", {"@context": root["@context"], **more})


async def test_answers_that_nobody_here_knew_are_fetched(
    door: Doorstep, bob: Person, neighbours: Neighbours, root: dict[str, Any]
) -> None:
    carol = neighbours.person("carol", "good.localhost", key=2)
    own, other = bob.note(inReplyTo=root["id"]), carol.note(inReplyTo=root["id"])
    with_replies(door, root, [own["id"]], [other["id"], "https://ours.test/ap/statuses/1"])
    parent = await known(door, root)
    assert parent is not None
    assert (await ask(door, parent.id)).json() == {"answers": 2}
    for note in (own, other):
        answer = await known(door, note)
        assert answer is not None
        assert answer.in_reply_to_id == parent.id
    asked = len(neighbours.asked)
    assert (await ask(door, parent.id)).json() == {"answers": 0}
    assert len(neighbours.asked) == asked + 2


async def test_new_words_of_the_post_are_taken(door: Doorstep, root: dict[str, Any]) -> None:
    door.neighbours.serves(root["id"], root | {"content": "<p>Better</p>", "updated": "2026-06-02T12:00:00Z"})
    parent = await known(door, root)
    assert parent is not None
    assert (await ask(door, parent.id)).json() == {"answers": 0}
    changed = await known(door, root)
    assert changed is not None
    assert changed.content == "<p>Better</p>"


async def test_no_more_than_a_few_answers_are_fetched_at_a_time(
    door: Doorstep, bob: Person, root: dict[str, Any]
) -> None:
    answers = [bob.note(inReplyTo=root["id"])["id"] for _ in range(MOST_REPLIES + 5)]
    with_replies(door, root, answers[:3], answers[3:])
    parent = await known(door, root)
    assert parent is not None
    assert (await ask(door, parent.id)).json() == {"answers": MOST_REPLIES}


async def test_answers_are_believed_from_their_own_server_alone(
    door: Doorstep, mallory: Person, neighbours: Neighbours, root: dict[str, Any]
) -> None:
    carol = neighbours.person("carol", "good.localhost", key=2)
    forged = mallory.note(inReplyTo=root["id"], attributedTo=carol.uri)
    with_replies(door, root, [forged["id"], "not an address"], [])
    parent = await known(door, root)
    assert parent is not None
    assert (await ask(door, parent.id)).json() == {"answers": 0}
    assert await known(door, forged) is None


async def test_a_server_that_does_not_show_the_post_is_a_404(door: Doorstep, root: dict[str, Any]) -> None:
    parent = await known(door, root)
    assert parent is not None
    for status in (404, 500):
        door.neighbours.fails(root["id"], status)
        door.forgets_failures()
        assert (await ask(door, parent.id)).status_code == 404
    assert await reading.by_id(door.res.db, StatusId(parent.id)) == parent


@pytest.mark.parametrize(("asked", "status"), [(1, 404), ("x", 422), (None, 422), (-1, 422), (2**70, 422)])
async def test_what_nobody_knows_is_not_asked_for(door: Doorstep, asked: Any, status: int) -> None:
    assert (await ask(door, asked)).status_code == status
    assert (await ask(door, asked, "wrong")).status_code == 403
