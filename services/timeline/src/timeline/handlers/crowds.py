"""Posts of authors with very many followers here: who listens now is told, and nobody else is looked for.

Whoever listens to such an author has their posts written home as usual, so that a stream tells each once.
"""

from collections.abc import AsyncIterator

from chassis.clock import utc_now
from contracts.events import StatusDeleted
from contracts.ids import AccountId, StatusId
from timeline.entry import Entry
from timeline.merging import is_settled
from timeline.pieces import pieces
from timeline.resources import Resources
from timeline.signals import DELETE, EDIT
from timeline.store import homes, widely
from timeline.trending import first_id

LISTENERS = 500


async def is_merged(res: Resources, author: AccountId, followers: int) -> bool:
    """Whether their posts are not written any more; notes that they are widely followed."""
    if followers < res.settings.merged_above:
        return False
    since = await widely.since(res.db, author)
    if since is None:
        async with res.db.transaction() as tx:
            await widely.add(tx, author)
        since = await widely.since(res.db, author)
    return is_settled(since, utc_now(), res.settings.settles_after)


async def was_merged(res: Resources, event: StatusDeleted) -> bool:
    """Whether it was posted when nobody wrote its author's posts any more."""
    since = await widely.since(res.db, event.account_id)
    return since is not None and event.status_id >= first_id(since + res.settings.settles_after)


async def show(res: Resources, entry: Entry, news: bytes) -> None:
    async for some in _listeners(res):
        await res.feeds.add(await homes.readers_among(res.db, entry.id, some), [entry], news)


async def tell_edit(res: Resources, status_id: StatusId) -> None:
    async for some in _listeners(res):
        await res.announcer.tell(await homes.readers_among(res.db, status_id, some), EDIT, status_id)


async def take_back(res: Resources, event: StatusDeleted) -> list[AccountId]:
    """Those who heard of it, and from whose homes it is gone."""
    told: list[AccountId] = []
    async for some in _listeners(res):
        followers = await homes.followers_among(res.db, event.account_id, some)
        await res.feeds.remove(followers, [Entry(event.status_id, event.reblog_of_id)])
        await res.announcer.tell(followers, DELETE, event.status_id)
        told += followers
    return told


async def _listeners(res: Resources) -> AsyncIterator[list[AccountId]]:
    for some in pieces(await res.announcer.listening(), LISTENERS):
        yield list(some)
