"""What a walk is, and when there is reason for one."""

import datetime as dt

import msgspec

from contracts.ids import StatusId, WalkId
from social.statuses.model import Status

MIN_AGE = dt.timedelta(minutes=5)
"""A younger post is told of by those who answer it."""
NOT_AGAIN_FOR = dt.timedelta(minutes=15)
LONGEST = dt.timedelta(minutes=10)
"""After this a walk is over, whatever became of it."""
MOST_AT_ONCE = 200
"""Walks under way: whoever opens one thread after the other shall not keep us busy for others."""


class Walk(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `social.thread_walks`: of each conversation the last."""

    id: WalkId
    conversation_id: int
    status_id: StatusId
    started_at: dt.datetime
    finished_at: dt.datetime | None
    found: int

    def is_over(self, now: dt.datetime) -> bool:
        return self.finished_at is not None or now - self.started_at > LONGEST


def is_worth_walking(status: Status, now: dt.datetime) -> bool:
    return status.is_open_elsewhere and now - status.created_at >= MIN_AGE


def may_begin(last: Walk | None, now: dt.datetime) -> bool:
    return last is None or now - last.started_at >= NOT_AGAIN_FOR
