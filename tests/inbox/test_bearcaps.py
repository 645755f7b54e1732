"""Posts that are named by an address and the token that opens it."""

import pytest
from doorstep import Doorstep
from neighbours import KEYS, Neighbours, Person
from people import ADDRESSES

from chassis.db import Database
from contracts.ids import Uri
from social.accounts.actions import ensure_instance_actor
from social.accounts.model import Account
from social.statuses import reading


@pytest.fixture(autouse=True)
async def instance_actor(gateway: Database) -> None:
    """In whose name the server asks."""
    async with gateway.transaction() as tx:
        await ensure_instance_actor(tx, ADDRESSES, KEYS[3])


@pytest.mark.parametrize(("token", "outcome"), [("secret", "done"), ("guess", "unknown_object")])
async def test_who_is_given_the_token_reads_the_post(
    door: Doorstep, gateway: Database, alice: Account, bob: Person, neighbours: Neighbours, token: str, outcome: str
) -> None:
    note = bob.note(to=[alice.uri], cc=[], tag=[{"type": "Mention", "href": alice.uri}])
    neighbours.locks(note["id"], "secret")
    said = bob.does("Create", f"bear:?u={note['id']}&t={token}", to=[alice.uri])
    assert await door.hears(bob, said) == outcome
    kept = await reading.by_uri(door.res.db, Uri(note["id"]))
    assert (kept.visibility if kept else None) == ("direct" if outcome == "done" else None)


async def test_a_token_is_for_its_own_host_alone(
    door: Doorstep, alice: Account, bob: Person, neighbours: Neighbours
) -> None:
    evil = f"https://evil.localhost:{neighbours.port}/n"
    moved = f"https://{bob.host}/moved"
    neighbours.redirects(moved, evil)
    neighbours.locks(evil, "secret")
    await door.hears(bob, bob.does("Create", f"bear:?u={moved}&t=secret", to=[alice.uri]))
    assert neighbours.tokens_shown == [f"{bob.host}/moved secret"]
