"""Questions of other servers, and votes in ours: only what their authors may say counts."""

import datetime as dt
from typing import Any

import pytest
from doorstep import OURS, Doorstep
from neighbours import Neighbours, Person
from people import NOW, a_post

from chassis.clock import utc_now
from chassis.db import Database
from contracts.ids import Uri
from inbox.handlers.polls import close_due
from social.accounts import store as accounts
from social.accounts.model import Account
from social.polls import actions, store
from social.polls.model import Poll, PollDraft
from social.relationships import actions as relationships
from social.statuses import reading
from social.statuses.model import Status


@pytest.fixture
async def followed(door: Doorstep, bob: Person, alice: Account, gateway: Database) -> Person:
    """Bob, whom Alice follows."""
    await door.hears(bob, bob.does("Like", f"{alice.uri}/statuses/1"))
    target = await known(door, bob)
    async with gateway.transaction() as tx:
        await relationships.follow(tx, alice, target, now=NOW)
    async with door.res.db.transaction() as tx:
        await relationships.accept(tx, alice, target)
    return bob


async def known(door: Doorstep, person: Person) -> Account:
    account = await accounts.by_uri(door.res.db, Uri(person.uri))
    assert account is not None
    return account


def question(person: Person, *tallies: int, **more: Any) -> dict[str, Any]:
    names = ("Tea", "Coffee", "Water")
    options = [
        {"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": count}}
        for name, count in zip(names, tallies, strict=False)
    ]
    tomorrow = (utc_now() + dt.timedelta(days=1)).isoformat()
    return person.note(
        **{"type": "Question", "oneOf": options, "endTime": tomorrow, "votersCount": sum(tallies), **more}
    )


async def kept(door: Doorstep, note: dict[str, Any]) -> Poll | None:
    status = await reading.by_uri(door.res.db, Uri(note["id"]))
    return await store.of_status(door.res.db, status.id) if status else None


async def ours(gateway: Database, alice: Account, *, multiple: bool = False, **changes: object) -> Status:
    ends = utc_now() + dt.timedelta(hours=1)
    poll = PollDraft(options=("Tea", "Coffee"), multiple=multiple, expires_at=ends)
    async with gateway.transaction() as tx:
        return await a_post(tx, alice, poll=poll, created_at=utc_now(), **changes)


def vote(person: Person, status: Status, name: str, **changes: Any) -> dict[str, Any]:
    uri = f"{person.uri}#votes/{name}"
    note = {"id": uri, "type": "Note", "name": name, "attributedTo": person.uri, "to": [f"{OURS}/x"]}
    return person.does("Create", {**note, "inReplyTo": status.uri, **changes}, to=[f"{OURS}/x"])


async def chosen(door: Doorstep, person: Person, status: Status) -> list[int]:
    poll = await store.of_status(door.res.db, status.id)
    voter = await accounts.by_uri(door.res.db, Uri(person.uri))
    assert poll is not None
    return await store.choices_of(door.res.db, poll.id, voter.id) if voter else []


async def test_a_question_is_kept_with_the_numbers_its_server_gives(door: Doorstep, followed: Person) -> None:
    note = question(followed, 3, 4)
    assert await door.hears(followed, followed.creates(note)) == "done"
    poll = await kept(door, note)
    assert poll is not None
    assert (poll.options, poll.votes, poll.voters, poll.multiple) == (["Tea", "Coffee"], [3, 4], 7, False)


async def test_of_too_many_options_some_are_kept(door: Doorstep, followed: Person) -> None:
    options = [{"type": "Note", "name": "x" * 5000 + str(n)} for n in range(150)]
    note = followed.note(type="Question", anyOf=options)
    assert await door.hears(followed, followed.creates(note)) == "done"
    poll = await kept(door, note)
    assert poll is not None
    assert poll.multiple
    assert (len(poll.options), max(map(len, poll.options)), poll.expires_at) == (150, 2048, None)


