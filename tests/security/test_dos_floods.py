"""Class DOS: many at once. One server's flood is that server's affair."""

import asyncio
import datetime as dt

import pytest
from doorstep import Doorstep, counted, refusals
from neighbours import KEYS, Neighbours, Person
from people import a_local_account
from town import Town

from chassis.clock import utc_now
from chassis.db import Database
from contracts.ids import Uri
from delivery.handlers import upkeep
from delivery.model import Host, State
from delivery.store import hosts
from inbox.ingress import Ingress
from inbox.newcomers import MOST
from social.accounts import store as accounts
from social.accounts.model import Account
from social.federation.draft import MAX_PEOPLE


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_dos_10_hosts_that_nobody_hears_of_any_more_are_forgotten(town: Town, superuser: Database) -> None:
    now = utc_now()
    old, res = now - dt.timedelta(days=40), town.delivery
    names = [Host(f"h{n}.evil.test:{8000 + n}") for n in range(300)]
    async with res.db.transaction() as tx:
        await hosts.lock(tx, names)
        await hosts.set_errors(tx, dict.fromkeys(names[1:], "connect"), old)
        await hosts.set_errors(tx, {names[0]: "connect"}, now)
        await hosts.set_paused(tx, names[1], paused=True, now=old)
    await upkeep.forget_hosts(res)
    left = await superuser.fetch("SELECT host FROM delivery.hosts ORDER BY host")
    assert [row["host"] for row in left] == ["h0.evil.test:8000", "h1.evil.test:8001"]
    await upkeep.measure(res)
    assert len(counted("murmuration_delivery_hosts", "state")) <= len(State) + 1


async def test_dos_31_farewells_from_a_server_that_is_suspended_cost_nothing(
    door: Doorstep, neighbours: Neighbours
) -> None:
    await door.sets_policy("evil.localhost", severity="suspend")
    strangers = [neighbours.person(f"gone{n}", "evil.localhost", key=1) for n in range(50)]
    answers = await asyncio.gather(*(door.deliver(each, each.does("Delete", each.uri)) for each in strangers))
    await door.settle()
    assert {answer.status_code for answer in answers} <= {202, 403, 410}
    assert neighbours.asked == []
    rows = [await door.res.db.fetchval(f"SELECT count(*) FROM social.{t}") for t in ("accounts", "tombstones")]
    assert rows == [0, 0]


async def test_dos_33_of_a_thousand_subdomains_a_few_are_met(
    door: Doorstep, alice: Account, neighbours: Neighbours
) -> None:
    before = refusals()[("too_many_hosts",)]
    strangers = [neighbours.person("x", f"s{n}.flood.localhost", key=1) for n in range(60)]
    answers = [await door.deliver(each, each.does("Follow", alice.uri)) for each in strangers]
    await door.settle()
    assert [answer.status_code for answer in answers].count(429) == 60 - MOST
    assert refusals()[("too_many_hosts",)] - before == 60 - MOST
    known: int = await door.res.db.fetchval("SELECT count(*) FROM social.accounts WHERE NOT is_local")
    assert known <= MOST
    asked = {name.partition(":")[0] for name in neighbours.asked if ".flood." in name}
    assert len(asked) <= MOST


async def test_dos_34_a_post_that_names_thousands_tells_a_few(
    door: Doorstep, bob: Person, gateway: Database, neighbours: Neighbours
) -> None:
    async with gateway.transaction() as tx:
        people = [await a_local_account(tx, f"person{n}", pair=KEYS[3]) for n in range(150)]
    tags = [{"type": "Mention", "href": person.uri} for person in people]
    tags += [{"type": "Mention", "href": f"https://good.localhost:{neighbours.port}/users/{n}"} for n in range(2000)]
    note = bob.note(tag=tags, cc=[tag["href"] for tag in tags][:900])
    assert await door.hears(bob, bob.creates(note)) == "done"
    named: int = await door.res.db.fetchval("SELECT count(*) FROM social.mentions")
    assert 0 < named <= MAX_PEOPLE
    assert len([name for name in neighbours.asked if name.startswith("good.")]) <= 20


@pytest.mark.parametrize("changes", [{"ingress_burst": 5, "ingress_per_second": 0.001}])
async def test_dos_34_a_server_that_says_too_much_waits_and_nobody_else_does(
    door: Doorstep, bob: Person, mallory: Person, alice: Account
) -> None:
    flood = [await door.deliver(mallory, mallory.does("Like", f"{alice.uri}/statuses/{n}")) for n in range(12)]
    assert [answer.status_code for answer in flood] == [202] * 5 + [429] * 7
    assert flood[-1].headers["Retry-After"] == "60"
    # What bears somebody else's name and is not theirs empties nobody's bucket.
    for _ in range(10):
        await door.deliver(mallory, bob.does("Follow", alice.uri))
    assert (await door.deliver(bob, bob.does("Follow", alice.uri))).status_code == 202
    await door.settle()
    assert await accounts.by_uri(door.res.db, Uri(bob.uri)) is not None


def test_dos_34_a_bucket_fills_again_and_buckets_are_few() -> None:
    clock = Clock()
    ingress = Ingress(10, 20, clock)
    assert [ingress.takes("a") for _ in range(25)].count(True) == 20
    clock.now = 1.0
    assert [ingress.takes("a") for _ in range(25)].count(True) == 10
    clock.now = 1000.0
    assert [ingress.takes("a") for _ in range(25)].count(True) == 20
    for n in range(20_000):
        ingress.takes(f"h{n}")
    assert len(ingress._left) == 10_000
