"""The answers to a post of ours, as a collection: its author's own first, those of others after them."""

from collections.abc import Sequence

from apcore.collections import Listed
from contracts.ids import Uri
from social.statuses.model import Answer, Status

INLINED = 5
"""How many of its author's own answers come along with a post; as Mastodon."""


def address(status: Status) -> Uri:
    return Uri(f"{status.uri}/replies")


def others(status: Status) -> str:
    """Where the answers of others begin."""
    return f"{address(status)}?only_other_accounts=true&page=true"


def inlined(status: Status, own: Sequence[Answer]) -> Listed:
    """The first page, which a post carries along."""
    return Listed(items=tuple(answer.uri for answer in own), next=after(status, own, INLINED, by_author=True))


def after(status: Status, page: Sequence[Answer], size: int, *, by_author: bool) -> str | None:
    """Where it goes on after a page of that size."""
    if len(page) == size:
        further = others(status) if not by_author else f"{address(status)}?page=true"
        return f"{further}&min_id={page[-1].id}"
    return others(status) if by_author else None
