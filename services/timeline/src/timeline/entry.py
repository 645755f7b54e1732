"""A place in a feed: a status's id, and what it boosts."""

from collections.abc import Iterable, Sequence

import msgspec

from contracts.ids import StatusId
from social.paging import Page

WINDOW = 40
"""How near in a feed the same post is not shown again as a boost; as Mastodon."""


class Entry(msgspec.Struct, frozen=True):
    id: StatusId
    reblog_of_id: StatusId | None = None

    @property
    def subject(self) -> StatusId:
        """What the reader sees: the boosted status, or the status itself."""
        return self.reblog_of_id or self.id


def without_repeats(entries: Iterable[Entry]) -> list[Entry]:
    """Newest first, without boosts of what stands among the 40 entries before them."""
    kept: list[Entry] = []
    for entry in sorted(entries, key=lambda e: e.id):
        recent = {other.subject for other in kept[-WINDOW:]}
        if entry.reblog_of_id is None or entry.subject not in recent:
            kept.append(entry)
    return kept[::-1]


def cut(entries: Sequence[Entry], page: Page) -> list[Entry]:
    """The page of a feed that is given newest first."""
    within = [
        entry
        for entry in entries
        if (page.max_id is None or entry.id < page.max_id) and (page.after is None or entry.id > page.after)
    ]
    return within[-page.limit :] if page.forward else within[: page.limit]


def merged(entries: Iterable[Entry], more: Iterable[Entry], page: Page) -> list[Entry]:
    """Both, each status once, newest first, no longer than the page."""
    found = {entry.id: entry for entry in (*entries, *more)}
    return cut(sorted(found.values(), key=lambda e: e.id, reverse=True), page)
