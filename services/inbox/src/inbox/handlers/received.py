"""Verified activities."""

import datetime as dt

from apcore import activities, jsonld
from apcore.activities import Activity, Announce, Create, Delete, Move, Unknown
from apcore.jsonld import Malformed
from chassis.db import Tx
from contracts.events import ActivityArrived
from contracts.ids import AccountId, Uri
from inbox.authorship import FORWARDABLE
from inbox.fetching.actors import Unreachable, Unusable
from inbox.fetching.bearcaps import opened
from inbox.fetching.gather import Found, gather, keep
from inbox.fetching.replies import learn_replies
from inbox.handlers import budget, followers
from inbox.handlers.races import meeting_others
from inbox.jobs import CountActor, FetchStatus, LearnSuccessor, Received, RefreshActor
from inbox.metrics import PROCESSED, RELAYED
from inbox.resources import Resources
from social.accounts import store as accounts
from social.accounts.model import Account
from social.federation import announce, dispatch, forwarding, move, store
from social.federation.arrival import Arrival
from social.federation.needs import Needs, needs_of, parent_of
from social.federation.outcome import Outcome
from social.policies.model import ALLOWED_WHILE_SUSPENDED, Policies, Verdict
from social.relays import store as relays
from social.statuses import reading

STALE_AFTER = dt.timedelta(days=1)
PATIENCE = dt.timedelta(minutes=10)
"""How long after its arrival an activity waits for a server that it only refers to."""
GIVE_UP = dt.timedelta(hours=6)
"""How long it waits for its own author's."""
SEEN = frozenset({"EmojiReact", "Dislike", "View", "Offer", "Invite", "Join", "Leave", "Lock"})
"""Unknown activities that are counted by name."""


async def on_received(res: Resources, job: Received) -> None:
    """Let the activity have its effect, or drop it for a reason that is counted."""
    try:
        activity = activities.read(job.document)
    except Malformed:
        PROCESSED.labels("Other", Outcome.UNREADABLE).inc()
        return
    outcome = await process(res, job, activity)
    await followers.compare(res, job)
    PROCESSED.labels(name_of(activity), outcome).inc()


async def process(res: Resources, job: Received, activity: Activity) -> Outcome:
    actor = Uri(activity.actor)
    known = await accounts.by_uri(res.db, actor)
    dropped = why_refused(res.policies.value, known, activity) or await _why_dropped(res, job, known, activity)
    if dropped:
        return dropped
    needs = Needs()
    try:
        activity = await opened(res, activity)
        needs = needs_of(activity, res.addresses, known.featured_url if known else None)
        found = await gather(res, actor, known, needs, renew=needs.profile or job.has_new_key)
    except Unusable:
        return Outcome.ACTOR_GONE
    except Unreachable:
        age = dt.datetime.now(dt.UTC) - job.received_at
        if age < (PATIENCE if known and needs.statuses else GIVE_UP):
            raise
        if known is None:
            return Outcome.ACTOR_GONE
        found = Found()
    # Nothing was asked of anybody, and no time has passed: who says it is who they were.
    unchanged = known if needs == Needs() and not job.has_new_key else None
    with meeting_others():
        return await _receive(res, job, activity, found, unchanged)


async def _why_dropped(res: Resources, job: Received, known: Account | None, activity: Activity) -> Outcome | None:
    """What makes it not worth fetching anything for."""
    if known is None and await reading.is_tombstone(res.db, Uri(activity.actor), Uri(activity.actor)):
        return Outcome.ACTOR_GONE
    if known is not None and isinstance(activity, Move) and await move.is_resting(res.db, known, job.received_at):
        return Outcome.REPEATED
    if isinstance(activity, Announce) and not await announce.is_wanted(res.db, res.addresses, known, activity):
        return Outcome.NO_INTEREST
    return None


async def _receive(
    res: Resources, job: Received, activity: Activity, found: Found, unchanged: Account | None
) -> Outcome:
    """One activity, one transaction."""
    arrival = Arrival(
        addresses=res.addresses,
        at=job.received_at,
        inbox_of=job.inbox_of,
        policies=res.policies.value,
        is_relayed=job.brought_by is not None and await relays.is_accepted(res.db, job.brought_by),
        takes_media=res.policies.value.may_fetch_media(jsonld.host_of(activity.actor)),
    )
    async with res.db.transaction() as tx:
        await store.lock(tx, dispatch.locks_of(activity) | found.names)
        await keep(tx, arrival, found)
        actor = unchanged or await accounts.by_uri(tx, Uri(activity.actor))
        if actor is None:
            return Outcome.ACTOR_GONE
        concerned = await forwarding.concerned(tx, res.addresses, activity) if job.original else []
        outcome = await dispatch.receive(tx, arrival, actor, activity)
        may_forward = outcome is Outcome.DONE and not res.policies.value.limits(actor)
        if concerned and may_forward and await budget.may_forward(tx, actor.uri):
            tx.emit(_arrived(job, activity, actor, concerned))
        await _follow_up(tx, res, activity, actor, found, outcome)
    if arrival.is_relayed or (isinstance(activity, Announce) and await relays.is_accepted(res.db, actor.uri)):
        RELAYED.labels(outcome).inc()
    return outcome


def _arrived(job: Received, activity: Activity, actor: Account, concerned: list[AccountId]) -> ActivityArrived:
    assert isinstance(activity, FORWARDABLE)
    return ActivityArrived(
        account_id=actor.id,
        uri=Uri(activity.id),
        about=Uri(activity.object),
        is_deletion=isinstance(activity, Delete),
        followers_of=tuple(concerned),
        content=job.original or "",
    )


async def _follow_up(
    tx: Tx, res: Resources, activity: Activity, actor: Account, found: Found, outcome: Outcome
) -> None:
    """Leave for later what the activity made worth knowing."""
    for introduced in found.actors:
        tx.enqueue(CountActor(uri=Uri(introduced.actor.id)))
        if introduced.actor.moved_to:
            tx.enqueue(LearnSuccessor(uri=Uri(introduced.actor.id), successor=Uri(introduced.actor.moved_to)))
    now = dt.datetime.now(dt.UTC)
    if is_stale(actor, now):
        tx.enqueue(RefreshActor(uri=actor.uri))
    said = activity.note if isinstance(activity, Create) and outcome is Outcome.DONE else None
    learn_replies(tx, (*found.notes, *([said] if said else [])), now, room=res.settings.thread_depth)
    parent = parent_of(activity, res.addresses) if outcome is Outcome.DONE else None
    if parent and res.settings.thread_depth and await reading.by_uri(tx, parent) is None:
        tx.enqueue(FetchStatus(uri=parent, asked_at=now))


def is_stale(actor: Account, now: dt.datetime) -> bool:
    return actor.fetched_at is None or now - actor.fetched_at > STALE_AFTER


def why_refused(policies: Policies, known: Account | None, activity: Activity) -> Outcome | None:
    """What a moderator's decision says to this activity."""
    kind = name_of(activity)
    domains = {jsonld.host_of(activity.actor), known.domain if known else None}
    verdicts = {policies.decide(domain, kind) for domain in domains if domain}
    if known is not None and known.suspended_at is not None and kind not in ALLOWED_WHILE_SUSPENDED:
        return Outcome.SUSPENDED
    if Verdict.REFUSE in verdicts:
        return Outcome.SUSPENDED
    return Outcome.NOT_ALLOWED if Verdict.DROP in verdicts else None


def name_of(activity: Activity) -> str:
    """For a metric: bounded."""
    if isinstance(activity, Unknown):
        return activity.type if activity.type in SEEN else "Other"
    return type(activity).__name__
