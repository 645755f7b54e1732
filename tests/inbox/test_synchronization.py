"""Two servers agree on who follows: ours tells others, and believes theirs within bounds (FEP-8fcf)."""

from collections.abc import Sequence
from typing import Any

import pytest
from doorstep import OURS, Doorstep, counted
from neighbours import Neighbours, Person
from people import NOW, local_accounts, remote_accounts

from apcore import synchronization
from apcore.synchronization import Claim, digest_of
from chassis.db import Database
from inbox.fetching.followers import MOST_PAGES
from social.accounts import store as accounts
from social.accounts.model import Account
from social.federation import store
from social.relationships import actions as relationships
from social.relationships import store as relations

OUTCOMES = "murmuration_inbox_followers_total"


def address(person: Person) -> str:
    return f"{person.uri}/followers_synchronization"


def header(person: Person, followers: Sequence[Account], **changes: str) -> dict[str, str]:
    fields = {
        "collection": person.followers,
        "url": address(person),
        "digest": digest_of(follower.uri for follower in followers),
    }
    return {synchronization.HEADER: synchronization.write(Claim(**(fields | changes)))}


def lists(door: Doorstep, person: Person, followers: Sequence[Account]) -> None:
    document = {"id": address(person), "type": "OrderedCollection", "orderedItems": [one.uri for one in followers]}
    door.neighbours.serves(address(person), document)


async def known(door: Doorstep, person: Person) -> Account:
    """The person, introduced."""
    await door.client.post(
        "/internal/resolve", json={"resource": person.uri}, headers={"Authorization": "Bearer internal"}
    )
    account = await accounts.by_uri(door.res.db, person.uri)
    assert account is not None
    await door.settle()
    return account


async def follow(door: Doorstep, gateway: Database, follower: Account, target: Account) -> None:
    async with gateway.transaction() as tx:
        await relationships.follow(tx, follower, target, now=NOW)
    async with door.res.db.transaction() as tx:
        await relationships.accept(tx, follower, target)


async def says(door: Doorstep, person: Person, covered: dict[str, str], *, signed: bool = True) -> dict[str, int]:
    """A followers-only post with that header; which outcomes it had."""
    before = counted(OUTCOMES, "outcome")
    document = person.creates(person.note(to=[person.followers], cc=[]))
    sent = await door.deliver(person, document, covered=covered, uncovered=not signed)
    assert sent.status_code == 202, sent.text
    await door.settle()
    return {name[0]: count for name, count in (counted(OUTCOMES, "outcome") - before).items()}


async def undone(door: Doorstep) -> list[int]:
    return [event["account_id"] for event in await door.events() if event["type"] == "follow.removed"]


@pytest.fixture
async def eve(door: Doorstep, bob: Person) -> Account:
    return await known(door, bob)


async def test_where_both_agree_nothing_is_asked(
    door: Doorstep, gateway: Database, alice: Account, bob: Person, eve: Account
) -> None:
    await follow(door, gateway, alice, eve)
    assert await says(door, bob, header(bob, [alice])) == {"agreed": 1}
    assert not door.neighbours.times_asked(address(bob))


async def test_who_is_not_on_the_whole_list_follows_no_more(
    door: Doorstep, gateway: Database, alice: Account, bob: Person, eve: Account
) -> None:
    (carol,) = await local_accounts(gateway, "carol")
    for follower in (alice, carol):
        await follow(door, gateway, follower, eve)
    lists(door, bob, [carol])
    assert await says(door, bob, header(bob, [carol])) == {"ended": 1, "synchronized": 1}
    assert list(await store.local_followers_of(door.res.db, eve.id)) == [carol.uri]
    assert await undone(door) == [alice.id]


async def test_a_list_that_does_not_fit_its_digest_ends_no_follow(
    door: Doorstep, gateway: Database, alice: Account, bob: Person, eve: Account
) -> None:
    await follow(door, gateway, alice, eve)
    lists(door, bob, [])
    assert await says(door, bob, header(bob, [], digest="1" * 64)) == {"unfounded": 1}
    assert await relations.follow_between(door.res.db, alice.id, eve.id)


