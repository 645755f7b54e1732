"""The timeline of one list: from memory, from PostgreSQL where that fails, and never more than is true."""

from functools import partial

from contracts.ids import ListId, StatusId
from social.paging import Page
from timeline import pages
from timeline.away import RedisAway
from timeline.entry import Entry, cut, without_repeats
from timeline.feeds import LENGTH
from timeline.home import BYPASSED
from timeline.resources import Resources
from timeline.store import listed


async def read(res: Resources, list_id: ListId, page: Page) -> list[StatusId]:
    """The ids of a page, newest first."""
    return await pages.checked(page, partial(_proposed, res, list_id), partial(listed.belonging, res.db, list_id))


async def _proposed(res: Resources, list_id: ListId, page: Page) -> list[Entry]:
    try:
        entries = await res.list_feeds.read(list_id, page)
        if entries is not None:
            return entries
        if await build(res, list_id):
            return cut(await res.list_feeds.everything(list_id), page)
        reason = "being built"
    except RedisAway:
        reason = "redis away"
    BYPASSED.labels(reason).inc()
    return cut(without_repeats(await listed.page_of(res.db, list_id, page)), page)


async def build(res: Resources, list_id: ListId) -> bool:
    """Write the whole feed anew; False if somebody else is at it."""
    if not await res.list_feeds.begin(list_id):
        return False
    found = await listed.page_of(res.db, list_id, Page(limit=LENGTH))
    await res.list_feeds.finish(list_id, without_repeats(found))
    return True
