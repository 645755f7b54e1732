"""When an account moves, what our people have with it follows."""

import datetime as dt

import msgspec
import pytest
from people import a_remote_account
from signing_in import a_user
from talking import Person

from api_gateway.handlers import moves as handlers
from api_gateway.resources import Resources
from api_gateway.worker import create_worker
from chassis import outbox
from chassis.clock import utc_now
from chassis.db import Database
from chassis.worker import Verdict
from contracts.events import AccountMoved
from social.accounts import store as accounts
from social.accounts.model import Account
from social.errors import ValidationFailed
from social.lists import actions as lists
from social.lists.model import RepliesPolicy
from social.moves import actions
from social.moves import store as moves
from social.relationships import actions as relationships
from social.relationships import store as relations

NOW = utc_now()


@pytest.fixture
async def old(inbox: Database) -> Account:
    async with inbox.transaction() as tx:
        return await a_remote_account(tx, "old@far.example")


@pytest.fixture
async def new(inbox: Database) -> Account:
    async with inbox.transaction() as tx:
        return await a_remote_account(tx, "new@near.example")


async def follows(gateway: Database, inbox: Database, follower: Account, target: Account, **how: object) -> None:
    async with gateway.transaction() as tx:
        await relationships.follow(tx, follower, target, now=NOW, **how)
    async with inbox.transaction() as tx:
        await relationships.accept(tx, follower, target)


async def moved(res: Resources, superuser: Database, old: Account, new: Account) -> None:
    """Inbox, or the command line, says so; api-gateway does what follows."""
    await superuser.execute("UPDATE social.accounts SET moved_to_id = $2 WHERE id = $1", old.id, new.id)
    worker = create_worker(res)
    [queue] = worker.queues
    event = AccountMoved(account_id=old.id, target_id=new.id)
    assert await worker.handle(queue, msgspec.json.encode(event)) is Verdict.ACK
    while jobs := await _jobs(res):
        for body in jobs:
            assert await worker.handle(queue, body) is Verdict.ACK


async def _jobs(res: Resources) -> list[bytes]:
    async with res.db.transaction() as tx:
        rows = await outbox.take_unsent(tx, "api_gateway")
        await outbox.mark_sent(tx, "api_gateway", [row["id"] for row in rows])
    return [row["body"] for row in rows if row["exchange"] == "jobs"]


async def relation(res: Resources, one: Account, other: Account) -> object:
    return (await relations.relations_of(res.db, one.id, [other.id]))[other.id]


async def test_followers_ask_the_new_account_in_the_same_way_and_leave_the_old_one(
    resources: Resources, inbox: Database, superuser: Database, alice: Person, old: Account, new: Account
) -> None:
    await follows(resources.db, inbox, alice.account, old, reblogs=False, notify=True, languages=["de"])
    await moved(resources, superuser, old, new)
    there = await relation(resources, alice.account, new)
    assert (there.requested, there.showing_reblogs, there.notifying, there.languages) == (True, False, True, ["de"])
    assert not (await relation(resources, alice.account, old)).following
    told = await resources.db.fetch("SELECT topic FROM api_gateway.outbox WHERE exchange = 'events' ORDER BY id")
    assert [row["topic"] for row in told][-2:] == ["follow.requested", "follow.removed"]


async def test_a_hundred_followers_come_along_in_several_batches(
    resources: Resources, superuser: Database, old: Account, new: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "AT_ONCE", 2)
    people = [await a_user(resources.db, f"p{n}") for n in range(5)]
    await superuser.execute(
        "INSERT INTO social.follows (account_id, target_id, uri) SELECT p, $2, 'x' || p FROM unnest($1::bigint[]) p",
        [person.id for person in people],
        old.id,
    )
    await moved(resources, superuser, old, new)
    assert await superuser.fetchval("SELECT count(*) FROM social.follow_requests WHERE target_id = $1", new.id) == 5
    assert await superuser.fetchval("SELECT count(*) FROM social.follows WHERE target_id = $1", old.id) == 0


async def test_lists_notes_blocks_and_mutes_come_along(
    resources: Resources, inbox: Database, superuser: Database, alice: Person, bob: Person, old: Account, new: Account
) -> None:
    carol = await a_user(resources.db, "carol")
    await follows(resources.db, inbox, alice.account, old)
    async with resources.db.transaction() as tx:
        friends = await lists.create(
            tx, alice.account.id, title="Friends", replies_policy=RepliesPolicy("list"), exclusive=False
        )
        await lists.add_members(tx, friends, [old.id])
        await relations.set_note(tx, alice.account.id, old.id, "met at the fair")
        await relationships.block(tx, bob.account, old, now=NOW)
        await relationships.mute(tx, carol, old, hide_notifications=False)
    for _ in range(2):
        await moved(resources, superuser, old, new)
    members = await superuser.fetch("SELECT account_id FROM social.list_accounts WHERE list_id = $1", friends.id)
    assert [row["account_id"] for row in members] == [new.id]
    assert (await relation(resources, alice.account, new)).note == (
        "This user moved from old@far.example, here were your previous notes about them:\nmet at the fair"
    )
    blocked = await relation(resources, bob.account, new)
    assert (blocked.blocking, blocked.note) == (True, "This user moved from old@far.example, which you had blocked.")
    muted = await relation(resources, carol, new)
    assert (muted.muting, muted.muting_notifications) == (True, False)


async def test_who_may_not_follow_the_new_account_keeps_the_old_one(
    resources: Resources, inbox: Database, superuser: Database, alice: Person, old: Account, new: Account
) -> None:
    await follows(resources.db, inbox, alice.account, old)
    async with resources.db.transaction() as tx:
        await relationships.block(tx, alice.account, new, now=NOW)
    await moved(resources, superuser, old, new)
    assert (await relation(resources, alice.account, old)).following
    assert not (await relation(resources, alice.account, new)).requested


async def test_one_of_ours_moves_where_they_are_known_and_not_again_for_a_month(
    resources: Resources, inbox: Database, alice: Person, new: Account
) -> None:
    async def move(target: Account, now: dt.datetime) -> None:
        async with resources.db.transaction() as tx:
            account = await accounts.by_id(tx, alice.account.id)
            assert account is not None
            await actions.move(tx, account, target, now)

    with pytest.raises(ValidationFailed, match="does not name this one"):
        await move(new, NOW)
    async with inbox.transaction() as tx:
        new = await a_remote_account(tx, "new@near.example", also_known_as=[alice.account.uri])
    await move(new, NOW)
    assert await moves.moved_at(resources.db, alice.account.id) == NOW
    with pytest.raises(ValidationFailed, match="a short while ago"):
        await move(new, NOW + dt.timedelta(days=29))
    await move(new, NOW + dt.timedelta(days=31))


async def test_who_moved_away_posts_no_more_and_shows_where_to(
    resources: Resources, superuser: Database, alice: Person, bob: Person
) -> None:
    await superuser.execute(
        "UPDATE social.accounts SET moved_to_id = $2 WHERE id = $1", bob.account.id, alice.account.id
    )
    resources.tokens.forget(bob.account.id)
    answer = await bob.ask("POST", "/api/v1/statuses", json={"status": "still here"})
    assert (answer.status_code, answer.json()["error"]) == (403, "Your login is currently disabled")
    assert (await alice.get(f"/api/v1/accounts/{bob.id}"))["moved"]["acct"] == "alice"
