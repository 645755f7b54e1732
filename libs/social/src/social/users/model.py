"""The people who sign in here, as values."""

import datetime as dt
import enum
from typing import Any

import msgspec

from contracts.ids import AccountId


class Role(enum.StrEnum):
    """What somebody may do to the server, from least to most."""

    USER = "User"
    MODERATOR = "Moderator"
    ADMIN = "Admin"
    OWNER = "Owner"

    @property
    def rank(self) -> int:
        return list(Role).index(self)

    def is_at_least(self, other: "Role") -> bool:
        return self.rank >= other.rank


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `social.users` without its secrets: what every service may read."""

    account_id: AccountId
    role: Role
    locale: str
    default_privacy: str
    default_sensitive: bool
    default_language: str | None
    default_quote_policy: str
    settings: dict[str, Any]
    created_at: dt.datetime
    confirmed_at: dt.datetime | None
    awaits_approval: bool
    disabled_at: dt.datetime | None
    last_active_at: dt.datetime | None


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """What is needed to tell whether somebody may sign in."""

    account_id: AccountId
    username: str
    email: str
    password_hash: str
    role: Role
    confirmed_at: dt.datetime | None
    awaits_approval: bool
    disabled_at: dt.datetime | None
    suspended_at: dt.datetime | None

    @property
    def may_sign_in(self) -> bool:
        """Whoever still waits may, to learn that they do; their token is worth nothing yet."""
        return self.confirmed_at is not None and self.disabled_at is None and self.suspended_at is None


class Joining(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody came: what they told us about themselves, and whether a moderator looks first."""

    locale: str = "en"
    awaits_approval: bool = False
    reason: str = ""
