"""Class ORIGIN, said: what somebody sends about what lies elsewhere, or names where there is nothing. A test a row."""

import datetime as dt
from typing import Any

from doorstep import OURS, Doorstep
from neighbours import Neighbours, Person

from apcore.context import PUBLIC
from chassis.db import Database
from contracts.ids import Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.relationships import actions as relationships


async def posts(door: Doorstep) -> list[tuple[Any, ...]]:
    """Who wrote what, where it is said to lie and to be read."""
    found = await door.res.db.fetch(
        """
        SELECT s.uri, a.uri AS author, s.url, s.content
        FROM social.statuses s
        JOIN social.accounts a ON a.id = s.account_id
        ORDER BY s.uri
        """
    )
    return [tuple(row) for row in found]


async def is_followed(door: Doorstep, person: Person, alice: Account, gateway: Database) -> None:
    """Alice follows them, so that all they say is of interest."""
    account = await accounts.by_uri(door.res.db, Uri(person.uri))
    if account is None:
        await door.hears(person, person.does("Follow", alice.uri))
        account = await accounts.by_uri(door.res.db, Uri(person.uri))
    assert account is not None
    async with gateway.transaction() as tx:
        await relationships.follow(tx, alice, account, now=dt.datetime.now(dt.UTC))
    async with door.res.db.transaction() as tx:
        await relationships.accept(tx, alice, account)


def mention(account: Account) -> dict[str, Any]:
    return {"to": [PUBLIC], "cc": [account.uri], "tag": [{"type": "Mention", "href": account.uri, "name": "@alice"}]}


def at_home(neighbours: Neighbours, path: str) -> str:
    return f"https://far.localhost:{neighbours.port}/{path}"


async def test_origin_05_an_inbox_is_an_address_of_another_server(
    door: Doorstep, alice: Account, neighbours: Neighbours
) -> None:
    inbox = at_home(neighbours, "inbox")
    good: list[Any] = [inbox, [inbox], {"id": inbox}]
    bad: list[Any] = [
        "javascript:alert(1)",
        "",
        [],
        None,
        7,
        "file:///etc/passwd",
        "ftp://far.localhost/inbox",
        "//far.localhost/inbox",
        "https://",
        "https://user:password@far.localhost/inbox",
        "https://far.localhost:99999/inbox",
        {"type": "OrderedCollection"},
        f"{OURS}/inbox",
    ]
    for number, said in enumerate([*good, *bad]):
        person = neighbours.person(f"person{number}", inbox=said, endpoints={})
        await door.deliver(person, person.does("Follow", alice.uri))
        await door.settle()
    inboxes = await door.res.db.fetch("SELECT inbox_url FROM social.accounts WHERE NOT is_local")
    assert [row["inbox_url"] for row in inboxes] == [inbox] * len(good)
    # One that is known keeps what it had.
    person.profile = {}
    person.publish()
    await door.hears(person, person.does("Follow", alice.uri))
    person.profile = {"inbox": f"{OURS}/inbox"}
    person.publish()
    await door.hears(person, person.does("Update", person.document()))
    known = await accounts.by_uri(door.res.db, Uri(person.uri))
    assert known is not None
    assert known.inbox_url == f"{person.uri}/inbox"


async def test_origin_05_a_shared_inbox_is_on_the_host_of_its_people(
    door: Doorstep, mallory: Person, alice: Account, neighbours: Neighbours
) -> None:
    foreign = f"https://{mallory.host}/inbox"
    said: list[dict[str, Any]] = [
        {"endpoints": {"sharedInbox": foreign}},
        {"endpoints": {"sharedInbox": f"{OURS}/inbox"}},
        {"endpoints": {"sharedInbox": "javascript:alert(1)"}},
        {"endpoints": {"sharedInbox": ["file:///etc/passwd"]}},
        {"endpoints": [], "sharedInbox": foreign},
        {"endpoints": foreign},
    ]
    for number, profile in enumerate(said):
        person = neighbours.person(f"person{number}", **profile)
        await door.hears(person, person.does("Follow", alice.uri))
    shared = await door.res.db.fetch("SELECT shared_inbox_url FROM social.accounts WHERE NOT is_local")
    assert [row["shared_inbox_url"] for row in shared] == [None] * len(said)


