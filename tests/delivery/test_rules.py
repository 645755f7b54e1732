"""The rules: what an answer means, when to try again, when a host is given up, for whom something is."""

import asyncio
import datetime as dt
from typing import Any

import pytest
from people import NOW

from contracts.ids import AccountId
from delivery import rules
from delivery.audience import Audience, of_boost, of_post
from delivery.board import Board
from delivery.kept import Kept
from delivery.lanes import Lanes
from delivery.model import (
    Body,
    BodyId,
    Challenged,
    Delivered,
    Failed,
    Health,
    Held,
    Host,
    Outcome,
    Postponed,
    Recipient,
    Refused,
    State,
    Unwell,
    host_of,
)
from delivery.planning import FEW, allowed, parted
from delivery.rules import Rules
from delivery.visiting import judge
from social.accounts.model import Account
from social.policies.model import Policies, Policy
from social.statuses.model import Status

RULES = Rules()
FAR = Host("far.test")


def seconds(number: float) -> dt.timedelta:
    return dt.timedelta(seconds=number)


@pytest.mark.parametrize(
    ("status", "retry_after", "meaning"),
    [
        (200, None, Delivered(200)),
        (202, None, Delivered(202)),
        (204, None, Delivered(204)),
        (301, None, Failed("301", answered=True)),
        (400, None, Refused("400")),
        (401, None, Challenged()),
        (403, None, Refused("403")),
        (404, None, Refused("404")),
        (408, None, Failed("408", answered=True)),
        (410, None, Refused("410")),
        (422, 60, Refused("422")),
        (429, None, Postponed(seconds(60))),
        (429, 0, Postponed(seconds(1))),
        (429, 7200, Postponed(seconds(7200))),
        (429, 10**7, Postponed(dt.timedelta(hours=24))),
        (500, None, Failed("500", answered=True)),
        (501, None, Refused("501")),
        (502, None, Failed("502")),
        (503, None, Failed("503")),
        (503, 5, Postponed(seconds(5))),
        (504, None, Failed("504")),
        (522, None, Failed("522")),
    ],
)
def test_each_answer_has_one_meaning(status: int, retry_after: float | None, meaning: Outcome) -> None:
    wait = seconds(retry_after) if retry_after is not None else None
    assert rules.meaning_of(status, wait) == meaning


@pytest.mark.parametrize(
    ("attempts", "wait"),
    [(1, 5), (2, 25), (3, 90), (4, 30), (5, 60), (6, 120), (14, 30_720), (15, 43_200), (99, 43_200)],
)
def test_retries_are_quick_first_and_then_rare(attempts: int, wait: float) -> None:
    assert rules.retry_wait(RULES, attempts, 0.5) == seconds(wait)
    assert rules.retry_wait(RULES, attempts, 0.0) == seconds(wait * 0.75)
    assert rules.retry_wait(RULES, attempts, 1.0) == seconds(wait * 1.25)


def failing(failures: int, since: float) -> Health:
    return Health(failures=failures, failing_since=NOW - seconds(since))


@pytest.mark.parametrize(
    ("before", "attempts", "state"),
    [
        (Health(), 1, State.FAST),
        (failing(4, 9), 1, State.FAST),
        (failing(4, 10), 1, State.OPEN),
        (failing(100, 9), 1, State.FAST),
        (failing(3, 120), 4, State.OPEN),
        (failing(2, 120), 4, State.FAST),
        (Health(), 40, State.FAST),
    ],
)
def test_a_host_is_given_up_for_a_streak_of_failures(before: Health, attempts: int, state: State) -> None:
    after = rules.after_failure(before, NOW, RULES, attempts=attempts, chance=0.5)
    assert after.state is state
    assert after.failures == before.failures + 1
    assert after.next_visit_at == (NOW + seconds(30) if state is State.OPEN else None)


