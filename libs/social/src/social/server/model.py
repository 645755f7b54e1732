"""What the server says of itself, and its numbers."""

import datetime as dt
from typing import Any

import msgspec


class About(msgspec.Struct, frozen=True, kw_only=True):
    """`social.server_settings` as one value. What nobody set has its default."""

    title: str = "Murmuration"
    short_description: str = ""
    description: str = ""
    """The long one, as HTML."""
    contact_email: str = ""
    contact_username: str = ""
    languages: tuple[str, ...] = ("en",)
    registrations: str = "closed"
    """`open`, `approval` or `closed`."""
    closed_message: str = ""
    """Why nobody may join at the moment, as HTML."""
    min_age: int | None = None
    """In years; whoever joins says when they were born."""
    privacy_policy: str = ""
    """As HTML; none is published when empty."""
    show_domain_blocks: str = "all"
    """Who may see which servers we have nothing to do with: `all`, `users` or `disabled`."""
    status_page: str = ""
    """Where one sees whether this server is well."""
    trendable_by_default: bool = False
    """Whether tags, links and posts may go round that no moderator has looked at."""
    suggested_accounts: tuple[str, ...] = ()
    """Handles of whom newcomers are shown first."""
    thumbnail_key: str | None = None
    updated_at: dt.datetime | None = None

    @classmethod
    def of(cls, values: dict[str, Any]) -> "About":
        return msgspec.convert(values, cls, strict=False)


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    text: str
    hint: str


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    users: int
    active_month: int
    active_halfyear: int
    local_statuses: int
    domains: int


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """One week of activity here, from Monday."""

    starts_at: dt.datetime
    statuses: int
    logins: int
    registrations: int


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """The terms of service from a day on."""

    effective_date: dt.date
    content: str
    succeeded_by: dt.date | None


SETTINGS = tuple(name for name in About.__struct_fields__ if name not in ("thumbnail_key", "updated_at"))
"""What an operator may write."""
