"""What a scheduled post is, and when one may be. Pure."""

import datetime as dt
from typing import Any, Final

import msgspec

from contracts.ids import AccountId, AppId, ScheduledId

SOONEST: Final = dt.timedelta(minutes=5)
MOST: Final = 300
MOST_A_DAY: Final = 25


class Scheduled(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `social.scheduled_statuses`. `params` are what its author asked for."""

    id: ScheduledId
    account_id: AccountId
    app_id: AppId | None
    scheduled_at: dt.datetime
    params: dict[str, Any]
    failures: int
    created_at: dt.datetime


class Load(msgspec.Struct, frozen=True):
    """How much somebody has scheduled already: at all, and for one day."""

    total: int
    that_day: int


def objection(at: dt.datetime, now: dt.datetime, load: Load) -> str | None:
    """Why nothing more can be scheduled for that moment, in Mastodon's words."""
    if at <= now + SOONEST:
        return "Scheduled at must be in the future"
    if load.total >= MOST:
        return f"You have exceeded the limit of {MOST} scheduled posts"
    if load.that_day >= MOST_A_DAY:
        return f"You have exceeded the limit of {MOST_A_DAY} scheduled posts for today"
    return None
