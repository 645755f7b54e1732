"""Notifications of the same act on the same thing, shown as one."""

from msgspec import UNSET, Raw, Struct, UnsetType

from mastoapi.entities.moderation import Report
from mastoapi.entities.notifications import NotificationFallback, RelationshipSeveranceEvent


class PartialAccountWithAvatar(Struct, frozen=True, kw_only=True):
    id: str
    acct: str
    url: str | None
    avatar: str
    avatar_static: str
    avatar_description: str
    locked: bool
    bot: bool


class NotificationGroup(Struct, frozen=True, kw_only=True):
    group_key: str
    notifications_count: int
    type: str
    most_recent_notification_id: int
    """A number, as Mastodon sends it; all other ids are text."""
    page_min_id: str | UnsetType = UNSET
    page_max_id: str | UnsetType = UNSET
    latest_page_notification_at: str | UnsetType = UNSET
    sample_account_ids: list[str]
    status_id: str | UnsetType = UNSET
    report: Report | UnsetType = UNSET
    event: RelationshipSeveranceEvent | UnsetType = UNSET
    fallback: NotificationFallback | UnsetType = UNSET


class GroupedNotificationsResults(Struct, frozen=True, kw_only=True):
    accounts: list[Raw]
    partial_accounts: list[PartialAccountWithAvatar] | UnsetType = UNSET
    statuses: list[Raw]
    notification_groups: list[NotificationGroup]