async def test_follows_unknown_here_are_taken_back_and_lost_answers_made_up_for(
    door: Doorstep, gateway: Database, alice: Account, bob: Person, eve: Account
) -> None:
    (carol,) = await local_accounts(gateway, "carol")
    async with gateway.transaction() as tx:
        await relationships.follow(tx, carol, eve, now=NOW)
    lists(door, bob, [alice, carol])
    assert await says(door, bob, header(bob, [alice, carol])) == {"undone": 1, "synchronized": 1}
    assert await undone(door) == [alice.id]
    assert await relations.follow_between(door.res.db, carol.id, eve.id)


async def test_the_list_is_read_page_by_page_up_to_a_bound(
    door: Doorstep, gateway: Database, alice: Account, bob: Person, eve: Account
) -> None:
    await follow(door, gateway, alice, eve)
    first, url = {"id": address(bob), "type": "OrderedCollection", "first": f"{address(bob)}?page=0"}, address(bob)
    door.neighbours.serves(url, first)
    for number in range(MOST_PAGES + 5):
        page = {"type": "OrderedCollectionPage", "orderedItems": [], "next": f"{url}?page={number + 1}"}
        door.neighbours.serves(f"{url}?page={number}", {"id": f"{url}?page={number}", **page})
    await says(door, bob, header(bob, []))
    asked = [name for name in door.neighbours.asked if "followers_synchronization" in name]
    assert len(asked) == MOST_PAGES


@pytest.mark.parametrize(
    "changes",
    [
        {"collection": "https://evil.localhost/followers"},
        {"url": "https://evil.localhost/list"},
    ],
)
async def test_what_lies_elsewhere_or_is_another_collection_counts_nothing(
    door: Doorstep, bob: Person, eve: Account, changes: dict[str, str]
) -> None:
    assert await says(door, bob, header(bob, [], digest="1" * 64, **changes)) == {}


async def test_a_header_that_is_not_signed_counts_nothing(door: Doorstep, bob: Person, eve: Account) -> None:
    assert await says(door, bob, header(bob, [], digest="1" * 64), signed=False) == {}


async def test_the_list_is_asked_for_once_in_a_while(door: Doorstep, bob: Person, eve: Account) -> None:
    for _ in range(3):
        await says(door, bob, header(bob, [], digest="1" * 64))
    assert door.neighbours.times_asked(address(bob)) == 1


async def test_a_list_that_names_strangers_is_not_believed(
    door: Doorstep, gateway: Database, alice: Account, bob: Person, eve: Account
) -> None:
    await follow(door, gateway, alice, eve)
    items: list[Any] = ["https://third.test/users/x"]
    document = {"id": address(bob), "type": "OrderedCollection", "orderedItems": items}
    door.neighbours.serves(address(bob), document)
    assert await says(door, bob, header(bob, [], digest=digest_of(items))) == {"unreadable": 1}
    assert await relations.follow_between(door.res.db, alice.id, eve.id)


async def test_a_server_reads_who_of_its_own_follows_and_nobody_else(
    door: Doorstep, neighbours: Neighbours, alice: Account, bob: Person, mallory: Person, eve: Account
) -> None:
    here, there = await remote_accounts(door.res.db, f"x@{bob.host}", f"y@{mallory.host}")
    async with door.res.db.transaction() as tx:
        for follower in (here, there):
            await relationships.follow(tx, follower, alice, now=NOW)
    url = f"{alice.uri}/followers_synchronization"
    for reader, items in ((bob, [here.uri]), (mallory, [there.uri])):
        found = await door.get(url, by=reader)
        assert found.json()["orderedItems"] == items
        assert "no-store" in found.headers["Cache-Control"]
    assert (await door.get(url)).status_code == 401
    forged = await door.client.get(url.removeprefix(OURS), headers=bob.signed(url + "x", None, method="GET"))
    assert forged.status_code == 401


async def test_a_server_that_is_suspended_reads_nothing(door: Doorstep, alice: Account, mallory: Person) -> None:
    await door.sets_policy(mallory.host, severity="suspend")
    assert (await door.get(f"{alice.uri}/followers_synchronization", by=mallory)).status_code == 403
