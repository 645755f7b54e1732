"""Asking and answering polls through the client API."""

import asyncio
import datetime as dt
from typing import Any

import asyncpg
import pytest
from people import NOW, a_post, a_remote_account
from talking import Person

from api_gateway.handlers import polls as due
from api_gateway.resources import Resources
from chassis.clock import utc_now
from chassis.db import Database
from contracts.events import PollClosed, PollTallied, PollVoted, topic_of
from social.polls.model import PollDraft
from social.statuses.model import Status

LUNCH = {"options": ["Soup", "Salad"], "expires_in": 3600}


async def asks(person: Person, **changes: object) -> Any:
    """The poll of a new post."""
    return (await person.says("Lunch?", poll={**LUNCH, **changes}))["poll"]


async def votes(person: Person, poll: Any, *choices: object, status: int = 200) -> Any:
    return await person.post(f"/api/v1/polls/{poll['id']}/votes", status, choices=list(choices))


async def topics(res: Resources) -> list[str]:
    rows = await res.db.fetch("SELECT topic FROM api_gateway.outbox WHERE topic LIKE 'poll.%' ORDER BY id")
    return [row["topic"] for row in rows]


async def ends(superuser: asyncpg.Connection, poll: Any) -> None:
    """As if its time were over."""
    await superuser.execute(
        "UPDATE social.polls SET expires_at = now() - interval '10 min' WHERE id = $1", int(poll["id"])
    )


async def test_a_poll_is_asked_and_answered(alice: Person, bob: Person) -> None:
    poll = await asks(alice)
    assert poll["options"] == [{"title": "Soup", "votes_count": 0}, {"title": "Salad", "votes_count": 0}]
    assert (poll["expired"], poll["multiple"], poll["voted"], poll["own_votes"]) == (False, False, True, [])
    mine = await votes(bob, poll, 1)
    assert (mine["voted"], mine["own_votes"], mine["votes_count"], mine["voters_count"]) == (True, [1], 1, 1)
    assert [option["votes_count"] for option in mine["options"]] == [0, 1]
    again = await bob.get(f"/api/v1/polls/{poll['id']}")
    assert again == mine
    assert "voted" not in await alice.unknown.get(f"/api/v1/polls/{poll['id']}")


async def test_a_form_asks_too(alice: Person) -> None:
    form = (
        "status=Hm&poll[options][]=Yes&poll[options][]=No&poll[expires_in]=300&poll[multiple]=true&poll[hide_totals]=1"
    )
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = await alice.ask("POST", "/api/v1/statuses", content=form, headers=headers)
    poll = answer.json()["poll"]
    assert [option["title"] for option in poll["options"]] == ["Yes", "No"]
    assert (poll["multiple"], poll["options"][0]["votes_count"]) == (True, None)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"options": ["Soup"]}, "Choices must have more than one item"),
        ({"options": ["Soup", "  "]}, "Choices must have more than one item"),
        ({"options": list("abcde")}, "Choices can't contain more than 4 items"),
        ({"options": ["a" * 51, "b"]}, "Choices cannot be longer than 50 characters each"),
        ({"options": ["a" * 900_000, "b"]}, "Choices cannot be longer than 50 characters each"),
        ({"options": ["a", " a "]}, "Choices contain duplicate items"),
        ({"options": [{"a": 1}, 2]}, "poll.options"),
        ({"expires_in": 299}, "Deadline is too soon"),
        ({"expires_in": -(10**30)}, "Validation failed"),
        ({"expires_in": 2_700_000}, "Deadline is too far into the future"),
        ({"expires_in": None}, "Deadline can't be blank"),
        ({"expires_in": "soon"}, "Validation failed"),
    ],
)
async def test_a_poll_that_cannot_be_asked_is_refused_in_words(alice: Person, changes: dict, reason: str) -> None:
    refusal = await alice.post("/api/v1/statuses", 422, status="Lunch?", poll={**LUNCH, **changes})
    assert reason in refusal["error"]


@pytest.mark.parametrize("poll", ["nonsense", [], 7])
async def test_what_is_no_poll_is_refused_or_none(alice: Person, poll: object) -> None:
    answer = await alice.ask("POST", "/api/v1/statuses", json={"status": "Lunch?", "poll": poll})
    assert answer.status_code == 422


async def test_fifty_faces_are_fifty_characters(alice: Person) -> None:
    assert await asks(alice, options=["👩‍👩‍👧" * 50, "No"])


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        ([2], "The chosen vote option does not exist"),
        ([-1], "The chosen vote option does not exist"),
        ([0, 1], "You have already voted on this poll"),
        ([0, 0], "You have already voted on this poll"),
        (["soup"], "Validation failed"),
        ([10**30], "Validation failed"),
    ],
)
async def test_a_vote_for_what_is_not_asked_does_not_count(
    alice: Person, bob: Person, choices: list, reason: str
) -> None:
    poll = await asks(alice)
    refusal = await votes(bob, poll, *choices, status=422)
    assert reason in refusal["error"]
    assert (await bob.get(f"/api/v1/polls/{poll['id']}"))["voted"] is False


