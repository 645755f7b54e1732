"""Emoji under our posts: kept under their names, and favourites to those who know no such thing."""

from typing import Any

import pytest
from doorstep import Doorstep
from neighbours import Person
from people import a_post

from chassis.db import Database
from social.accounts.model import Account
from social.emojis import store as emojis
from social.statuses import reading
from social.statuses.model import Status


@pytest.fixture
async def post(gateway: Database, alice: Account) -> Status:
    async with gateway.transaction() as tx:
        return await a_post(tx, alice)


async def under(door: Doorstep, post: Status) -> list[tuple[str, int]]:
    full = (await reading.full(door.res.db, [post.id]))[post.id]
    return sorted((one.name, one.count) for one in full.reactions)


async def favourites(door: Doorstep, post: Status) -> int:
    return int(await door.res.db.fetchval("SELECT count(*) FROM social.favourites WHERE status_id = $1", post.id))


def blobcat(person: Person, **more: object) -> dict[str, Any]:
    icon = {"type": "Image", "mediaType": "image/png", "url": f"https://{person.host}/blobcat.png"}
    return {"id": f"https://{person.host}/emojis/blobcat", "type": "Emoji", "name": ":blobcat:", "icon": icon, **more}


@pytest.mark.parametrize(
    ("kind", "content", "name"),
    [
        ("EmojiReact", "🔥", "🔥"),
        ("EmojiReact", "👩‍👩‍👧", "👩‍👩‍👧"),
        ("EmojiReact", ":blobcat:", "blobcat"),
        ("EmojiReact", "blobcat", "blobcat"),
        ("Like", "❤", "❤"),
        ("Like", ":blobcat@.:", "blobcat"),
        ("Like", ":blobcat@far.localhost:", "blobcat"),
        ("Like", "lovely", None),
        ("Like", None, None),
    ],
)
async def test_an_emoji_is_a_reaction_and_a_favourite(
    door: Doorstep, bob: Person, post: Status, kind: str, content: str | None, name: str | None
) -> None:
    said = bob.does(kind, post.uri, content=content, tag=[blobcat(bob)])
    assert await door.hears(bob, said) == "done"
    assert await under(door, post) == ([(name, 1)] if name else [])
    assert await favourites(door, post) == 1
    assert await door.hears(bob, bob.does("Undo", said)) == "done"
    assert (await under(door, post), await favourites(door, post)) == ([], 0)


async def test_a_reaction_without_an_emoji_is_none(door: Doorstep, bob: Person, post: Status) -> None:
    assert await door.hears(bob, bob.does("EmojiReact", post.uri, content="lovely")) == "unreadable"
    assert await favourites(door, post) == 0


async def test_misskeys_own_term_is_read_where_there_is_no_content(door: Doorstep, bob: Person, post: Status) -> None:
    await door.hears(bob, bob.does("Like", post.uri, _misskey_reaction="👍"))
    assert await under(door, post) == [("👍", 1)]


async def test_the_favourite_stands_as_long_as_anything_does_in_whatever_order(
    door: Doorstep, gateway: Database, alice: Account, bob: Person
) -> None:
    for order in ((0, 1, 2), (1, 2, 0), (2, 1, 0)):
        async with gateway.transaction() as tx:
            post = await a_post(tx, alice)
        acts = [
            bob.does("Like", post.uri),
            bob.does("EmojiReact", post.uri, content="🔥"),
            bob.does("EmojiReact", post.uri, content="🎉"),
        ]
        for act in acts:
            await door.hears(bob, act)
        for left, number in zip((2, 1, 0), order, strict=True):
            assert await favourites(door, post) == 1
            # Some send what is undone, some its id alone.
            undone = acts[number] if left % 2 else acts[number]["id"]
            await door.hears(bob, bob.does("Undo", undone))
            assert len(await under(door, post)) == sum(1 for i in (1, 2) if i not in order[: 3 - left])
        assert await favourites(door, post) == 0


async def test_a_reaction_that_was_taken_back_before_it_came_never_counts(
    door: Doorstep, bob: Person, post: Status
) -> None:
    said = bob.does("EmojiReact", post.uri, content="🔥")
    await door.hears(bob, bob.does("Undo", said["id"]))
    assert await door.hears(bob, said) == "undone"
    assert (await under(door, post), await favourites(door, post)) == ([], 0)


async def test_a_custom_emoji_is_kept_and_renewed_under_its_old_address(
    door: Doorstep, bob: Person, post: Status
) -> None:
    addresses = []
    for updated in ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-01-15T00:00:00Z"):
        tag = [blobcat(bob, updated=updated)]
        await door.hears(bob, bob.does("EmojiReact", post.uri, content=":blobcat:", tag=tag))
        full = (await reading.full(door.res.db, [post.id]))[post.id]
        [one] = full.reactions
        assert one.emoji_id is not None
        known = (await emojis.many(door.res.db, [one.emoji_id]))[one.emoji_id]
        addresses.append(known.image_remote_url)
    # Another picture is another address to whoever keeps copies; an older word changes nothing.
    assert addresses[0] != addresses[1] == addresses[2]


async def test_one_account_leaves_no_more_than_a_few(door: Doorstep, bob: Person, post: Status) -> None:
    for code in range(0x1F600, 0x1F600 + 14):
        await door.hears(bob, bob.does("EmojiReact", post.uri, content=chr(code)))
    assert len(await under(door, post)) == 10
    assert await favourites(door, post) == 1
