"""Signed words in threads of ours are handed on as they came, for the servers of those who follow the thread."""

from typing import Any

import orjson
import pytest
from doorstep import Doorstep
from neighbours import Person
from people import ADDRESSES, NOW, a_post

from apcore.context import PUBLIC
from chassis.db import Database
from contracts.ids import Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.relationships import actions as relationships
from social.statuses import actions, reading
from social.statuses.model import Status

SEAL = {"signature": {"type": "RsaSignature2017"}}


@pytest.fixture
async def post(gateway: Database, alice: Account) -> Status:
    async with gateway.transaction() as tx:
        return await a_post(tx, alice)


async def handed_on(door: Doorstep) -> list[dict[str, Any]]:
    return [event for event in await door.events() if event["type"] == "activity.arrived"]


async def test_a_signed_answer_is_handed_on_as_it_came(
    door: Doorstep, alice: Account, bob: Person, post: Status
) -> None:
    # The spaces and the order of its keys are part of what others have to check.
    answer = bob.creates(bob.note(inReplyTo=post.uri)) | SEAL
    body = orjson.dumps(answer, option=orjson.OPT_INDENT_2)
    for _ in range(2):
        assert (await door.deliver(bob, body)).status_code == 202
        await door.settle()
    (event,) = await handed_on(door)
    assert (event["content"].encode(), event["uri"], event["about"]) == (body, answer["id"], answer["object"]["id"])
    assert (event["followers_of"], event["is_deletion"]) == ([alice.id], False)


async def test_an_edit_and_a_deletion_follow(door: Doorstep, alice: Account, bob: Person, post: Status) -> None:
    note = bob.note(inReplyTo=post.uri)
    await door.hears(bob, bob.creates(note) | SEAL)
    edited = note | {"content": "<p>Better</p>", "updated": "2026-06-02T12:00:00Z"}
    await door.hears(bob, bob.does("Update", edited, to=[PUBLIC]) | SEAL)
    await door.hears(bob, bob.does("Delete", note["id"], to=[PUBLIC]) | SEAL)
    found = await handed_on(door)
    assert [event["is_deletion"] for event in found] == [False, False, True]
    assert {event["about"] for event in found} == {note["id"]}


async def test_those_whose_followers_saw_a_boost_hear_of_its_end(
    door: Doorstep, gateway: Database, alice: Account, bob: Person
) -> None:
    await door.hears(bob, bob.does("Follow", alice.uri))
    eve = await accounts.by_uri(door.res.db, Uri(bob.uri))
    assert eve is not None
    async with gateway.transaction() as tx:
        await relationships.follow(tx, alice, eve, now=NOW)
    async with door.res.db.transaction() as tx:
        await relationships.accept(tx, alice, eve)
    note = bob.note()
    await door.hears(bob, bob.creates(note))
    original = await reading.by_uri(door.res.db, Uri(note["id"]))
    assert original is not None
    async with gateway.transaction() as tx:
        await actions.reblog(tx, ADDRESSES, alice, original, "public", created_at=NOW)
    await door.hears(bob, bob.does("Delete", note["id"], to=[PUBLIC]) | SEAL)
    (event,) = await handed_on(door)
    assert (event["followers_of"], event["is_deletion"]) == ([alice.id], True)


@pytest.mark.parametrize("case", ["unsigned", "private", "elsewhere", "limited", "huge", "foreign_id"])
async def test_other_words_stay_here(
    door: Doorstep, gateway: Database, alice: Account, bob: Person, mallory: Person, post: Status, case: str
) -> None:
    addressed = {"to": [alice.uri], "cc": [bob.followers]} if case == "private" else {"cc": [alice.uri]}
    parent = mallory.note()["id"] if case == "elsewhere" else post.uri
    content = "x" * 70_000 if case == "huge" else "<p>Yes</p>"
    answer = bob.creates(bob.note(content, inReplyTo=parent, **addressed))
    if case == "limited":
        await door.sets_policy(bob.host, severity="silence")
    if case == "foreign_id":
        answer["id"] = f"https://{mallory.host}/activities/1"
    await door.hears(bob, answer if case == "unsigned" else answer | SEAL)
    assert await handed_on(door) == []


async def test_of_one_host_no_more_is_handed_on_than_a_bound(
    door: Doorstep, bob: Person, post: Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.handlers.budget.FORWARDS_PER_HOST", 2)
    for _ in range(4):
        assert await door.hears(bob, bob.creates(bob.note(inReplyTo=post.uri)) | SEAL) == "done"
    assert len(await handed_on(door)) == 2
