"""What goes round: how high something scores, and how it fades. Pure; the rules are Mastodon's."""

import datetime as dt
from collections.abc import Iterable
from typing import Final

import msgspec

from contracts.ids import AccountId, StatusId

LEAST: Final = 1.0
"""Of what scores less nobody is told."""
A_DAY: Final = dt.timedelta(days=1)
COOLDOWN: Final = dt.timedelta(days=2)
"""For so long a peak counts; until then only a higher one begins anew."""

POST_HALF_LIFE: Final = dt.timedelta(hours=1)
LEAST_OF_POST: Final = 0.3
FEWEST_TAPS: Final = 5


class Rule(msgspec.Struct, frozen=True):
    """From how many people on something counts, and how long until half of its score is gone."""

    fewest: int
    half_life: dt.timedelta


TAGS: Final = Rule(fewest=5, half_life=dt.timedelta(hours=4))
LINKS: Final = Rule(fewest=5, half_life=dt.timedelta(hours=8))


class Peak(msgspec.Struct, frozen=True):
    score: float
    at: dt.datetime


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A tag or a link: how many people used it on two days, and its peak so far."""

    id: int
    today: int
    yesterday: int
    peak: float | None
    peaked_at: dt.datetime | None
    language: str | None = None
    trendable: bool | None = None
    """What moderators decided; None if nothing."""


class Standing(msgspec.Struct, frozen=True):
    """How something stands at a moment."""

    candidate: Candidate
    score: float
    peak: Peak


class Post(msgspec.Struct, frozen=True, kw_only=True):
    id: StatusId
    account_id: AccountId
    language: str | None
    created_at: dt.datetime
    taps: int
    """Favourites and boosts."""


def surprise(rule: Rule, today: int, yesterday: int) -> float:
    """How much more people use it than the day before: what is always popular does not trend."""
    expected = float(yesterday or 1)
    if today < rule.fewest or today < expected:
        return 0.0
    return float((today - expected) ** 2 / expected)


def fade(score: float, age: dt.timedelta, half_life: dt.timedelta) -> float:
    return score * float(0.5 ** (max(age, dt.timedelta()) / half_life))


def standing(rule: Rule, candidate: Candidate, now: dt.datetime) -> Standing | None:
    """None when its peak is forgotten and there is no new one."""
    peak = _peak_of(candidate, now)
    score = surprise(rule, candidate.today, candidate.yesterday)
    if peak is None or score > peak.score:
        peak = Peak(score, now)
    if peak.score == 0:
        return None
    return Standing(candidate, fade(peak.score, now - peak.at, rule.half_life), peak)


def _peak_of(candidate: Candidate, now: dt.datetime) -> Peak | None:
    if candidate.peak is None or candidate.peaked_at is None or candidate.peaked_at < now - COOLDOWN:
        return None
    return Peak(candidate.peak, candidate.peaked_at)


def score_of(post: Post, now: dt.datetime) -> float:
    if post.taps < FEWEST_TAPS:
        return 0.0
    return fade(float((post.taps - 1) ** 2), now - post.created_at, POST_HALF_LIFE)


def best_of_each(posts: Iterable[Post], now: dt.datetime) -> list[tuple[Post, float]]:
    """The highest first, one of each author."""
    scored = sorted(((post, score_of(post, now)) for post in posts), key=lambda pair: (-pair[1], -pair[0].id))
    best: dict[AccountId, tuple[Post, float]] = {}
    for post, score in scored:
        if score >= LEAST_OF_POST:
            best.setdefault(post.account_id, (post, score))
    return list(best.values())


def midnight(now: dt.datetime) -> dt.datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def first_id(at: dt.datetime) -> int:
    """The lowest id that something of this moment may have."""
    return int(at.timestamp() * 1000) << 16
