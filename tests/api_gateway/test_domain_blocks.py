"""Wanting nothing from a whole server."""

from typing import Any

import msgspec
import pytest
from people import a_post, a_remote_account
from talking import Person

from api_gateway.resources import Resources
from chassis.clock import utc_now
from chassis.db import Database
from contracts.ids import StatusId
from social.accounts.model import Account
from social.relationships import actions
from social.statuses import reading

BLOCKS = "/api/v1/domain_blocks"


async def a_stranger(inbox: Database, handle: str = "eve@far.example") -> Account:
    async with inbox.transaction() as tx:
        return await a_remote_account(tx, handle)


async def told(resources: Resources, topic: str) -> list[Any]:
    rows = await resources.db.fetch("SELECT body FROM api_gateway.outbox WHERE topic = $1 ORDER BY id", topic)
    return [msgspec.json.decode(row["body"]) for row in rows]


async def befriend(resources: Resources, inbox: Database, one: Account, stranger: Account) -> None:
    """Each follows the other."""
    async with resources.db.transaction() as tx:
        await actions.follow(tx, one, stranger, now=utc_now())
    async with inbox.transaction() as tx:
        await actions.accept(tx, one, stranger)
        await actions.follow(tx, stranger, one, now=utc_now())


async def test_domains_are_blocked_listed_and_unblocked(alice: Person, bob: Person) -> None:
    for domain in ("Far.Example", "bücher.example", "far.example"):
        assert await alice.post(BLOCKS, domain=domain) == {}
    assert await alice.get(BLOCKS) == ["xn--bcher-kva.example", "far.example"]
    assert await bob.get(BLOCKS) == []
    assert (await alice.ask("DELETE", BLOCKS, params={"domain": "far.example"})).json() == {}
    assert (await alice.ask("DELETE", BLOCKS, json={"domain": "far.example"})).json() == {}
    assert await alice.get(BLOCKS) == ["xn--bcher-kva.example"]


async def test_the_list_is_paged(alice: Person) -> None:
    for n in range(3):
        await alice.post(BLOCKS, domain=f"no{n}.example")
    first = await alice.ask("GET", BLOCKS, params={"limit": 2})
    assert first.json() == ["no2.example", "no1.example"]
    following = await alice.ask("GET", first.links["next"]["url"])
    assert following.json() == ["no0.example"]


async def test_a_block_cuts_follows_both_ways_and_tells_the_other_server(
    alice: Person, resources: Resources, inbox: Database
) -> None:
    eve = await a_stranger(inbox)
    await befriend(resources, inbox, alice.account, eve)
    await alice.post(f"/api/v1/accounts/{eve.id}/endorse")
    assert await alice.get(f"{BLOCKS}/preview", domain="far.example") == {"following_count": 1, "followers_count": 1}
    await alice.post(BLOCKS, domain="far.example")
    relation = (await alice.get("/api/v1/accounts/relationships", id=eve.id))[0]
    assert relation["domain_blocking"]
    assert not any(relation[tie] for tie in ("following", "followed_by", "endorsed", "requested"))
    gone = [(e["account_id"], e["target_id"], e["by_target"]) for e in await told(resources, "follow.removed")]
    assert sorted(gone) == sorted([(alice.account.id, eve.id, False), (eve.id, alice.account.id, True)])
    assert await alice.get("/api/v1/endorsements") == []


async def test_who_asks_to_follow_is_refused(alice: Person, resources: Resources, inbox: Database) -> None:
    eve = await a_stranger(inbox)
    await alice.patch("/api/v1/accounts/update_credentials", locked=True)
    await alice.post(f"/api/v1/accounts/{eve.id}/follow")
    await alice.post(BLOCKS, domain="far.example")
    assert [event["by_target"] for event in await told(resources, "follow.removed")] == [False]
    assert (await alice.post(f"/api/v1/accounts/{eve.id}/follow", 403))["error"]


@pytest.mark.parametrize("domain", ["", "no domain", "a/b", "x" * 300, "ours..test"])
@pytest.mark.parametrize(("method", "path"), [("POST", BLOCKS), ("DELETE", BLOCKS), ("GET", f"{BLOCKS}/preview")])
async def test_what_is_no_domain_is_refused(alice: Person, method: str, path: str, domain: str) -> None:
    refused = await alice.ask(method, path, params={"domain": domain})
    assert (refused.status_code, refused.json()["error"]) == (
        422,
        "Validation failed: Domain is not a valid domain name",
    )


async def test_domain_blocks_need_their_scopes(alice: Person) -> None:
    await alice.unknown.get(BLOCKS, 401)
    await alice.unknown.post(BLOCKS, 401, domain="far.example")
    await alice.unknown.get(f"{BLOCKS}/preview", 401, domain="far.example")


async def test_posts_of_a_blocked_server_are_not_in_threads(alice: Person, inbox: Database) -> None:
    eve = await a_stranger(inbox)
    post = await alice.says("Hello?")
    async with inbox.transaction() as tx:
        parent = await reading.by_id(tx, StatusId(int(post["id"])))
        await a_post(tx, eve, "Hello!", in_reply_to=parent)
    path = f"/api/v1/statuses/{post['id']}/context"
    assert len((await alice.get(path))["descendants"]) == 1
    await alice.post(BLOCKS, domain="far.example")
    assert (await alice.get(path))["descendants"] == []
