"""What people type to find posts means what they expect."""

import datetime as dt

import pytest

from social.errors import ValidationFailed
from social.statuses.query import Sought, parse


def at(day: str) -> dt.datetime:
    return dt.datetime.fromisoformat(day).replace(tzinfo=dt.UTC)


def words(text: str) -> Sought:
    return Sought(words=text, has_words=True)


CASES = [
    ("", Sought()),
    ("  \t ", Sought()),
    ("birds", words('"birds"')),
    ("birds fly", words('"birds" "fly"')),
    ("birds or fly", words('"birds" "or" "fly"')),
    ('"birds fly" south', words('"birds fly" "south"')),
    ("“birds fly”", words('"birds fly"')),
    ('"never closed', words('"never closed"')),
    ('a"b', words('"a" "b"')),
    ("birds -cats", words('"birds" -"cats"')),
    ('birds -"two cats"', words('"birds" -"two cats"')),
    ("-cats", Sought(words='-"cats"')),
    ("- -- +", Sought()),
    ('""', Sought()),
    ("#birds", words('"#birds"')),
    ("from:alice", Sought(authors=frozenset(["alice"]))),
    ("from:@Alice@Far.Example", Sought(authors=frozenset(["alice@far.example"]))),
    ("from:me from:bob", Sought(authors=frozenset(["me", "bob"]))),
    ("-from:me", Sought(not_authors=frozenset(["me"]))),
    ("FROM:me", Sought(authors=frozenset(["me"]))),
    ("has:media -has:poll", Sought(traits=frozenset(["media"]), not_traits=frozenset(["poll"]))),
    ("is:reply -is:bot", Sought(traits=frozenset(["reply"]), not_traits=frozenset(["bot"]))),
    ("language:DE", Sought(languages=frozenset(["de"]))),
    ("-language:en", Sought(not_languages=frozenset(["en"]))),
    ("before:2026-03-01", Sought(until=at("2026-03-01"))),
    ("after:2026-03-01", Sought(since=at("2026-03-02"))),
    ("-before:2026-03-01", Sought(since=at("2026-03-01"))),
    ("-after:2026-03-01", Sought(until=at("2026-03-02"))),
    ("during:2026-03-01", Sought(since=at("2026-03-01"), until=at("2026-03-02"))),
    ("-during:2026-03-01", Sought(not_days=frozenset([dt.date(2026, 3, 1)]))),
    ("before:2026-03-01 before:2026-01-01", Sought(until=at("2026-01-01"))),
    ("after:2026-01-01 -before:2026-01-10", Sought(since=at("2026-01-10"))),
    ("in:library", Sought(place="library")),
    ("in:public", Sought(place="public")),
    ("in:library in:all", Sought()),
    ("-in:library", Sought(place="public")),
    ("-in:public", Sought(place="library")),
    ("in:nowhere", Sought()),
    ("in:the middle", words('"middle"')),
    ("from: alice", words('"from:" "alice"')),
    ("http://x.example/a:b", words('"http://x.example/a:b"')),
    ("to:alice", words('"to:alice"')),
    (
        'cats from:bob has:image "on sofas" after:2026-01-01',
        Sought(
            words='"cats" "on sofas"',
            has_words=True,
            authors=frozenset(["bob"]),
            traits=frozenset(["image"]),
            since=at("2026-01-02"),
        ),
    ),
]


@pytest.mark.parametrize(("typed", "sought"), CASES)
def test_what_is_typed_is_taken_apart(typed: str, sought: Sought) -> None:
    assert parse(typed) == sought


@pytest.mark.parametrize("typed", ["before:yesterday", "after:2026-13-01", "during:9999-12-31", "-before:0001-01-01"])
def test_what_is_no_day_is_said(typed: str) -> None:
    with pytest.raises(ValidationFailed):
        parse(typed)


def test_a_flood_of_operators_is_cut_off() -> None:
    assert len(parse(" ".join(f"from:a{n}" for n in range(500))).authors) == 40


def test_nothing_is_nothing_to_look_for() -> None:
    assert parse("- +").is_empty
    assert not parse("in:library").is_empty
