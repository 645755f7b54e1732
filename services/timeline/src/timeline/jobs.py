"""What timeline tells itself: a chunk of followers to whom a post goes, or from whom it is taken back."""

import datetime as dt
from typing import Literal

from contracts.ids import AccountId, NotificationId, StatusId, SubscriptionId
from contracts.jobs import Job

Via = Literal["follows", "tags", "lists"]
"""How a post comes to a feed: its author is followed, one of its hashtags is, or its author is on a list."""


class FanOut(Job, frozen=True, tag="timeline.fan_out"):
    """Write the status to the feeds of those whose follows (or places on lists) lie after `after` up to `upto`."""

    status_id: StatusId
    after: int
    upto: int
    aloud: bool = True
    """Whether open streams are told."""
    via: Via = "follows"


class TellEdit(Job, frozen=True, tag="timeline.tell_edit"):
    """Tell the open streams of these followers that the status changed."""

    status_id: StatusId
    after: int
    upto: int
    via: Via = "follows"


class TakeBack(Job, frozen=True, tag="timeline.take_back"):
    """Remove a deleted status from these feeds."""

    status_id: StatusId
    account_id: AccountId
    reblog_of_id: StatusId | None
    after: int
    upto: int
    tags: tuple[str, ...] = ()
    via: Via = "follows"


class Push(Job, frozen=True, tag="timeline.push"):
    """Push the notification to the app behind the subscription."""

    subscription_id: SubscriptionId
    notification_id: NotificationId
    made_at: dt.datetime


class MoveIn(Job, frozen=True, tag="timeline.move_in"):
    """Show the account what waited aside from a sender who is let in now."""

    account_id: AccountId
    from_account_id: AccountId
