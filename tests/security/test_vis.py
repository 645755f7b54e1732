"""Class VIS: what is not for everybody is nowhere for anybody else, not even as something that is missing."""

from typing import Any

import httpx
import pytest
from doorstep import Doorstep
from neighbours import Neighbours, Person
from outward import is_followed
from people import a_post
from signing_in import bearing
from town import Town

from chassis.clock import utc_now
from chassis.db import Database
from contracts.ids import TokenId, Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.relationships import actions as relationships
from social.statuses.model import Status
from timeline.hub import Client
from timeline.signals import PUBLIC, channel_of

ABSENT = 4711
LANGUAGES = ("en", "de", "fr-CA, en;q=0.5", "zh", "*")
CANARY = "canary"
READING = (
    "", "/context", "/history", "/source", "/favourited_by", "/reblogged_by", "/quotes", "/card", "/embed",
    "/reactions",
)  # fmt: skip
DOING = (
    "favourite", "unfavourite", "reblog", "unreblog", "bookmark", "unbookmark", "pin", "unpin", "mute", "unmute",
    "translate",
)  # fmt: skip


class Cast:
    """An author, a follower, and those who may see nothing: a stranger, somebody blocked, one who followed once."""

    def __init__(self, town: Town, people: dict[str, Account], posts: dict[str, Status]) -> None:
        self.town, self.people, self.posts = town, people, posts

    @property
    def outsiders(self) -> list[Account | None]:
        return [None, *(self.people[name] for name in ("stranger", "blocked", "former"))]

    async def ask(self, who: Account | None, method: str, path: str, **options: Any) -> httpx.Response:
        client = self.town.clients["api_gateway"]
        if f"{path}//".split("/")[3] in ("timelines", "notifications", "conversations", "trends"):
            client = self.town.timeline
        if path.startswith("/api/v1/reports"):
            client = self.town.moderation
        headers = options.pop("headers", {}) | (bearing(await self.token(who)) if who else {})
        return await client.request(method, path, headers=headers, **options)

    async def token(self, who: Account) -> str:
        return await self.town.stage.token(who, "read", "write", "follow")


@pytest.fixture
async def cast(town: Town) -> Cast:
    stage = town.stage
    people = {name: await stage.somebody(name) for name in ("author", "friend", "stranger", "blocked", "former")}
    author, friend = people["author"], people["friend"]
    for name in ("friend", "blocked", "former"):
        await stage.follow(people[name], author)
    open_post = await stage.post(author, "For everybody")
    posts = {
        "private": await stage.post(author, f"{CANARY} one #zebra", visibility="private", tags=("zebra",)),
        "direct": await stage.post(author, f"{CANARY} two", visibility="direct", mentions=(friend.id,)),
        "reply": await stage.post(author, f"{CANARY} three", visibility="private", in_reply_to=open_post),
        "open": open_post,
    }
    async with stage.act(people["former"]) as tx:
        await relationships.unfollow(tx, people["former"], author)
    async with stage.act(author) as tx:
        await relationships.block(tx, author, people["blocked"], now=utc_now())
    return Cast(town, people, posts)


def told(answer: httpx.Response, status_id: int) -> tuple[int, dict[str, str], str]:
    """All of an answer that may tell anything, but for the id that was asked for."""
    headers = {k: v for k, v in answer.headers.items() if k not in ("date", "x-request-id", "content-length")}
    return answer.status_code, headers, answer.text.replace(str(status_id), "ID")


async def alike(cast: Cast, who: Account | None, method: str, path: str, **options: Any) -> None:
    """What is hidden is answered as what never was."""
    for hidden in ("private", "direct", "reply"):
        number = cast.posts[hidden].id
        for language in LANGUAGES if who else LANGUAGES[:2]:
            headers = {"Accept-Language": language}
            here, nowhere = [
                told(await cast.ask(who, method, path.format(n), headers=headers, **_at(options, n)), n)
                for n in (number, ABSENT)
            ]
            assert here == nowhere, (method, path, hidden, here, nowhere)
            assert here[0] in (401, 403, 404, 405, 422), (method, path, here)


def _at(options: dict[str, Any], number: int) -> dict[str, Any]:
    return {"json": {**options["json"], "status_ids": [str(number)]}} if "json" in options else options


