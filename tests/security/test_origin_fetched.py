"""Class ORIGIN, fetched: a document is believed from its own host alone, as what it says it is. Each test is a row."""

from typing import Any

import orjson
import pytest
from doorstep import OURS, Doorstep
from neighbours import ACTIVITY, Neighbours, Person, Served

from apcore.context import PUBLIC
from social.accounts.model import Account

PROFILE = "https://www.w3.org/ns/activitystreams"


async def rows(door: Doorstep) -> list[tuple[Any, ...]]:
    """Everything here that is from elsewhere: who, with which key, and what they wrote."""
    found = await door.res.db.fetch(
        """
        SELECT a.uri, a.public_key_pem, a.inbox_url, s.uri AS status, s.content
        FROM social.accounts a
        LEFT JOIN social.statuses s ON s.account_id = a.id
        WHERE NOT a.is_local
        ORDER BY a.uri, s.uri
        """
    )
    return [tuple(row) for row in found]


@pytest.mark.parametrize("is_known", [True, False], ids=["known", "unknown"])
async def test_origin_01_no_page_speaks_for_an_actor_elsewhere(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, neighbours: Neighbours, is_known: bool
) -> None:
    if is_known:
        await door.hears(bob, bob.does("Follow", alice.uri))
    before = await rows(door)
    forged = bob.document() | {
        "inbox": f"{mallory.uri}/inbox",
        "publicKey": {"id": bob.key_id, "owner": bob.uri, "publicKeyPem": mallory.pair.public_pem},
    }
    page = f"https://{mallory.host}/x"
    neighbours.serves(page, forged)
    await door.looks_up(page)
    genuine = (bob.uri, bob.pair.public_pem, f"{bob.uri}/inbox", None, None)
    assert await rows(door) == (before if is_known else [genuine])
    # Who takes what lies at their own address for their own word asks there, too.
    neighbours.fails(bob.uri, 404)
    assert (await door.looks_up(page)).status_code == 404
    assert await rows(door) == [genuine]


@pytest.mark.parametrize("is_known", [True, False], ids=["known", "unknown"])
async def test_origin_01_no_page_speaks_for_a_post_elsewhere(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, neighbours: Neighbours, is_known: bool
) -> None:
    note = bob.note("<p>True</p>")
    if is_known:
        await door.looks_up(note["id"])
    page = f"https://{mallory.host}/x"
    neighbours.serves(page, note | {"content": "<p>False</p>"})
    assert (await door.looks_up(page)).status_code == 200
    assert [row[3:] for row in await rows(door)] == [(note["id"], "<p>True</p>")]
    unserved = bob.note("<p>Never said</p>")
    neighbours.fails(unserved["id"], 404)
    neighbours.serves(page, unserved)
    assert (await door.looks_up(page)).status_code == 404
    assert [row[3:] for row in await rows(door)] == [(note["id"], "<p>True</p>")]


NO_ACTIVITY = [
    "text/plain",
    "image/png",
    "application/json",
    "application/ld+json",
    f'application/json; profile="{PROFILE}"',
    f'application/ld+json; junk="; profile={PROFILE}"',
    f'text/plain; as="application/ld+json"; profile="{PROFILE}"',
]


async def test_origin_02_what_was_uploaded_somewhere_is_no_actor_and_no_post(
    door: Doorstep, bob: Person, neighbours: Neighbours
) -> None:
    note = bob.note()

    async def answers(media_type: str) -> set[int]:
        neighbours.serves(bob.uri, Served(orjson.dumps(bob.document()), media_type))
        neighbours.serves(note["id"], Served(orjson.dumps(note), media_type))
        return {(await door.looks_up(address)).status_code for address in (bob.uri, note["id"])}

    for media_type in NO_ACTIVITY:
        assert await answers(media_type) == {404}, media_type
    assert await rows(door) == []
    for media_type in (ACTIVITY, f'application/ld+json; profile="{PROFILE}"'):
        assert await answers(media_type) == {200}


async def test_origin_03_nothing_of_ours_is_fetched_as_if_it_lay_elsewhere(
    door: Doorstep, bob: Person, alice: Account
) -> None:
    await door.hears(bob, bob.does("Follow", alice.uri))
    before, asked = await rows(door), list(door.neighbours.asked)
    for ours in (f"{OURS}/media/attachments/aa/bb/note.json", f"{OURS}/x", f"{OURS.upper()}/x"):
        assert (await door.looks_up(ours)).status_code == 404
        for said in (bob.does("Announce", ours), bob.does("Create", ours), bob.does("Announce", {"id": ours})):
            assert await door.hears(bob, said) in ("unknown_object", "foreign", "not_owner")
    assert (await rows(door), door.neighbours.asked) == (before, asked)