async def test_origin_05_collections_are_on_the_host_of_their_owner(
    door: Doorstep, bob: Person, mallory: Person, alice: Account
) -> None:
    terms = ("outbox", "followers", "following", "featured", "featuredTags")
    for value in (f"https://{mallory.host}/x", "javascript:alert(1)", [], {"id": "file:///etc/passwd"}, OURS, 7):
        bob.profile = dict.fromkeys(terms, value)
        bob.publish()
        await door.hears(bob, bob.does("Update", bob.document()))
        account = await accounts.by_uri(door.res.db, Uri(bob.uri))
        if account is None:
            await door.hears(bob, bob.does("Follow", alice.uri))
            account = await accounts.by_uri(door.res.db, Uri(bob.uri))
        assert account is not None
        assert {
            account.outbox_url,
            account.followers_url,
            account.following_url,
            account.featured_url,
            account.featured_tags_url,
        } == {None}
    assert not any(asked.startswith(mallory.host) for asked in door.neighbours.asked)


async def test_origin_09_an_update_changes_nothing_that_lies_elsewhere(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, gateway: Database
) -> None:
    await is_followed(door, mallory, alice, gateway)
    note = bob.note("<p>True</p>", **mention(alice))
    await door.hears(bob, bob.creates(note))
    before = await posts(door)
    later = {"content": "<p>False</p>", "updated": "2026-07-01T00:00:00Z"}
    for forged in (note | later, note | later | {"attributedTo": mallory.uri}, note | later | {"type": "Video"}):
        assert await door.hears(mallory, mallory.does("Update", forged)) in ("foreign", "not_owner")
    assert (await posts(door), len(before)) == (before, 1)


async def test_origin_11_an_update_brings_nothing_that_lies_elsewhere(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, gateway: Database
) -> None:
    await is_followed(door, bob, alice, gateway)
    await is_followed(door, mallory, alice, gateway)
    now = dt.datetime.now(dt.UTC).isoformat()
    unknown = bob.note("<p>Never said</p>", published=now, updated=now, **mention(alice))
    for author in (bob, mallory):
        forged = unknown | {"attributedTo": author.uri}
        for kind in ("Update", "Create"):
            assert await door.hears(mallory, mallory.does(kind, forged)) in ("foreign", "not_owner")
        # Boosted, it may be fetched; from its own server, as that has it.
        door.neighbours.serves(unknown["id"], unknown | {"content": "<p>True</p>"})
        await door.hears(mallory, mallory.does("Announce", forged, to=[PUBLIC]))
    assert [row for row in await posts(door) if row[3]] == [
        (unknown["id"], bob.uri, unknown["id"], "<p>True</p>"),
    ]


async def test_origin_13_a_link_to_another_host_is_left_out_and_a_name_that_is_no_address_is_none(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, gateway: Database
) -> None:
    await is_followed(door, bob, alice, gateway)
    elsewhere = f"https://{mallory.host}/@bob/1"
    links = ["javascript:alert(1)", elsewhere, [elsewhere], {"type": "Link", "href": elsewhere}, "data:text/html,x"]
    for link in [*links, [{"type": "Link", "mediaType": "text/html", "href": "javascript:alert(1)"}]]:
        note = bob.note(url=link)
        assert await door.hears(bob, bob.creates(note)) == "done"
        assert (note["id"], bob.uri, note["id"], "<p>Hello</p>") in await posts(door)
    known = await posts(door)
    for identity in ("acct:bob@far.localhost", "tag:far.localhost,2026:1", "urn:uuid:1", "javascript:alert(1)", "1"):
        note = bob.note() | {"id": identity}
        assert await door.hears(bob, bob.creates(note)) in ("unreadable", "foreign")
    http = bob.note() | {"id": f"ftp://{bob.host}/notes/1"}
    assert await door.hears(bob, bob.creates(http)) == "unreadable"
    assert await posts(door) == known


async def test_origin_14_nobody_writes_in_another_name(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, gateway: Database, neighbours: Neighbours
) -> None:
    eve = neighbours.person("eve", key=2)
    for person in (bob, eve, mallory):
        await is_followed(door, person, alice, gateway)
    for forger in (eve, mallory):
        for author in (bob.uri, [bob.uri], [bob.uri, forger.uri], {"id": bob.uri}, [{"type": "Person", "id": bob.uri}]):
            note = forger.note("<p>In another name</p>", **mention(alice), attributedTo=author)
            for kind in ("Create", "Update"):
                assert await door.hears(forger, forger.does(kind, note)) == "not_owner"
            if forger is mallory:
                # What bob's own server shows as his is his: it knows whose it is.
                await door.hears(forger, forger.does("Announce", note))
                await door.hears(forger, forger.does("Announce", note["id"]))
    assert await posts(door) == []
    # Of several authors the first speaks; nobody else is named with them.
    note = eve.note("<p>Together</p>", **mention(alice), attributedTo=[eve.uri, bob.uri])
    assert await door.hears(eve, eve.creates(note)) == "done"
    assert [row[1] for row in await posts(door)] == [eve.uri]
