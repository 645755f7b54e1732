"""The home timeline of one reader: from memory, from PostgreSQL where memory fails, and never more than is true.

Redis proposes, PostgreSQL decides: each page is checked once against follows, blocks and mutes as they stand,
so a feed that missed an event shows too little for a while but never too much.
"""

import datetime as dt
from collections.abc import Sequence

import msgspec
from prometheus_client import Counter

from chassis.clock import utc_now
from contracts.ids import AccountId, StatusId
from social.paging import Page
from timeline.away import RedisAway
from timeline.entry import Entry, cut, merged, without_repeats
from timeline.feeds import LENGTH
from timeline.resources import Resources
from timeline.store import homes

OWN_NEWEST = dt.timedelta(minutes=10)
"""How long one's own post may take to its own home before it would be missed there."""

ROUNDS = 3
"""How many pages are looked at when most of what they hold is hidden."""

BYPASSED = Counter("murmuration_timeline_feed_bypassed_total", "Home reads answered from PostgreSQL alone", ["reason"])


async def read(res: Resources, reader: AccountId, page: Page) -> list[StatusId]:
    """The ids of a page, newest first."""
    found: list[StatusId] = []
    asked = page
    for _ in range(ROUNDS):
        entries = await _proposed(res, reader, asked)
        ids = [entry.id for entry in entries]
        true = await homes.belonging(res.db, reader, ids)
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


async def _proposed(res: Resources, reader: AccountId, page: Page) -> list[Entry]:
    try:
        entries = await res.feeds.read(reader, page)
        if entries is None:
            return await _rebuilt(res, reader, page)
        await res.feeds.keep(reader)
    except RedisAway:
        return await _without_memory(res, reader, page, "redis away")
    own = await homes.own_since(res.db, reader, utc_now() - OWN_NEWEST, page)
    return merged(entries, own, page)


async def _rebuilt(res: Resources, reader: AccountId, page: Page) -> list[Entry]:
    """Build the feed, unless another request is at it."""
    if not await build(res, reader):
        return await _without_memory(res, reader, page, "being built")
    return cut(await res.feeds.everything(reader), page)


async def build(res: Resources, reader: AccountId) -> bool:
    """Write the whole feed anew; False if somebody else is at it."""
    if not await res.feeds.begin(reader):
        return False
    found = await homes.page_of(res.db, reader, Page(limit=LENGTH))
    await res.feeds.finish(reader, without_repeats(found))
    return True


async def _without_memory(res: Resources, reader: AccountId, page: Page, reason: str) -> list[Entry]:
    BYPASSED.labels(reason).inc()
    return cut(without_repeats(await homes.page_of(res.db, reader, page)), page)
