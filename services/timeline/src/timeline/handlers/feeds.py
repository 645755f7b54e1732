"""Home and list feeds follow what is posted, boosted, edited and deleted, chunk by chunk of those who may want it."""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

from prometheus_client import Counter, Histogram

from chassis.clock import utc_now
from contracts.events import PollClosed, PollTallied, StatusCreated, StatusDeleted, StatusEdited
from contracts.ids import AccountId, StatusId
from contracts.jobs import Job
from social.accounts import store as accounts
from social.statuses import reading
from social.statuses.model import PUBLIC, Status
from timeline.entry import Entry
from timeline.feeds import Feeds, Owner
from timeline.handlers import crowds
from timeline.jobs import FanOut, TakeBack, TellEdit, Via
from timeline.pieces import pieces
from timeline.resources import Resources
from timeline.signals import DELETE, EDIT, UPDATE, Signal, encode
from timeline.store import homes, listed, tagged
from timeline.store.homes import Chunk

NEWS_FOR = dt.timedelta(hours=6)
"""What is older when it comes in finds its place in feeds, but is no news to open streams; as Mastodon."""

OTHER_BOOSTS = 10
NOTED_WITHIN = dt.timedelta(hours=2)
"""A look is noted hourly but keeps a feed from then on: a feed may outlive by as much what is noted of its owner."""

