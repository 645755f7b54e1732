"""A hashtag on a profile, and how much its owner wrote with it."""

import datetime as dt

import msgspec

from contracts.ids import FeaturedTagId, TagId


class FeaturedTag(msgspec.Struct, frozen=True, kw_only=True):
    id: FeaturedTagId
    tag_id: TagId
    tag: str
    """In lower case; `name` is as its owner spells it."""
    name: str
    statuses_count: int
    """Of posts that anybody may read."""
    last_status_at: dt.datetime | None
