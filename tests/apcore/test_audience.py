"""Visibility and addressing."""

import pytest

from apcore.audience import Visibility, address, visibility_of
from apcore.context import PUBLIC

FOLLOWERS = "https://a.test/u/1/followers"
BOB = "https://b.test/u/bob"
EVE = "https://e.test/u/eve"


@pytest.mark.parametrize(
    ("to", "cc", "mentioned", "direct", "expected"),
    [
        ([PUBLIC], [FOLLOWERS], [], None, Visibility.PUBLIC),
        ([FOLLOWERS], [PUBLIC], [], None, Visibility.UNLISTED),
        ([FOLLOWERS], [BOB], [BOB], None, Visibility.PRIVATE),
        ([BOB], [], [BOB], None, Visibility.DIRECT),
        ([BOB], [], [BOB], True, Visibility.DIRECT),
        ([BOB], [], [BOB], False, Visibility.LIMITED),
        ([BOB], [EVE], [BOB], None, Visibility.LIMITED),
        (["https://b.test/other/followers"], [], [], None, Visibility.LIMITED),
        ([], [], [], None, Visibility.DIRECT),
    ],
)
def test_addressing_means_a_visibility(to, cc, mentioned, direct, expected):
    assert visibility_of(to, cc, FOLLOWERS, mentioned, direct) is expected


@pytest.mark.parametrize("visibility", [v for v in Visibility if v is not Visibility.LIMITED])
def test_what_we_address_is_read_as_what_we_meant(visibility):
    to, cc = address(visibility, FOLLOWERS, [BOB, BOB])
    assert visibility_of(to, cc, FOLLOWERS, [BOB]) is visibility
    assert (*to, *cc).count(BOB) == 1