async def test_new_numbers_are_no_edit(door: Doorstep, followed: Person) -> None:
    note = question(followed, 3, 4)
    await door.hears(followed, followed.creates(note))
    later = question(followed, 5, 4, id=note["id"], endTime=note["endTime"])
    assert await door.hears(followed, followed.does("Update", later)) == "done"
    assert await door.hears(followed, followed.does("Update", later)) == "stale"
    poll = await kept(door, note)
    status = await reading.by_uri(door.res.db, Uri(note["id"]))
    assert poll is not None
    assert status is not None
    assert (poll.votes, poll.voters, status.edited_at) == ([5, 4], 9, None)
    assert [event["type"] for event in await door.events()].count("poll.tallied") == 1


async def test_another_question_needs_an_edit(
    door: Doorstep, followed: Person, gateway: Database, alice: Account
) -> None:
    note = question(followed, 3, 4)
    await door.hears(followed, followed.creates(note))
    poll = await kept(door, note)
    assert poll is not None
    async with gateway.transaction() as tx:
        await actions.vote(tx, alice, poll, [0], utc_now())
    other = question(followed, 0, 0, 0, id=note["id"])
    assert await door.hears(followed, followed.does("Update", other)) == "stale"
    edit = {**other, "updated": utc_now().isoformat()}
    assert await door.hears(followed, followed.does("Update", edit)) == "done"
    poll = await kept(door, note)
    assert poll is not None
    assert poll.votes == [0, 0, 0]
    assert await store.choices_of(door.res.db, poll.id, alice.id) == []


async def test_nobody_else_says_what_a_poll_counts(door: Doorstep, followed: Person, mallory: Person) -> None:
    note = question(followed, 3, 4)
    await door.hears(followed, followed.creates(note))
    forged = question(mallory, 9, 9, id=note["id"])
    await door.hears(mallory, mallory.does("Update", forged))
    poll = await kept(door, note)
    assert poll is not None
    assert poll.votes == [3, 4]


async def test_a_poll_that_is_over_is_over(door: Doorstep, followed: Person) -> None:
    note = question(followed, 3, 4, closed="2026-06-02T12:00:00Z")
    await door.hears(followed, followed.creates(note))
    poll = await kept(door, note)
    assert poll is not None
    assert poll.is_over(utc_now())


async def test_a_vote_counts_once_and_is_no_post(
    door: Doorstep, bob: Person, gateway: Database, alice: Account
) -> None:
    status = await ours(gateway, alice)
    said = vote(bob, status, "Coffee")
    assert await door.hears(bob, said) == "done"
    assert await door.hears(bob, bob.does("Create", said["object"])) == "repeated"
    assert await door.hears(bob, vote(bob, status, "Tea")) == "not_allowed"
    assert await chosen(door, bob, status) == [1]
    assert await reading.by_uri(door.res.db, Uri(said["object"]["id"])) is None
    voted = [event for event in await door.events() if event["type"] == "poll.voted"]
    assert [event["is_local"] for event in voted] == [False]


async def test_several_may_be_chosen_where_that_is_asked(
    door: Doorstep, bob: Person, gateway: Database, alice: Account
) -> None:
    status = await ours(gateway, alice, multiple=True)
    for name in ("Tea", "Coffee"):
        assert await door.hears(bob, vote(bob, status, name)) == "done"
    assert await chosen(door, bob, status) == [0, 1]


async def test_a_vote_for_what_is_not_asked_does_not_count(
    door: Doorstep, bob: Person, gateway: Database, alice: Account
) -> None:
    status = await ours(gateway, alice)
    assert await door.hears(bob, vote(bob, status, "Beer")) == "not_allowed"


async def test_nobody_votes_for_another(
    door: Doorstep, bob: Person, mallory: Person, gateway: Database, alice: Account
) -> None:
    status = await ours(gateway, alice)
    stolen = vote(bob, status, "Tea")["object"]
    assert await door.hears(mallory, mallory.does("Create", stolen)) in ("foreign", "not_owner")
    other = {**stolen, "id": f"{mallory.uri}#votes/1"}
    assert await door.hears(mallory, mallory.does("Create", other)) == "not_owner"
    assert await chosen(door, bob, status) == []


async def test_nobody_votes_in_what_they_cannot_see(
    door: Doorstep, bob: Person, gateway: Database, alice: Account
) -> None:
    status = await ours(gateway, alice, visibility="private")
    assert await door.hears(bob, vote(bob, status, "Tea")) == "not_allowed"