SECONDS = Histogram(
    "murmuration_timeline_fan_out_seconds",
    "Time to write one chunk of feeds",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
READERS = Histogram(
    "murmuration_timeline_fan_out_readers",
    "Feeds in one chunk into which a post belongs",
    buckets=(0, 1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2000),
)
WRITES = Counter("murmuration_timeline_feed_writes_total", "Feeds to which a post was new")

J = TypeVar("J", bound=Job)
Bounds = tuple[int, int]


async def on_created(res: Resources, event: StatusCreated) -> None:
    status = await reading.by_id(res.db, event.status_id)
    author = await accounts.by_id(res.db, event.account_id)
    if status is None or author is None or res.policies.value.hides(author):
        return
    aloud = event.is_news and utc_now() - status.created_at < NEWS_FOR
    entry = Entry(status.id, status.reblog_of_id)
    news = _news(entry) if aloud else b""
    if event.is_local:
        await res.feeds.add([author.id], [entry], news)
    is_merged = await crowds.is_merged(res, author.id)
    if is_merged:
        await crowds.show(res, entry, news)
    for via, bounds in await _reach(res, author.id, await _tags_of(res, status), follows=not is_merged):
        if via == "follows":
            await crowds.note(res, author.id, bounds)
        jobs = [FanOut(status_id=status.id, after=a, upto=u, aloud=aloud, via=via) for a, u in bounds]
        await _in_chunks(res, partial(fan_out, at_once=True), jobs)


async def on_edited(res: Resources, event: StatusEdited | PollTallied | PollClosed) -> None:
    status = await reading.by_id(res.db, event.status_id)
    if status is None:
        return
    await res.announcer.tell([event.account_id], EDIT, event.status_id)
    is_followed_by_many = await homes.has_more_followers(res.db, event.account_id, res.settings.fan_out_chunk)
    if is_followed_by_many:
        await crowds.tell_edit(res, event.status_id)
    tags = await _tags_of(res, status)
    for via, bounds in await _reach(res, event.account_id, tags, follows=not is_followed_by_many):
        jobs = [TellEdit(status_id=event.status_id, after=a, upto=u, via=via) for a, u in bounds]
        await _in_chunks(res, tell_edit, jobs)


async def on_deleted(res: Resources, event: StatusDeleted) -> None:
    concerned = [event.account_id, *event.mentioned]
    await res.feeds.remove(concerned, [Entry(event.status_id, event.reblog_of_id)])
    await res.announcer.tell(concerned, DELETE, event.status_id)
    is_tagged = event.visibility == PUBLIC and event.reblog_of_id is None
    was_merged = await crowds.was_merged(res, event)
    if was_merged:
        await _bring_back_boosts(res, event.reblog_of_id, await crowds.take_back(res, event))
    tags = event.tags if is_tagged else ()
    for via, bounds in await _reach(res, event.account_id, tags, follows=not was_merged):
        jobs = [_taking_back(event, via, a, u) for a, u in bounds]
        await _in_chunks(res, partial(take_back, at_once=True), jobs)


def _taking_back(event: StatusDeleted, via: Via, after: int, upto: int) -> TakeBack:
    return TakeBack(
        status_id=event.status_id,
        account_id=event.account_id,
        reblog_of_id=event.reblog_of_id,
        tags=event.tags if via == "tags" else (),
        after=after,
        upto=upto,
        via=via,
    )


async def fan_out(res: Resources, job: FanOut, *, at_once: bool = False) -> None:
    """Write the status to all feeds of the chunk into which it belongs, a piece at a time."""
    status = await reading.by_id(res.db, job.status_id)
    if status is None:
        return
    entry = Entry(status.id, status.reblog_of_id)
    news = _news(entry) if job.aloud else b""
    with SECONDS.time():
        feeds, owners = await _feeds_of(res, job)
        for some in pieces(owners):
            if not at_once:
                await res.pace.turn(len(some))
            WRITES.inc(await feeds.add(some, [entry], news))
    READERS.observe(len(owners))


async def _feeds_of(res: Resources, job: FanOut) -> tuple[Feeds, Sequence[Owner]]:
    if job.via == "lists":
        return res.list_feeds, await listed.lists_for(res.db, job.status_id, _chunk(res, job))
    return res.feeds, await _readers(res, job)


async def tell_edit(res: Resources, job: TellEdit) -> None:
    if job.via == "lists":
        await res.announcer.tell_lists(
            await listed.lists_for(res.db, job.status_id, _chunk(res, job)), EDIT, job.status_id
        )
    else:
        await res.announcer.tell(await _readers(res, job), EDIT, job.status_id)


async def take_back(res: Resources, job: TakeBack, *, at_once: bool = False) -> None:
    entry = Entry(job.status_id, job.reblog_of_id)
    if job.via == "lists":
        lists = await listed.lists_with(res.db, job.account_id, _chunk(res, job))
        await res.list_feeds.remove(lists, [entry])
        await res.announcer.tell_lists(lists, DELETE, job.status_id)
        return
    followers = await _followers(res, job)
    for some in pieces(followers):
        if not at_once:
            await res.pace.turn(len(some))
        await res.feeds.remove(some, [entry])
        await res.announcer.tell(some, DELETE, job.status_id)
    await _bring_back_boosts(res, job.reblog_of_id, followers)


async def _readers(res: Resources, job: FanOut | TellEdit) -> list[AccountId]:
    """Into whose home the status belongs."""
    find = tagged.readers_of if job.via == "tags" else homes.readers_of
    return await find(res.db, job.status_id, _chunk(res, job))


async def _followers(res: Resources, job: TakeBack) -> list[AccountId]:
    """Who may have had it at home."""
    if job.via == "tags":
        return await tagged.followers_of(res.db, job.tags, _chunk(res, job))
    return await homes.local_followers(res.db, job.account_id, _chunk(res, job))


async def _bring_back_boosts(res: Resources, original: StatusId | None, followers: Sequence[AccountId]) -> None:
    """Other boosts of the same post may have been left out for the sake of the one that is gone."""
    if original is None or not followers:
        return
    for boost in await homes.boosts_of(res.db, original, OTHER_BOOSTS):
        readers = await homes.readers_among(res.db, boost, followers)
        await res.feeds.add(readers, [Entry(boost, original)])


async def _tags_of(res: Resources, status: Status) -> Sequence[str]:
    """Those by which it comes to people who do not follow its author."""
    is_tagged = status.visibility == PUBLIC and status.reblog_of_id is None
    return await reading.tags_of(res.db, status.id) if is_tagged else ()


async def _reach(
    res: Resources, author: AccountId, tags: Sequence[str], *, follows: bool
) -> list[tuple[Via, list[Bounds]]]:
    """The ways to feeds, each in ranges of follows or of places on lists."""
    size = res.settings.fan_out_chunk
    ways: list[tuple[Via, list[Bounds]]] = [("lists", await listed.chunks_of(res.db, author, size))]
    if follows:
        ways.append(("follows", await homes.chunks_of(res.db, author, size)))
    if tags:
        ways.append(("tags", await tagged.chunks_of(res.db, tags, size)))
    return ways


async def _in_chunks(res: Resources, do: Callable[[Resources, J], Awaitable[None]], jobs: Sequence[J]) -> None:
    """Do a single chunk now, so that few never wait behind many; leave more to whoever is free."""
    if len(jobs) > 1:
        async with res.db.transaction() as tx:
            for job in jobs:
                tx.enqueue(job)
    else:
        await do(res, jobs[0])


def _chunk(res: Resources, job: FanOut | TellEdit | TakeBack) -> Chunk:
    active_since = utc_now() - res.settings.feed_age - NOTED_WITHIN
    return Chunk(after=job.after, upto=job.upto, active_since=active_since)


def _news(entry: Entry) -> bytes:
    return encode(Signal(UPDATE, entry.id))
