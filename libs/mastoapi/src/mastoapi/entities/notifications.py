"""Notifications, markers and preferences: what concerns one person."""

from typing import Any

from msgspec import UNSET, Raw, Struct, UnsetType, field

from mastoapi.entities.moderation import Report


class NotificationFallback(Struct, frozen=True, kw_only=True):
    title: str
    summary: str | None
    details: str | None


class RelationshipSeveranceEvent(Struct, frozen=True, kw_only=True):
    id: str
    type: str
    purged: bool
    target_name: str
    followers_count: int
    following_count: int
    created_at: str


class Notification(Struct, frozen=True, kw_only=True):
    id: str
    type: str
    created_at: str
    group_key: str
    account: Raw
    filtered: bool | UnsetType = UNSET
    status: Raw | UnsetType = UNSET
    report: Report | UnsetType = UNSET
    event: RelationshipSeveranceEvent | UnsetType = UNSET
    moderation_warning: dict[str, Any] | UnsetType = UNSET
    fallback: NotificationFallback | UnsetType = UNSET
    collection: dict[str, Any] | UnsetType = UNSET
    annual_report: dict[str, Any] | UnsetType = UNSET


class Marker(Struct, frozen=True, kw_only=True):
    last_read_id: str
    version: int
    updated_at: str


class Markers(Struct, frozen=True, kw_only=True):
    home: Marker | UnsetType = UNSET
    notifications: Marker | UnsetType = UNSET


class Preferences(Struct, frozen=True, kw_only=True):
    posting_visibility: str = field(name="posting:default:visibility")
    posting_sensitive: bool = field(name="posting:default:sensitive")
    posting_language: str | None = field(name="posting:default:language")
    posting_quote_policy: str = field(name="posting:default:quote_policy")
    expand_media: str = field(name="reading:expand:media")
    expand_spoilers: bool = field(name="reading:expand:spoilers")
    autoplay_gifs: bool = field(name="reading:autoplay:gifs")