async def test_vis_01_a_hidden_post_is_answered_as_one_that_never_was(cast: Cast) -> None:
    for who in (None, cast.people["stranger"]):
        for path in READING[:5]:
            await alike(cast, who, "GET", f"/api/v1/statuses/{{}}{path}")
    for name in ("blocked", "former"):
        await alike(cast, cast.people[name], "GET", "/api/v1/statuses/{}")


async def test_vis_02_nothing_below_a_hidden_post_tells_of_it(cast: Cast) -> None:
    for path in READING[5:]:
        await alike(cast, cast.people["stranger"], "GET", f"/api/v1/statuses/{{}}{path}")


async def test_vis_03_nothing_done_to_a_hidden_post_tells_of_it(cast: Cast) -> None:
    for act in DOING:
        await alike(cast, cast.people["stranger"], "POST", f"/api/v1/statuses/{{}}/{act}")
    await alike(cast, cast.people["former"], "POST", "/api/v1/statuses/{}/unfavourite")
    await alike(cast, cast.people["stranger"], "PUT", "/api/v1/statuses/{}/interaction_policy")
    await alike(cast, None, "GET", "/api/oembed?url=https://ours.test/@author/{}")
    report = {"account_id": str(cast.people["author"].id), "status_ids": []}
    answers = set()
    for number in (cast.posts["private"].id, cast.posts["direct"].id, ABSENT):
        wish = report | {"status_ids": [str(number)]}
        answer = await cast.ask(cast.people["stranger"], "POST", "/api/v1/reports", json=wish)
        answers.add((answer.status_code, str(answer.json().get("status_ids", answer.text)).replace(str(number), "ID")))
    assert len(answers) == 1, answers


PLACES = [
    "/api/v1/timelines/public", "/api/v1/timelines/home", "/api/v1/timelines/tag/zebra", "/api/v1/notifications",
    "/api/v2/notifications", "/api/v1/conversations", "/api/v1/trends/statuses", f"/api/v2/search?q={CANARY}",
    "/api/v1/favourites", "/api/v1/bookmarks", "/api/v1/accounts/{author}/statuses",
    "/api/v1/accounts/{author}/statuses?pinned=true", "/api/v1/accounts/{author}/statuses?tagged=zebra",
    "/api/v1/accounts/{author}/featured_tags", "/api/v1/statuses/{open}/context", "/api/v1/statuses?id[]={private}",
    "/@author", "/@author/{open}", "/@author/{private}",
]  # fmt: skip


async def test_vis_07_and_vis_14_no_place_shows_what_is_not_for_the_reader(cast: Cast) -> None:
    stage, stranger = cast.town.stage, cast.people["stranger"]
    listening = Client(stranger.id, TokenId(0), backlog=100, wants=lambda _, __: True)
    for channel in (PUBLIC, channel_of(stranger.id)):
        stage.res.hub.subscribe(listening, channel)
    async with stage.act(cast.people["author"]) as tx:
        pinned = await a_post(tx, cast.people["author"], f"{CANARY} pinned", visibility="private")
        await tx.execute(
            "INSERT INTO social.status_pins (account_id, status_id) VALUES ($1, $2)", pinned.account_id, pinned.id
        )
    await stage.favourite(cast.people["friend"], cast.posts["private"])
    names = {name: post.id for name, post in cast.posts.items()} | {"author": cast.people["author"].id}
    made = await stage.a_list(cast.people["friend"], cast.people["author"])
    for who in cast.outsiders:
        for place in (*PLACES, f"/api/v1/timelines/list/{made.id}"):
            answer = await cast.ask(who, "GET", place.format(**names))
            assert answer.status_code < 500, place
            assert CANARY not in answer.text.replace(f"q={CANARY}", ""), (who, place)
    assert CANARY in (await cast.ask(cast.people["friend"], "GET", "/api/v1/timelines/home")).text
    assert listening.queue.empty()


