"""Whom one might follow, and the directory."""

from typing import Any

import asyncpg
import pytest
from people import a_remote_account
from talking import Person, a_person

from api_gateway.resources import Resources
from chassis.db import Database
from social.accounts.model import Account
from social.relationships import actions


@pytest.fixture
async def strangers(inbox: Database) -> dict[str, Account]:
    """People of another server who want to be found."""
    async with inbox.transaction() as tx:
        made = [await a_remote_account(tx, f"{name}@far.example", discoverable=True) for name in "abcdef"]
    return {account.username: account for account in made}


@pytest.fixture
async def carol(resources: Resources, alice: Person) -> Person:
    return await a_person(resources.db, alice.client, "carol")


async def befriend(inbox: Database, follower: Person, *targets: Account) -> None:
    for target in targets:
        await follower.post(f"/api/v1/accounts/{target.id}/follow")
        if not target.is_local:
            async with inbox.transaction() as tx:
                await actions.accept(tx, follower.account, target)


async def suggested(person: Person, **query: Any) -> dict[str, list[str]]:
    found = await person.get("/api/v2/suggestions", **query)
    return {one["account"]["username"]: one["sources"] for one in found}


async def test_people_are_suggested_for_several_reasons(
    alice: Person,
    bob: Person,
    carol: Person,
    inbox: Database,
    strangers: dict[str, Account],
    superuser: asyncpg.Connection,
) -> None:
    a, b, c, d = (strangers[name] for name in "abcd")
    assert await suggested(alice) == {}
    await befriend(inbox, alice, bob.account)
    await befriend(inbox, bob, a, b)
    assert await suggested(alice) == {"a": ["friends_of_friends"], "b": ["friends_of_friends"]}
    await superuser.execute(
        "INSERT INTO social.server_settings VALUES ('suggested_accounts', $1::jsonb)", '["c@far.example", "no@where"]'
    )
    await befriend(inbox, carol, a, d)
    found = await suggested(alice)
    assert found == {
        "c": ["featured"],
        "a": ["friends_of_friends", "most_followed"],
        "b": ["friends_of_friends"],
    }
    assert next(iter(found)) == "c"
    [first, second, *_] = await alice.get("/api/v2/suggestions", limit=2)
    assert (first["source"], second["source"]) == ("staff", "past_interactions")
    assert c.username == first["account"]["username"]


async def test_people_like_those_followed_of_late_and_much_liked_ones_are_suggested(
    alice: Person,
    bob: Person,
    carol: Person,
    inbox: Database,
    strangers: dict[str, Account],
    superuser: asyncpg.Connection,
) -> None:
    for fan in (bob, carol):
        await befriend(inbox, fan, strangers["a"], strangers["b"])
    await befriend(inbox, alice, strangers["a"])
    assert await suggested(alice) == {"b": ["similar_to_recently_followed", "most_followed"]}
    await superuser.execute("UPDATE social.accounts SET discoverable = true WHERE id = $1", bob.account.id)
    post = await bob.says("Well said")
    for fan in (alice, carol):
        await fan.post(f"/api/v1/statuses/{post['id']}/favourite")
    assert (await suggested(alice))["bob"] == ["most_interactions"]


@pytest.mark.parametrize(
    "against",
    [
        "UPDATE social.accounts SET discoverable = NULL WHERE id = $2 AND $1::bigint > 0",
        "UPDATE social.accounts SET silenced_at = now() WHERE id = $2 AND $1::bigint > 0",
        "UPDATE social.accounts SET suspended_at = now() WHERE id = $2 AND $1::bigint > 0",
        "UPDATE social.accounts SET moved_to_id = $1 WHERE id = $2",
        "INSERT INTO social.blocks (account_id, target_id, uri) VALUES ($1, $2, 'x')",
        "INSERT INTO social.blocks (account_id, target_id, uri) VALUES ($2, $1, 'x')",
        "INSERT INTO social.mutes (account_id, target_id) VALUES ($1, $2)",
        "INSERT INTO social.follow_requests (account_id, target_id, uri) VALUES ($1, $2, 'x')",
        "INSERT INTO social.follows (account_id, target_id, uri) VALUES ($1, $2, 'x')",
        "INSERT INTO social.account_domain_blocks SELECT $1, domain FROM social.accounts WHERE id = $2",
    ],
)
async def test_nobody_unwanted_is_suggested(
    alice: Person,
    bob: Person,
    inbox: Database,
    strangers: dict[str, Account],
    superuser: asyncpg.Connection,
    against: str,
) -> None:
    await befriend(inbox, alice, bob.account)
    await befriend(inbox, bob, strangers["a"])
    assert list(await suggested(alice)) == ["a"]
    await superuser.execute(against, alice.account.id, strangers["a"].id)
    assert await suggested(alice) == {}


