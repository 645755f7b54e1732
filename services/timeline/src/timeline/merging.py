"""Authors whom so many follow that nobody writes their posts into homes: who looks finds them merged in.

What a home holds and what these authors posted are put together as if everything had been written: in one order,
and without boosts of what stands just before them. Reading begins some time before writing ends (`is_settled`), so
every process knows of an author before the first post of theirs is not written.
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from contracts.ids import AccountId, StatusId
from social.paging import Page
from timeline.entry import WINDOW, Entry, cut, without_repeats
from timeline.resources import Resources
from timeline.store import widely

Remembered = Callable[[Page], Awaitable[list[Entry]]]


class Proposal(msgspec.Struct, frozen=True):
    """A page as it may be shown, newest first."""

    entries: list[Entry]
    repeats: frozenset[StatusId] = frozenset()
    """Those of them that are boosts of what stands just before them."""


async def proposed(res: Resources, reader: AccountId, page: Page, remembered: Remembered) -> Proposal:
    """What memory holds of the page, and what those whom it does not hold have posted."""
    around = surroundings(page)
    authors = res.widely_followed.value
    posted = [e for near in around for e in await widely.page_of(res.db, reader, authors, near)] if authors else []
    if not posted:
        return Proposal(await remembered(page))
    held = [e for near in around for e in await remembered(near)]
    bottom = await res.feeds.bottom(reader)
    return put_together(page, held, [e for e in posted if e.id > bottom])


def surroundings(page: Page) -> list[Page]:
    """The page with the forty entries before it, which decide what on it is a repeat."""
    if page.min_id is not None:
        return [page, Page(limit=WINDOW, max_id=page.min_id + 1)]
    return [Page(limit=page.limit + WINDOW, max_id=page.max_id)]


def put_together(page: Page, held: Sequence[Entry], posted: Sequence[Entry]) -> Proposal:
    """The page of both, given what surrounds it as well."""
    found = {entry.id: entry for entry in (*held, *posted)}
    kept = {entry.id for entry in without_repeats(found.values())}
    entries = cut(sorted(found.values(), key=lambda e: e.id, reverse=True), page)
    return Proposal(entries, frozenset(e.id for e in entries if e.id not in kept))


def is_settled(since: dt.datetime | None, now: dt.datetime, after: dt.timedelta) -> bool:
    """Whether every process knows by now that the author is widely followed."""
    return since is not None and now - since >= after