@pytest.mark.parametrize("state", [State.SLOW, State.WAITING, State.OPEN])
def test_a_straggler_changes_nothing_for_a_host_that_is_visited(state: State) -> None:
    health = Health(state=state, next_visit_at=NOW)
    assert rules.after_failure(health, NOW, RULES, attempts=9, chance=0.5) == health


@pytest.mark.parametrize(
    ("before", "after"),
    [(State.FAST, State.FAST), (State.SLOW, State.SLOW), (State.WAITING, State.SLOW), (State.OPEN, State.SLOW)],
)
def test_an_answer_ends_a_streak(before: State, after: State) -> None:
    healed = rules.after_answer(Health(state=before, failures=9, failing_since=NOW, probes=3), NOW)
    assert (healed.state, healed.failures, healed.failing_since, healed.probes) == (after, 0, None, 0)


def test_being_asked_to_wait_is_no_failure() -> None:
    health = rules.after_postponement(failing(2, 5), NOW, seconds(600))
    assert (health.state, health.failures, health.next_visit_at) == (State.WAITING, 2, NOW + seconds(600))


def held(number: int, *, challenged: bool = False) -> Held:
    body = Body(
        id=BodyId(number), activity_uri=f"https://ours.test/{number}", sender_id=AccountId(1), content=b"{}",
        happened_at=NOW, withdrawn_at=None,
    )  # fmt: skip
    return Held(inbox_url="https://far.test/inbox", attempts=0, challenged=challenged, body=body)


ANSWERED, SILENT = Failed("500", answered=True), Failed("timeout")


@pytest.mark.parametrize(
    ("outcomes", "done", "aside", "state"),
    [
        ([Delivered(202)], [0], [], State.SLOW),
        ([Refused("404")], [0], [], State.SLOW),
        ([SILENT], [], [], State.OPEN),
        ([ANSWERED], [], [], State.OPEN),
        ([ANSWERED, ANSWERED], [], [], State.OPEN),
        ([ANSWERED, Delivered(202)], [1], [0], State.SLOW),
        ([Delivered(202), SILENT], [0], [], State.SLOW),
        ([Challenged()], [], [0], State.SLOW),
        ([Postponed(seconds(9))], [], [], State.WAITING),
        ([Delivered(202), Postponed(seconds(9))], [0], [], State.WAITING),
        ([], [], [], State.OPEN),
    ],
)
def test_a_visit_decides_what_goes_what_stays_and_how_the_host_fares(
    outcomes: list[Outcome], done: list[int], aside: list[int], state: State
) -> None:
    tried = [(held(n), outcome) for n, outcome in enumerate(outcomes)]
    result = judge(tried, Health(state=State.OPEN), NOW, RULES, 0.5)
    assert [item.body.id for item in result.done] == done
    assert [stay.held.body.id for stay in result.stay] == aside
    assert result.health.state is state


def test_a_signature_refused_twice_is_refused() -> None:
    result = judge([(held(1, challenged=True), Challenged())], Health(state=State.SLOW), NOW, RULES, 0.5)
    assert (len(result.done), len(result.stay)) == (1, 0)


ALICE, BOB, CAROL = AccountId(1), AccountId(2), AccountId(3)


def a(kind: type[Any], **fields: object) -> Any:
    """A row with these fields and nothing in the others."""
    return kind(**dict.fromkeys(kind.__struct_fields__) | fields)


@pytest.mark.parametrize(
    ("visibility", "followers_of", "people"),
    [
        ("public", (ALICE, CAROL), (BOB, CAROL)),
        ("unlisted", (ALICE, CAROL), (BOB, CAROL)),
        ("private", (ALICE,), (BOB,)),
        ("direct", (), (BOB,)),
        ("limited", (), (BOB,)),
    ],
)
def test_a_reply_is_for_whom_its_visibility_says(
    visibility: str, followers_of: tuple[AccountId, ...], people: tuple[AccountId, ...]
) -> None:
    status = a(Status, visibility=visibility, in_reply_to_account_id=CAROL)
    assert of_post(a(Account, id=ALICE), status, [BOB]) == Audience(followers_of=followers_of, people=people)