async def test_nobody_votes_when_it_is_over(
    door: Doorstep, bob: Person, gateway: Database, alice: Account, superuser: Any
) -> None:
    status = await ours(gateway, alice)
    await superuser.execute("UPDATE social.polls SET expires_at = now() - interval '1 s'")
    assert await door.hears(bob, vote(bob, status, "Tea")) == "not_allowed"
    assert await chosen(door, bob, status) == []


async def test_whom_the_author_blocks_does_not_vote(
    door: Doorstep, followed: Person, gateway: Database, alice: Account
) -> None:
    status = await ours(gateway, alice)
    async with gateway.transaction() as tx:
        await relationships.block(tx, alice, await known(door, followed), now=NOW)
    assert await door.hears(followed, vote(followed, status, "Tea")) == "not_allowed"


async def test_a_name_without_a_poll_is_nothing(door: Doorstep, bob: Person, gateway: Database, alice: Account) -> None:
    async with gateway.transaction() as tx:
        status = await a_post(tx, alice)
    assert await door.hears(bob, vote(bob, status, "Tea")) == "unknown_object"


async def test_our_poll_is_served_as_a_question(door: Doorstep, bob: Person, gateway: Database, alice: Account) -> None:
    status = await ours(gateway, alice)
    served = (await door.get(status.uri)).json()
    assert served["type"] == "Question"
    assert [option["name"] for option in served["oneOf"]] == ["Tea", "Coffee"]


async def test_a_poll_elsewhere_ends_for_our_voters(
    door: Doorstep, followed: Person, gateway: Database, alice: Account, superuser: Any
) -> None:
    note = question(followed, 3, 4)
    await door.hears(followed, followed.creates(note))
    poll = await kept(door, note)
    assert poll is not None
    async with gateway.transaction() as tx:
        await actions.vote(tx, alice, poll, [0], utc_now())
    await superuser.execute("UPDATE social.polls SET expires_at = now() - interval '4 min'")
    await close_due(door.res)
    assert "poll.closed" not in [event["type"] for event in await door.events()]
    await superuser.execute("UPDATE social.polls SET expires_at = now() - interval '6 min'")
    for _ in range(2):
        await close_due(door.res)
    assert [event["type"] for event in await door.events()].count("poll.closed") == 1


async def asks_about(door: Doorstep, poll_id: object) -> Any:
    headers = {"Authorization": "Bearer internal"}
    return await door.client.post("/internal/polls", json={"poll_id": poll_id}, headers=headers)


async def test_whoever_looks_sees_what_its_server_counts(
    door: Doorstep, followed: Person, neighbours: Neighbours
) -> None:
    note = question(followed, 3, 4)
    await door.hears(followed, followed.creates(note))
    neighbours.serves(note["id"], question(followed, 8, 9, id=note["id"]))
    poll = await kept(door, note)
    assert poll is not None
    asked = neighbours.times_asked(note["id"])
    for _ in range(3):
        assert (await asks_about(door, poll.id)).status_code == 200
    poll = await kept(door, note)
    assert poll is not None
    assert (poll.votes, neighbours.times_asked(note["id"])) == ([8, 9], asked + 1)


async def test_a_server_that_is_away_or_lies_changes_nothing(
    door: Doorstep, followed: Person, mallory: Person, neighbours: Neighbours
) -> None:
    for answer in ("gone", "forged"):
        note = question(followed, 3, 4)
        await door.hears(followed, followed.creates(note))
        if answer == "gone":
            neighbours.fails(note["id"], 500)
        else:
            neighbours.serves(note["id"], question(followed, 8, 9, id=note["id"], attributedTo=mallory.uri))
        poll = await kept(door, note)
        assert poll is not None
        assert (await asks_about(door, poll.id)).json() == {"refreshed": False}
        poll = await kept(door, note)
        assert poll is not None
        assert poll.votes == [3, 4]


@pytest.mark.parametrize("poll_id", [None, "x", 2**70, 1])
async def test_what_is_no_poll_is_refused_or_not_found(door: Doorstep, poll_id: object) -> None:
    assert (await asks_about(door, poll_id)).status_code in (200, 422)
