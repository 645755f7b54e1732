"""Nobody deletes what is somebody else's, and who deletes themselves costs nobody anything."""

import asyncio

import pytest
from doorstep import Doorstep
from neighbours import Neighbours, Person
from people import NOW, a_post

from chassis.db import Database
from contracts.ids import Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.departures import actions as departures


async def rows(door: Doorstep) -> dict[str, int]:
    return {
        table: await door.res.db.fetchval(f"SELECT count(*) FROM social.{table}")
        for table in ("accounts", "statuses", "tombstones")
    }


@pytest.fixture
async def known(door: Doorstep, bob: Person, alice: Account) -> str:
    """A post of bob's that is here."""
    note = bob.note(to=[alice.uri], cc=[], tag=[{"type": "Mention", "href": alice.uri}])
    assert await door.hears(bob, bob.creates(note)) == "done"
    return str(note["id"])


async def test_origin_10_nobody_deletes_a_post_by_its_address(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, known: str
) -> None:
    await door.hears(mallory, mallory.does("Follow", alice.uri))
    before = await rows(door)
    assert await door.hears(mallory, mallory.does("Delete", known)) == "foreign"
    assert await door.hears(mallory, mallory.does("Delete", {"type": "Tombstone", "id": known})) == "foreign"
    assert await rows(door) == before


async def test_sig_19_who_lives_next_door_deletes_nobody(
    door: Doorstep, bob: Person, alice: Account, known: str, neighbours: Neighbours
) -> None:
    neighbour = neighbours.person("neighbour", key=1)
    await door.hears(neighbour, neighbour.does("Follow", alice.uri))
    before = await rows(door)
    assert await door.hears(neighbour, neighbour.does("Delete", bob.uri)) == "not_owner"
    assert await door.hears(neighbour, neighbour.does("Delete", known)) == "not_owner"
    assert await rows(door) == before


@pytest.mark.parametrize("kind", ["Delete", "Move"])
async def test_sig_03_who_signs_is_who_speaks(
    door: Doorstep, bob: Person, mallory: Person, known: str, kind: str
) -> None:
    before = await rows(door)
    said = bob.does(kind, bob.uri, target=mallory.uri)
    account = await accounts.by_uri(door.res.db, Uri(bob.uri))
    assert account is not None
    for inbox in ("/inbox", "/actor/inbox"):
        assert (await door.deliver(mallory, said, to=inbox)).status_code in (401, 403)
    await door.settle()
    assert await rows(door) == before


async def test_dos_31_ten_thousand_farewells_of_nobody_cost_nothing(door: Doorstep, neighbours: Neighbours) -> None:
    strangers = [neighbours.person(f"stranger{n}", "good.localhost") for n in range(100)]
    answers = []
    for first in range(0, len(strangers), 20):
        together = strangers[first : first + 20]
        answers += await asyncio.gather(*(door.deliver(each, each.does("Delete", each.uri)) for each in together))
    await door.settle()
    assert {answer.status_code for answer in answers} == {202}
    assert (neighbours.asked, await rows(door)) == ([], {"accounts": 0, "statuses": 0, "tombstones": 0})


async def test_takeover_01_a_deleted_account_of_ours_is_never_inherited(
    door: Doorstep, alice: Account, bob: Person, gateway: Database
) -> None:
    async with gateway.transaction() as tx:
        status = await a_post(tx, alice)
    async with gateway.transaction() as tx:
        await departures.delete(tx, alice, NOW)
    async with gateway.transaction() as tx:
        taken = await accounts.add_local(
            tx,
            account_id=await accounts.new_id(tx),
            username="Alice",
            uri=Uri("https://ours.test/ap/users/2"),
            url="https://ours.test/@Alice",
            actor_type="Person",
            shared_inbox_url="https://ours.test/inbox",
            public_key_pem="",
        )
    assert taken is None
    assert await door.hears(bob, bob.does("Like", status.uri)) == "unknown_object"
    assert (await door.get(alice.uri)).status_code == 410
