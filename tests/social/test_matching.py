"""Which words and posts a filter meets."""

import datetime as dt
from typing import Any

import people
import pytest

from chassis.db import Database
from contracts.ids import AccountId, FilterId, FilterKeywordId, FilterStatusId, StatusId
from social.filters import store
from social.filters.matching import Filters, searchable
from social.filters.model import Filter, FilterStatus, Keyword
from social.statuses import reading

NOW = people.NOW
POST, BOOST = StatusId(1), StatusId(2)


def a_filter(*keywords: str, whole_word: bool = True, statuses: tuple[StatusId, ...] = (), **changes: object) -> Filter:
    fields: dict[str, Any] = {
        "id": FilterId(1),
        "account_id": AccountId(1),
        "title": "No",
        "contexts": ["home"],
        "action": "warn",
        "expires_at": None,
        "keywords": [
            Keyword(id=FilterKeywordId(n), filter_id=FilterId(1), keyword=k, whole_word=whole_word)
            for n, k in enumerate(keywords)
        ],
        "statuses": [FilterStatus(id=FilterStatusId(i), filter_id=FilterId(1), status_id=i) for i in statuses],
    }
    return Filter(**(fields | changes))


@pytest.mark.parametrize(
    ("keyword", "whole_word", "text", "met"),
    [
        ("cat", True, "A Cat sat", "Cat"),
        ("cat", True, "Concatenate", None),
        ("cat", False, "Concatenate", "cat"),
        ("cat", True, "cat's #cat", "cat"),
        ("#cat", True, "see#cats", None),
        ("#cat", True, "see #CAT!", "#CAT"),
        (".*", False, "anything", None),
        ("c++", True, "I like C++, too", "C++"),
        ("two words", True, "TWO words.", "TWO words"),
        ("猫", True, "黒猫が好き", "猫"),
        ("cat", True, "黒catが好き", "cat"),
        ("über", True, "ÜBER alles", "ÜBER"),
        ("é", True, "café", None),
        ("  cat ", True, "cat", "cat"),
        ("", False, "cat", None),
        ("cat", True, "İ cat", "cat"),
    ],
)
def test_keywords_are_met_at_the_edges_of_words(keyword: str, whole_word: bool, text: str, met: str | None) -> None:
    found = Filters.of([a_filter(keyword, whole_word=whole_word)]).results(text, POST, None, NOW)
    assert [match.keyword_matches for match in found] == ([[met]] if met else [])


def test_posts_are_met_also_in_boosts() -> None:
    found = Filters.of([a_filter(statuses=(POST,))]).results("", BOOST, POST, NOW)
    assert [(match.keyword_matches, match.status_matches) for match in found] == [(None, [POST])]


@pytest.mark.parametrize(("context", "count"), [("home", 1), ("public", 0), (None, 1)])
def test_a_filter_counts_where_it_shall(context: str | None, count: int) -> None:
    filters = Filters.of([a_filter("cat")])
    assert len(filters.results("cat", POST, None, NOW, context=context)) == count  # type: ignore[arg-type]  # a table


def test_an_expired_filter_finds_nothing() -> None:
    assert not Filters.of([a_filter("cat", expires_at=NOW)]).results("cat", POST, None, NOW)
    assert Filters.of([a_filter("cat", expires_at=NOW + dt.timedelta(seconds=1))]).results("cat", POST, None, NOW)


async def test_active_filters_come_with_their_rules(gateway: Database) -> None:
    async with gateway.transaction() as tx:
        alice, bob = [await people.a_local_account(tx, name) for name in ("alice", "bob")]
        post = await people.a_post(tx, bob, "Something", spoiler_text="Spiders")
        how: dict[str, Any] = {"title": "x", "contexts": ["home"], "action": "hide"}
        lasting = await store.add(tx, alice.id, expires_at=None, **how)
        over = await store.add(tx, alice.id, expires_at=NOW - dt.timedelta(days=10_000), **how)
        for filter_id in (lasting, over):
            await store.add_keyword(tx, filter_id, "spiders", whole_word=True)
            await store.add_status(tx, filter_id, post.id)
    full = (await reading.full(gateway, [post.id]))[post.id]
    (match,) = (await store.active_of(gateway, alice.id)).results(searchable(full), post.id, None, NOW)
    assert (match.filter.id, match.keyword_matches, match.status_matches) == (lasting, ["Spiders"], [post.id])
    assert not await store.active_of(gateway, bob.id)