def test_a_boost_is_for_followers_and_the_author() -> None:
    boost, original = a(Status, visibility="public"), a(Status, account_id=BOB)
    assert of_boost(a(Account, id=ALICE), boost, original) == Audience(followers_of=(ALICE,), people=(BOB,))


def test_inboxes_of_suspended_servers_and_doubles_fall_away() -> None:
    suspended = a(Policy, domain="bad.test", severity="suspend")
    recipients = [
        Recipient("https://far.test/inbox", "far.test"),
        Recipient("https://far.test/inbox", "also.far.test"),
        Recipient("https://api.bad.test/inbox", "bad.test"),
        Recipient("https://x.bad.test/inbox", "x.bad.test"),
    ]
    assert allowed(recipients, Policies([suspended])) == {"https://far.test/inbox": False}


def test_an_inbox_of_somebody_spoken_to_is_one_even_if_followers_share_it() -> None:
    recipients = [Recipient("https://far.test/inbox", "far.test", named) for named in (False, True, False)]
    assert allowed(recipients, Policies([])) == {"https://far.test/inbox": True}


def test_what_goes_to_a_few_goes_at_once() -> None:
    few = {f"https://h{n}.test/inbox": False for n in range(FEW)}
    assert parted(few) == (list(few), [])


def test_of_many_those_spoken_to_get_it_at_once() -> None:
    many = {f"https://h{n}.test/inbox": n % 10 == 0 for n in range(FEW * 20)}
    at_once, spread = parted(many)
    assert at_once == [f"https://h{n * 10}.test/inbox" for n in range(FEW)]
    assert {*at_once, *spread} == set(many)
    assert len(at_once) + len(spread) == len(many)


@pytest.mark.parametrize(
    ("inbox", "host"),
    [
        ("https://Far.Test/inbox", "far.test"),
        ("https://far.test:443/inbox", "far.test"),
        ("https://far.test:8443/inbox", "far.test:8443"),
    ],
)
def test_one_host_has_one_name(inbox: str, host: str) -> None:
    assert host_of(inbox) == host


def test_the_board_is_read_once_a_moment() -> None:
    board = Board()
    assert [board.must_read(NOW + seconds(s)) for s in (0, 0.5, 1, 1.5)] == [True, False, True, False]
    board.show([Unwell(host=FAR, state=State.OPEN, paused=False, failures=4)])
    assert board.holds(FAR)
    assert board.is_given_up(FAR)
    board.show_health(FAR, Health())
    assert not board.holds(FAR)


def test_a_paused_host_holds_though_it_is_well() -> None:
    board = Board()
    board.show([Unwell(host=FAR, state=State.FAST, paused=True, failures=0)])
    assert board.holds(FAR)


async def test_a_lane_admits_some_lets_some_wait_and_sends_the_rest_away() -> None:
    lanes, leave = Lanes(2, 3), asyncio.Event()
    admitted: list[bool] = []

    async def enter() -> None:
        async with lanes.enter(FAR) as place:
            admitted.append(place)
            if place:
                await leave.wait()

    tasks = [asyncio.create_task(enter()) for _ in range(7)]
    for _ in range(3):
        await asyncio.sleep(0)
    assert admitted.count(True) == 2
    assert admitted.count(False) == 2
    leave.set()
    await asyncio.gather(*tasks)
    assert admitted.count(True) == 5
    assert lanes._lanes == {}


async def test_many_who_ask_at_once_load_once() -> None:
    kept: Kept[int, str] = Kept(2)
    loads: list[int] = []

    async def load(key: int) -> str:
        loads.append(key)
        await asyncio.sleep(0)
        return str(key)

    for key in (1, 1, 2, 3, 1):
        assert await asyncio.gather(*(kept.get(key, lambda: load(key)) for _ in range(3))) == [str(key)] * 3  # noqa: B023  # awaited at once
    assert loads == [1, 2, 3, 1]
    assert kept._loading == {}
