"""Groups boost the Create that they were sent: what it made is boosted."""

from doorstep import Doorstep
from neighbours import Neighbours, Person
from people import NOW

from apcore.context import PUBLIC
from chassis.db import Database
from contracts.ids import Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.relationships import actions as relationships
from social.statuses import reading


async def test_a_boosted_create_boosts_what_it_made(
    door: Doorstep, gateway: Database, alice: Account, bob: Person, neighbours: Neighbours
) -> None:
    group = neighbours.person("cats", "good.localhost", type="Group")
    await door.hears(group, group.does("Follow", alice.uri))
    async with gateway.transaction() as tx:
        target = await accounts.by_uri(tx, Uri(group.uri))
        assert target is not None
        await relationships.follow(tx, alice, target, now=NOW)
    async with door.res.db.transaction() as tx:
        await relationships.accept(tx, alice, target)
    page = bob.note(type="Page", name="On cats")
    boost = group.does("Announce", bob.creates(page | {"content": "<p>forged</p>"}), to=[PUBLIC])
    assert await door.hears(group, boost) == "done"
    kept = await reading.by_uri(door.res.db, Uri(page["id"]))
    assert kept is not None
    # As its own server shows it, whatever the group says.
    assert "forged" not in kept.content
    assert await reading.boost_of(door.res.db, target.id, kept.id)
