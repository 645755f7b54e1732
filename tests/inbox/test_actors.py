"""Accounts of other servers: introduced, refreshed, deleted, never mistaken for somebody else's."""

import datetime as dt

import pytest
from doorstep import Doorstep
from neighbours import KEYS, Neighbours, Person

from contracts.ids import Uri
from social.accounts import store as accounts
from social.accounts.model import Account


async def known(door: Doorstep, person: Person) -> Account | None:
    return await accounts.by_uri(door.res.db, Uri(person.uri))


async def test_a_profile_is_kept_with_all_that_it_says(door: Doorstep, bob: Person, alice: Account) -> None:
    bob.profile = {
        "summary": "<p>Hi <script>x</script></p>",
        "manuallyApprovesFollowers": True,
        "icon": {"type": "Image", "url": f"https://{bob.host}/bob.png", "summary": "Me"},
        "attachment": [{"type": "PropertyValue", "name": "Site", "value": "<a href='https://x.test'>x</a>"}],
        "alsoKnownAs": ["https://old.test/bob"],
    }
    bob.publish()
    for which, total in (("outbox", 3), ("followers", 40), ("following", 5)):
        url = f"{bob.uri}/{which}"
        document = {"id": url, "type": "OrderedCollection", "totalItems": total}
        bob.neighbours.serves(url, document | ({"first": f"{url}?page=1"} if which != "followers" else {}))
    await door.hears(bob, bob.does("Follow", alice.uri))
    account = await known(door, bob)
    assert account is not None
    assert (account.acct, account.display_name, account.note) == (f"bob@{bob.host}", "Bob", "<p>Hi </p>")
    assert (account.locked, account.avatar_remote_url) == (True, f"https://{bob.host}/bob.png")
    assert account.avatar_description == "Me"
    assert account.hide_collections is True
    counts = (await accounts.counts_of(door.res.db, [account.id]))[account.id]
    assert (counts.statuses, counts.followers, counts.following) == (3, 40, 5)


async def test_an_update_of_oneself_is_fetched_from_the_origin(door: Doorstep, bob: Person, alice: Account) -> None:
    await door.hears(bob, bob.does("Follow", alice.uri))
    bob.profile = {"name": "Robert"}
    bob.publish()
    assert await door.hears(bob, bob.does("Update", bob.document() | {"name": "Forged"})) == "done"
    account = await known(door, bob)
    assert account is not None
    assert account.display_name == "Robert"
    assert (await door.events())[-1]["type"] == "account.updated"


async def test_a_neighbour_changes_nobodys_profile_or_key(
    door: Doorstep, bob: Person, neighbours: Neighbours, alice: Account
) -> None:
    carol = neighbours.person("carol", key=2)
    await door.hears(bob, bob.does("Follow", alice.uri))
    forged = bob.document()
    forged["publicKey"] = {"id": bob.key_id, "owner": bob.uri, "publicKeyPem": KEYS[2].public_pem}
    assert await door.hears(carol, carol.does("Update", forged)) == "not_owner"
    assert await door.hears(carol, carol.does("Delete", bob.uri)) == "not_owner"
    account = await known(door, bob)
    assert account is not None
    assert account.public_key_pem == bob.pair.public_pem


async def test_a_deleted_account_takes_everything_with_it_and_stays_away(
    door: Doorstep, bob: Person, alice: Account
) -> None:
    follow = bob.does("Follow", alice.uri)
    await door.hears(bob, follow)
    assert await door.hears(bob, bob.does("Delete", bob.uri)) == "done"
    assert await known(door, bob) is None
    assert (await door.events())[-1]["type"] == "account.deleted"
    assert await door.hears(bob, follow) == "actor_gone"


async def test_an_actor_whose_handle_leads_elsewhere_is_refused(
    door: Doorstep, mallory: Person, bob: Person, alice: Account
) -> None:
    mallory.profile = {"preferredUsername": "alice", "webfinger": "alice@ours.test"}
    mallory.publish()
    assert await door.hears(mallory, mallory.does("Follow", alice.uri)) == "actor_gone"
    mallory.profile = {"preferredUsername": "bob", "webfinger": bob.handle}
    mallory.publish()
    door.forgets_failures()
    assert await door.hears(mallory, mallory.does("Follow", alice.uri)) == "actor_gone"
    assert await known(door, mallory) is None


async def test_an_actor_without_webfinger_is_refused(door: Doorstep, bob: Person, alice: Account) -> None:
    bob.neighbours.fingers.clear()
    assert await door.hears(bob, bob.does("Follow", alice.uri)) == "actor_gone"


async def test_a_handle_that_passes_on_leaves_its_former_bearer_without(
    door: Doorstep, bob: Person, alice: Account, neighbours: Neighbours
) -> None:
    await door.hears(bob, bob.does("Follow", alice.uri))
    heir = neighbours.person("heir", key=2)
    heir.profile = {"preferredUsername": "bob"}
    heir.publish()
    neighbours.fingers[bob.handle] = heir.uri
    assert await door.hears(heir, heir.does("Follow", alice.uri)) == "done"
    former, present = await known(door, bob), await known(door, heir)
    assert former is not None
    assert present is not None
    assert former.username.startswith("~")
    assert present.username == "bob"


async def test_a_stale_profile_is_refreshed_by_the_next_activity(
    door: Doorstep, bob: Person, alice: Account, superuser
) -> None:
    await door.hears(bob, bob.does("Follow", alice.uri))
    await superuser.execute(
        "UPDATE social.accounts SET fetched_at = $1 WHERE uri = $2", dt.datetime(2020, 1, 1, tzinfo=dt.UTC), bob.uri
    )
    bob.profile = {"name": "Robert"}
    bob.publish()
    await door.hears(bob, bob.does("Block", alice.uri))
    account = await known(door, bob)
    assert account is not None
    assert account.display_name == "Robert"


@pytest.mark.parametrize(
    "broken",
    [
        {"inbox": "javascript:alert(1)"},
        {"inbox": []},
        {"inbox": "file:///etc/passwd"},
        {"type": "Note"},
        {"preferredUsername": "a b"},
        {"id": "https://good.localhost/users/somebody"},
    ],
)
async def test_an_actor_that_does_not_hold_together_has_no_key(
    door: Doorstep, bob: Person, alice: Account, broken: dict[str, object]
) -> None:
    bob.neighbours.serves(bob.uri, bob.document() | broken)
    assert (await door.deliver(bob, bob.does("Follow", alice.uri))).status_code == 401


async def test_addresses_on_other_hosts_are_not_believed(door: Doorstep, bob: Person, alice: Account) -> None:
    bob.profile = {
        "endpoints": {"sharedInbox": "https://ours.test/inbox"},
        "followers": "https://good.localhost/followers",
        "url": "javascript:alert(1)",
    }
    bob.publish()
    await door.hears(bob, bob.does("Follow", alice.uri))
    account = await known(door, bob)
    assert account is not None
    assert (account.shared_inbox_url, account.followers_url, account.url) == (None, None, bob.uri)


async def test_pictures_of_a_server_whose_media_are_rejected_stay_out(
    door: Doorstep, bob: Person, alice: Account
) -> None:
    await door.sets_policy(bob.host, severity="noop", reject_media=True)
    bob.profile = {"icon": {"type": "Image", "url": f"https://{bob.host}/bob.png"}}
    bob.publish()
    await door.hears(bob, bob.does("Follow", alice.uri))
    account = await known(door, bob)
    assert account is not None
    assert account.avatar_remote_url is None
