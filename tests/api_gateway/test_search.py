"""Searching in posts, people and tags, and the indexes it takes."""

from typing import Any

import asyncpg
import pytest
from people import a_remote_account
from talking import Person, a_person

from api_gateway.resources import Resources
from chassis.db import Database
from social.accounts import search as account_search
from social.relationships import actions
from social.statuses import finding
from social.tags import store as tag_store


async def found(person: Person, q: str, **more: Any) -> list[str]:
    """The ids of the posts."""
    return [s["id"] for s in (await person.get("/api/v2/search", q=q, type="statuses", **more))["statuses"]]


async def indexable(person: Person) -> None:
    await person.patch("/api/v1/accounts/update_credentials", indexable=True)


async def test_posts_are_found_by_words_and_phrases(alice: Person) -> None:
    apples = (await alice.says("Green apples and red pears"))["id"]
    pears = (await alice.says("Green pears, red apples"))["id"]
    assert await found(alice, "green apples") == [pears, apples]
    assert await found(alice, '"red apples"') == [pears]
    assert await found(alice, 'apples -"red apples"') == [apples]
    assert await found(alice, "GREEN -pears") == []
    assert await found(alice, "-from:alice") == []
    assert await found(alice, "!!!") == []


async def test_one_finds_what_one_wrote_kept_or_was_named_in(resources: Resources, alice: Person, bob: Person) -> None:
    mine = (await alice.says("A song"))["id"]
    theirs = {
        what: (await bob.says(f"A song to {what}"))["id"] for what in ("leave", "favourite", "bookmark", "reblog")
    }
    for what in ("favourite", "bookmark", "reblog"):
        await alice.post(f"/api/v1/statuses/{theirs[what]}/{what}")
    named = (await bob.says("A song for @alice", visibility="direct"))["id"]
    library = [named, theirs["reblog"], theirs["bookmark"], theirs["favourite"], mine]
    assert await found(alice, "song") == library
    assert await found(alice, "in:library") == library
    await indexable(bob)
    assert await found(alice, "song") == [*library[:-1], theirs["leave"], mine]
    assert await found(alice, "song in:library") == library
    assert named not in await found(alice, "song in:public")
    assert await found(alice, "song -in:public") == library
    carol = await a_person(resources.db, alice.client, "carol")
    assert await found(carol, "song") == [*library[1:-1], theirs["leave"]]


async def test_operators_narrow_what_is_found(alice: Person, bob: Person) -> None:
    await indexable(bob)
    plain = await alice.says("plain words", language="en")
    reply = await alice.says("words in reply", in_reply_to_id=plain["id"], language="de")
    hidden = await bob.says("hidden words", sensitive=True, language="en")
    everything = [hidden["id"], reply["id"], plain["id"]]
    day = plain["created_at"][:10]
    cases = {
        "words": everything,
        "words from:me": everything[1:],
        "from:alice": everything[1:],
        "from:@bob@ours.test": everything[:1],
        "words from:bob from:me": everything,
        "words -from:me": everything[:1],
        "words from:nobody": [],
        "from:nobody@nowhere.example": [],
        "words -from:nobody": everything,
        "is:reply": [reply["id"]],
        "words -is:reply": [hidden["id"], plain["id"]],
        "is:sensitive": [hidden["id"]],
        "is:reply is:sensitive": [],
        "is:bot": [],
        "is:wonderful": [],
        "has:media": [],
        "words -has:media -has:poll -has:link -has:embed": everything,
        "language:de": [reply["id"]],
        "words -language:EN": [reply["id"]],
        f"words during:{day}": everything,
        f"words before:{day}": [],
        f"words after:{day}": [],
        f"words -before:{day}": everything,
        f"words -during:{day}": [],
        "in:public": everything[:1],
        "in:library": everything[1:],
    }
    assert {q: await found(alice, q) for q in cases} == cases


async def test_what_a_post_has_is_known(alice: Person, superuser: asyncpg.Connection) -> None:
    ids = {what: (await alice.says(f"With {what}"))["id"] for what in ("image", "poll", "link", "embed", "quote")}
    me, at = alice.account.id, {what: int(i) for what, i in ids.items()}
    await superuser.execute(
        "INSERT INTO social.media_attachments (account_id, status_id, is_local, kind) VALUES ($1, $2, true, 'image')",
        me,
        at["image"],
    )
    await superuser.execute(
        "INSERT INTO social.polls (status_id, account_id, is_local, options) VALUES ($1, $2, true, '{a,b}')",
        at["poll"],
        me,
    )
    await superuser.execute(
        "INSERT INTO social.quotes (status_id, account_id, quoted_uri) VALUES ($1, $2, 'https://x.example/1')",
        at["quote"],
        me,
    )
    for what, kind in (("link", "link"), ("embed", "video")):
        await superuser.execute(
            """
            WITH card AS (INSERT INTO social.preview_cards (url, type) VALUES ($2, $3) RETURNING id)
            INSERT INTO social.status_cards (status_id, card_id, url) SELECT $1, id, $2 FROM card
            """,
            at[what],
            f"https://x.example/{what}",
            kind,
        )
    for what in ("image", "poll", "embed", "quote"):
        assert await found(alice, f"has:{what}") == [ids[what]]
        assert await found(alice, f"with has:{what}") == [ids[what]]
    assert await found(alice, "has:link") == [ids["embed"], ids["link"]]
    assert await found(alice, "has:media") == [ids["image"]]
    assert await found(alice, "with -has:media -has:link -has:poll") == [ids["quote"]]