async def test_origin_06_a_redirect_by_way_of_a_host_is_not_its_word(
    door: Doorstep, bob: Person, mallory: Person, neighbours: Neighbours
) -> None:
    there, back, end = f"https://{mallory.host}/a", f"https://{bob.host}/redirect", f"https://{mallory.host}/b"
    neighbours.redirects(there, back)
    neighbours.redirects(back, end)
    note = bob.note("<p>Never said</p>")
    neighbours.fails(note["id"], 404)
    for forged in (bob.document() | {"id": f"https://{bob.host}/users/nobody"}, note, note | {"id": back}):
        neighbours.serves(end, forged)
        for asked in (there, back):
            assert (await door.looks_up(asked)).status_code == 404
    assert await rows(door) == []


GOOD, EVIL = "good.localhost", "evil.localhost"
PLACES = [
    # Asked, served at the end, id, url, attributedTo: on which host each lies.
    (GOOD, GOOD, GOOD, GOOD, GOOD),
    (EVIL, EVIL, GOOD, GOOD, GOOD),
    (EVIL, GOOD, GOOD, GOOD, EVIL),
    (GOOD, EVIL, GOOD, GOOD, GOOD),
    (EVIL, EVIL, GOOD, EVIL, GOOD),
    (EVIL, EVIL, EVIL, GOOD, GOOD),
    (EVIL, EVIL, EVIL, EVIL, GOOD),
    (GOOD, GOOD, EVIL, GOOD, GOOD),
    (GOOD, EVIL, EVIL, EVIL, GOOD),
    (GOOD, GOOD, GOOD, EVIL, GOOD),
]


async def test_origin_07_where_it_was_asked_for_and_lies_and_what_it_says_must_be_one_host(
    door: Doorstep, neighbours: Neighbours
) -> None:
    for host in (GOOD, EVIL):
        neighbours.person("writer", host)
    for number, places in enumerate(PLACES):
        asked, served, identity, url, author = (f"https://{host}:{neighbours.port}" for host in places)
        note = {
            "@context": PROFILE,
            "id": f"{identity}/notes/{number}",
            "type": "Note",
            "url": f"{url}/@writer/{number}",
            "attributedTo": f"{author}/users/writer",
            "content": "<p>Said</p>",
            "to": [PUBLIC],
        }
        start, end = f"{asked}/start/{number}", f"{served}/notes/{number}"
        neighbours.redirects(start, end)
        neighbours.serves(end, note)
        await door.looks_up(start)
        kept = await door.res.db.fetch("DELETE FROM social.statuses RETURNING uri, url")
        # A page on another host is not believed either, which costs the post its link alone.
        is_one = identity == served == author
        page = note["url"] if url == identity else note["id"]
        assert [tuple(row) for row in kept] == ([(note["id"], page)] if is_one else []), places


@pytest.mark.parametrize("kind", ["note", "actor"])
async def test_origin_15_nothing_from_elsewhere_is_ours(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, neighbours: Neighbours, kind: str
) -> None:
    await door.hears(mallory, mallory.does("Follow", alice.uri))
    ours = f"{alice.uri}/statuses/77"
    forged = mallory.note() | {"id": ours, "attributedTo": alice.uri}
    if kind == "actor":
        ours = alice.uri
        forged = mallory.document() | {"id": ours}
    before = await rows(door)
    page = f"https://{mallory.host}/x"
    neighbours.serves(page, forged)
    assert (await door.looks_up(page)).status_code == 404
    said = [
        mallory.does("Announce", page),
        mallory.does("Announce", forged),
        mallory.does("Create", forged),
        mallory.does("Create", page),
        mallory.does("Update", forged),
        mallory.does("Create", mallory.note() | {"id": ours}),
        mallory.does("Create", mallory.note(inReplyTo=page)),
    ]
    for document in said:
        await door.hears(mallory, document)
    local = await door.res.db.fetch("SELECT uri FROM social.statuses WHERE is_local OR starts_with(uri, $1)", alice.uri)
    assert (local, [row[:3] for row in await rows(door)]) == ([], [row[:3] for row in before])
    assert await door.res.db.fetchval("SELECT count(*) FROM social.accounts WHERE is_local AND id > 0") == 1