async def test_vis_06_what_a_follower_fetched_is_kept_for_nobody(cast: Cast, bob: Person, mallory: Person) -> None:
    door, author = cast.town.door, cast.people["author"]
    for person in (bob, mallory):
        assert await door.hears(person, person.does("Follow", author.uri)) == "done"
    async with door.res.db.transaction() as tx:
        account = await accounts.by_uri(tx, Uri(mallory.uri))
        assert account is not None
        await relationships.unfollow(tx, account, author)
    for suffix in ("", "/activity", "/replies", "/likes", "/shares"):
        uri = f"{cast.posts['private'].uri}{suffix}"
        seen = await door.get(uri, by=bob)
        assert (seen.status_code, seen.headers["Cache-Control"]) == (200, "private, no-store"), uri
        assert "Signature" in seen.headers["Vary"]
        for by in (None, mallory):
            hidden = await door.get(uri, by=by)
            assert hidden.status_code == 404
            assert CANARY not in hidden.text
    assert (await door.get(cast.posts["direct"].uri, by=bob)).status_code == 404
    for place in ("outbox?page=true", "collections/featured", "collections/tags"):
        assert CANARY not in (await door.get(f"{author.uri}/{place}", by=bob)).text


async def test_vis_18_a_post_for_followers_is_for_a_followers_server_that_signs(cast: Cast, bob: Person) -> None:
    """Our choice: those in the audience may fetch it; everybody else gets what they get of nothing."""
    door = cast.town.door
    absent = await door.get(f"{cast.people['author'].uri}/statuses/{ABSENT}", by=bob)
    before = await door.get(cast.posts["private"].uri, by=bob)
    assert (before.status_code, before.content) == (404, absent.content)
    await door.hears(bob, bob.does("Follow", cast.people["author"].uri))
    assert (await door.get(cast.posts["private"].uri, by=bob)).status_code == 200
    stale = await door.client.get(
        cast.posts["private"].uri.removeprefix("https://ours.test"), headers={"Signature": "x"}
    )
    assert stale.status_code == 404


@pytest.mark.parametrize("changes", [{"authorized_fetch": True}])
async def test_vis_09_collections_are_empty_for_who_is_blocked_whoever_looked_before(
    door: Doorstep, alice: Account, bob: Person, mallory: Person, gateway: Database
) -> None:
    for person in (bob, mallory):
        await door.hears(person, person.does("Follow", alice.uri))
    async with gateway.transaction() as tx:
        post = await a_post(tx, alice, "A post")
        await tx.execute(
            "INSERT INTO social.status_pins (account_id, status_id) VALUES ($1, $2)", post.account_id, post.id
        )
        account = await accounts.by_uri(tx, Uri(mallory.uri))
        assert account is not None
        await relationships.block(tx, alice, account, now=utc_now())
    for place in ("outbox?page=true", "collections/featured", "collections/tags"):
        shown = await door.get(f"{alice.uri}/{place}", by=bob)
        assert shown.status_code == 200
        assert shown.headers["Cache-Control"] == "private, no-store"
        barred = await door.get(f"{alice.uri}/{place}", by=mallory)
        assert barred.status_code in (200, 404)
        assert "A post" not in barred.text
        assert (await door.get(f"{alice.uri}/{place}")).status_code == 401


async def test_vis_10_a_stranger_in_somebodys_private_thread_is_still_a_stranger(cast: Cast) -> None:
    """They answer what was written to others, or claim that they were written to."""
    stage, friend = cast.town.stage, cast.people["friend"]
    mallory = await stage.stranger("mallory@evil.example")
    await stage.post(friend, "Said to the author", visibility="direct", mentions=(cast.people["author"].id,))
    for parent in (cast.posts["open"], cast.posts["direct"]):
        lure = await stage.post(mallory, "You wrote first", visibility="direct", in_reply_to=parent)
        await stage.post(mallory, "Yes?", visibility="direct", in_reply_to=lure, mentions=(friend.id,))
    public = await stage.post(friend, "In public", mentions=(mallory.id,))
    await stage.post(mallory, "Hello", visibility="direct", in_reply_to=public, mentions=(friend.id,))
    seen = (await stage.get(cast.town.timeline, friend, "/api/v1/notifications")).json()
    assert [n for n in seen if n["account"]["username"] == "mallory"] == []
    said = await stage.post(friend, "To you", visibility="direct", mentions=(mallory.id,))
    await stage.post(mallory, "Thanks", visibility="direct", in_reply_to=said, mentions=(friend.id,))
    seen = (await stage.get(cast.town.timeline, friend, "/api/v1/notifications")).json()
    assert [n["type"] for n in seen if n["account"]["username"] == "mallory"] == ["mention"]


