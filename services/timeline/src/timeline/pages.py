"""A page of a feed: memory proposes, PostgreSQL decides.

Each page is checked once against follows, blocks and mutes as they stand, so a feed that missed an event shows
too little for a while but never too much.
"""

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from contracts.ids import StatusId
from social.paging import Page
from timeline.entry import Entry

LONGEST_LOOK = 640
"""How many entries are looked at in one go, when most of what came before is hidden."""

Propose = Callable[[Page], Awaitable[list[Entry]]]
Check = Callable[[Sequence[StatusId]], Awaitable[set[StatusId]]]


async def checked(page: Page, propose: Propose, check: Check) -> list[StatusId]:
    """The ids of a page, newest first. It is short only where the feed ends: clients go no further then."""
    found: list[StatusId] = []
    asked, is_more = page, True
    while is_more and len(found) < page.limit:
        entries = await propose(asked)
        ids = [entry.id for entry in entries]
        true = await check(ids)
        kept = [i for i in ids if i in true]
        found = kept + found if page.forward else found + kept
        is_more = len(entries) >= asked.limit
        asked = _beyond(asked, ids) if is_more else asked
    return found[-page.limit :] if page.forward else found[: page.limit]


def _beyond(page: Page, ids: Sequence[StatusId]) -> Page:
    """What lies after a page that held these; twice as much each time, so that a long look takes few."""
    limit = min(page.limit * 2, LONGEST_LOOK)
    if page.forward:
        return msgspec.structs.replace(page, min_id=ids[0], limit=limit)
    return msgspec.structs.replace(page, max_id=ids[-1], limit=limit)
