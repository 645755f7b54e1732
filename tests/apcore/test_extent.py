"""Contexts are bounded like the rest of a document, whether they were seen before or not."""

import pytest

from apcore.extent import LONGEST, nodes_in
from apcore.jsonld import MAX_NODES, Malformed, normal

LONG = ["x" * LONGEST, {"a": [1, 2]}]


@pytest.mark.parametrize(
    ("context", "nodes", "depth"),
    [("https://a.example", 1, 0), ([], 1, 0), (["a", {"b": {"c": "d"}}, None], 6, 3), (LONG, 6, 3)],
)
def test_every_value_counts_down_to_the_deepest(context: object, nodes: int, depth: int) -> None:
    for _ in range(2):
        assert nodes_in(context, depth, nodes) == nodes
        assert nodes_in(context, depth - 1, nodes) is None
        assert nodes_in(context, depth, nodes - 1) is None


def test_a_context_counts_with_what_else_is_in_the_document() -> None:
    half = [0] * (MAX_NODES // 2)
    assert normal({"@context": half, "a": half[:-5]})
    with pytest.raises(Malformed):
        normal({"@context": half, "a": half})


def test_a_context_that_is_no_json_is_refused() -> None:
    with pytest.raises(Malformed):
        normal({"@context": {"a": object()}})
