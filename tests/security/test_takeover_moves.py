"""Nobody moves anybody's followers but the one whom they follow, and only to an account that knows of it."""

from doorstep import Doorstep
from neighbours import Neighbours, Person

from chassis.db import Database
from contracts.ids import Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.moves import store as moves

FAR = "far.localhost"


async def known(door: Doorstep, person: Person) -> Account:
    """The person's account, which is made known by following one of ours."""
    account = await accounts.by_uri(door.res.db, Uri(person.uri))
    assert account is not None
    return account


async def successor_of(door: Doorstep, person: Person) -> str | None:
    uri: str | None = await door.res.db.fetchval(
        "SELECT t.uri FROM social.accounts a JOIN social.accounts t ON t.id = a.moved_to_id WHERE a.uri = $1",
        person.uri,
    )
    return uri


async def moves_told(door: Doorstep) -> int:
    return [event["type"] for event in await door.events()].count("account.moved")


async def rests_no_more(superuser: Database, person: Person) -> None:
    """As if the time had passed in which another Move is not acted upon."""
    await superuser.execute("UPDATE social.accounts SET moved_at = NULL WHERE uri = $1", person.uri)


async def test_takeover_01_a_move_to_who_names_the_mover_is_the_only_one_that_counts(
    door: Doorstep, bob: Person, alice: Account, neighbours: Neighbours
) -> None:
    await door.hears(bob, bob.does("Follow", alice.uri))
    carol = neighbours.person("carol", "good.localhost", key=1)
    said = bob.does("Move", bob.uri, target=carol.uri)
    assert await door.hears(bob, said) == "not_allowed"
    assert (await successor_of(door, bob), await moves_told(door)) == (None, 0)
    carol.profile = {"alsoKnownAs": [bob.uri]}
    carol.publish()
    # What is known of carol says no: she is asked again.
    assert await door.hears(bob, said) == "done"
    assert (await successor_of(door, bob), await moves_told(door)) == (carol.uri, 1)


async def test_takeover_01_an_alias_that_was_removed_counts_no_more(
    door: Doorstep, bob: Person, alice: Account, neighbours: Neighbours
) -> None:
    carol = neighbours.person("carol", "good.localhost", key=1, alsoKnownAs=[bob.uri])
    await door.hears(carol, carol.does("Follow", alice.uri))
    assert (await known(door, carol)).also_known_as == [bob.uri]
    carol.profile = {}
    carol.publish()
    assert await door.hears(bob, bob.does("Move", bob.uri, target=carol.uri)) == "not_allowed"
    assert (await successor_of(door, bob), await moves_told(door)) == (None, 0)


async def test_takeover_01_the_target_cannot_fetch_anybodys_followers(
    door: Doorstep, bob: Person, alice: Account, mallory: Person
) -> None:
    await door.hears(bob, bob.does("Follow", alice.uri))
    mallory.profile = {"alsoKnownAs": [bob.uri]}
    mallory.publish()
    assert await door.hears(mallory, mallory.does("Move", bob.uri, target=mallory.uri)) == "not_owner"
    forged = mallory.does("Move", bob.uri, target=mallory.uri) | {"actor": bob.uri}
    assert (await door.deliver(mallory, forged)).status_code == 401
    assert (await successor_of(door, bob), await moves_told(door)) == (None, 0)


async def test_takeover_01_nobody_goes_in_a_circle(
    door: Doorstep, bob: Person, neighbours: Neighbours, superuser: Database
) -> None:
    carol = neighbours.person("carol", "good.localhost", key=1, alsoKnownAs=[bob.uri])
    bob.profile = {"alsoKnownAs": [carol.uri], "movedTo": carol.uri}
    bob.publish()
    assert await door.hears(bob, bob.does("Move", bob.uri, target=carol.uri)) == "done"
    assert await door.hears(carol, carol.does("Move", carol.uri, target=bob.uri)) == "not_allowed"
    assert (await successor_of(door, carol), await moves_told(door)) == (None, 1)
    # Who comes back says so first.
    bob.profile = {"alsoKnownAs": [carol.uri]}
    bob.publish()
    await rests_no_more(superuser, carol)
    assert await door.hears(carol, carol.does("Move", carol.uri, target=bob.uri)) == "done"
    assert (await successor_of(door, carol), await successor_of(door, bob)) == (bob.uri, None)