async def test_found_posts_are_paged(alice: Person) -> None:
    ids = [(await alice.says(f"Word {n}"))["id"] for n in range(4)][::-1]
    for q in ("word", "from:me"):
        assert await found(alice, q, limit=2) == ids[:2]
        assert await found(alice, q, limit=2, offset=1) == ids[1:3]
        assert await found(alice, q, max_id=ids[1]) == ids[2:]
        assert await found(alice, q, min_id=ids[2]) == ids[:2]
        assert await found(alice, q, account_id=alice.id) == ids
        assert await found(alice, q, account_id="7") == []
    assert await found(alice, "from:bob", account_id=alice.id) == []


async def test_nobody_finds_what_they_may_not_see(alice: Person, bob: Person) -> None:
    await indexable(alice)
    secret = await alice.says("secret word", visibility="private")
    blocked = await alice.says("open word")
    assert await found(bob, "word") == [blocked["id"]]
    assert secret["id"] not in await found(bob, "from:alice")
    await bob.post(f"/api/v1/accounts/{alice.id}/block")
    assert await found(bob, "word") == []
    assert await found(bob.unknown, "word") == []


async def test_a_bad_search_is_refused(alice: Person) -> None:
    for bad in ({"q": "before:tomorrow"}, {"q": "x", "type": "cats"}, {"q": "x", "limit": "many"}, {"q": "a\x00b"}):
        answer = await alice.get("/api/v2/search", 422, **bad)
        assert answer["error"].startswith("Validation failed: ")
    assert (await alice.get("/api/v2/search"))["statuses"] == []
    for odd in (
        '"',
        "-",
        "from:",
        "%",
        "_",
        "\\",
        "' OR 1=1 --",
        "a" * 2000,
        "from:@",
        "from:@@x",
        "@",
        "#",
        "&|!",
        ":*",
    ):
        await alice.get("/api/v2/search", q=odd)


async def test_whom_one_follows_comes_first(alice: Person, bob: Person, inbox: Database) -> None:
    async with inbox.transaction() as tx:
        known = await a_remote_account(tx, "bobby@far.example", display_name="Somebody")
        await a_remote_account(tx, "jim@far.example", display_name="Uncle Bob")
    assert await names(alice, "bob") == ["bob", "bobby@far.example", "jim@far.example"]
    assert await names(alice, "BO") == ["bob", "bobby@far.example", "jim@far.example"]
    assert await names(alice, "ncl") == ["jim@far.example"]
    assert await names(alice, "nc") == []
    assert await names(alice, "bob@far") == ["bobby@far.example", "jim@far.example"]
    assert await names(alice, "b_b") == await names(alice, "b%b") == []
    await follows(inbox, alice, known)
    assert await names(alice, "bob") == ["bobby@far.example", "bob", "jim@far.example"]
    assert await names(alice, "bob", following="true") == ["bobby@far.example"]
    assert await names(alice.unknown, "bob") == ["bob", "bobby@far.example", "jim@far.example"]
    assert await names(alice, "bob", limit=1, offset=1) == ["bob"]


async def names(person: Person, q: str, **more: Any) -> list[str]:
    return [a["acct"] for a in (await person.get("/api/v2/search", q=q, type="accounts", **more))["accounts"]]


async def follows(inbox: Database, person: Person, target: Any) -> None:
    await person.post(f"/api/v1/accounts/{target.id}/follow")
    async with inbox.transaction() as tx:
        await actions.accept(tx, person.account, target)


async def test_tags_are_found_by_a_part_of_their_name(alice: Person, superuser: asyncpg.Connection) -> None:
    await alice.says("#Starling #Star #Darling #Star_ling")
    assert await tags(alice, "star") == ["Star", "Starling", "Star_ling"]
    assert await tags(alice, "#ling") == ["Darling", "Starling", "Star_ling"]
    assert await tags(alice, "da") == ["Darling"]
    assert await tags(alice, "r_l") == ["Star_ling"]
    await superuser.execute("UPDATE social.tags SET listable = false WHERE name = 'starling'")
    await superuser.execute("UPDATE social.tags SET reviewed_at = now() WHERE name = 'darling'")
    assert await tags(alice, "ling") == ["Darling", "Star_ling"]
    assert await tags(alice, "starling") == ["Starling"]
    assert await tags(alice, "ling", exclude_unreviewed="true") == ["Darling"]


async def tags(person: Person, q: str, **more: Any) -> list[str]:
    return [t["name"] for t in (await person.get("/api/v2/search", q=q, type="hashtags", **more))["hashtags"]]


STATEMENTS = {
    "statuses_words": lambda db, me: finding.with_words(
        db, me, finding.Filter(sought=finding.Sought(words='"word"', has_words=True)), PAGE, 0
    ),
    "accounts_search": lambda db, me: account_search.resembling(
        db, account_search.Names("alice"), "ours.test", me, following=False, limit=5, offset=0
    ),
    "tags_search": lambda db, me: tag_store.search(db, "star", reviewed=False, limit=5, offset=0),
}
PAGE = finding.Page(limit=5)


class Explaining:
    """Keeps the plan of what it is asked instead of doing it."""

    def __init__(self, conn: asyncpg.Connection) -> None:
        self._conn = conn
        self.plan = ""

    async def fetch(self, sql: str, *args: object) -> list[Any]:
        self.plan = "\n".join(row[0] for row in await self._conn.fetch(f"EXPLAIN {sql}", *args))
        return []


@pytest.mark.parametrize("index", STATEMENTS)
async def test_searching_takes_the_index(resources: Resources, alice: Person, index: str) -> None:
    async with resources.db.connection() as conn:
        # So small a table is read faster as a whole; what matters is that the index can serve.
        await conn.execute("SET enable_seqscan = off")
        await conn.execute("SET enable_indexscan = off")
        explaining = Explaining(conn)
        await STATEMENTS[index](explaining, alice.account.id)
        await conn.execute("RESET ALL")
    assert f"Index Scan on {index}" in explaining.plan
