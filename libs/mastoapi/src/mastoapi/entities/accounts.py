"""Accounts as clients see them."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

Approvers = Literal["public", "followers", "following", "unsupported_policy"]


class Field(Struct, frozen=True, kw_only=True):
    """A row of the table on a profile."""

    name: str
    value: str
    verified_at: str | None


class CustomEmoji(Struct, frozen=True, kw_only=True):
    shortcode: str
    url: str
    static_url: str
    visible_in_picker: bool
    category: str | None
    featured: bool | UnsetType = UNSET


class AccountRole(Struct, frozen=True, kw_only=True):
    """A role as others see it."""

    id: str
    name: str
    color: str


class Role(Struct, frozen=True, kw_only=True):
    """One's own role. `permissions` is a bitmask."""

    id: str
    name: str
    color: str
    permissions: str
    highlighted: bool
    collection_limit: int


class FeatureApproval(Struct, frozen=True, kw_only=True):
    """Who may put the account into a collection."""

    automatic: list[Approvers]
    manual: list[Approvers]
    current_user: Literal["automatic", "manual", "denied", "unknown", "missing"]


class Account(Struct, frozen=True, kw_only=True):
    id: str
    username: str
    acct: str
    url: str | None
    uri: str
    display_name: str
    note: str
    avatar: str
    avatar_static: str
    avatar_description: str
    header: str
    header_static: str
    header_description: str
    locked: bool
    fields: list[Field]
    emojis: list[CustomEmoji]
    bot: bool
    group: bool
    discoverable: bool | None
    indexable: bool
    noindex: bool | UnsetType = UNSET
    moved: "Account | UnsetType | None" = UNSET
    memorial: bool | UnsetType = UNSET
    suspended: bool | UnsetType = UNSET
    limited: bool | UnsetType = UNSET
    created_at: str
    last_status_at: str | None
    statuses_count: int
    followers_count: int
    following_count: int
    hide_collections: bool | None
    show_media: bool
    show_media_replies: bool
    show_featured: bool
    roles: list[AccountRole] | UnsetType = UNSET
    feature_approval: FeatureApproval
    email_subscriptions: bool | UnsetType = UNSET
    invalid_handle: bool | UnsetType = UNSET


class MutedAccount(Account, frozen=True, kw_only=True):
    mute_expires_at: str | None


class Source(Struct, frozen=True, kw_only=True):
    """A profile as its owner edits it, and what a new post of theirs starts with."""

    attribution_domains: list[str]
    note: str
    fields: list[Field]
    privacy: str
    sensitive: bool
    language: str
    follow_requests_count: int
    hide_collections: bool | None
    discoverable: bool | None
    indexable: bool
    quote_policy: str


class CredentialAccount(Account, frozen=True, kw_only=True):
    source: Source
    role: Role


class Relationship(Struct, frozen=True, kw_only=True):
    id: str
    following: bool
    showing_reblogs: bool
    notifying: bool
    languages: list[str] | None
    followed_by: bool
    blocking: bool
    blocked_by: bool
    muting: bool
    muting_notifications: bool
    muting_expires_at: str | None
    requested: bool
    requested_by: bool
    domain_blocking: bool
    endorsed: bool
    note: str


class FamiliarFollowers(Struct, frozen=True, kw_only=True):
    id: str
    accounts: list[Account]


class DomainBlockPreview(Struct, frozen=True, kw_only=True):
    """What a block of a server would cut."""

    following_count: int
    followers_count: int


class FeaturedTag(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    url: str
    statuses_count: str
    last_status_at: str | None
