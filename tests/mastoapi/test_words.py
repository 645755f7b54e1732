"""Scopes, pages, networks and times: pure decisions as tables."""

import datetime as dt

import pytest

from mastoapi.entities.times import midnight, timestamp
from mastoapi.networks import network_of
from mastoapi.pagination import page_from
from mastoapi.scopes import covers
from social.paging import Page


@pytest.mark.parametrize(
    ("granted", "wanted", "allowed"),
    [
        ("read", "read:statuses", True),
        ("read:statuses", "read:statuses", True),
        ("read:statuses", "read", False),
        ("read:statuses", "read:accounts", False),
        ("read", "write:statuses", False),
        ("write", "write:media", True),
        ("follow", "write:follows", True),
        ("follow", "read:mutes", True),
        ("follow", "write:statuses", False),
        ("admin:read", "admin:read:accounts", True),
        ("read", "admin:read:accounts", False),
        ("read", "profile", False),
        ("", "read", False),
    ],
)
def test_a_scope_covers_what_is_beneath_it(granted: str, wanted: str, allowed: bool) -> None:
    assert covers(granted.split(), wanted) is allowed


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ({}, Page(limit=20)),
        ({"limit": "5", "max_id": "7"}, Page(limit=5, max_id=7)),
        ({"limit": "500"}, Page(limit=40)),
        ({"limit": "0"}, Page(limit=20)),
        ({"limit": "-3", "min_id": "x"}, Page(limit=20)),
        ({"since_id": "9" * 19}, Page(limit=20, since_id=2**63 - 1)),
        ({"since_id": "9" * 30}, Page(limit=20)),
        ({"max_id": "\u0665"}, Page(limit=20, max_id=5)),
    ],
)
def test_a_page_is_what_can_be_understood(query: dict[str, str], page: Page) -> None:
    assert page_from(query, default=20, most=40) == page


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", "unknown"),
    ],
)
def test_an_address_stands_for_its_network(address: str, network: str) -> None:
    assert network_of(address) == network


def test_times_have_milliseconds_in_utc() -> None:
    at = dt.datetime(2026, 6, 1, 1, 2, 3, 456789, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert timestamp(at) == "2026-05-31T23:02:03.456Z"
    assert midnight(at) == "2026-05-31T00:00:00.000Z"
