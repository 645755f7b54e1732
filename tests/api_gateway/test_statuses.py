"""Posting, reading, editing and deleting through the client API."""

import asyncio

import asyncpg
import msgspec
import pytest
from people import a_post, a_remote_account
from talking import Person, a_person, a_token_of

from api_gateway.resources import Resources
from chassis.db import Database
from contracts.ids import StatusId
from mastoapi import present
from mastoapi.present import MediaUrls
from social.oauth import actions as oauth
from social.oauth.model import OUT_OF_BAND
from social.statuses.model import Status


async def a_strangers_post(inbox: Database, text: str = "Hello", **changes: object) -> Status:
    async with inbox.transaction() as tx:
        eve = await a_remote_account(tx, "eve@far.example")
        return await a_post(tx, eve, text, **changes)


async def test_a_post_comes_back_with_links_mentions_and_tags(alice: Person, bob: Person) -> None:
    status = await alice.says("Hi @bob, see https://example.com #Birds", spoiler_text="cw", visibility="unlisted")
    assert [m["acct"] for m in status["mentions"]] == ["bob"]
    assert status["tags"] == [{"name": "Birds", "url": "https://ours.test/tags/birds"}]
    assert 'href="https://example.com"' in status["content"]
    assert (status["spoiler_text"], status["sensitive"], status["visibility"]) == ("cw", True, "unlisted")
    assert await bob.get(f"/api/v1/statuses/{status['id']}")


async def test_the_answer_is_what_everybody_reads_later(alice: Person, bob: Person, resources: Resources) -> None:
    await bob.says("#birds")
    async with resources.db.transaction() as tx:
        app, _ = await oauth.register(
            tx, name="Ivory", website="https://ivory.example", redirect_uris=[OUT_OF_BAND], scopes=["write"]
        )
    alice.token = await a_token_of(resources.db, alice.account, "read write", app.id)
    answer = await alice.says("@bob @ALICE #Birds #bIRDS #Mornings and #birds :missing: https://example.com")
    afresh = MediaUrls(resources.settings.url, resources.settings.media_base_url)
    read = await present.status(resources.db, StatusId(int(answer["id"])), alice.account.id, afresh)
    assert answer == msgspec.json.decode(read)
    assert [tag["name"] for tag in answer["tags"]] == ["birds", "Mornings"]
    assert {mention["acct"] for mention in answer["mentions"]} == {"alice", "bob"}
    assert answer["application"] == {"name": "Ivory", "website": "https://ivory.example"}


async def test_the_event_is_in_the_outbox_when_the_answer_is_out(alice: Person, resources: Resources) -> None:
    await alice.says("Hi")
    topics = await resources.db.fetch("SELECT topic FROM api_gateway.outbox ORDER BY id DESC LIMIT 1")
    assert [row["topic"] for row in topics] == ["status.created"]


async def test_a_repeated_key_posts_once(alice: Person) -> None:
    answers = await asyncio.gather(
        *(
            alice.ask("POST", "/api/v1/statuses", json={"status": "Once"}, headers={"Idempotency-Key": "k"})
            for _ in range(4)
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_a_key_is_its_owners_alone(alice: Person, bob: Person) -> None:
    ids = [
        (await who.ask("POST", "/api/v1/statuses", json={"status": "Hi"}, headers={"Idempotency-Key": "k"})).json()[
            "id"
        ]
        for who in (alice, bob)
    ]
    assert ids[0] != ids[1]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"status": "  "}, "Text can't be blank"),
        ({"status": "x" * 501}, "character limit of 500"),
        ({"status": "x" * 300, "spoiler_text": "y" * 300}, "character limit of 500"),
        ({"status": "x" * 200_000}, "character limit of 500"),
        ({"status": "x", "visibility": "everybody"}, "Visibility"),
        ({"status": "x", "media_ids": ["1", "2", "3", "4", "5"]}, "more than 4"),
        ({"status": "x", "media_ids": ["12345"]}, "could not be found"),
    ],
)
async def test_what_cannot_be_posted_is_refused_in_words(alice: Person, fields: dict, reason: str) -> None:
    refusal = await alice.post("/api/v1/statuses", 422, **fields)
    assert reason in refusal["error"]


