"""Whose notifications somebody wants to see, and whose wait for an answer."""

from msgspec import UNSET, Raw, Struct, UnsetType

from mastoapi.entities.accounts import Account


class PolicySummary(Struct, frozen=True, kw_only=True):
    pending_requests_count: int
    pending_notifications_count: int


class NotificationPolicy(Struct, frozen=True, kw_only=True):
    for_not_following: str
    for_not_followers: str
    for_new_accounts: str
    for_private_mentions: str
    for_limited_accounts: str
    for_bots: str
    summary: PolicySummary


class NotificationPolicyV1(Struct, frozen=True, kw_only=True):
    """Mastodon's V1::NotificationPolicy: whether, not what."""

    filter_not_following: bool
    filter_not_followers: bool
    filter_new_accounts: bool
    filter_private_mentions: bool
    filter_bots: bool
    summary: PolicySummary


class NotificationRequest(Struct, frozen=True, kw_only=True):
    id: str
    created_at: str
    updated_at: str
    notifications_count: str
    account: Account
    last_status: Raw | UnsetType = UNSET