async def test_who_hides_whom_they_follow_gives_nobody_away(
    alice: Person, bob: Person, inbox: Database, strangers: dict[str, Account], superuser: asyncpg.Connection
) -> None:
    await befriend(inbox, alice, bob.account)
    await befriend(inbox, bob, strangers["a"])
    await superuser.execute("UPDATE social.accounts SET hide_collections = true WHERE id = $1", bob.account.id)
    assert await suggested(alice) == {}


async def test_a_dismissed_suggestion_does_not_return(
    alice: Person, bob: Person, inbox: Database, strangers: dict[str, Account]
) -> None:
    await befriend(inbox, alice, bob.account)
    await befriend(inbox, bob, strangers["a"])
    for _ in range(2):
        assert await alice.delete(f"/api/v1/suggestions/{strangers['a'].id}") == {}
    assert await suggested(alice) == {}
    await alice.delete("/api/v1/suggestions/7", 404)
    await alice.delete("/api/v1/suggestions/x", 404)
    await alice.unknown.get("/api/v2/suggestions", 401)


async def test_the_old_suggestions_say_that_they_are_old(
    alice: Person, bob: Person, inbox: Database, strangers: dict[str, Account]
) -> None:
    await befriend(inbox, alice, bob.account)
    await befriend(inbox, bob, strangers["a"])
    answer = await alice.ask("GET", "/api/v1/suggestions")
    assert [account["acct"] for account in answer.json()] == ["a@far.example"]
    assert answer.headers["Deprecation"] == "@1637884800"


async def listed(person: Person, **query: Any) -> list[str]:
    return [account["username"] for account in await person.get("/api/v1/directory", **query)]


async def test_the_directory_lists_who_wants_to_be_found(
    alice: Person, bob: Person, strangers: dict[str, Account], superuser: asyncpg.Connection
) -> None:
    await superuser.execute("UPDATE social.accounts SET discoverable = true WHERE id = $1", bob.account.id)
    await superuser.execute(
        """
        INSERT INTO social.account_counts (account_id, last_status_at)
        SELECT id, now() - interval '1 hour' * ascii(username) FROM social.accounts WHERE discoverable AND NOT is_local
        ON CONFLICT (account_id) DO UPDATE SET last_status_at = excluded.last_status_at
        """
    )
    assert await listed(alice.unknown, order="new") == ["f", "e", "d", "c", "b", "a", "bob"]
    assert (await listed(alice.unknown))[:6] == list("abcdef")
    assert await listed(alice, order="active", limit=2, offset=1) == ["b", "c"]
    assert await listed(alice.unknown, order="new", local="true") == ["bob"]
    await alice.post(f"/api/v1/accounts/{bob.id}/mute")
    assert await listed(alice, order="new", local="true") == []
    await superuser.execute("UPDATE social.accounts SET silenced_at = now() WHERE id = $1", strangers["a"].id)
    await superuser.execute("UPDATE social.accounts SET discoverable = false WHERE id = $1", strangers["b"].id)
    assert (await listed(alice))[:2] == ["c", "d"]


async def test_odd_parameters_of_the_directory_do_no_harm(alice: Person) -> None:
    assert await listed(alice, limit=10**9, offset=10**12) == []
    assert await listed(alice, limit=-1, offset=-1) == []
    assert (await alice.get("/api/v1/directory", 422, order="loud"))["error"].startswith("Validation failed: ")
    await alice.get("/api/v1/directory", 422, limit="x")
