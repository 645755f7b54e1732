"""What nobody waits for: unknown parents of replies, profiles that grew old, an actor's figures."""

import asyncio
import datetime as dt

from apcore.collections import read_collection
from apcore.fetch import FetchError
from apcore.jsonld import Malformed
from contracts.ids import Uri
from inbox import store as waiting
from inbox.fetching.actors import Unreachable, Unusable, introduce
from inbox.fetching.featured import fetch_featured
from inbox.fetching.gather import Found, gather_actor, gather_status, keep
from inbox.fetching.replies import learn_replies
from inbox.handlers import budget
from inbox.handlers.races import meeting_others
from inbox.handlers.received import is_stale
from inbox.jobs import CountActor, FetchStatus, FollowAnew, LearnFeatured, LearnSuccessor, RefreshActor
from inbox.resources import Resources
from inbox.walking import store as steps
from social.accounts import store as accounts
from social.accounts.model import Account
from social.federation import actor as actors
from social.federation import store
from social.federation.arrival import Arrival
from social.moves import store as moves
from social.statuses import reading
from social.statuses import store as statuses
from social.walks import store as walks

PARENTS_SOUGHT = dt.timedelta(hours=1)
WALKS_KEPT = dt.timedelta(hours=6)
WAITING_KEPT = dt.timedelta(hours=24)
UNDONE_KEPT = dt.timedelta(hours=6)
TOMBSTONES_KEPT = dt.timedelta(days=30)


async def on_fetch_status(res: Resources, job: FetchStatus) -> None:
    """Fetch a post that is replied to, and leave its own parent to a next job."""
    if await reading.by_uri(res.db, job.uri):
        return
    try:
        await budget.check(res, job.uri)
        found = await gather_status(res, job.uri)
    except (Unreachable, budget.AskedEnough):
        if dt.datetime.now(dt.UTC) - job.asked_at < PARENTS_SOUGHT:
            raise
        return
    arrival = arrival_now(res)
    with meeting_others():
        await _keep_parent(res, job, arrival, found)


async def _keep_parent(res: Resources, job: FetchStatus, arrival: Arrival, found: Found) -> None:
    async with res.db.transaction() as tx:
        await store.lock(tx, found.names)
        kept = await keep(tx, arrival, found)
        learn_replies(tx, found.notes, arrival.at, room=job.room)
        for status in kept:
            parent = status.in_reply_to_uri if status.in_reply_to_id is None else None
            if parent and job.height < res.settings.thread_depth and not res.addresses.is_ours(parent):
                tx.enqueue(FetchStatus(uri=parent, height=job.height + 1, asked_at=job.asked_at))


async def on_refresh_actor(res: Resources, job: RefreshActor) -> None:
    known = await accounts.by_uri(res.db, job.uri)
    arrival = arrival_now(res)
    if known is None or not (job.anyway or is_stale(known, arrival.at)):
        return
    try:
        introduced = await introduce(res, job.uri, known)
    except (Unusable, Unreachable):
        return  # The next activity asks again.
    async with res.db.transaction() as tx:
        await store.lock(tx, {job.uri})
        await keep(tx, arrival, Found(actors=(introduced,)))
        tx.enqueue(CountActor(uri=job.uri))
        if introduced.actor.moved_to:
            tx.enqueue(LearnSuccessor(uri=job.uri, successor=Uri(introduced.actor.moved_to)))


async def on_follow_anew(res: Resources, job: FollowAnew) -> None:
    async with res.db.transaction() as tx:
        account = await accounts.by_uri(tx, job.uri)
        if account is not None and not res.policies.value.hides(account):
            await actors.follow_anew(tx, account)


async def on_learn_successor(res: Resources, job: LearnSuccessor) -> None:
    """One step alone: a chain of successors is not followed."""
    known = await accounts.by_uri(res.db, job.successor)
    found = Found()
    if known is None or not (known.is_local or job.uri in known.also_known_as):
        try:
            found = await gather_actor(res, job.successor)
        except Unreachable:
            return  # The next refresh asks again.
    async with res.db.transaction() as tx:
        await store.lock(tx, {job.uri} | found.names)
        await keep(tx, arrival_now(res), found)
        if account := await accounts.by_uri(tx, job.uri):
            await moves.set_successor(tx, account.id, job.successor)


async def on_count_actor(res: Resources, job: CountActor) -> None:
    account = await accounts.by_uri(res.db, job.uri)
    if account is None or account.is_local:
        return
    totals = await asyncio.gather(
        *(_look_at(res, account, url) for url in (account.outbox_url, account.followers_url, account.following_url))
    )
    (statuses, _), (followers, hidden), (following, _) = totals
    async with res.db.transaction() as tx:
        await accounts.set_remote_counts(tx, account.id, statuses=statuses, followers=followers, following=following)
        if hidden is not None:
            await store.set_hides_collections(tx, account.id, hides=hidden)
        if account.featured_url or account.featured_tags_url:
            tx.enqueue(LearnFeatured(uri=job.uri))


async def on_learn_featured(res: Resources, job: LearnFeatured) -> None:
    account = await accounts.by_uri(res.db, job.uri)
    if account is None or account.is_local or res.policies.value.hides(account):
        return
    found = await fetch_featured(res, account)
    arrival = arrival_now(res)
    async with res.db.transaction() as tx:
        await store.lock(tx, found.names | {account.featured_url or account.uri})
        for post in found.posts:
            await keep(tx, arrival, post)
        if found.pinned is not None:
            await store.remove_pins_but(tx, account.id, found.pinned)
            await store.add_pins(tx, account.id, found.pinned)
        if found.tags is not None:
            await statuses.add_tags(tx, found.tags)
            await store.remove_featured_tags_but(tx, account.id, found.tags)
            await store.add_featured_tags(tx, account.id, found.tags)


async def _look_at(res: Resources, account: Account, url: str | None) -> tuple[int | None, bool | None]:
    """A collection's total, and whether its items are hidden; None for what cannot be told."""
    if url is None or res.policies.value.hides(account):
        return None, None
    try:
        answer = await res.fetcher.get_document(url, sign_with=await res.identity.signer(), any_id=True)
        collection = read_collection(answer.document)
    except (FetchError, Malformed):
        return None, None
    shows = collection.first or collection.first_page or collection.items
    return collection.total, not shows


async def forget_old(res: Resources) -> None:
    """Drop what was remembered for late comers, and requests whose keys never came."""
    now = dt.datetime.now(dt.UTC)
    async with res.db.transaction() as tx:
        await waiting.forget_waiting(tx, before=now - WAITING_KEPT)
        await waiting.forget_claims(tx, before=now)
        await waiting.forget_spendings(tx, before=now - budget.WINDOW)
        await steps.forget_old(tx, before=now - WALKS_KEPT)
        await walks.forget(tx, before=now - WALKS_KEPT)
        await store.forget_undone(tx, before=now - UNDONE_KEPT)
        await store.forget_tombstones(tx, before=now - TOMBSTONES_KEPT, our_url=res.settings.url)


def arrival_now(res: Resources) -> Arrival:
    return Arrival(addresses=res.addresses, at=dt.datetime.now(dt.UTC))
