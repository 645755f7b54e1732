"""Accounts through the client API: reading, finding, following, blocking, and one's own profile."""

import httpx
import pytest
from people import a_remote_account
from talking import Person, a_person

from api_gateway.resources import Resources
from chassis.db import Database
from social.accounts.model import Account
from social.users.model import Role


async def a_stranger(inbox: Database, handle: str = "eve@far.example", **changes: object) -> Account:
    async with inbox.transaction() as tx:
        return await a_remote_account(tx, handle, **changes)


async def test_my_own_account_shows_what_only_i_see(alice: Person) -> None:
    me = await alice.get("/api/v1/accounts/verify_credentials")
    assert (me["acct"], me["source"]["privacy"], me["role"]["permissions"]) == ("alice", "public", "65536")
    assert me["avatar"] == "https://ours.test/avatars/original/missing.png"
    assert "source" not in await alice.get(f"/api/v1/accounts/{alice.id}")


@pytest.mark.parametrize("how", ["json", "data", "files"])
async def test_a_profile_changes_whichever_way_it_is_sent(alice: Person, how: str) -> None:
    fields = {
        "display_name": "Alice :blob:",
        "note": "I like #birds and @alice\nhttps://example.com",
        "locked": "true",
        "bot": "1",
        "fields_attributes[0][name]": "Site",
        "fields_attributes[0][value]": "https://example.com",
        "source[privacy]": "unlisted",
        "source[language]": "de",
    }
    body = {name: (None, value) for name, value in fields.items()} if how == "files" else fields
    if how == "json":
        body = {
            "display_name": "Alice :blob:",
            "note": fields["note"],
            "locked": True,
            "bot": True,
            "fields_attributes": {"0": {"name": "Site", "value": "https://example.com"}},
            "source": {"privacy": "unlisted", "language": "de"},
        }
    answer = await alice.ask("PATCH", "/api/v1/accounts/update_credentials", **{how: body})
    me = answer.json()
    assert answer.status_code == 200
    assert (me["display_name"], me["locked"], me["bot"]) == ("Alice :blob:", True, True)
    assert me["source"]["note"] == fields["note"]
    assert 'class="u-url mention"' in me["note"]
    assert me["fields"][0]["value"].startswith('<a href="https://example.com"')
    assert (me["source"]["privacy"], me["source"]["language"]) == ("unlisted", "de")
    assert (await alice.says("Quiet"))["visibility"] == "unlisted"
    assert (await alice.get("/api/v1/preferences"))["posting:default:visibility"] == "unlisted"


@pytest.mark.parametrize(
    "fields",
    [
        {"display_name": "x" * 41},
        {"note": "x" * 501},
        {"fields_attributes": [{"name": str(n), "value": "x"} for n in range(5)]},
        {"fields_attributes": [{"name": "x", "value": "x" * 256}]},
        {"source": {"privacy": "everybody"}},
        {"source": {"language": "<b>"}},
    ],
)
async def test_a_profile_has_its_limits(alice: Person, fields: dict) -> None:
    refusal = await alice.patch("/api/v1/accounts/update_credentials", 422, **fields)
    assert refusal["error"].startswith("Validation failed: ")


async def test_following_one_of_ours_is_done_at_once_and_a_locked_one_is_asked(alice: Person, bob: Person) -> None:
    assert (await alice.post(f"/api/v1/accounts/{bob.id}/follow", reblogs=False, notify=True))["following"] is True
    again = await alice.post(f"/api/v1/accounts/{bob.id}/follow", languages=["en"])
    assert (again["showing_reblogs"], again["notifying"], again["languages"]) == (False, True, ["en"])
    await alice.patch("/api/v1/accounts/update_credentials", locked=True)
    assert (await bob.post(f"/api/v1/accounts/{alice.id}/follow"))["requested"] is True
    assert [a["acct"] for a in await alice.get("/api/v1/follow_requests")] == ["bob"]
    assert (await alice.get("/api/v1/accounts/verify_credentials"))["source"]["follow_requests_count"] == 1
    assert (await alice.post(f"/api/v1/follow_requests/{bob.id}/authorize"))["followed_by"] is True
    assert [a["acct"] for a in await alice.get(f"/api/v1/accounts/{alice.id}/followers")] == ["bob"]
    await alice.post(f"/api/v1/follow_requests/{bob.id}/reject", 404)
    assert (await alice.post(f"/api/v1/accounts/{bob.id}/remove_from_followers"))["followed_by"] is False
    assert (await alice.post(f"/api/v1/accounts/{bob.id}/unfollow"))["following"] is False