async def test_an_address_counts_23_characters(alice: Person) -> None:
    await alice.says("x" * 470 + " https://example.com/" + "y" * 200)


async def test_a_reply_to_what_one_cannot_see_finds_no_parent(alice: Person, bob: Person) -> None:
    secret = await bob.says("secret", visibility="direct")
    refusal = await alice.post("/api/v1/statuses", 404, status="?", in_reply_to_id=secret["id"])
    assert "trying to reply" in refusal["error"]


async def test_a_thread_has_its_ancestors_and_descendants(alice: Person, bob: Person) -> None:
    first = await alice.says("1")
    second = await bob.says("2", in_reply_to_id=first["id"])
    third = await alice.says("3", in_reply_to_id=second["id"])
    context = await alice.unknown.get(f"/api/v1/statuses/{second['id']}/context")
    assert [s["id"] for s in context["ancestors"]] == [first["id"]]
    assert [s["id"] for s in context["descendants"]] == [third["id"]]


async def test_an_edit_keeps_the_former_words(alice: Person) -> None:
    status = await alice.says("Helo")
    edited = await alice.put(f"/api/v1/statuses/{status['id']}", status="Hello #there")
    history = await alice.get(f"/api/v1/statuses/{status['id']}/history")
    source = await alice.get(f"/api/v1/statuses/{status['id']}/source")
    assert edited["edited_at"]
    assert [version["content"] for version in history] == ["<p>Helo</p>", edited["content"]]
    assert source == {"id": status["id"], "text": "Hello #there", "spoiler_text": ""}


async def test_an_edit_that_changes_nothing_is_none(alice: Person) -> None:
    status = await alice.says("Hello", language="en")
    edited = await alice.put(f"/api/v1/statuses/{status['id']}", status="Hello")
    assert edited["edited_at"] is None


async def test_nobody_edits_or_deletes_anothers_post(alice: Person, bob: Person) -> None:
    status = await alice.says("Mine")
    await bob.put(f"/api/v1/statuses/{status['id']}", 404, status="Not yours")
    await bob.delete(f"/api/v1/statuses/{status['id']}", 404)


async def test_a_deleted_post_comes_back_with_its_source_once(alice: Person) -> None:
    status = await alice.says("*Oops*")
    deleted = await alice.delete(f"/api/v1/statuses/{status['id']}")
    assert deleted["text"] == "*Oops*"
    await alice.get(f"/api/v1/statuses/{status['id']}", 404)
    await alice.delete(f"/api/v1/statuses/{status['id']}", 404)


async def test_each_visibility_is_seen_by_its_audience(alice: Person, bob: Person) -> None:
    seen = {}
    for visibility in ("public", "unlisted", "private", "direct"):
        status = await alice.says("Hi", visibility=visibility)
        answers = [await who.ask("GET", f"/api/v1/statuses/{status['id']}") for who in (alice, bob, bob.unknown)]
        seen[visibility] = [answer.status_code for answer in answers]
    assert seen == {
        "public": [200, 200, 200],
        "unlisted": [200, 200, 200],
        "private": [200, 404, 404],
        "direct": [200, 404, 404],
    }


async def test_many_statuses_come_at_once_without_those_out_of_sight(alice: Person, bob: Person) -> None:
    shown, hidden = await alice.says("1"), await alice.says("2", visibility="private")
    found = await bob.get("/api/v1/statuses", **{"id[]": [hidden["id"], shown["id"], "7"]})
    assert [status["id"] for status in found] == [shown["id"]]


async def test_a_tap_shows_at_once_and_only_once(alice: Person, bob: Person) -> None:
    status = await alice.says("Like me")
    path = f"/api/v1/statuses/{status['id']}"
    first = await bob.post(f"{path}/favourite")
    again = await bob.post(f"{path}/favourite")
    undone = await bob.post(f"{path}/unfavourite")
    assert (first["favourited"], first["favourites_count"]) == (True, 1)
    assert (again["favourited"], again["favourites_count"]) == (True, 0), "counts are counted later, elsewhere"
    assert (undone["favourited"], undone["favourites_count"]) == (False, 0)


