"""The home timeline of one reader: from memory, from PostgreSQL where memory fails, and never more than is true."""

import datetime as dt
from collections.abc import Sequence
from functools import partial

import msgspec
from prometheus_client import Counter

from chassis.clock import utc_now
from contracts.ids import AccountId, StatusId
from social.paging import Page
from social.statuses.model import Seen
from timeline import merging, pages
from timeline.away import RedisAway
from timeline.entry import Entry, cut, merged, without_repeats
from timeline.feeds import LENGTH
from timeline.resources import Resources
from timeline.store import homes

OWN_NEWEST = dt.timedelta(minutes=10)
"""How long one's own post may take to its own home before it would be missed there."""

BYPASSED = Counter("murmuration_timeline_feed_bypassed_total", "Feeds read from PostgreSQL alone", ["reason"])
UNFINISHED = Counter("murmuration_timeline_feed_unfinished_total", "Home reads answered before the feed was whole")


class Glance(msgspec.Struct, frozen=True):
    """What a look at home found, newest first; not `whole` while the feed is being built."""

    ids: list[StatusId]
    whole: bool
    seen: dict[StatusId, Seen] | None
    """What is seen of them, if that came along."""


async def read(res: Resources, reader: AccountId, page: Page) -> Glance:
    whole = True
    true: set[StatusId] = set()
    seen: dict[StatusId, Seen] | None = {}

    async def remembered(asked: Page) -> list[Entry]:
        nonlocal whole
        entries = await res.feeds.read(reader, asked)
        if entries is None:
            whole = await _rebuilt(res, reader)
            entries = cut(await res.feeds.everything(reader), asked)
        return entries

    async def propose(asked: Page) -> list[Entry]:
        nonlocal seen
        try:
            proposal = await merging.proposed(res, reader, asked, remembered)
        except RedisAway:
            entries = await _without_memory(res, reader, asked)
            true.update(entry.id for entry in entries)
            seen = None
            return entries
        entries = proposal.entries
        found = await homes.look(res.db, reader, [entry.id for entry in entries], utc_now() - OWN_NEWEST, asked)
        true.update(found.belonging - proposal.repeats, (entry.id for entry in found.own))
        seen = seen if seen is None else seen | found.seen
        return merged(entries, found.own, asked) if found.own else entries

    async def check(ids: Sequence[StatusId]) -> set[StatusId]:
        """It was looked at together with all that is seen of it: one statement for both."""
        return true.intersection(ids)

    ids = await pages.checked(page, propose, check)
    if not whole:
        UNFINISHED.inc()
    return Glance(ids, whole, seen)


async def _rebuilt(res: Resources, reader: AccountId) -> bool:
    """False if it takes longer than anybody should wait, or if another process is at it."""
    return await res.rebuilds.within(res.settings.feed_patience, reader, partial(build, res, reader))


async def build(res: Resources, reader: AccountId) -> bool:
    """Write the whole feed anew; False if somebody else is at it."""
    if not await res.feeds.begin(reader):
        return False
    found = await homes.page_of(res.db, reader, Page(limit=LENGTH))
    await res.feeds.finish(reader, without_repeats(found))
    return True


async def _without_memory(res: Resources, reader: AccountId, page: Page) -> list[Entry]:
    BYPASSED.labels("redis away").inc()
    return cut(without_repeats(await homes.page_of(res.db, reader, page)), page)
