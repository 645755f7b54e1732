"""Posts that were not delivered: those from before anybody here followed their author, and from while we were away."""

import datetime as dt

from contracts.events import FollowAccepted
from inbox.fetching.gather import Found, keep
from inbox.fetching.outboxes import Span, fetch_outbox
from inbox.handlers import budget
from inbox.handlers.races import meeting_others
from inbox.jobs import ReadOutbox, RefreshActor
from inbox.metrics import OUTBOXES
from inbox.missing import store as missing
from inbox.resources import Resources
from inbox.store import claim
from social.accounts import store as accounts
from social.federation import store
from social.federation.arrival import Arrival

NOT_AGAIN_FOR = dt.timedelta(days=1)
OVERLAP = dt.timedelta(minutes=10)
"""So much before we went away may already have been lost."""
APART = dt.timedelta(seconds=2)
"""Between two accounts of one host, when everybody is asked."""
MOST_ACCOUNTS = 20_000
AT_A_TIME = 50
PATIENCE = dt.timedelta(hours=1)
FRESH = dt.timedelta(minutes=10)


async def on_followed(res: Resources, event: FollowAccepted) -> None:
    """Somebody here follows somebody elsewhere from now on: what they posted of late is brought in, once a day."""
    target = await accounts.by_id(res.db, event.target_id)
    if target is None or target.is_local or not target.outbox_url:
        return
    now = dt.datetime.now(dt.UTC)
    is_first = len(await store.local_followers_of(res.db, target.id)) == 1
    async with res.db.transaction() as tx:
        if is_first and (target.fetched_at is None or now - target.fetched_at > FRESH):
            tx.enqueue(RefreshActor(uri=target.uri, anyway=True))
        if await claim(tx, f"outbox {target.uri}", now=now, until=now + NOT_AGAIN_FOR):
            tx.enqueue(ReadOutbox(uri=target.uri, asked_at=now))


async def on_read(res: Resources, job: ReadOutbox) -> None:
    account = await accounts.by_uri(res.db, job.uri)
    if account is None or account.is_local or account.outbox_url is None or res.policies.value.hides(account):
        return
    now = dt.datetime.now(dt.UTC)
    try:
        await budget.check(res, account.outbox_url)
    except budget.AskedEnough:
        if now - job.asked_at < PATIENCE:
            raise
        OUTBOXES.labels("too_much").inc()
        return
    found = await fetch_outbox(res, account, Span(since=job.since, before=job.asked_at))
    # What was missed is news still; what came before anybody followed is none.
    arrival = Arrival(addresses=res.addresses, at=now, is_news=job.since is not None)
    for post in found:
        with meeting_others():
            await _keep(res, arrival, post)
    OUTBOXES.labels("followed" if job.since is None else "missed").inc()


async def _keep(res: Resources, arrival: Arrival, post: Found) -> None:
    async with res.db.transaction() as tx:
        await store.lock(tx, post.names)
        await keep(tx, arrival, post)


async def beat(res: Resources) -> None:
    """Note that we are at work. After a pause everybody whom people here follow is asked, one after the other."""
    now = dt.datetime.now(dt.UTC)
    last, pause = await missing.last_beat(res.db), dt.timedelta(minutes=res.settings.catch_up_after_minutes)
    async with res.db.transaction() as tx:
        if last is not None and pause and now - last > pause:
            await missing.add_followed(tx, since=last - OVERLAP, now=now, apart=APART, most=MOST_ACCOUNTS)
        await missing.beat(tx, now)


async def catch_up(res: Resources) -> None:
    now = dt.datetime.now(dt.UTC)
    async with res.db.transaction() as tx:
        for missed in await missing.take_due(tx, now, AT_A_TIME):
            tx.enqueue(ReadOutbox(uri=missed.uri, since=missed.since, asked_at=now))
