"""What delivery hears, and what it does from time to time."""

import datetime as dt

from chassis.worker import Queue, Worker, every, on
from contracts.events import (
    AccountDeleted,
    AccountKeysRotated,
    AccountMoved,
    AccountSanctioned,
    AccountUpdated,
    ActivityArrived,
    BlockCreated,
    BlockRemoved,
    FollowAccepted,
    FollowRemoved,
    FollowRequested,
    PollClosed,
    PollTallied,
    PollVoted,
    QuoteAnswered,
    QuoteAsked,
    QuoteSettled,
    RelayJoined,
    RelayLeft,
    ReportFiled,
    StatusCreated,
    StatusDeleted,
    StatusEdited,
    StatusFavourited,
    StatusFetched,
    StatusPinned,
    StatusPolicyChanged,
    StatusUnfavourited,
    StatusUnpinned,
    TagFeatured,
    TagUnfeatured,
)
from delivery.handlers import (
    board,
    deliveries,
    featured,
    forwarding,
    people,
    polls,
    quotes,
    relays,
    spreads,
    statuses,
    upkeep,
    visits,
)
from delivery.jobs import Deliver, Retry, Spread, Visit
from delivery.resources import Resources

PLANS: Queue[Resources] = Queue(
    "delivery.plans",
    [
        on(StatusCreated, statuses.on_created),
        on(StatusEdited, statuses.on_edited),
        on(StatusDeleted, statuses.on_deleted),
        on(StatusFetched, statuses.on_fetched),
        on(ActivityArrived, forwarding.on_arrived),
        on(StatusPolicyChanged, quotes.on_policy_changed),
        on(StatusPinned, featured.on_changed),
        on(StatusUnpinned, featured.on_changed),
        on(TagFeatured, featured.on_changed),
        on(TagUnfeatured, featured.on_changed),
        on(QuoteAsked, quotes.on_asked),
        on(QuoteAnswered, quotes.on_answered),
        on(QuoteSettled, quotes.on_settled),
        on(StatusFavourited, people.on_favourited),
        on(StatusUnfavourited, people.on_unfavourited),
        on(FollowRequested, people.on_follow_requested),
        on(FollowAccepted, people.on_follow_accepted),
        on(FollowRemoved, people.on_follow_removed),
        on(BlockCreated, people.on_block_created),
        on(BlockRemoved, people.on_block_removed),
        on(AccountUpdated, people.on_account_updated),
        on(AccountSanctioned, people.on_account_changed),
        on(AccountKeysRotated, people.on_account_changed),
        on(AccountDeleted, people.on_account_deleted),
        on(AccountMoved, people.on_account_moved),
        on(ReportFiled, people.on_report_filed),
        on(RelayJoined, relays.on_joined),
        on(RelayLeft, relays.on_left),
        on(PollVoted, polls.on_voted),
        on(PollTallied, polls.on_counted),
        on(PollClosed, polls.on_counted),
    ],
    prefetch=16,
)
DELIVERIES: Queue[Resources] = Queue(
    "delivery.deliveries", [on(Deliver, deliveries.on_deliver)], prefetch=256, timeout=180
)
# What goes to many, and what is tried again: a message is up to 32 deliveries.
SPREADS: Queue[Resources] = Queue(
    "delivery.spreads", [on(Spread, spreads.on_spread), on(Retry, deliveries.on_retry)], prefetch=12, timeout=180
)
VISITS: Queue[Resources] = Queue("delivery.visits", [on(Visit, visits.on_visit)], prefetch=32, timeout=120)

QUEUES: tuple[Queue[Resources], ...] = (PLANS, DELIVERIES, SPREADS, VISITS)

PERIODIC = (
    every(dt.timedelta(seconds=1), visits.call),
    every(dt.timedelta(seconds=5), board.write_down),
    every(dt.timedelta(seconds=15), upkeep.measure),
    every(dt.timedelta(minutes=1), upkeep.expire),
    every(dt.timedelta(hours=1), upkeep.forget_keys),
    every(dt.timedelta(hours=1), upkeep.forget_hosts),
)


def create_worker(resources: Resources) -> Worker[Resources]:
    return Worker(resources, QUEUES, PERIODIC)
