"""What people elsewhere show at the head of their profile."""

import pytest
from doorstep import Doorstep
from neighbours import Neighbours, Person

from contracts.ids import Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.featured_tags import store as featured_tags
from social.paging import Page
from social.statuses import reading


def showing(bob: Person, *items: object, tags: tuple[str, ...] = ()) -> None:
    """Bob's profile names both collections, and his server serves them."""
    bob.profile |= {"featured": f"{bob.uri}/featured", "featuredTags": f"{bob.uri}/tags"}
    bob.neighbours.serves(
        f"{bob.uri}/featured", {"id": f"{bob.uri}/featured", "type": "OrderedCollection", "orderedItems": list(items)}
    )
    hashtags = [{"type": "Hashtag", "name": f"#{tag}", "href": f"{bob.uri}/{tag}"} for tag in tags]
    bob.neighbours.serves(f"{bob.uri}/tags", {"id": f"{bob.uri}/tags", "type": "Collection", "items": hashtags})
    bob.publish()


async def pinned(door: Doorstep, bob: Person) -> list[str]:
    account = await accounts.by_uri(door.res.db, Uri(bob.uri))
    assert account is not None
    ids = await reading.of_account(door.res.db, account.id, None, Page(limit=40), pinned=True)
    found = await reading.many(door.res.db, ids)
    return sorted(found[i].uri for i in ids)


async def tags(door: Doorstep, bob: Person) -> list[str]:
    account = await accounts.by_uri(door.res.db, Uri(bob.uri))
    assert account is not None
    return sorted(tag.name for tag in await featured_tags.of_account(door.res.db, account.id))


async def test_pinned_posts_and_hashtags_are_there_at_first_sight(door: Doorstep, bob: Person, alice: Account) -> None:
    named, inlined = bob.note("<p>named</p>"), bob.note("<p>inlined</p>")
    showing(bob, named["id"], inlined, tags=("Art", "not a tag", "Music"))
    await door.hears(bob, bob.does("Follow", alice.uri))
    assert await pinned(door, bob) == sorted([named["id"], inlined["id"]])
    assert await tags(door, bob) == ["Art", "Music"]
    assert door.neighbours.times_asked(str(inlined["id"])) == 0


async def test_only_ones_own_posts_are_pinned_and_not_too_many(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, neighbours: Neighbours
) -> None:
    carol = neighbours.person("carol")
    foreign = [mallory.note(), carol.note(), mallory.note() | {"attributedTo": bob.uri}]
    private = bob.note(to=[bob.followers], cc=[])
    own = [bob.note() for _ in range(20)]
    showing(bob, *foreign, carol.note()["id"], private, *(note["id"] for note in own))
    await door.hears(bob, bob.does("Follow", alice.uri))
    found = await pinned(door, bob)
    assert 0 < len(found) < 10
    assert set(found) <= {note["id"] for note in own}
    assert sum(neighbours.times_asked(str(note["id"])) for note in own) < 10


async def test_a_pin_comes_and_goes(door: Doorstep, bob: Person, alice: Account) -> None:
    showing(bob)
    await door.hears(bob, bob.does("Follow", alice.uri))
    note = bob.note()
    target = bob.profile["featured"]
    assert await door.hears(bob, bob.does("Add", note["id"], target=target)) == "done"
    assert await door.hears(bob, bob.does("Add", note["id"], target=target)) == "repeated"
    assert await pinned(door, bob) == [note["id"]]
    assert await door.hears(bob, bob.does("Remove", note["id"], target=target)) == "done"
    assert await pinned(door, bob) == []


async def test_a_featured_hashtag_comes_and_goes(door: Doorstep, bob: Person, alice: Account) -> None:
    showing(bob)
    await door.hears(bob, bob.does("Follow", alice.uri))
    tag = {"type": "Hashtag", "name": "#Art", "href": f"https://{bob.host}/tags/art"}
    target = bob.profile["featured"]
    assert await door.hears(bob, bob.does("Add", tag, target=target)) == "done"
    assert await tags(door, bob) == ["Art"]
    assert await door.hears(bob, bob.does("Remove", tag, target=target)) == "done"
    assert await tags(door, bob) == []


@pytest.mark.parametrize("kind", ["Add", "Remove"])
async def test_nobody_changes_what_somebody_else_shows(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, kind: str
) -> None:
    note = bob.note()
    showing(bob, note["id"])
    await door.hears(bob, bob.does("Follow", alice.uri))
    await door.hears(mallory, mallory.does("Follow", alice.uri))
    target = bob.profile["featured"]
    assert await door.hears(mallory, mallory.does(kind, note["id"], target=target)) == "unsupported"
    showing(mallory)
    await door.hears(mallory, mallory.does("Update", mallory.uri))
    said = mallory.does(kind, note["id"], target=mallory.profile["featured"])
    assert await door.hears(mallory, said) in ("not_owner", "unsupported")
    assert await pinned(door, bob) == [note["id"]]
    assert await pinned(door, mallory) == []