async def test_one_votes_once_also_when_in_a_hurry(alice: Person, bob: Person) -> None:
    poll = await asks(alice)
    path = f"/api/v1/polls/{poll['id']}/votes"
    answers = await asyncio.gather(*(bob.ask("POST", path, json={"choices": [i % 2]}) for i in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422]
    assert (await bob.get(f"/api/v1/polls/{poll['id']}"))["votes_count"] == 1


async def test_more_may_be_chosen_later_where_several_may(alice: Person, bob: Person) -> None:
    poll = await asks(alice, multiple=True)
    await votes(bob, poll, 0)
    both = await votes(bob, poll, 1)
    assert (both["own_votes"], both["voters_count"]) == ([0, 1], 1)
    await votes(bob, poll, 1, status=422)


async def test_nobody_votes_in_their_own_poll(alice: Person) -> None:
    refusal = await votes(alice, await asks(alice), 0, status=422)
    assert refusal["error"] == "Validation failed: You cannot vote in your own polls"


async def test_nobody_votes_when_it_is_over(alice: Person, bob: Person, superuser: asyncpg.Connection) -> None:
    poll = await asks(alice, hide_totals=True)
    await votes(bob, poll, 0)
    await ends(superuser, poll)
    refusal = await votes(bob, poll, 1, status=422)
    assert refusal["error"] == "Validation failed: The poll has already ended"
    over = await bob.get(f"/api/v1/polls/{poll['id']}")
    assert (over["expired"], over["options"][0]["votes_count"]) == (True, 1)


async def test_a_poll_is_as_visible_as_its_post(alice: Person, bob: Person) -> None:
    secret = (await alice.says("Lunch?", poll=LUNCH, visibility="direct"))["poll"]
    await bob.get(f"/api/v1/polls/{secret['id']}", 404)
    await votes(bob, secret, 0, status=404)
    await bob.get("/api/v1/polls/1", 404)
    await bob.get("/api/v1/polls/nonsense", 404)
    await votes(bob.unknown, secret, 0, status=401)


async def test_nobody_answers_whom_they_block(alice: Person, bob: Person) -> None:
    poll = await asks(alice)
    await bob.post(f"/api/v1/accounts/{alice.id}/block")
    await votes(bob, poll, 0, status=403)


async def test_another_question_has_no_votes(alice: Person, bob: Person) -> None:
    status = await alice.says("Lunch?", poll=LUNCH)
    await votes(bob, status["poll"], 0)
    path = f"/api/v1/statuses/{status['id']}"
    same = await alice.put(path, status="Lunch!", poll={**LUNCH, "expires_in": 7200})
    assert (same["poll"]["id"], same["poll"]["votes_count"]) == (status["poll"]["id"], 1)
    other = await alice.put(path, status="Lunch!", poll={**LUNCH, "options": ["Rice", "Bread"]})
    assert (other["poll"]["id"], other["poll"]["votes_count"]) == (status["poll"]["id"], 0)
    await votes(bob, other["poll"], 0)
    none = await alice.put(path, status="Lunch!")
    assert none["poll"] is None
    history = await alice.get(f"{path}/history")
    asked = [[option["title"] for option in (version.get("poll") or {"options": []})["options"]] for version in history]
    assert asked == [["Soup", "Salad"], ["Soup", "Salad"], ["Rice", "Bread"], []]


async def test_a_poll_ends_once(
    alice: Person, bob: Person, resources: Resources, superuser: asyncpg.Connection
) -> None:
    poll, other = await asks(alice), await asks(alice)
    await votes(bob, poll, 0)
    await ends(superuser, poll)
    await due.close_due(resources)
    await due.close_due(resources)
    assert await topics(resources) == [topic_of(PollVoted), topic_of(PollClosed)]
    assert (await bob.get(f"/api/v1/polls/{poll['id']}"))["options"][0]["votes_count"] == 1
    assert not (await bob.get(f"/api/v1/polls/{other['id']}"))["expired"]


async def test_new_votes_are_told_of_now_and_then(
    alice: Person, bob: Person, resources: Resources, superuser: asyncpg.Connection
) -> None:
    poll = await asks(alice, multiple=True)
    await due.tell_tallies(resources)
    await votes(bob, poll, 0)
    await due.tell_tallies(resources)
    await votes(bob, poll, 1)
    await due.tell_tallies(resources)
    assert (await topics(resources)).count(topic_of(PollTallied)) == 1
    await superuser.execute("UPDATE social.polls SET tallied_at = tallied_at - interval '4 min'")
    await superuser.execute("UPDATE social.poll_votes SET created_at = created_at - interval '1 min'")
    await due.tell_tallies(resources)
    await due.tell_tallies(resources)
    assert (await topics(resources)).count(topic_of(PollTallied)) == 2


async def a_poll_elsewhere(inbox: Database) -> Status:
    tomorrow = utc_now() + dt.timedelta(days=1)
    poll = PollDraft(options=("Tea", "Coffee"), expires_at=tomorrow, votes=(3, 4), voters=7)
    async with inbox.transaction() as tx:
        return await a_post(tx, await a_remote_account(tx, "eve@far.example"), poll=poll, created_at=NOW)


async def test_a_vote_elsewhere_counts_at_once(bob: Person, inbox: Database) -> None:
    status = await a_poll_elsewhere(inbox)
    poll = (await bob.get(f"/api/v1/statuses/{status.id}"))["poll"]
    mine = await votes(bob, poll, 1)
    assert [option["votes_count"] for option in mine["options"]] == [3, 5]
    assert (mine["own_votes"], mine["voters_count"]) == ([1], 8)


async def test_a_poll_may_stand_beside_pictures_and_needs_words(alice: Person) -> None:
    refusal = await alice.post("/api/v1/statuses", 422, status="", poll=LUNCH)
    assert "Text can't be blank" in refusal["error"]
