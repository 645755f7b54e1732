"""What timeline tells itself: a chunk of followers to whom a post goes, or from whom it is taken back."""

import datetime as dt

from contracts.ids import AccountId, NotificationId, StatusId, SubscriptionId
from contracts.jobs import Job


class FanOut(Job, frozen=True, tag="timeline.fan_out"):
    """Write the status to the homes of the followers whose follows lie after `after` up to `upto`."""

    status_id: StatusId
    after: int
    upto: int
    aloud: bool = True
    """Whether open streams are told."""


class TellEdit(Job, frozen=True, tag="timeline.tell_edit"):
    """Tell the open streams of these followers that the status changed."""

    status_id: StatusId
    after: int
    upto: int


class TakeBack(Job, frozen=True, tag="timeline.take_back"):
    """Remove a deleted status from the homes of these followers of its author."""

    status_id: StatusId
    account_id: AccountId
    reblog_of_id: StatusId | None
    after: int
    upto: int


class Push(Job, frozen=True, tag="timeline.push"):
    """Push the notification to the app behind the subscription."""

    subscription_id: SubscriptionId
    notification_id: NotificationId
    made_at: dt.datetime
