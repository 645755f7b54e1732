"""Push subscriptions and our own keys as values."""

from typing import Final

import msgspec

from contracts.ids import AccountId, SubscriptionId, TokenId

ALERTS: Final = (
    "mention",
    "status",
    "reblog",
    "follow",
    "follow_request",
    "favourite",
    "poll",
    "update",
    "quote",
    "quoted_update",
    "admin.sign_up",
    "admin.report",
)
"""The types of notification that can be asked for."""

POLICIES: Final = ("all", "followed", "follower", "none")
"""Whose acts are told of: of all, of those one follows, of one's followers, of nobody."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What an app asks for."""

    endpoint: str
    key_p256dh: str
    key_auth: str
    standard: bool
    policy: str
    alerts: tuple[str, ...]
    sealed_token: bytes
    """The app finds out by its own token whom the message is for. Only its hash is with the tokens."""


class Subscription(Wanted, frozen=True, kw_only=True):
    id: SubscriptionId
    token_id: TokenId
    account_id: AccountId


class VapidKeys(msgspec.Struct, frozen=True, kw_only=True):
    public_key: str
    """The point, uncompressed, as Base64url without padding: what browsers take as applicationServerKey."""
    private_key_pem: str
