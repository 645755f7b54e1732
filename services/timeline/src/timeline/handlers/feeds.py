"""Home feeds follow what is posted, boosted, deleted, and who follows, mutes and blocks whom."""

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import TypeVar

from prometheus_client import Counter, Histogram

from chassis.clock import utc_now
from contracts.events import (
    AccountDeleted,
    BlockCreated,
    FollowAccepted,
    FollowRemoved,
    MuteCreated,
    PollClosed,
    PollTallied,
    StatusCreated,
    StatusDeleted,
    StatusEdited,
)
from contracts.ids import AccountId, StatusId
from contracts.jobs import Job
from social.accounts import store as accounts
from social.statuses import reading
from timeline.entry import Entry
from timeline.jobs import FanOut, TakeBack, TellEdit
from timeline.resources import Resources
from timeline.signals import DELETE, EDIT, UPDATE, Signal, encode
from timeline.store import homes
from timeline.store.homes import Chunk

NEWS_FOR = dt.timedelta(hours=6)
"""What is older when it comes in finds its place in feeds, but is no news to open streams; as Mastodon."""

BACK_FILL = 100
OTHER_BOOSTS = 10

SECONDS = Histogram(
    "murmuration_timeline_fan_out_seconds",
    "Time to write one chunk of followers' feeds",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
READERS = Histogram(
    "murmuration_timeline_fan_out_readers",
    "Readers in one chunk into whose home a post belongs",
    buckets=(0, 1, 2, 5, 10, 25, 50, 100, 250, 500, 1000),
)
WRITES = Counter("murmuration_timeline_feed_writes_total", "Feeds to which a post was new")

J = TypeVar("J", bound=Job)


async def on_created(res: Resources, event: StatusCreated) -> None:
    status = await reading.by_id(res.db, event.status_id)
    author = await accounts.by_id(res.db, event.account_id)
    if status is None or author is None or res.policies.value.hides(author):
        return
    aloud = utc_now() - status.created_at < NEWS_FOR
    entry = Entry(status.id, status.reblog_of_id)
    if event.is_local:
        await res.feeds.add([author.id], [entry], _news(entry) if aloud else b"")
    await _in_chunks(res, author.id, fan_out, lambda a, u: FanOut(status_id=status.id, after=a, upto=u, aloud=aloud))


async def on_edited(res: Resources, event: StatusEdited | PollTallied | PollClosed) -> None:
    """Also when only the numbers of its poll are other ones."""
    await res.announcer.tell([event.account_id], EDIT, event.status_id)
    await _in_chunks(
        res, event.account_id, tell_edit, lambda a, u: TellEdit(status_id=event.status_id, after=a, upto=u)
    )


async def on_deleted(res: Resources, event: StatusDeleted) -> None:
    concerned = [event.account_id, *event.mentioned]
    await res.feeds.remove(concerned, [Entry(event.status_id, event.reblog_of_id)])
    await res.announcer.tell(concerned, DELETE, event.status_id)
    await _in_chunks(
        res,
        event.account_id,
        take_back,
        lambda a, u: TakeBack(
            status_id=event.status_id, account_id=event.account_id, reblog_of_id=event.reblog_of_id, after=a, upto=u
        ),
    )


async def on_accepted(res: Resources, event: FollowAccepted) -> None:
    """Bring what the followed posted of late into the follower's home."""
    if not await res.feeds.exists(event.account_id):
        return
    found = await homes.newest_from(res.db, event.account_id, event.target_id, BACK_FILL)
    await res.feeds.add([event.account_id], found)


async def on_removed(res: Resources, event: FollowRemoved) -> None:
    await _prune(res, event.account_id)


async def on_muted(res: Resources, event: MuteCreated) -> None:
    await _prune(res, event.account_id)


async def on_blocked(res: Resources, event: BlockCreated) -> None:
    await _prune(res, event.account_id)
    await _prune(res, event.target_id)


async def on_account_deleted(res: Resources, event: AccountDeleted) -> None:
    """What it posted is gone from PostgreSQL, and so from every page that is read; its own feed goes here."""
    await res.feeds.forget(event.account_id)


async def fan_out(res: Resources, job: FanOut) -> None:
    status = await reading.by_id(res.db, job.status_id)
    if status is None:
        return
    entry = Entry(status.id, status.reblog_of_id)
    with SECONDS.time():
        readers = await homes.readers_of(res.db, status.id, _chunk(res, job.after, job.upto))
        WRITES.inc(await res.feeds.add(readers, [entry], _news(entry) if job.aloud else b""))
    READERS.observe(len(readers))


async def tell_edit(res: Resources, job: TellEdit) -> None:
    readers = await homes.readers_of(res.db, job.status_id, _chunk(res, job.after, job.upto))
    await res.announcer.tell(readers, EDIT, job.status_id)


async def take_back(res: Resources, job: TakeBack) -> None:
    followers = await homes.local_followers(res.db, job.account_id, _chunk(res, job.after, job.upto))
    await res.feeds.remove(followers, [Entry(job.status_id, job.reblog_of_id)])
    await res.announcer.tell(followers, DELETE, job.status_id)
    if job.reblog_of_id is not None:
        await _bring_back_boosts(res, job.reblog_of_id, followers)


async def _bring_back_boosts(res: Resources, original: StatusId, followers: list[AccountId]) -> None:
    """Other boosts of the same post may have been left out for the sake of the one that is gone."""
    for boost in await homes.boosts_of(res.db, original, OTHER_BOOSTS):
        readers = await homes.readers_among(res.db, boost, followers)
        await res.feeds.add(readers, [Entry(boost, original)])


async def _prune(res: Resources, reader: AccountId) -> None:
    """Drop from the feed what does not belong there any more."""
    entries = await res.feeds.everything(reader)
    if entries:
        true = await homes.belonging(res.db, reader, [entry.id for entry in entries])
        await res.feeds.remove([reader], [entry for entry in entries if entry.id not in true])


async def _in_chunks(
    res: Resources,
    author: AccountId,
    do: Callable[[Resources, J], Awaitable[None]],
    job_for: Callable[[int, int], J],
) -> None:
    """Do the first chunk of followers now, and leave the others to whoever is free."""
    first, *others = await homes.chunks_of(res.db, author, res.settings.fan_out_chunk)
    if others:
        async with res.db.transaction() as tx:
            for after, upto in others:
                tx.enqueue(job_for(after, upto))
    await do(res, job_for(*first))


def _chunk(res: Resources, after: int, upto: int) -> Chunk:
    return Chunk(after=after, upto=upto, active_since=utc_now() - res.settings.feed_age)


def _news(entry: Entry) -> bytes:
    return encode(Signal(UPDATE, entry.id))