async def test_a_boost_wraps_the_original(alice: Person, bob: Person) -> None:
    status = await alice.says("Boost me")
    boost = await bob.post(f"/api/v1/statuses/{status['id']}/reblog")
    assert boost["id"] != status["id"]
    assert boost["account"]["acct"] == "bob"
    assert boost["reblog"]["id"] == status["id"]
    assert (boost["reblogged"], boost["reblog"]["reblogged"], boost["reblog"]["reblogs_count"]) == (True, True, 1)
    undone = await bob.post(f"/api/v1/statuses/{status['id']}/unreblog")
    assert (undone["id"], undone["reblogged"]) == (status["id"], False)
    await bob.get(f"/api/v1/statuses/{boost['id']}", 404)


async def test_a_private_post_cannot_be_boosted_by_others(alice: Person, bob: Person) -> None:
    await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    status = await alice.says("Friends only", visibility="private")
    await bob.post(f"/api/v1/statuses/{status['id']}/reblog", 403)
    boost = await alice.post(f"/api/v1/statuses/{status['id']}/reblog", visibility="public")
    assert boost["visibility"] == "private"


async def test_bookmarks_and_favourites_are_listed_newest_first_in_pages(alice: Person, bob: Person) -> None:
    ids = [(await alice.says(str(n)))["id"] for n in range(3)]
    for status_id in ids:
        await bob.post(f"/api/v1/statuses/{status_id}/bookmark")
        await bob.post(f"/api/v1/statuses/{status_id}/favourite")
    for kind in ("bookmarks", "favourites"):
        first = await bob.ask("GET", f"/api/v1/{kind}", params={"limit": 2})
        following = await bob.ask("GET", first.links["next"]["url"])
        back = await bob.ask("GET", following.links["prev"]["url"])
        assert [s["id"] for s in first.json()] == ids[:0:-1]
        assert [s["id"] for s in following.json()] == ids[:1]
        assert back.json() == first.json()


async def test_only_five_posts_can_be_pinned(alice: Person, bob: Person) -> None:
    ids = [(await alice.says(str(n)))["id"] for n in range(6)]
    for status_id in ids[:5]:
        assert (await alice.post(f"/api/v1/statuses/{status_id}/pin"))["pinned"] is True
    refusal = await alice.post(f"/api/v1/statuses/{ids[5]}/pin", 422)
    assert "maximum" in refusal["error"]
    await bob.post(f"/api/v1/statuses/{ids[0]}/pin", 422)
    pinned = await bob.get(f"/api/v1/accounts/{alice.id}/statuses", pinned="true")
    assert {status["id"] for status in pinned} == set(ids[:5])


async def test_a_muted_conversation_says_so(alice: Person, bob: Person) -> None:
    status = await alice.says("Noise")
    reply = await bob.says("More", in_reply_to_id=status["id"])
    await alice.post(f"/api/v1/statuses/{status['id']}/mute")
    assert (await alice.get(f"/api/v1/statuses/{reply['id']}"))["muted"] is True
    assert (await alice.post(f"/api/v1/statuses/{status['id']}/unmute"))["muted"] is False


async def test_who_favourited_and_boosted_is_told(alice: Person, bob: Person) -> None:
    status = await alice.says("Popular")
    await bob.post(f"/api/v1/statuses/{status['id']}/favourite")
    await bob.post(f"/api/v1/statuses/{status['id']}/reblog")
    for kind in ("favourited_by", "reblogged_by"):
        assert [a["acct"] for a in await alice.get(f"/api/v1/statuses/{status['id']}/{kind}")] == ["bob"]


async def test_who_is_suspended_or_blocked_is_not_told_of(
    alice: Person, bob: Person, resources: Resources, superuser: asyncpg.Connection
) -> None:
    carol, dan = [await a_person(resources.db, alice.client, name) for name in ("carol", "dan")]
    status = await alice.says("Popular")
    for person in (bob, carol, dan):
        await person.post(f"/api/v1/statuses/{status['id']}/favourite")
        await person.post(f"/api/v1/statuses/{status['id']}/reblog")
    await superuser.execute("UPDATE social.accounts SET suspended_at = now() WHERE id = $1", bob.account.id)
    await carol.post(f"/api/v1/accounts/{dan.id}/block")
    for kind in ("favourited_by", "reblogged_by"):
        path = f"/api/v1/statuses/{status['id']}/{kind}"
        told = {who: {a["acct"] for a in await who.get(path)} for who in (alice, carol, dan)}
        assert told == {alice: {"carol", "dan"}, carol: {"carol"}, dan: {"dan"}}


