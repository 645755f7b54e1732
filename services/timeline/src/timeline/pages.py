"""A page of a feed: memory proposes, PostgreSQL decides.

Each page is checked once against follows, blocks and mutes as they stand, so a feed that missed an event shows
too little for a while but never too much.
"""

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from contracts.ids import StatusId
from social.paging import Page
from timeline.entry import Entry

ROUNDS = 3
"""How many pages are looked at when most of what they hold is hidden."""

Propose = Callable[[Page], Awaitable[list[Entry]]]
Check = Callable[[Sequence[StatusId]], Awaitable[set[StatusId]]]


async def checked(page: Page, propose: Propose, check: Check) -> list[StatusId]:
    """The ids of a page, newest first."""
    found: list[StatusId] = []
    asked = page
    for _ in range(ROUNDS):
        entries = await propose(asked)
        ids = [entry.id for entry in entries]
        true = await check(ids)
        kept = [i for i in ids if i in true]
        found = kept + found if page.forward else found + kept
        if len(entries) < page.limit or len(found) >= page.limit:
            break
        asked = _beyond(asked, ids)
    return found[-page.limit :] if page.forward else found[: page.limit]


def _beyond(page: Page, ids: Sequence[StatusId]) -> Page:
    """The page after one that held these."""
    if page.forward:
        return msgspec.structs.replace(page, min_id=ids[0])
    return msgspec.structs.replace(page, max_id=ids[-1])
