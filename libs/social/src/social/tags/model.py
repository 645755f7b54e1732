"""What a hashtag is, and how much it was used."""

import datetime as dt

import msgspec

from contracts.ids import TagId


class Tag(msgspec.Struct, frozen=True, kw_only=True):
    id: TagId
    name: str
    display_name: str


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """One day of one tag."""

    tag_id: TagId
    day: dt.date
    uses: int
    accounts: int


class Ties(msgspec.Struct, frozen=True, kw_only=True):
    """What a tag is to one person."""

    following: bool
    featuring: bool
