"""Class TAKEOVER: keys, names and domains that somebody else takes. Each test is named by its row."""

import asyncio
import datetime as dt
from typing import Any

import orjson
from doorstep import Doorstep
from neighbours import ACTIVITY, KEYS, Neighbours, Person
from structlog.testing import capture_logs

from chassis.db import Database
from contracts.ids import Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.relationships import actions as relationships


async def known(door: Doorstep, person: Person) -> Account:
    account = await accounts.by_uri(door.res.db, Uri(person.uri))
    assert account is not None
    return account


async def handles(door: Doorstep) -> list[tuple[str, str, str]]:
    rows = await door.res.db.fetch("SELECT username, domain, uri FROM social.accounts WHERE NOT is_local ORDER BY uri")
    return [tuple(row) for row in rows]


def with_key(person: Person, number: int) -> dict[str, Any]:
    key = {"id": person.key_id, "owner": person.uri, "publicKeyPem": KEYS[number].public_pem}
    return person.document() | {"publicKey": key}


async def test_takeover_02_a_key_changes_only_where_it_is_published(
    door: Doorstep, bob: Person, alice: Account, neighbours: Neighbours
) -> None:
    carol = neighbours.person("carol", key=2)
    for person in (bob, carol):
        await door.hears(person, person.does("Like", f"{alice.uri}/statuses/1"))
    other = with_key(bob, 2)
    # Said by the old key, by a neighbour, and by the new key, while bob's own document has the old one.
    assert await door.hears(bob, bob.does("Update", other)) == "done"
    assert await door.hears(carol, carol.does("Update", other)) == "not_owner"
    thief = Person(neighbours=neighbours, username="bob", host=bob.host, pair=KEYS[2])
    assert (await door.deliver(thief, thief.does("Update", other))).status_code == 401
    assert (await known(door, bob)).public_key_pem == bob.pair.public_pem
    # Published, it counts: whoever signs the notice, old key or new.
    neighbours.serves(bob.uri, other)
    with capture_logs() as logged:
        assert await door.hears(bob, bob.does("Update", bob.uri)) == "done"
    assert [line["uri"] for line in logged if line["event"] == "an account has other keys"] == [bob.uri]
    assert (await known(door, bob)).public_key_pem == KEYS[2].public_pem
    assert (await door.events())[-1]["type"] == "account.updated"
    assert await door.hears(thief, thief.does("Follow", alice.uri)) == "done"
    assert (await door.deliver(bob, bob.does("Undo", alice.uri))).status_code == 401


async def test_takeover_03_fifty_who_meet_somebody_at_once_meet_one(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, neighbours: Neighbours, gateway: Database
) -> None:
    await door.hears(mallory, mallory.does("Follow", alice.uri))
    async with gateway.transaction() as tx:
        await relationships.follow(tx, alice, await known(door, mallory), now=dt.datetime.now(dt.UTC))
    async with door.res.db.transaction() as tx:
        await relationships.accept(tx, alice, await known(door, mallory))
    # Bob's handle lies on another host than bob, which may be asked by either name.
    alias = f"bob@good.localhost:{neighbours.port}"
    jrd = {"subject": f"acct:{alias}", "links": [{"rel": "self", "type": ACTIVITY, "href": bob.uri}]}
    for name in (alias, bob.handle):
        neighbours.descriptions[name] = orjson.dumps(jrd)
    tag = [{"type": "Mention", "href": bob.uri, "name": f"@{alias}"}]
    for _ in range(15):
        await door.deliver(bob, bob.does("Follow", alice.uri))
        await door.deliver(mallory, mallory.creates(mallory.note(tag=tag)))
    searched = (alias, bob.handle, bob.uri, f"@{alias}")
    _, *answers = await asyncio.gather(door.settle_at_once(), *(door.looks_up(searched[n % 4]) for n in range(20)))
    # Who is not answered in time finds nothing for now.
    assert {answer.status_code for answer in answers} <= {200, 404}
    assert [row for row in await handles(door) if row[2] != mallory.uri] == [
        ("bob", f"good.localhost:{neighbours.port}", bob.uri)
    ]


async def test_takeover_06_only_plain_hosts_are_domains_of_an_author(
    door: Doorstep, bob: Person, alice: Account
) -> None:
    plain = [f"site{n}.example" for n in range(300)]
    odd = [
        {"@id": "https://evil.example"},
        {"id": "evil.example"},
        ["evil.example", "worse.example"],
        "https://evil.example",
        "https://evil.example/",
        "*.example",
        "*",
        "evil.example/path",
        "user@evil.example",
        " evil.example",
        "evil example",
        "evil.example\u202e",
        "10.0.0.1",
        "x" * 300,
        None,
        7,
    ]
    bob.profile = {"attributionDomains": [*odd, *plain]}
    bob.publish()
    await door.hears(bob, bob.does("Follow", alice.uri))
    domains = (await known(door, bob)).attribution_domains
    assert set(domains) <= set(plain) | {"evil.example"}
    assert (len(domains) <= 256, "site0.example" in domains) == (True, True)
    for said in ("evil.example", {"@id": "https://evil.example"}, "*", [None], ["x.example"] * 1_000):
        bob.profile = {"attributionDomains": said}
        bob.publish()
        await door.hears(bob, bob.does("Update", bob.uri))
        assert len((await known(door, bob)).attribution_domains) <= 1


async def test_takeover_07_a_name_is_given_by_its_own_host(
    door: Doorstep, alice: Account, neighbours: Neighbours
) -> None:
    victim = neighbours.person("alice", "good.localhost", key=2)
    evil = f"evil.localhost:{neighbours.port}"
    forger = neighbours.person("a", "evil.localhost", key=1, preferredUsername="alice", webfinger=victim.handle)
    mine = orjson.dumps(
        {"subject": f"acct:{victim.handle}", "links": [{"rel": "self", "type": ACTIVITY, "href": forger.uri}]}
    )
    for name in (f"alice@{evil}", f"a@{evil}"):
        neighbours.descriptions[name] = mine
    await door.deliver(forger, forger.does("Follow", alice.uri))
    await door.settle()
    for typed in (forger.uri, f"alice@{evil}", f"a@{evil}"):
        await door.looks_up(typed)
    assert [row for row in await handles(door) if row[2] == forger.uri] == []
    await door.looks_up(victim.handle)
    # As themselves they are let in; what they call themselves later changes nothing.
    honest = orjson.dumps(
        {"subject": f"acct:a@{evil}", "links": [{"rel": "self", "type": ACTIVITY, "href": forger.uri}]}
    )
    neighbours.descriptions[f"a@{evil}"] = honest
    forger.profile = {}
    forger.publish()
    door.forgets_failures()
    assert await door.hears(forger, forger.does("Follow", alice.uri)) == "done"
    expected = [("a", evil, forger.uri), ("alice", victim.host, victim.uri)]
    assert await handles(door) == expected
    for later in (
        {"preferredUsername": "alice"},
        {"webfinger": victim.handle},
        {"preferredUsername": "alice", "webfinger": victim.handle},
    ):
        forger.profile = later
        forger.publish()
        door.forgets_failures()
        await door.hears(forger, forger.does("Update", forger.uri))
        assert await handles(door) == expected
