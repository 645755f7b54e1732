"""What inbox hears, which is itself and that others quote, and what it does from time to time."""

import datetime as dt

from chassis.worker import Queue, Worker, every, on
from contracts.events import FollowAccepted, QuoteAsked, ThreadOpened
from inbox.handlers import fetchers, followers, outboxes, polls, quotes, replies, threads
from inbox.handlers.background import (
    forget_old,
    on_count_actor,
    on_fetch_status,
    on_follow_anew,
    on_learn_featured,
    on_learn_successor,
    on_refresh_actor,
)
from inbox.handlers.forwarded import on_refetch
from inbox.handlers.received import on_received
from inbox.handlers.waiting import on_verify_later
from inbox.jobs import (
    CountActor,
    FetchStatus,
    FollowAnew,
    LearnFeatured,
    LearnFetcher,
    LearnReplies,
    LearnSuccessor,
    ReadOutbox,
    ReceivedAtLarge,
    ReceivedForUs,
    Refetch,
    RefreshActor,
    SynchronizeFollowers,
    VerifyLater,
    WalkThread,
)
from inbox.resources import Resources

QUEUES: tuple[Queue[Resources], ...] = (
    Queue("inbox.for_us", [on(ReceivedForUs, on_received)], prefetch=24),
    Queue("inbox.at_large", [on(ReceivedAtLarge, on_received)], prefetch=16),
    Queue("inbox.unverified", [on(VerifyLater, on_verify_later)], prefetch=16),
    Queue(
        "inbox.background",
        [
            on(FetchStatus, on_fetch_status),
            on(RefreshActor, on_refresh_actor),
            on(CountActor, on_count_actor),
            on(FollowAnew, on_follow_anew),
            on(LearnSuccessor, on_learn_successor),
            on(LearnFeatured, on_learn_featured),
            on(LearnReplies, replies.on_learn),
            on(LearnFetcher, fetchers.on_learn),
            on(Refetch, on_refetch),
            on(SynchronizeFollowers, followers.on_synchronize),
        ],
        prefetch=8,
    ),
    Queue(
        "inbox.outboxes",
        [on(FollowAccepted, outboxes.on_followed), on(ReadOutbox, outboxes.on_read)],
        prefetch=4,
        timeout=120,
    ),
    Queue(
        "inbox.threads", [on(ThreadOpened, threads.on_opened), on(WalkThread, threads.on_walk)], prefetch=4, timeout=180
    ),
    Queue("inbox.quotes", [on(QuoteAsked, quotes.on_asked)], prefetch=8),
)
PERIODIC = (
    every(dt.timedelta(minutes=10), forget_old),
    every(dt.timedelta(minutes=1), polls.close_due),
    every(dt.timedelta(minutes=1), outboxes.beat),
    every(dt.timedelta(seconds=10), outboxes.catch_up),
)


def create_worker(resources: Resources) -> Worker[Resources]:
    return Worker(resources, QUEUES, PERIODIC)