async def test_takeover_01_ten_moves_a_day_are_one(door: Doorstep, bob: Person, neighbours: Neighbours) -> None:
    others = [neighbours.person(f"other{n}", "good.localhost", key=1, alsoKnownAs=[bob.uri]) for n in range(10)]
    heard = [await door.hears(bob, bob.does("Move", bob.uri, target=other.uri)) for other in others]
    assert heard == ["done", *["repeated"] * 9]
    assert (await successor_of(door, bob), await moves_told(door)) == (others[0].uri, 1)
    assert neighbours.times_asked(others[1].uri) == 0


async def test_takeover_01_one_of_ours_is_moved_to_only_if_they_want_it(
    door: Doorstep, mallory: Person, alice: Account, gateway: Database
) -> None:
    assert await door.hears(mallory, mallory.does("Move", mallory.uri, target=alice.uri)) == "not_allowed"
    async with gateway.transaction() as tx:
        await moves.set_aliases(tx, alice.id, [Uri(mallory.uri)])
    assert await door.hears(mallory, mallory.does("Move", mallory.uri, target=alice.uri)) == "done"
    assert await successor_of(door, mallory) == alice.uri


async def test_takeover_01_nobody_moves_one_of_ours(
    door: Doorstep, mallory: Person, alice: Account, gateway: Database
) -> None:
    mallory.profile = {"alsoKnownAs": [alice.uri]}
    mallory.publish()
    said = mallory.does("Move", alice.uri, target=mallory.uri)
    assert await door.hears(mallory, said) == "not_owner"
    assert (await door.deliver(mallory, said | {"actor": alice.uri})).status_code in (401, 403)
    assert await gateway.fetchval("SELECT moved_to_id FROM social.accounts WHERE id = $1", alice.id) is None


async def test_mod_02_who_is_suspended_moves_nobody(
    door: Doorstep, bob: Person, alice: Account, neighbours: Neighbours, superuser: Database
) -> None:
    await door.hears(bob, bob.does("Follow", alice.uri))
    await superuser.execute("UPDATE social.accounts SET suspended_at = now() WHERE uri = $1", bob.uri)
    carol = neighbours.person("carol", "good.localhost", key=1, alsoKnownAs=[bob.uri])
    assert await door.hears(bob, bob.does("Move", bob.uri, target=carol.uri)) == "suspended"
    assert (await successor_of(door, bob), neighbours.times_asked(carol.uri)) == (None, 0)


async def test_dos_13_a_chain_of_successors_is_not_followed(
    door: Doorstep, bob: Person, alice: Account, neighbours: Neighbours
) -> None:
    chain = [neighbours.person(f"next{n}", "good.localhost", key=1) for n in range(6)]
    for before, after in zip([bob, *chain], chain, strict=False):
        after.profile["alsoKnownAs"] = [before.uri]
        before.profile["movedTo"] = after.uri
    for person in (bob, *chain):
        person.publish()
    await door.hears(bob, bob.does("Follow", alice.uri))
    assert await successor_of(door, bob) == chain[0].uri
    assert [neighbours.times_asked(person.uri) for person in chain] == [1, 0, 0, 0, 0, 0]


async def test_takeover_01_a_profile_that_names_a_successor_who_knows_nothing_of_it_shows_none(
    door: Doorstep, mallory: Person, alice: Account, neighbours: Neighbours
) -> None:
    victim = neighbours.person("victim", "good.localhost", key=2)
    mallory.profile = {"movedTo": victim.uri}
    mallory.publish()
    await door.hears(mallory, mallory.does("Follow", alice.uri))
    assert await successor_of(door, mallory) is None
