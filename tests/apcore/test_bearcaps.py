"""Addresses that come with the token that opens them."""

import pytest

from apcore.bearcaps import Bearcap, parse


@pytest.mark.parametrize(
    ("uri", "found"),
    [
        ("bear:?u=https://a.test/n/1&t=abc", Bearcap("https://a.test/n/1", "abc")),
        ("bear:?t=a%2Bb&u=https%3A%2F%2Fa.test%2Fn%3Fx%3D1", Bearcap("https://a.test/n?x=1", "a+b")),
        ("https://a.test/n/1", None),
        ("bear:?u=https://a.test/n/1", None),
        ("bear:?t=abc", None),
        ("bear:", None),
        ("bear:?u=javascript:x&t=abc", None),
        ("bear:?u=https://a.test/n/1&t=a%0d%0aX-Evil:%201", None),
        ("bear:?u=https://a.test/n/1&t=" + "a" * 2000, None),
    ],
)
def test_only_a_whole_bearcap_is_one(uri: str, found: Bearcap | None) -> None:
    assert parse(uri) == found
