"""What other servers can ask of us."""

import pytest
from doorstep import OURS, Doorstep
from neighbours import Neighbours, Person
from people import ADDRESSES, NOW, a_post, local_accounts

from apcore import keys
from chassis.db import Database
from contracts.ids import Uri
from social.accounts import store as accounts
from social.accounts.actions import ensure_instance_actor
from social.accounts.model import Account
from social.featured_tags import actions as featured_tags
from social.relationships import actions as relationships
from social.statuses import actions
from social.statuses.model import Status
from social.tags import actions as tags

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


async def post(gateway: Database, author: Account, text: str = "Hello", **changes: object) -> Status:
    async with gateway.transaction() as tx:
        return await a_post(tx, author, text, **changes)


@pytest.mark.parametrize(
    "resource",
    ["acct:alice@ours.test", "alice@ours.test", "acct:ALICE@ours.test", "https://ours.test/@alice", "{uri}"],
)
async def test_webfinger_knows_our_accounts_by_every_name(door: Doorstep, alice: Account, resource: str) -> None:
    response = await door.client.get("/.well-known/webfinger", params={"resource": resource.format(uri=alice.uri)})
    found = response.json()
    assert found["subject"] == "acct:alice@ours.test"
    assert {link["href"] for link in found["links"] if link["rel"] == "self"} == {alice.uri}
    assert response.headers["Content-Type"].startswith("application/jrd+json")
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(("resource", "status"), [("", 400), ("acct:x@ours.test", 404), ("alice@far.test", 404)])
async def test_webfinger_knows_nobody_else(door: Doorstep, alice: Account, resource: str, status: int) -> None:
    response = await door.client.get("/.well-known/webfinger", params={"resource": resource})
    assert response.status_code == status


async def test_a_group_that_is_mentioned_is_addressed_with_its_members(
    door: Doorstep, alice: Account, gateway: Database, neighbours: Neighbours
) -> None:
    people = [neighbours.person("cats", "good.localhost", type="Group"), neighbours.person("carol", "good.localhost")]
    for person in people:
        await door.hears(person, person.does("Follow", alice.uri))
    found = await accounts.many_by_uri(door.res.db, [Uri(person.uri) for person in people])
    group, carol = (found[Uri(person.uri)] for person in people)
    note = (await door.get((await post(gateway, alice, mentions=(group.id, carol.id))).uri)).json()
    assert set(note["cc"]) == {alice.followers_url, group.uri, group.followers_url, carol.uri}
    assert {tag["href"] for tag in note["tag"]} == {group.uri, carol.uri}


async def test_host_meta_says_where_webfinger_is(door: Doorstep) -> None:
    xml = await door.client.get("/.well-known/host-meta")
    assert f'template="{OURS}/.well-known/webfinger?resource={{uri}}"' in xml.text
    assert xml.headers["Content-Type"].startswith("application/xrd+xml")
    assert (await door.client.get("/.well-known/host-meta.json")).json()["links"][0]["rel"] == "lrdd"


async def test_nodeinfo_says_what_we_are(door: Doorstep) -> None:
    links = (await door.client.get("/.well-known/nodeinfo")).json()["links"]
    assert [link["href"] for link in links] == [f"{OURS}/nodeinfo/2.0", f"{OURS}/nodeinfo/2.1"]
    for version in ("2.0", "2.1"):
        node = (await door.client.get(f"/nodeinfo/{version}")).json()
        assert (node["version"], node["software"]["name"]) == (version, "murmuration")
        assert node["protocols"] == ["activitypub"]
    assert (await door.client.get("/nodeinfo/3.0")).status_code == 404


async def test_an_actor_is_served_to_servers_and_its_page_to_browsers(door: Doorstep, alice: Account) -> None:
    response = await door.get(alice.uri)
    actor = response.json()
    assert (actor["id"], actor["preferredUsername"], actor["webfinger"]) == (alice.uri, "alice", "alice@ours.test")
    assert actor["publicKey"]["publicKeyPem"] == alice.public_key_pem
    assert response.headers["Content-Type"].startswith("application/activity+json")
    assert response.headers["Vary"] == "Accept, Signature"
    page = await door.get(alice.uri, accept=BROWSER)
    assert (page.status_code, page.headers["Location"]) == (302, alice.url)


async def test_a_name_leads_to_the_numeric_actor(door: Doorstep, alice: Account) -> None:
    response = await door.get(f"{OURS}/users/alice")
    assert (response.status_code, response.headers["Location"]) == (301, alice.uri)
    assert (await door.get(f"{OURS}/users/nobody")).status_code == 404


