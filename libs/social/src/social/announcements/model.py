"""What an announcement is, and what people make of it."""

import datetime as dt
from typing import Final

import msgspec

from contracts.ids import AnnouncementId

LONGEST: Final = 5000
MOST_KINDS: Final = 8
"""Of reactions to one announcement."""


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `social.announcements`. It is shown while `published_at` is set."""

    id: AnnouncementId
    text: str
    all_day: bool
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    scheduled_at: dt.datetime | None
    published_at: dt.datetime | None
    created_at: dt.datetime
    updated_at: dt.datetime


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """An announcement about to be made; at once, unless `scheduled_at` says when."""

    text: str
    all_day: bool = False
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    scheduled_at: dt.datetime | None = None


class Shown(msgspec.Struct, frozen=True):
    """A published announcement; `read` is None where nobody in particular looks."""

    announcement: Announcement
    read: bool | None = None


class Reaction(msgspec.Struct, frozen=True, kw_only=True):
    """How many reacted with one emoji, and whether the viewer did."""

    announcement_id: AnnouncementId
    name: str
    count: int
    me: bool
