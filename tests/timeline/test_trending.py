"""Scores of what goes round."""

import datetime as dt

import pytest

from contracts.ids import AccountId, StatusId
from timeline.trending import LINKS, TAGS, Candidate, Post, best_of_each, fade, score_of, standing, surprise

NOW = dt.datetime(2026, 6, 1, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("today", "yesterday", "score"),
    [
        (0, 0, 0),
        (4, 0, 0),
        (5, 0, 16),
        (5, 5, 0),
        (4, 40, 0),
        (5, 6, 0),
        (20, 10, 10),
        (100, 1, 9801),
        (100, 99, 1 / 99),
    ],
)
def test_only_what_is_more_than_usual_scores(today: int, yesterday: int, score: float) -> None:
    assert surprise(TAGS, today, yesterday) == pytest.approx(score)


@pytest.mark.parametrize(("hours", "left"), [(0, 100), (-3, 100), (4, 50), (8, 25), (40, 100 / 1024)])
def test_scores_fade_by_half_lives(hours: int, left: float) -> None:
    assert fade(100, hours * HOUR, TAGS.half_life) == pytest.approx(left)


def a_candidate(today: int, yesterday: int = 0, peak: float | None = None, hours_ago: float = 0) -> Candidate:
    at = NOW - hours_ago * HOUR if peak is not None else None
    return Candidate(id=1, today=today, yesterday=yesterday, peak=peak, peaked_at=at)


@pytest.mark.parametrize(
    ("candidate", "score", "peak"),
    [
        (a_candidate(11), 100, 100),
        (a_candidate(11, peak=100, hours_ago=4), 50, 100),
        (a_candidate(11, peak=50, hours_ago=4), 100, 100),
        (a_candidate(0, peak=100, hours_ago=8), 25, 100),
        (a_candidate(0, yesterday=50, peak=100, hours_ago=47), 100 * 0.5 ** (47 / 4), 100),
        (a_candidate(11, peak=900, hours_ago=49), 100, 100),
    ],
)
def test_a_peak_counts_until_a_higher_one_or_two_days_later(candidate: Candidate, score: float, peak: float) -> None:
    found = standing(TAGS, candidate, NOW)
    assert found is not None
    assert (found.score, found.peak.score) == (pytest.approx(score), peak)


@pytest.mark.parametrize("candidate", [a_candidate(4), a_candidate(0, peak=100, hours_ago=49), a_candidate(0)])
def test_what_nobody_speaks_of_any_more_is_forgotten(candidate: Candidate) -> None:
    assert standing(TAGS, candidate, NOW) is None


def test_links_fade_more_slowly_than_tags() -> None:
    candidate = a_candidate(0, peak=100, hours_ago=8)
    scores = [found.score for rule in (TAGS, LINKS) if (found := standing(rule, candidate, NOW))]
    assert scores == [pytest.approx(25), pytest.approx(50)]


def a_post(post_id: int, taps: int, hours: float = 0, author: int = 1) -> Post:
    return Post(
        id=StatusId(post_id), account_id=AccountId(author), language=None, created_at=NOW - hours * HOUR, taps=taps
    )


@pytest.mark.parametrize(("taps", "hours", "score"), [(4, 0, 0), (5, 0, 16), (5, 1, 8), (11, 2, 25), (5, -1, 16)])
def test_posts_score_by_taps_and_age(taps: int, hours: int, score: float) -> None:
    assert score_of(a_post(1, taps, hours), NOW) == pytest.approx(score)


def test_only_the_best_post_of_an_author_trends() -> None:
    posts = [a_post(1, 6), a_post(2, 9), a_post(3, 7, author=2), a_post(4, 4, author=3), a_post(5, 9, 20, author=4)]
    assert [post.id for post, _ in best_of_each(posts, NOW)] == [2, 3]
