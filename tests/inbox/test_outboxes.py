"""What was not delivered comes in from its author's outbox: from before a follow, and from while we were away."""

import datetime as dt
from typing import Any

import pytest
from doorstep import Doorstep
from neighbours import Neighbours, Person

from apcore.context import PUBLIC
from chassis.db import Database
from contracts.ids import Uri
from inbox.handlers import outboxes
from social.accounts import store as accounts
from social.accounts.model import Account
from social.relationships import actions as relationships
from social.statuses import reading

NOW = dt.datetime.now(dt.UTC)


def at(*, days: float = 0, minutes: float = 0) -> str:
    """So long ago."""
    return (NOW - dt.timedelta(days=days, minutes=minutes)).isoformat()


def has_posted(door: Doorstep, person: Person, *items: Any) -> None:
    """As Mastodon shows it: the activities on pages, newest first, each post inlined."""
    outbox = f"{person.uri}/outbox"
    page = {"id": f"{outbox}?page=true", "type": "OrderedCollectionPage", "orderedItems": list(items)}
    door.neighbours.serves(outbox, {"id": outbox, "type": "OrderedCollection", "first": f"{outbox}?page=true"})
    door.neighbours.serves(f"{outbox}?page=true", page)


async def known(door: Doorstep, person: Person) -> Account:
    await door.client.post(
        "/internal/resolve", json={"resource": person.uri}, headers={"Authorization": "Bearer internal"}
    )
    await door.settle()
    account = await accounts.by_uri(door.res.db, Uri(person.uri))
    assert account is not None
    return account


async def follow(door: Doorstep, gateway: Database, follower: Account, person: Person) -> Account:
    """Somebody of ours follows them, and they agree."""
    target = await known(door, person)
    async with gateway.transaction() as tx:
        await relationships.follow(tx, follower, target, now=NOW)
    async with door.res.db.transaction() as tx:
        await relationships.accept(tx, follower, target)
    await door.settle()
    return target


async def came_in(door: Doorstep, *notes: dict[str, Any]) -> list[bool]:
    return [await reading.by_uri(door.res.db, Uri(note["id"])) is not None for note in notes]


async def news(door: Doorstep) -> list[bool]:
    return [event["is_news"] for event in await door.events() if event["type"] == "status.created"]


async def test_what_the_followed_posted_of_late_is_brought_in_quietly(
    door: Doorstep, gateway: Database, alice: Account, bob: Person
) -> None:
    notes = [bob.note(published=at(days=days)) for days in (1, 40)]
    has_posted(door, bob, *map(bob.creates, notes))
    await follow(door, gateway, alice, bob)
    assert await came_in(door, *notes) == [True, True]
    assert await news(door) == [False, False]
    found = await reading.by_uri(door.res.db, Uri(notes[1]["id"]))
    assert found is not None
    assert found.created_at.isoformat() == notes[1]["published"]
    assert not [name for name in door.neighbours.asked if "/notes/" in name]


async def test_only_open_posts_of_their_own_from_before_the_follow_come_in(
    door: Doorstep, gateway: Database, alice: Account, bob: Person, mallory: Person
) -> None:
    ahead = (NOW + dt.timedelta(hours=1)).isoformat()
    closed = bob.note(published=at(days=1), to=[bob.followers], cc=[])
    others = mallory.note(published=at(days=1))
    forged = mallory.note(published=at(days=1), attributedTo=bob.uri)
    new, boost = bob.note(published=ahead), bob.does("Announce", others["id"], to=[PUBLIC])
    notes = [closed, others, forged, new]
    has_posted(door, bob, boost, *(bob.does("Create", note) for note in notes))
    await follow(door, gateway, alice, bob)
    assert await came_in(door, *notes) == [False] * 4


async def test_posts_that_are_only_named_are_asked_for(
    door: Doorstep, gateway: Database, alice: Account, bob: Person, mallory: Person
) -> None:
    own, foreign = bob.note(published=at(days=1)), mallory.note(published=at(days=1))
    has_posted(door, bob, bob.does("Create", own["id"]), bob.does("Create", foreign["id"]))
    await follow(door, gateway, alice, bob)
    assert await came_in(door, own, foreign) == [True, False]
    assert not door.neighbours.times_asked(foreign["id"])


async def test_an_outbox_is_read_once_a_day_however_many_follow(
    door: Doorstep, gateway: Database, alice: Account, bob: Person
) -> None:
    has_posted(door, bob)
    target = await follow(door, gateway, alice, bob)
    async with gateway.transaction() as tx:
        await relationships.unfollow(tx, alice, target)
    await follow(door, gateway, alice, bob)
    assert door.neighbours.times_asked(f"{bob.uri}/outbox?page=true") == 1