async def test_a_suspended_actor_is_blank(door: Doorstep, alice: Account, superuser) -> None:
    await superuser.execute("UPDATE social.accounts SET suspended_at = now(), note = 'secret'")
    actor = (await door.get(alice.uri)).json()
    assert actor["suspended"] is True
    assert "secret" not in str(actor)
    assert (await door.get(f"{alice.uri}/outbox")).status_code == 404


async def test_the_servers_own_actor_is_served(door: Doorstep, gateway: Database) -> None:
    assert (await door.get(f"{OURS}/actor")).status_code == 404
    async with gateway.transaction() as tx:
        await ensure_instance_actor(tx, ADDRESSES, keys.generate())
    actor = (await door.get(f"{OURS}/actor")).json()
    assert (actor["id"], actor["type"], actor["inbox"]) == (f"{OURS}/actor", "Application", f"{OURS}/actor/inbox")
    for collection in ("outbox", "followers", "following"):
        assert (await door.get(f"{OURS}/actor/{collection}")).json()["totalItems"] == 0
    response = await door.client.get(
        "/.well-known/webfinger", params={"resource": f"acct:{actor['preferredUsername']}@ours.test"}
    )
    assert response.json()["aliases"][1] == f"{OURS}/actor"


async def test_a_public_post_is_served_to_everybody(door: Doorstep, alice: Account, gateway: Database) -> None:
    status = await post(gateway, alice, "Hello")
    response = await door.get(status.uri)
    note = response.json()
    assert (note["id"], note["type"], note["content"]) == (status.uri, "Note", "<p>Hello</p>")
    assert response.headers["Cache-Control"].startswith("public")
    create = (await door.get(f"{status.uri}/activity")).json()
    assert (create["type"], create["object"]["id"]) == ("Create", status.uri)
    page = await door.get(status.uri, accept=BROWSER)
    assert page.headers["Location"] == status.url


async def test_a_boost_is_served_as_its_announce(door: Doorstep, alice: Account, gateway: Database) -> None:
    status = await post(gateway, alice)
    async with gateway.transaction() as tx:
        boost = await actions.reblog(tx, ADDRESSES, alice, status, "public", created_at=NOW)
    announce = (await door.get(boost.uri)).json()
    assert (announce["type"], announce["id"], announce["object"]) == ("Announce", boost.uri, status.uri)


@pytest.mark.parametrize("visibility", ["private", "direct"])
async def test_what_is_not_for_everybody_is_for_those_in_its_audience_who_sign(
    door: Doorstep, alice: Account, bob: Person, mallory: Person, gateway: Database, visibility: str
) -> None:
    for person in (bob, mallory):
        await door.hears(person, person.does("Like", f"{alice.uri}/statuses/1"))
    known = await accounts.by_uri(door.res.db, Uri(bob.uri))
    assert known is not None
    async with gateway.transaction() as tx:
        if visibility == "private":
            await relationships.follow(tx, known, alice, now=NOW)
        status = await a_post(tx, alice, visibility=visibility, mentions=(known.id,) if visibility == "direct" else ())
    seen = await door.get(status.uri, by=bob)
    assert seen.json()["id"] == status.uri
    assert seen.headers["Cache-Control"] == "private, no-store"
    absent = await door.get(f"{alice.uri}/statuses/1")
    for response in (await door.get(status.uri), await door.get(status.uri, by=mallory)):
        assert (response.status_code, response.content) == (404, absent.content)
    for below in ("activity", "replies", "likes", "shares"):
        assert (await door.get(f"{status.uri}/{below}", by=mallory)).status_code == 404


async def test_a_deleted_post_is_gone(door: Doorstep, alice: Account, gateway: Database) -> None:
    status = await post(gateway, alice)
    async with gateway.transaction() as tx:
        await actions.delete(tx, alice, status)
    for below in ("", "/activity", "/replies", "/likes", "/shares"):
        response = await door.get(f"{status.uri}{below}")
        assert (response.status_code, response.json()["type"]) == (410, "Tombstone")


async def test_a_boost_taken_back_is_gone(door: Doorstep, alice: Account, gateway: Database) -> None:
    status = await post(gateway, alice)
    async with gateway.transaction() as tx:
        boost = await actions.reblog(tx, ADDRESSES, alice, status, "public", created_at=NOW)
        await actions.unreblog(tx, alice, status)
    assert (await door.get(boost.uri)).status_code == 410
    assert (await door.get(status.uri)).status_code == 200


async def test_a_post_is_not_found_under_somebody_elses_name(door: Doorstep, alice: Account, gateway: Database) -> None:
    [dave] = await local_accounts(gateway, "dave")
    status = await post(gateway, alice)
    assert (await door.get(f"{dave.uri}/statuses/{status.id}")).status_code == 404


