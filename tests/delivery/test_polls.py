"""Votes go to who asked, and numbers to who may want them."""

import datetime as dt
from typing import Any

from postman import Postman

from contracts.events import PollClosed, PollTallied
from social.accounts.model import Account
from social.polls import actions, store
from social.polls.model import Poll, PollDraft


async def asks(postman: Postman, author: Account, **changes: object) -> Poll:
    fields: dict[str, object] = {"options": ("Tea", "Coffee"), "expires_at": postman.clock() + dt.timedelta(hours=1)}
    status = await postman.post(author, poll=PollDraft(**(fields | changes)))
    poll = await store.of_status(postman.res.db, status.id)
    assert poll is not None
    return poll


def sent_to(postman: Postman, host: str) -> list[dict[str, Any]]:
    return [post.document for post in postman.peers.at(host)]


async def votes(postman: Postman, voter: Account, poll: Poll, *choices: int) -> None:
    async with postman.act(voter) as tx:
        await actions.vote(tx, voter, poll, choices, postman.clock())


async def test_a_poll_goes_out_as_a_question(postman: Postman, alice: Account, bob: Account) -> None:
    await asks(postman, alice, multiple=True)
    [create] = sent_to(postman, "far")
    question = create["object"]
    assert (create["type"], question["type"]) == ("Create", "Question")
    assert [(option["name"], option["replies"]["totalItems"]) for option in question["anyOf"]] == [
        ("Tea", 0),
        ("Coffee", 0),
    ]
    assert (question["votersCount"], "closed" in question, "oneOf" in question) == (0, False, False)
    assert question["endTime"].endswith("Z")


async def test_a_vote_goes_to_its_author_alone_once_for_each_choice(
    postman: Postman, alice: Account, bob: Account
) -> None:
    poll = await asks(postman, bob, multiple=True)
    await votes(postman, alice, poll, 0)
    await votes(postman, alice, poll, 1)
    await postman.tell(*postman.events)
    await postman.work()
    sent = sent_to(postman, "far")
    assert [create["object"]["name"] for create in sent] == ["Tea", "Coffee"]
    for create in sent:
        assert create["to"] == create["object"]["to"] == [bob.uri]
        assert create["object"]["type"] == "Note"
        assert create["object"]["attributedTo"] == alice.uri
        assert "content" not in create["object"]
        assert create.get("cc", []) == []


async def test_who_voted_is_told_of_the_numbers(postman: Postman, alice: Account) -> None:
    poll = await asks(postman, alice)
    eve = await postman.stranger("eve", "near")
    await votes(postman, eve, poll, 1)
    async with postman.act(alice) as tx:
        long = dt.timedelta(days=1)
        assert await actions.tell_tallies(tx, postman.clock(), quiet=long, since=postman.clock() - long) == 1
    [update] = sent_to(postman, "near")
    assert (update["type"], update["object"]["type"]) == ("Update", "Question")
    assert [option["replies"]["totalItems"] for option in update["object"]["oneOf"]] == [0, 1]
    assert "updated" not in update["object"]


async def test_the_end_is_told_once(postman: Postman, alice: Account, bob: Account) -> None:
    poll = await asks(postman, alice, hide_totals=True)
    await votes(postman, bob, poll, 0)
    [create] = sent_to(postman, "far")
    assert create["object"]["oneOf"][0]["replies"]["totalItems"] == 0
    async with postman.act(alice) as tx:
        assert await actions.close_due(tx, postman.clock() + dt.timedelta(hours=2), is_local=True) == 1
    await postman.tell(*(event for event in postman.events if isinstance(event, PollClosed | PollTallied)))
    await postman.work()
    [_, update] = sent_to(postman, "far")
    question = update["object"]
    assert question["closed"] == question["endTime"]
    assert [option["replies"]["totalItems"] for option in question["oneOf"]] == [1, 0]