async def test_nobody_follows_themselves_or_whom_they_cannot(alice: Person, bob: Person) -> None:
    await alice.post(f"/api/v1/accounts/{alice.id}/follow", 403)
    await alice.post("/api/v1/accounts/12345/follow", 404)
    await bob.post(f"/api/v1/accounts/{alice.id}/block")
    await alice.post(f"/api/v1/accounts/{bob.id}/follow", 403)


async def test_following_a_stranger_asks_their_server(alice: Person, inbox: Database, resources: Resources) -> None:
    eve = await a_stranger(inbox)
    assert (await alice.post(f"/api/v1/accounts/{eve.id}/follow"))["requested"] is True
    topic = await resources.db.fetchval("SELECT topic FROM api_gateway.outbox ORDER BY id DESC LIMIT 1")
    assert topic == "follow.requested"


async def test_blocks_and_mutes_are_listed_and_undone(alice: Person, bob: Person) -> None:
    assert (await alice.post(f"/api/v1/accounts/{bob.id}/block"))["blocking"] is True
    assert [a["acct"] for a in await alice.get("/api/v1/blocks")] == ["bob"]
    assert (await alice.post(f"/api/v1/accounts/{bob.id}/unblock"))["blocking"] is False
    muted = await alice.post(f"/api/v1/accounts/{bob.id}/mute", duration=3600, notifications=False)
    assert (muted["muting"], muted["muting_notifications"]) == (True, False)
    assert (await alice.get("/api/v1/mutes"))[0]["mute_expires_at"]
    assert (await alice.post(f"/api/v1/accounts/{bob.id}/unmute"))["muting"] is False
    assert await alice.get("/api/v1/mutes") == await alice.get("/api/v1/blocks") == []


async def test_a_note_is_for_ones_own_eyes(alice: Person, bob: Person) -> None:
    assert (await alice.post(f"/api/v1/accounts/{bob.id}/note", comment="Met at the lake"))["note"] == "Met at the lake"
    assert (await bob.get("/api/v1/accounts/relationships", **{"id[]": alice.id}))[0]["note"] == ""


async def test_relationships_come_for_many_in_order(alice: Person, bob: Person) -> None:
    found = await alice.get("/api/v1/accounts/relationships", **{"id[]": [bob.id, "7", alice.id]})
    assert [relation["id"] for relation in found] == [bob.id, alice.id]
    assert len(await alice.get("/api/v1/accounts/relationships", id=bob.id)) == 1


async def test_hidden_collections_are_for_their_owner(alice: Person, bob: Person) -> None:
    await alice.patch("/api/v1/accounts/update_credentials", hide_collections=True)
    await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    path = f"/api/v1/accounts/{alice.id}/followers"
    assert [a["acct"] for a in await alice.get(path)] == ["bob"]
    assert await bob.get(path) == []


async def test_an_account_is_found_by_its_handle(alice: Person, inbox: Database) -> None:
    eve = await a_stranger(inbox)
    for acct in ("eve@far.example", "@EVE@Far.Example"):
        assert (await alice.unknown.get("/api/v1/accounts/lookup", acct=acct))["id"] == str(eve.id)
    for acct in ("alice", "alice@ours.test"):
        assert (await alice.unknown.get("/api/v1/accounts/lookup", acct=acct))["id"] == alice.id
    for acct in ("nobody", "", "a@b@c", "\x00"):
        assert (await alice.unknown.ask("GET", "/api/v1/accounts/lookup", params={"acct": acct})).status_code in (
            404,
            422,
        )


async def test_many_accounts_come_at_once(alice: Person, bob: Person) -> None:
    found = await alice.unknown.get("/api/v1/accounts", **{"id[]": [bob.id, alice.id, "7"]})
    assert [account["acct"] for account in found] == ["bob", "alice"]


async def test_search_finds_people_posts_and_tags(alice: Person, bob: Person, inbox: Database) -> None:
    await a_stranger(inbox, display_name="Evening Bob")
    mine = await alice.says("The quick #Brownfox jumps")
    await bob.says("The quick one of somebody else")
    people = await alice.get("/api/v2/search", q="bob")
    assert [a["acct"] for a in people["accounts"]] == ["bob", "eve@far.example"]
    assert [s["id"] for s in (await alice.get("/api/v2/search", q="quick"))["statuses"]] == [mine["id"]]
    tags = await alice.get("/api/v2/search", q="#brown")
    assert [tag["name"] for tag in tags["hashtags"]] == ["Brownfox"]
    assert tags["hashtags"][0]["history"][0]["uses"] == "1"
    assert tags["accounts"] == tags["statuses"] == []
    assert (await alice.unknown.get("/api/v2/search", q="quick"))["statuses"] == []


