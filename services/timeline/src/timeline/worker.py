"""What timeline hears, and what it does from time to time."""

import datetime as dt

from chassis.worker import Queue, Worker, every, on
from contracts.events import (
    AccountDeleted,
    BlockCreated,
    FiltersChanged,
    FollowAccepted,
    FollowRemoved,
    FollowRequested,
    MuteCreated,
    PollClosed,
    PollTallied,
    PollVoted,
    StatusCreated,
    StatusDeleted,
    StatusEdited,
    StatusFavourited,
    StatusUnfavourited,
    TokenRevoked,
)
from timeline.handlers import counts, feeds, notifications, polls, push, streams, trends
from timeline.jobs import FanOut, Push, TakeBack, TellEdit
from timeline.resources import Resources

QUEUES: tuple[Queue[Resources], ...] = (
    Queue(
        "timeline.feeds",
        [
            on(StatusCreated, feeds.on_created),
            on(StatusEdited, feeds.on_edited),
            on(PollTallied, feeds.on_edited),
            on(PollClosed, feeds.on_edited),
            on(StatusDeleted, feeds.on_deleted),
            on(FollowAccepted, feeds.on_accepted),
            on(FollowRemoved, feeds.on_removed),
            on(MuteCreated, feeds.on_muted),
            on(BlockCreated, feeds.on_blocked),
            on(AccountDeleted, feeds.on_account_deleted),
        ],
    ),
    # A queue of their own: an author with a million followers holds up nobody else's posts.
    Queue(
        "timeline.fan_out",
        [on(FanOut, feeds.fan_out), on(TellEdit, feeds.tell_edit), on(TakeBack, feeds.take_back)],
        prefetch=8,
    ),
    Queue(
        "timeline.notifications",
        [
            on(StatusCreated, notifications.on_created),
            on(StatusEdited, notifications.on_edited),
            on(StatusFavourited, notifications.on_favourited),
            on(FollowRequested, notifications.on_requested),
            on(FollowAccepted, notifications.on_accepted),
            on(BlockCreated, notifications.on_blocked),
            on(PollClosed, polls.on_closed),
        ],
    ),
    # Push services of others answer when they like.
    Queue("timeline.push", [on(Push, push.on_push), on(TokenRevoked, push.on_token_revoked)], prefetch=64),
    Queue(
        "timeline.streams",
        [
            on(StatusCreated, streams.on_created),
            on(StatusEdited, streams.on_edited),
            on(PollTallied, streams.on_edited),
            on(PollClosed, streams.on_edited),
            on(StatusDeleted, streams.on_deleted),
            on(FiltersChanged, streams.on_filters_changed),
        ],
    ),
    # Many at once: those of a moment are counted together.
    Queue(
        "timeline.counts",
        [
            on(StatusCreated, counts.on_created),
            on(StatusDeleted, counts.on_deleted),
            on(StatusFavourited, counts.on_tapped),
            on(StatusUnfavourited, counts.on_tapped),
            on(PollVoted, polls.on_voted),
            on(FollowAccepted, counts.on_circle_changed),
            on(FollowRemoved, counts.on_circle_changed),
        ],
        prefetch=500,
    ),
)

PERIODIC = (
    every(dt.timedelta(days=1), counts.recount_ours),
    every(dt.timedelta(seconds=30), trends.count_used_tags),
    every(dt.timedelta(hours=1), trends.recount_tags),
    every(dt.timedelta(minutes=5), trends.refresh),
)


def create_worker(resources: Resources) -> Worker[Resources]:
    return Worker(resources, QUEUES, PERIODIC)