async def test_pages_are_read_up_to_a_bound_and_at_their_own_host(
    door: Doorstep, gateway: Database, alice: Account, bob: Person, mallory: Person
) -> None:
    outbox, elsewhere = f"{bob.uri}/outbox", f"https://{mallory.host}/outbox"
    page: dict[str, Any] = {"type": "OrderedCollectionPage", "orderedItems": []}
    door.neighbours.serves(outbox, {"id": outbox, "type": "OrderedCollection", "first": f"{outbox}?page=0"})
    for number in range(8):
        more = {"id": f"{outbox}?page={number}", "next": f"{outbox}?page={number + 1}"}
        door.neighbours.serves(f"{outbox}?page={number}", page | more)
    has_posted(door, mallory)
    door.neighbours.serves(f"{mallory.uri}/outbox", {"type": "OrderedCollection", "first": f"https://{bob.host}/x"})
    await follow(door, gateway, alice, bob)
    await follow(door, gateway, alice, mallory)
    assert len([name for name in door.neighbours.asked if "outbox?page=" in name]) == 3
    assert not door.neighbours.times_asked(f"https://{bob.host}/x")
    assert not door.neighbours.times_asked(elsewhere)


async def test_the_first_follow_has_an_old_profile_read_anew(
    door: Doorstep, gateway: Database, alice: Account, bob: Person, superuser
) -> None:
    await known(door, bob)
    await superuser.execute("UPDATE social.accounts SET fetched_at = now() - interval '1 hour' WHERE NOT is_local")
    bob.profile["name"] = "Robert"
    bob.publish()
    target = await follow(door, gateway, alice, bob)
    renewed = await accounts.by_id(door.res.db, target.id)
    assert renewed is not None
    assert renewed.display_name == "Robert"


async def paused(superuser, minutes: float) -> None:
    await superuser.execute(
        "UPDATE inbox.heartbeat SET beaten_at = now() - $1::interval", dt.timedelta(minutes=minutes)
    )


async def due(door: Doorstep) -> list[dt.datetime]:
    rows = await door.res.db.fetch("SELECT due_at FROM inbox.missed ORDER BY due_at")
    return [row["due_at"] for row in rows]


async def test_after_a_pause_followed_accounts_are_asked_once_for_what_they_posted_meanwhile(
    door: Doorstep, gateway: Database, alice: Account, bob: Person, superuser
) -> None:
    has_posted(door, bob)
    await follow(door, gateway, alice, bob)
    await outboxes.beat(door.res)
    await paused(superuser, 90)
    missed, old = bob.note(published=at(minutes=60)), bob.note(published=at(days=2))
    has_posted(door, bob, *map(bob.creates, (missed, old)))
    for _ in range(2):
        await outboxes.beat(door.res)
        assert len(await due(door)) == 1
    await superuser.execute("UPDATE inbox.missed SET due_at = now()")
    for _ in range(2):
        await outboxes.catch_up(door.res)
        await door.settle()
    assert await came_in(door, missed, old) == [True, False]
    # Nobody has heard of it yet: it is news, and its author may send it once more without harm.
    assert await news(door) == [True]
    assert await door.hears(bob, bob.creates(missed)) == "repeated"
    assert door.neighbours.times_asked(f"{bob.uri}/outbox?page=true") == 2


async def test_accounts_of_one_host_are_asked_one_after_the_other(
    door: Doorstep, gateway: Database, alice: Account, neighbours: Neighbours, mallory: Person, superuser
) -> None:
    for name in ("bob", "carol", "dave"):
        await follow(door, gateway, alice, neighbours.person(name))
    await follow(door, gateway, alice, mallory)
    await outboxes.beat(door.res)
    await paused(superuser, 90)
    await outboxes.beat(door.res)
    moments = await due(door)
    assert [moment - moments[0] for moment in moments] == [outboxes.APART * n for n in (0, 0, 1, 2)]


@pytest.mark.parametrize("minutes", [0, 20])
async def test_a_short_pause_is_none(
    door: Doorstep, gateway: Database, alice: Account, bob: Person, superuser, minutes: float
) -> None:
    await follow(door, gateway, alice, bob)
    await outboxes.beat(door.res)
    await paused(superuser, minutes)
    await outboxes.beat(door.res)
    assert await due(door) == []
