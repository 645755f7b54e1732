"""A domain with ever other names below it is met a few at a time; servers that are known stay welcome."""

from collections.abc import AsyncIterator

import pytest
import trustme
from doorstep import Doorstep, refusals
from neighbours import Neighbours, open_neighbours

from inbox.newcomers import MOST, WINDOW_SECONDS, Newcomers, registrable
from social.accounts.model import Account


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("example.org", "example.org"),
        ("a.b.example.org", "example.org"),
        ("a.example.org:8443", "example.org"),
        ("A.Example.Co.Uk", "example.co.uk"),
        ("example.co.uk", "example.co.uk"),
        ("social.example.de", "example.de"),
        ("localhost", "localhost"),
    ],
)
def test_what_somebody_registered(host: str, domain: str) -> None:
    assert registrable(host) == domain


def test_only_so_many_new_names_are_met_within_a_while() -> None:
    now = [0.0]
    newcomers = Newcomers(lambda: now[0])
    assert all(newcomers.may_meet(f"{n}.evil.test") for n in range(MOST))
    assert not newcomers.may_meet("more.evil.test")
    assert newcomers.may_meet("0.evil.test")
    assert newcomers.may_meet("good.test")
    now[0] = WINDOW_SECONDS + 1
    assert newcomers.may_meet("more.evil.test")


@pytest.fixture
async def neighbours(authority: trustme.CA) -> AsyncIterator[Neighbours]:
    hosts = ["good.localhost", *(f"n{n}.evil.localhost" for n in range(MOST + 1))]
    async with open_neighbours(authority, hosts) as opened:
        yield opened


async def test_a_flood_of_new_servers_ends_at_the_door(door: Doorstep, neighbours: Neighbours, alice: Account) -> None:
    flood = [neighbours.person("mallory", f"n{n}.evil.localhost") for n in range(MOST + 1)]
    for person in flood[:MOST]:
        assert await door.hears(person, person.does("Like", f"{alice.uri}/statuses/1")) == "unknown_object"
    last = flood[MOST]
    answer = await door.deliver(last, last.does("Like", f"{alice.uri}/statuses/1"))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "300")
    assert refusals()[("too_many_hosts",)] > 0
    assert neighbours.times_asked(last.uri) == 0
    # Those that are known may have other people.
    another = neighbours.person("another", "n0.evil.localhost")
    assert await door.hears(another, another.does("Like", f"{alice.uri}/statuses/1")) == "unknown_object"
