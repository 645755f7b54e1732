"""Somebody opened a thread that began elsewhere: the answers to its posts are looked for, within bounds.

A walk goes on in steps, each of them a job of its own; what is still to be asked for lies in the database. Who waits
for it asks api-gateway, which reads how many answers were found.
"""

import asyncio
import datetime as dt

from apcore.collections import Listed
from chassis.db import Tx
from contracts.events import ThreadOpened
from contracts.ids import Uri, WalkId
from inbox.fetching.gather import AT_ONCE, keep
from inbox.fetching.threads import Seen, see_page, see_post, wanted
from inbox.handlers.budget import affordable
from inbox.handlers.races import meeting_others
from inbox.jobs import FetchStatus, WalkThread
from inbox.metrics import THREADS
from inbox.resources import Resources
from inbox.walking import store as steps
from inbox.walking.store import Step
from social.accounts import store as accounts
from social.federation import note as notes
from social.federation import store
from social.federation.arrival import Arrival
from social.statuses import reading, threads
from social.statuses.model import Status
from social.walks import store as walks

MOST_ANSWERS = 500
"""To one post; of one thread:"""
MOST_POSTS = 1000
MOST_PAGES = 500
MEMBERS = 200
"""Posts of a thread that are known and are asked for further answers."""
STEPS = 24
"""Fetched before it is looked how far the walk is."""


async def on_opened(res: Resources, event: ThreadOpened) -> None:
    """Begin with the post that was opened, and all of its thread that is known."""
    status = await reading.by_id(res.db, event.status_id)
    if status is None:
        return
    known = await threads.elsewhere_in(res.db, status.conversation_id, MEMBERS)
    async with res.db.transaction() as tx:
        await _add(tx, res, event.walk_id, [status.uri, *known])
        tx.enqueue(WalkThread(walk_id=event.walk_id))
    THREADS.labels("opened").inc()


async def on_walk(res: Resources, job: WalkThread) -> None:
    walk = await walks.by_id(res.db, job.walk_id)
    now = dt.datetime.now(dt.UTC)
    ahead = await steps.next_steps(res.db, job.walk_id, STEPS) if walk and not walk.is_over(now) else []
    if not ahead:
        async with res.db.transaction() as tx:
            await steps.forget_walk(tx, job.walk_id)
            await walks.finish(tx, job.walk_id, now)
        THREADS.labels("finished").inc()
        return
    places, may_ask = asyncio.Semaphore(AT_ONCE), set(await affordable(res, [step.url for step in ahead]))

    async def go(step: Step) -> None:
        with meeting_others():
            async with places:
                await (_turn_page if step.is_page else _look_at)(res, job.walk_id, step)

    await asyncio.gather(*(go(step) for step in ahead if step.url in may_ask))
    async with res.db.transaction() as tx:
        await steps.finish_steps(tx, [step.id for step in ahead])
        tx.enqueue(job)


async def _turn_page(res: Resources, walk_id: WalkId, step: Step) -> None:
    listed = await see_page(res, step.url)
    THREADS.labels("page" if listed else "away").inc()
    if listed is not None:
        async with res.db.transaction() as tx:
            await _add_answers(tx, res, walk_id, step.answers_to, listed)


async def _look_at(res: Resources, walk_id: WalkId, step: Step) -> None:
    seen = await see_post(res, step.url)
    THREADS.labels("post" if seen else "away").inc()
    if seen is None:
        return
    arrival = Arrival(addresses=res.addresses, at=dt.datetime.now(dt.UTC))
    async with res.db.transaction() as tx:
        await store.lock(tx, seen.found.names)
        new = await _keep(tx, arrival, seen)
        await _add_answers(tx, res, walk_id, Uri(seen.update.object), seen.answers)
        # Where all of a conversation is to be had is asked of whoever began it.
        if seen.context and seen.update.object == step.url:
            await _add(tx, res, walk_id, [seen.context], is_page=True)
        await walks.add_found(tx, walk_id, len(new))


async def _keep(tx: Tx, arrival: Arrival, seen: Seen) -> list[Status]:
    """Take over what the post says now; what of it was unknown."""
    known = await reading.by_uri(tx, Uri(seen.update.object))
    if known is not None:
        author = await accounts.by_id(tx, known.account_id)
        if author is not None and author.suspended_at is None:
            await notes.receive_update(tx, arrival, author, seen.update)
        return []
    kept = await keep(tx, arrival, seen.found)
    for status in kept:
        if status.in_reply_to_uri and status.in_reply_to_id is None:
            tx.enqueue(FetchStatus(uri=status.in_reply_to_uri, asked_at=arrival.at))
    return kept


async def _add_answers(tx: Tx, res: Resources, walk_id: WalkId, answers_to: Uri | None, listed: Listed) -> None:
    await _add(tx, res, walk_id, listed.items, answers_to=answers_to)
    if listed.next is not None:
        await _add(tx, res, walk_id, [listed.next], is_page=True, answers_to=answers_to)


async def _add(  # a step is no more than these
    tx: Tx,
    res: Resources,
    walk_id: WalkId,
    urls: list[str] | tuple[str, ...],
    *,
    is_page: bool = False,
    answers_to: Uri | None = None,
) -> None:
    await steps.add_steps(
        tx,
        walk_id,
        wanted(res, urls),
        is_page=is_page,
        answers_to=answers_to,
        most=MOST_PAGES if is_page else MOST_POSTS,
        most_answers=MOST_ANSWERS,
    )
