"""How durations and rates are told."""

import pytest

from murmuration.peers import span
from murmuration.sampling import rates


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (0.4, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (61, "1 min 1 s"),
        (3600, "1 h"),
        (3661, "1 h 1 min"),
        (86400, "1 d"),
        (90000, "1 d 1 h"),
        (400 * 86400 + 59, "400 d"),
    ],
)
def test_a_duration_is_told_in_its_two_largest_units(seconds: float, said: str) -> None:
    assert span(seconds) == said


@pytest.mark.parametrize(
    ("before", "after", "rate"),
    [
        ({"a": 10}, {"a": 30}, {"a": 10}),
        ({"a": 30}, {"a": 6}, {"a": 3}),
        ({}, {"a": 6}, {}),
        ({"a": 30}, {}, {}),
    ],
)
def test_a_counter_that_fell_belongs_to_a_process_that_began_anew(
    before: dict[str, float], after: dict[str, float], rate: dict[str, float]
) -> None:
    assert rates(before, after, 2) == rate