async def test_strangers_neither_page_nor_resolve(alice: Person) -> None:
    assert "pagination" in (await alice.unknown.get("/api/v2/search", 401, q="x", offset=5))["error"]
    assert "resolve" in (await alice.unknown.get("/api/v2/search", 401, q="x", resolve="true"))["error"]


async def test_an_address_we_know_is_found_without_asking(alice: Person, inbox: Database) -> None:
    eve = await a_stranger(inbox)
    found = await alice.get("/api/v2/search", q=eve.uri)
    assert [a["id"] for a in found["accounts"]] == [str(eve.id)]


async def test_searching_goes_on_when_inbox_is_away(alice: Person) -> None:
    found = await alice.get("/api/v2/search", q="https://far.example/@who", resolve="true")
    assert found == {"accounts": [], "statuses": [], "hashtags": [], "collections": []}
    assert await alice.says("Hello @who@far.example")


async def test_an_account_shows_its_posts_as_asked(alice: Person, bob: Person) -> None:
    first = await alice.says("One #tag")
    reply = await alice.says("To bob", in_reply_to_id=(await bob.says("Hi"))["id"])
    boost = await alice.post(f"/api/v1/statuses/{reply['in_reply_to_id']}/reblog")

    async def shown(**which: str) -> list[str]:
        return [s["id"] for s in await bob.get(f"/api/v1/accounts/{alice.id}/statuses", **which)]

    assert await shown() == [boost["id"], reply["id"], first["id"]]
    assert await shown(exclude_replies="true") == [boost["id"], first["id"]]
    assert await shown(exclude_reblogs="true") == [reply["id"], first["id"]]
    assert await shown(tagged="TAG") == [first["id"]]
    assert await shown(only_media="true") == []
    assert await shown(max_id=reply["id"]) == [first["id"]]
    assert await shown(min_id=first["id"], limit="1") == [reply["id"]]


async def test_a_remote_picture_is_named_by_our_proxy(alice: Person, inbox: Database) -> None:
    eve = await a_stranger(inbox, avatar_remote_url="https://far.example/a.png")
    shown = await alice.get(f"/api/v1/accounts/{eve.id}")
    assert shown["avatar"].startswith(f"https://ours.test/media/proxy/accounts/{eve.id}/avatar?v=")


async def test_a_moved_account_shows_where_to(
    resources: Resources, client: httpx.AsyncClient, superuser: Database, alice: Person, bob: Person
) -> None:
    await superuser.execute(
        "UPDATE social.accounts SET moved_to_id = $1 WHERE id = $2", alice.account.id, bob.account.id
    )
    assert (await alice.get(f"/api/v1/accounts/{bob.id}"))["moved"]["acct"] == "alice"


async def test_a_suspended_account_shows_little_and_its_owner_stays_out(
    superuser: Database, alice: Person, bob: Person, resources: Resources
) -> None:
    status = await bob.says("Bad")
    await superuser.execute("UPDATE social.accounts SET suspended_at = now() WHERE id = $1", bob.account.id)
    resources.tokens.forget(bob.account.id)
    shown = await alice.get(f"/api/v1/accounts/{bob.id}")
    assert (shown["suspended"], shown["display_name"], shown["note"]) == (True, "", "")
    assert await alice.get(f"/api/v1/accounts/{bob.id}/statuses") == []
    await alice.get(f"/api/v1/statuses/{status['id']}", 404)
    assert (await bob.get("/api/v1/accounts/verify_credentials", 403))["error"] == "Your login is currently disabled"


async def test_a_moderator_is_seen_to_be_one(resources: Resources, client: httpx.AsyncClient, alice: Person) -> None:
    carol = await a_person(resources.db, client, "carol", role=Role.OWNER)
    assert [role["name"] for role in (await alice.get(f"/api/v1/accounts/{carol.id}"))["roles"]] == ["Owner"]
    assert (await carol.get("/api/v1/accounts/verify_credentials"))["role"]["permissions"] == "1"
