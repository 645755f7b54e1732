"""What timeline hears, and what it does from time to time."""

import datetime as dt

from chassis.worker import Queue, Worker, every, on
from contracts.events import (
    AccountCreated,
    AccountDeleted,
    AnnouncementPublished,
    AnnouncementReacted,
    AnnouncementRemoved,
    BlockCreated,
    FiltersChanged,
    FollowAccepted,
    FollowRemoved,
    FollowRequested,
    ListChanged,
    ListDeleted,
    ListMembersAdded,
    ListMembersRemoved,
    MuteCreated,
    PollClosed,
    PollTallied,
    PollVoted,
    QuoteSettled,
    RelationshipsSevered,
    ReportFiled,
    StatusCreated,
    StatusDeleted,
    StatusEdited,
    StatusFavourited,
    StatusPolicyChanged,
    StatusUnfavourited,
    TagFollowed,
    TagUnfollowed,
    TokenRevoked,
)
from timeline.handlers import (
    announcements,
    circles,
    conversations,
    counts,
    feeds,
    notifications,
    polls,
    push,
    quotes,
    requests,
    streams,
    trends,
)
from timeline.jobs import FanOut, MoveIn, Push, TakeBack, TellEdit
from timeline.resources import Resources

QUEUES: tuple[Queue[Resources], ...] = (
    Queue(
        "timeline.feeds",
        [
            on(StatusCreated, feeds.on_created),
            on(StatusEdited, feeds.on_edited),
            on(PollTallied, feeds.on_edited),
            on(PollClosed, feeds.on_edited),
            on(StatusPolicyChanged, quotes.show_in_feeds),
            on(QuoteSettled, quotes.show_in_feeds),
            on(StatusDeleted, feeds.on_deleted),
            on(FollowAccepted, circles.on_accepted),
            on(FollowRemoved, circles.on_removed),
            on(MuteCreated, circles.on_muted),
            on(BlockCreated, circles.on_blocked),
            on(AccountDeleted, circles.on_account_deleted),
            on(ListChanged, circles.on_list_changed),
            on(ListDeleted, circles.on_list_deleted),
            on(ListMembersAdded, circles.on_members_added),
            on(ListMembersRemoved, circles.on_members_removed),
            on(TagFollowed, circles.on_tag_followed),
            on(TagUnfollowed, circles.on_tag_unfollowed),
        ],
    ),
    # A queue of their own: an author with a million followers holds up nobody else's posts.
    Queue(
        "timeline.fan_out",
        [on(FanOut, feeds.fan_out), on(TellEdit, feeds.tell_edit), on(TakeBack, feeds.take_back)],
        # They keep one pace together: the second is there so that none waits for the broker.
        prefetch=2,
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
            on(AccountCreated, notifications.on_joined),
            on(ReportFiled, notifications.on_reported),
            on(RelationshipsSevered, notifications.on_severed),
            on(MoveIn, requests.on_let_in),
            on(StatusDeleted, conversations.on_deleted),
            on(AccountDeleted, conversations.on_account_deleted),
            on(PollClosed, polls.on_closed),
            on(QuoteSettled, quotes.on_settled),
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
            on(StatusPolicyChanged, quotes.show_in_streams),
            on(QuoteSettled, quotes.show_in_streams),
            on(StatusDeleted, streams.on_deleted),
            on(FiltersChanged, streams.on_filters_changed),
            on(AnnouncementPublished, announcements.on_published),
            on(AnnouncementReacted, announcements.on_reacted),
            on(AnnouncementRemoved, announcements.on_removed),
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
            on(QuoteSettled, quotes.count_quoted),
            on(FollowAccepted, counts.on_circle_changed),
            on(FollowRemoved, counts.on_circle_changed),
        ],
        prefetch=500,
    ),
)

PERIODIC = (
    every(dt.timedelta(days=1), counts.recount_ours),
    every(dt.timedelta(days=1), notifications.forget_closed_groups),
    every(dt.timedelta(seconds=30), trends.count_used_tags),
    every(dt.timedelta(hours=1), trends.recount_tags),
    every(dt.timedelta(minutes=5), trends.refresh),
)


def create_worker(resources: Resources) -> Worker[Resources]:
    return Worker(resources, QUEUES, PERIODIC)
