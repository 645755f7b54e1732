"""How two accounts stand to each other, and what surrounds a viewer."""

import datetime as dt

import msgspec

from contracts.ids import AccountId, FollowId, Uri


class Follow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `social.follows` or of `social.follow_requests`."""

    id: FollowId
    account_id: AccountId
    target_id: AccountId
    uri: Uri
    show_reblogs: bool
    notify: bool
    languages: list[str] | None
    created_at: dt.datetime


class How(msgspec.Struct, frozen=True):
    """What a follower wants to see of whom they follow."""

    show_reblogs: bool = True
    notify: bool = False
    languages: list[str] | None = None


class Relation(msgspec.Struct, frozen=True, kw_only=True):
    """How one viewer stands to one account: the fields of Mastodon's Relationship."""

    account_id: AccountId
    following: bool = False
    showing_reblogs: bool = False
    notifying: bool = False
    languages: list[str] | None = None
    followed_by: bool = False
    blocking: bool = False
    blocked_by: bool = False
    muting: bool = False
    muting_notifications: bool = False
    muting_expires_at: dt.datetime | None = None
    requested: bool = False
    requested_by: bool = False
    domain_blocking: bool = False
    endorsed: bool = False
    note: str = ""


class Circle(msgspec.Struct, frozen=True, kw_only=True):
    """What matters of a viewer's relations to a handful of accounts, to permit what they see."""

    viewer: AccountId | None = None
    following: frozenset[AccountId] = frozenset()
    blocking: frozenset[AccountId] = frozenset()
    blocked_by: frozenset[AccountId] = frozenset()
    muting: frozenset[AccountId] = frozenset()
    domain_blocking: frozenset[AccountId] = frozenset()
    """Accounts on servers that the viewer does not want to hear of."""