async def test_vis_11_a_boost_is_no_way_around_who_may_quote(cast: Cast) -> None:
    stage, friend, stranger = cast.town.stage, cast.people["friend"], cast.people["stranger"]
    boost = await stage.boost(friend, cast.posts["open"])
    for quoted in (cast.posts["open"], boost):
        wish = {"status": "look", "quoted_status_id": str(quoted.id)}
        assert (await cast.ask(stranger, "POST", "/api/v1/statuses", json=wish)).status_code == 403
    for name in ("private", "direct"):
        wish = {"status": "look", "quoted_status_id": str(cast.posts[name].id)}
        answers = [await cast.ask(who, "POST", "/api/v1/statuses", json=wish) for who in (stranger, friend)]
        assert [answer.status_code for answer in answers] == [404, 403], name
        assert CANARY not in "".join(answer.text for answer in answers)
    assert await stage.gateway.fetchval("SELECT count(*) FROM social.quotes") == 0


async def test_vis_13_what_nobody_here_may_see_is_not_kept(
    door: Doorstep, bob: Person, alice: Account, gateway: Database, neighbours: Neighbours
) -> None:
    for to, cc in (([bob.followers], []), ([f"https://{bob.host}/users/x"], []), ([], [bob.followers])):
        note = bob.note(to=to, cc=cc, tag=[{"type": "Mention", "href": f"https://{bob.host}/users/x"}])
        assert await door.hears(bob, bob.creates(note)) == "no_interest"
        assert await door.hears(bob, bob.does("Update", note | {"published": utc_now().isoformat()})) == "no_interest"
    assert await door.res.db.fetchval("SELECT count(*) FROM social.statuses") == 0
    await is_followed(door, bob, alice, gateway)
    assert await door.hears(bob, bob.creates(bob.note(to=[bob.followers], cc=[]))) == "done"


async def test_vis_15_who_only_asked_to_follow_reads_as_a_stranger(town: Town, bob: Person) -> None:
    """A locked account elsewhere, one follower of it here, and somebody whom it has not answered."""
    stage, door = town.stage, town.door
    bob.profile = {"manuallyApprovesFollowers": True}
    bob.publish()
    follower, asker = await stage.somebody("follower"), await stage.somebody("asker")
    await is_followed(door, bob, follower, stage.gateway)
    account = await accounts.by_uri(door.res.db, Uri(bob.uri))
    assert account is not None
    async with stage.act(asker) as tx:
        await relationships.follow(tx, asker, account, now=utc_now())
    assert await door.hears(bob, bob.creates(bob.note(f"<p>{CANARY}</p>", to=[bob.followers], cc=[]))) == "done"
    post = await stage.gateway.fetchval("SELECT id FROM social.statuses WHERE content LIKE '%canary%'")

    async def statuses() -> list[int]:
        found = []
        for who in (follower, asker):
            headers = bearing(await stage.token(who))
            found.append((await town.gateway.get(f"/api/v1/statuses/{post}", headers=headers)).status_code)
            home = await town.timeline.get("/api/v1/timelines/home", headers=headers)
            assert (CANARY in home.text) <= (found[-1] == 200)
        return found

    assert await statuses() == [200, 404]
    request: str = await stage.gateway.fetchval("SELECT uri FROM social.follow_requests")
    assert await door.hears(bob, bob.does("Accept", request)) == "done"
    assert await statuses() == [200, 200]
    assert await door.hears(bob, bob.does("Reject", request)) == "done"
    assert await statuses() == [200, 404]


async def test_vis_17_who_is_not_confirmed_is_not_told_whom_we_block(cast: Cast, superuser: Any) -> None:
    await superuser.execute(
        "UPDATE social.users SET confirmed_at = NULL WHERE account_id = $1", cast.people["stranger"].id
    )
    await superuser.execute(
        """
        INSERT INTO social.domain_policies (domain, severity, reject_media, reject_reports, private_comment,
            public_comment, obfuscate)
        VALUES ('blocked.example', 'suspend', false, false, 'secret', 'rude', false)
        """
    )
    for path in ("/api/v1/instance/domain_blocks", "/api/v1/domain_blocks", "/api/v1/admin/domain_blocks"):
        client = cast.town.moderation if "admin" in path else cast.town.gateway
        answer = await client.get(path, headers=bearing(await cast.token(cast.people["stranger"])))
        assert answer.status_code in (401, 403, 404) or answer.json() == [], path
        assert "blocked.example" not in answer.text, path
        assert "secret" not in (await client.get(path)).text
