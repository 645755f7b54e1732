"""What is ours, by any spelling of our host, and what only looks like it."""

import pytest

from social.addresses import Addresses

OURS = Addresses("https://ours.test", "ours.test")
ON_A_PORT = Addresses("https://alpha.localhost:8443", "alpha.localhost:8443")


@pytest.mark.parametrize(
    "uri",
    [
        "https://ours.test/ap/users/1",
        "https://ours.test",
        "https://ours.test/",
        "https://ours.test?x",
        "https://OURS.test/ap/users/1",
        "HTTPS://ours.test/ap/users/1",
        "https://ours.test:443/ap/users/1",
        "http://ours.test/ap/users/1",
        "https://ours.test/../x#y",
    ],
)
def test_what_lies_on_our_host_is_ours(uri: str) -> None:
    assert OURS.is_ours(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "ours.test",
        "acct:alice@ours.test",
        "https://ours.test.evil.test/ap/users/1",
        "https://evil.test/https://ours.test/ap/users/1",
        "https://sub.ours.test/ap/users/1",
        "https://ours.test:8443/ap/users/1",
        "https://ours.test:port/ap/users/1",
        "https://[ours.test/ap/users/1",
        "javascript:https://ours.test/",
    ],
)
def test_what_only_looks_like_it_is_not(uri: str) -> None:
    assert not OURS.is_ours(uri)


def test_a_port_is_part_of_where_we_are() -> None:
    assert ON_A_PORT.is_ours("https://alpha.localhost:8443/ap/users/1")
    assert not ON_A_PORT.is_ours("https://alpha.localhost:8444/ap/users/1")
    assert not ON_A_PORT.is_ours("https://alpha.localhost/ap/users/1")
