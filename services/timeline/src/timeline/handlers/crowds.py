"""Posts of authors with very many followers here: who listens now is told, and nobody else is looked for.

Whoever listens to such an author has their posts written home as usual, so that a stream tells each once.
"""

from collections.abc import AsyncIterator, Sequence

from prometheus_client import Counter

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

MERGED = Counter("murmuration_timeline_merged_posts_total", "Posts that were not written into homes")


async def is_merged(res: Resources, author: AccountId) -> bool:
    """Whether their posts are not written any more."""
    since = await widely.since(res.db, author, res.settings.merged_above)
    return is_settled(since, utc_now(), res.settings.settles_after)


async def note(res: Resources, author: AccountId, bounds: Sequence[tuple[int, int]]) -> None:
    """Keep in mind that they are widely followed, if as many follows are in these ranges: all but one are full."""
    if (len(bounds) - 1) * res.settings.fan_out_chunk >= res.settings.merged_above:
        async with res.db.transaction() as tx:
            await widely.add(tx, author)


async def was_merged(res: Resources, event: StatusDeleted) -> bool:
    """Whether it was posted when nobody wrote its author's posts any more."""
    since = await widely.since(res.db, event.account_id, 0)
    return since is not None and event.status_id >= first_id(since + res.settings.settles_after)


async def show(res: Resources, entry: Entry, news: bytes) -> None:
    """Write it into the homes of those who listen, and tell them; no `news`, and nobody is told."""
    MERGED.inc()
    if not news:
        return
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
