"""Home and list feeds follow what is posted, boosted, edited and deleted, chunk by chunk of those who may want it."""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
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
from timeline.jobs import FanOut, TakeBack, TellEdit, Via
from timeline.resources import Resources
from timeline.signals import DELETE, EDIT, UPDATE, Signal, encode
from timeline.store import homes, listed, tagged
from timeline.store.homes import Chunk

NEWS_FOR = dt.timedelta(hours=6)
"""What is older when it comes in finds its place in feeds, but is no news to open streams; as Mastodon."""

OTHER_BOOSTS = 10

SECONDS = Histogram(
    "murmuration_timeline_fan_out_seconds",
    "Time to write one chunk of feeds",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
READERS = Histogram(
    "murmuration_timeline_fan_out_readers",
    "Feeds in one chunk into which a post belongs",
    buckets=(0, 1, 2, 5, 10, 25, 50, 100, 250, 500, 1000),
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
    if event.is_local:
        await res.feeds.add([author.id], [entry], _news(entry) if aloud else b"")
    for via, bounds in await _reach(res, author.id, await _tags_of(res, status)):
        jobs = [FanOut(status_id=status.id, after=a, upto=u, aloud=aloud, via=via) for a, u in bounds]
        await _in_chunks(res, fan_out, jobs)


async def on_edited(res: Resources, event: StatusEdited | PollTallied | PollClosed) -> None:
    status = await reading.by_id(res.db, event.status_id)
    if status is None:
        return
    await res.announcer.tell([event.account_id], EDIT, event.status_id)
    for via, bounds in await _reach(res, event.account_id, await _tags_of(res, status)):
        jobs = [TellEdit(status_id=event.status_id, after=a, upto=u, via=via) for a, u in bounds]
        await _in_chunks(res, tell_edit, jobs)


async def on_deleted(res: Resources, event: StatusDeleted) -> None:
    concerned = [event.account_id, *event.mentioned]
    await res.feeds.remove(concerned, [Entry(event.status_id, event.reblog_of_id)])
    await res.announcer.tell(concerned, DELETE, event.status_id)
    is_tagged = event.visibility == PUBLIC and event.reblog_of_id is None
    for via, bounds in await _reach(res, event.account_id, event.tags if is_tagged else ()):
        await _in_chunks(res, take_back, [_taking_back(event, via, a, u) for a, u in bounds])


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


async def fan_out(res: Resources, job: FanOut) -> None:
    status = await reading.by_id(res.db, job.status_id)
    if status is None:
        return
    entry = Entry(status.id, status.reblog_of_id)
    news = _news(entry) if job.aloud else b""
    with SECONDS.time():
        if job.via == "lists":
            lists = await listed.lists_for(res.db, status.id, _chunk(res, job))
            written, count = await res.list_feeds.add(lists, [entry], news), len(lists)
        else:
            readers = await _readers(res, job)
            written, count = await res.feeds.add(readers, [entry], news), len(readers)
    WRITES.inc(written)
    READERS.observe(count)


async def tell_edit(res: Resources, job: TellEdit) -> None:
    if job.via == "lists":
        await res.announcer.tell_lists(
            await listed.lists_for(res.db, job.status_id, _chunk(res, job)), EDIT, job.status_id
        )
    else:
        await res.announcer.tell(await _readers(res, job), EDIT, job.status_id)


async def take_back(res: Resources, job: TakeBack) -> None:
    entry = Entry(job.status_id, job.reblog_of_id)
    if job.via == "lists":
        lists = await listed.lists_with(res.db, job.account_id, _chunk(res, job))
        await res.list_feeds.remove(lists, [entry])
        await res.announcer.tell_lists(lists, DELETE, job.status_id)
        return
    followers = await _followers(res, job)
    await res.feeds.remove(followers, [entry])
    await res.announcer.tell(followers, DELETE, job.status_id)
    if job.reblog_of_id is not None:
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


async def _bring_back_boosts(res: Resources, original: StatusId, followers: list[AccountId]) -> None:
    """Other boosts of the same post may have been left out for the sake of the one that is gone."""
    for boost in await homes.boosts_of(res.db, original, OTHER_BOOSTS):
        readers = await homes.readers_among(res.db, boost, followers)
        await res.feeds.add(readers, [Entry(boost, original)])


async def _tags_of(res: Resources, status: Status) -> Sequence[str]:
    """Those by which it comes to people who do not follow its author."""
    is_tagged = status.visibility == PUBLIC and status.reblog_of_id is None
    return await reading.tags_of(res.db, status.id) if is_tagged else ()


async def _reach(res: Resources, author: AccountId, tags: Sequence[str]) -> list[tuple[Via, list[Bounds]]]:
    """The ways to feeds, each in ranges of follows or of places on lists."""
    size = res.settings.fan_out_chunk
    ways: list[tuple[Via, list[Bounds]]] = [
        ("follows", await homes.chunks_of(res.db, author, size)),
        ("lists", await listed.chunks_of(res.db, author, size)),
    ]
    return [*ways, ("tags", await tagged.chunks_of(res.db, tags, size))] if tags else ways


async def _in_chunks(res: Resources, do: Callable[[Resources, J], Awaitable[None]], jobs: Sequence[J]) -> None:
    """Do the first chunk now, and leave the others to whoever is free."""
    first, *others = jobs
    if others:
        async with res.db.transaction() as tx:
            for job in others:
                tx.enqueue(job)
    await do(res, first)


def _chunk(res: Resources, job: FanOut | TellEdit | TakeBack) -> Chunk:
    return Chunk(after=job.after, upto=job.upto, active_since=utc_now() - res.settings.feed_age)


def _news(entry: Entry) -> bytes:
    return encode(Signal(UPDATE, entry.id))