async def test_of_a_suspended_server_little_is_told(
    alice: Person, inbox: Database, resources: Resources, superuser: asyncpg.Connection
) -> None:
    status = await a_strangers_post(inbox)
    for act in ("favourite", "bookmark"):
        await alice.post(f"/api/v1/statuses/{status.id}/{act}")
    eve = f"/api/v1/accounts/{status.account_id}"
    assert (await alice.get(eve))["display_name"] == "Eve"
    await superuser.execute("INSERT INTO social.domain_policies (domain, severity) VALUES ('far.example', 'suspend')")
    await resources.policies.refresh()
    for shown in (await alice.get(eve), (await alice.get("/api/v1/accounts", **{"id[]": status.account_id}))[0]):
        assert (shown["suspended"], shown["display_name"]) == (True, "")
    for kind in ("favourites", "bookmarks"):
        assert await alice.get(f"/api/v1/{kind}") == []


async def test_a_remote_post_is_acted_on_like_ours(alice: Person, inbox: Database) -> None:
    status = await a_strangers_post(inbox)
    path = f"/api/v1/statuses/{status.id}"
    assert (await alice.post(f"{path}/favourite"))["favourited"] is True
    assert (await alice.post(f"{path}/reblog"))["reblog"]["account"]["acct"] == "eve@far.example"
    assert (await alice.says("Hm", in_reply_to_id=str(status.id)))["in_reply_to_id"] == str(status.id)
    await alice.delete(path, 404)


async def test_blocking_hides_what_the_blocker_says(alice: Person, bob: Person) -> None:
    status = await alice.says("Not for bob")
    await alice.post(f"/api/v1/accounts/{bob.id}/block")
    await bob.get(f"/api/v1/statuses/{status['id']}", 404)
    await bob.post(f"/api/v1/statuses/{status['id']}/favourite", 404)


@pytest.mark.parametrize("status_id", ["x", "-", "0", "9" * 19, "9" * 40, "1.5", "%00"])
async def test_what_is_no_id_names_nothing(alice: Person, status_id: str) -> None:
    assert (await alice.get(f"/api/v1/statuses/{status_id}", 404))["error"] == "Record not found"


async def test_tokens_open_what_their_scopes_say(alice: Person, resources: Resources) -> None:
    status = await alice.says("Hi")
    path = f"/api/v1/statuses/{status['id']}"
    alice.token = await a_token_of(resources.db, alice.account, "read:statuses")
    await alice.get(path)
    refusal = await alice.post(f"{path}/favourite", 403)
    assert refusal["error"] == "This action is outside the authorized scopes"
    alice.token = await a_token_of(resources.db, alice.account, "write:favourites")
    await alice.post(f"{path}/favourite")
    await alice.get(path, 403)
    alice.token = await a_token_of(resources.db, None, "read write")
    assert (await alice.post(f"{path}/favourite", 422))["error"] == "This method requires an authenticated user"
    assert (await alice.get(f"{path}/source"))["text"] == "Hi"
    alice.token = "nobody knows this one"
    assert (await alice.get(path, 401))["error"] == "The access token is invalid"


async def test_twenty_statuses_take_five_statements(alice: Person, resources: Resources) -> None:
    ids = [StatusId(int((await alice.says(f"{n} #t @alice"))["id"])) for n in range(20)]
    counting = _Counting(resources.db)
    assert len(await present.statuses(counting, ids, alice.account.id, resources.urls)) == 20
    assert counting.statements <= 5


class _Counting:
    """A Reader that counts."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.statements = 0

    async def fetch(self, sql: str, *args: object):
        self.statements += 1
        return await self._db.fetch(sql, *args)

    async def fetchrow(self, sql: str, *args: object):
        self.statements += 1
        return await self._db.fetchrow(sql, *args)

    async def fetchval(self, sql: str, *args: object):
        self.statements += 1
        return await self._db.fetchval(sql, *args)
