"""Who may quote, and what becomes of a quote: the rules, as tables."""

import itertools

import pytest

from contracts.ids import AccountId, StatusId, Uri
from social.quotes import rules
from social.quotes.model import ACCEPTED, DELETED, PENDING, REJECTED, REVOKED, Policy, Quoting, Standing
from social.quotes.rules import Turn

STATES = (PENDING, ACCEPTED, REJECTED, REVOKED, DELETED)
MOVES = {
    (PENDING, Turn.ALLOWED): ACCEPTED,
    (PENDING, Turn.PROVEN): ACCEPTED,
    (PENDING, Turn.REFUSED): REJECTED,
    (PENDING, Turn.LOST): DELETED,
    (ACCEPTED, Turn.REFUSED): REVOKED,
    (ACCEPTED, Turn.LOST): DELETED,
    (REJECTED, Turn.PROVEN): ACCEPTED,
}


@pytest.mark.parametrize(("state", "turn"), list(itertools.product(STATES, Turn)))
def test_a_quote_moves_from_state_to_state(state: str, turn: Turn) -> None:
    assert rules.after(state, turn) == MOVES.get((state, turn))


def test_no_accept_brings_a_refused_quote_back_whichever_came_first() -> None:
    ends = set()
    for order in itertools.permutations((Turn.ALLOWED, Turn.REFUSED)):
        state = PENDING
        for turn in order:
            state = rules.after(state, turn) or state
        ends.add(state)
    assert ends == {REJECTED, REVOKED}


ANYBODY, FRIENDS = Policy(("public",)), Policy(("followers",))


@pytest.mark.parametrize(
    ("standing", "verdict"),
    [
        (Standing(visibility="public", policy=ANYBODY), "automatic"),
        (Standing(visibility="unlisted", policy=ANYBODY), "automatic"),
        (Standing(visibility="public", policy=Policy()), "denied"),
        (Standing(visibility="public", policy=Policy(), is_author=True), "automatic"),
        (Standing(visibility="public", policy=FRIENDS), "denied"),
        (Standing(visibility="public", policy=FRIENDS, follows_author=True), "automatic"),
        (Standing(visibility="public", policy=FRIENDS, followed_by_author=True), "denied"),
        (Standing(visibility="public", policy=Policy(("following",)), followed_by_author=True), "automatic"),
        (Standing(visibility="public", policy=Policy((), ("public",))), "manual"),
        (Standing(visibility="public", policy=Policy(("followers",), ("public",)), follows_author=True), "automatic"),
        (Standing(visibility="public", policy=Policy(("unsupported_policy",))), "unknown"),
        (Standing(visibility="public", policy=Policy((), ("followers", "unsupported_policy"))), "unknown"),
        (Standing(visibility="private", policy=ANYBODY, follows_author=True), "denied"),
        (Standing(visibility="private", policy=Policy(), is_author=True), "automatic"),
        (Standing(visibility="direct", policy=ANYBODY, is_author=True), "denied"),
        (Standing(visibility="limited", policy=ANYBODY), "denied"),
        (Standing(visibility="public", policy=ANYBODY, is_boost=True), "denied"),
        (Standing(visibility="public", policy=ANYBODY, is_blocked=True), "denied"),
    ],
)
def test_the_author_decides_who_may_quote(standing: Standing, verdict: str) -> None:
    assert rules.approval(standing) == verdict


@pytest.mark.parametrize("wanted", ["public", "followers", "nobody"])
@pytest.mark.parametrize("visibility", ["private", "direct", "limited"])
def test_what_is_not_for_everybody_is_quoted_by_nobody(wanted: str, visibility: str) -> None:
    assert rules.policy_for(wanted, visibility) == Policy()


@pytest.mark.parametrize(
    ("wanted", "quoted", "becomes"),
    [
        ("public", "public", "public"),
        ("public", "unlisted", "public"),
        ("public", "private", "private"),
        ("unlisted", "private", "private"),
        ("direct", "private", "direct"),
    ],
)
def test_a_quote_is_not_more_open_than_what_it_quotes(wanted: str, quoted: str, becomes: str) -> None:
    assert rules.visibility_of_quote(wanted, quoted) == becomes


HERE = Quoting(uri=Uri("https://ours.test/1"), status_id=StatusId(1), account_id=AccountId(7), is_local=True)
THERE = Quoting(uri=Uri("https://far.test/1"), status_id=StatusId(2), account_id=AccountId(8))
UNSEEN = Quoting(uri=Uri("https://far.test/2"))


@pytest.mark.parametrize(
    ("quoting", "author", "by_us", "state"),
    [
        (HERE, 1, True, ACCEPTED),
        (HERE, 1, False, PENDING),
        (HERE, 7, True, ACCEPTED),
        (THERE, 1, True, PENDING),
        (THERE, 1, False, PENDING),
        (THERE, 8, False, ACCEPTED),
        (UNSEEN, 8, False, PENDING),
        (Quoting(uri=Uri("https://far.test/3"), is_gone=True), 8, False, DELETED),
    ],
)
def test_a_quote_begins_as_what_is_known_of_it(quoting: Quoting, author: int, by_us: bool, state: str) -> None:
    assert rules.first_state(quoting, author, by_us=by_us) == state


@pytest.mark.parametrize(
    ("state", "facts", "shown"),
    [
        (PENDING, {"has_quoted": True}, "pending"),
        (PENDING, {"has_quoted": False}, "pending"),
        (REJECTED, {"has_quoted": True, "may_see": False}, "rejected"),
        (REVOKED, {"has_quoted": True}, "revoked"),
        (DELETED, {"has_quoted": False}, "deleted"),
        (ACCEPTED, {"has_quoted": True}, "accepted"),
        (ACCEPTED, {"has_quoted": False}, "deleted"),
        (ACCEPTED, {"has_quoted": True, "may_see": False}, "unauthorized"),
        (ACCEPTED, {"has_quoted": True, "blocks_author": True, "mutes_author": True}, "blocked_account"),
        (ACCEPTED, {"has_quoted": True, "blocks_domain": True}, "blocked_domain"),
        (ACCEPTED, {"has_quoted": True, "mutes_author": True}, "muted_account"),
        (ACCEPTED, {"has_quoted": True, "may_see": False, "blocks_author": True}, "unauthorized"),
    ],
)
def test_each_viewer_is_told_a_state_of_their_own(state: str, facts: dict[str, bool], shown: str) -> None:
    assert rules.shown_state(state, **facts) == shown