async def test_a_post_has_its_replies_and_a_conversation(door: Doorstep, alice: Account, gateway: Database) -> None:
    root = await post(gateway, alice)
    reply = await post(gateway, alice, in_reply_to=root)
    await post(gateway, alice, in_reply_to=root, visibility="direct")
    replies = (await door.get(f"{root.uri}/replies")).json()
    assert (replies["totalItems"], replies["first"]["items"]) == (1, [reply.uri])
    for collection in ("likes", "shares"):
        found = (await door.get(f"{root.uri}/{collection}")).json()
        assert (found["totalItems"], "items" in found) == (0, False)
    context = (await door.get((await door.get(root.uri)).json()["context"])).json()
    assert context["first"]["items"] == [root.uri, reply.uri]


async def test_an_outbox_is_read_in_pages_of_twenty(door: Doorstep, alice: Account, gateway: Database) -> None:
    statuses = [await post(gateway, alice) for _ in range(25)]
    await post(gateway, alice, visibility="private")
    whole = (await door.get(f"{alice.uri}/outbox")).json()
    first = (await door.get(whole["first"])).json()
    second = (await door.get(first["next"])).json()
    found = [item["object"]["id"] for page in (first, second) for item in page["orderedItems"]]
    assert found == [status.uri for status in reversed(statuses)]
    assert len(first["orderedItems"]) == 20


async def test_followers_are_read_in_pages_of_twelve(door: Doorstep, alice: Account, gateway: Database) -> None:
    people = await local_accounts(gateway, *(f"person{n}" for n in range(14)))
    async with gateway.transaction() as tx:
        for person in people:
            await relationships.follow(tx, person, alice, now=NOW)
    whole = (await door.get(f"{alice.uri}/followers")).json()
    first = (await door.get(whole["first"])).json()
    second = (await door.get(first["next"])).json()
    assert whole["totalItems"] == 14
    assert [len(first["orderedItems"]), len(second["orderedItems"])] == [12, 2]
    assert {*first["orderedItems"], *second["orderedItems"]} == {person.uri for person in people}
    following = (await door.get(f"{people[0].uri}/following")).json()
    assert following["totalItems"] == 1


async def test_hidden_followers_are_a_number(door: Doorstep, alice: Account, superuser) -> None:
    await superuser.execute("UPDATE social.accounts SET hide_collections = true")
    whole = (await door.get(f"{alice.uri}/followers")).json()
    assert (whole["totalItems"], "first" in whole) == (0, False)
    assert (await door.get(f"{alice.uri}/followers?page=true")).status_code == 404


async def test_pinned_posts_are_featured(door: Doorstep, alice: Account, gateway: Database) -> None:
    status = await post(gateway, alice)
    hidden = await post(gateway, alice, visibility="private")
    async with gateway.transaction() as tx:
        await actions.pin(tx, alice, status)
        await actions.pin(tx, alice, hidden)
    featured = (await door.get(f"{alice.uri}/collections/featured")).json()
    assert [item["id"] for item in featured["orderedItems"]] == [status.uri]


async def test_featured_hashtags_are_a_collection_that_the_actor_names(
    door: Doorstep, alice: Account, gateway: Database
) -> None:
    address = (await door.get(alice.uri)).json()["featuredTags"]
    assert (await door.get(address)).json()["totalItems"] == 0
    async with gateway.transaction() as tx:
        await featured_tags.feature(tx, alice.id, await tags.known(tx, "birds"), "Birds")
    collection = (await door.get(address)).json()
    assert (collection["type"], collection["totalItems"]) == ("Collection", 1)
    assert collection["items"] == [{"type": "Hashtag", "href": f"{OURS}/@alice/tagged/birds", "name": "#Birds"}]


@pytest.mark.parametrize(
    "path",
    [
        "/ap/users/1",
        "/ap/users/x",
        "/ap/users/-99",
        "/ap/users/1/outbox",
        "/ap/contexts/1",
        "/ap/users/99999999999999999999",
        "/ap/users/1/followers",
        "/ap/users/1/statuses/2",
    ],
)
async def test_what_never_was_is_not_found(door: Doorstep, path: str) -> None:
    assert (await door.get(f"{OURS}{path}")).status_code == 404


async def test_somebody_elses_account_is_not_served_as_ours(door: Doorstep, bob: Person, alice: Account) -> None:
    await door.hears(bob, bob.does("Like", f"{alice.uri}/statuses/1"))
    known = await accounts.by_uri(door.res.db, Uri(bob.uri))
    assert known is not None
    assert (await door.get(f"{OURS}/ap/users/{known.id}")).status_code == 404
