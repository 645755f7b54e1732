"""Announcements, and reactions to them."""

from msgspec import UNSET, Struct, UnsetType

from mastoapi.entities.accounts import CustomEmoji
from mastoapi.entities.statuses import Mention, StatusTag


class Reaction(Struct, frozen=True, kw_only=True):
    name: str
    count: int
    me: bool | UnsetType = UNSET
    url: str | UnsetType = UNSET
    static_url: str | UnsetType = UNSET
    announcement_id: str | UnsetType = UNSET
    """Only where it comes alone, over a stream."""


class AnnouncementStatus(Struct, frozen=True, kw_only=True):
    id: str
    url: str


class Announcement(Struct, frozen=True, kw_only=True):
    id: str
    content: str
    starts_at: str | None
    ends_at: str | None
    all_day: bool
    published_at: str
    updated_at: str
    read: bool | UnsetType = UNSET
    mentions: list[Mention]
    statuses: list[AnnouncementStatus]
    tags: list[StatusTag]
    emojis: list[CustomEmoji]
    reactions: list[Reaction]
