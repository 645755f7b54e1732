"""What of a stream's news a viewer's own filters leave."""

import msgspec
import pytest

from timeline.payloads import is_filtered_out


def a_status(action: str, *contexts: str, boosted: bool = False) -> bytes:
    """As much of it as filters leave in it."""
    filtered = [{"filter": {"id": "1", "context": contexts, "filter_action": action}, "keyword_matches": ["x"]}]
    status = {"id": "1", "content": "hide", "filtered": filtered}
    return msgspec.json.encode({"id": "2", "filtered": [], "reblog": status} if boosted else status)


@pytest.mark.parametrize(
    ("status", "context", "gone"),
    [
        (a_status("hide", "home"), "home", True),
        (a_status("hide", "home"), "public", False),
        (a_status("hide", "home", boosted=True), "home", True),
        (a_status("warn", "home"), "home", False),
        (b'{"id":"1","content":"\\"hide\\""}', "home", False),
    ],
)
def test_a_status_is_left_out_where_a_filter_hides_it(status: bytes, context: str, gone: bool):
    assert is_filtered_out(status, context) is gone
