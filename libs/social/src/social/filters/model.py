"""What a filter is: words and posts that one person does not want to meet, and where not."""

import datetime as dt
from collections.abc import Sequence
from typing import Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

from contracts.ids import AccountId, FilterId, FilterKeywordId, FilterStatusId, StatusId

Context = Literal["home", "notifications", "public", "thread", "account"]
Action = Literal["warn", "hide", "blur"]

CONTEXTS: Final[tuple[Context, ...]] = ("home", "notifications", "public", "thread", "account")
ACTIONS: Final[tuple[Action, ...]] = ("warn", "hide", "blur")


class Keyword(msgspec.Struct, frozen=True, kw_only=True):
    id: FilterKeywordId
    filter_id: FilterId
    keyword: str
    whole_word: bool


class FilterStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A single post that is filtered."""

    id: FilterStatusId
    filter_id: FilterId
    status_id: StatusId


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `social.filters` with what it looks for."""

    id: FilterId
    account_id: AccountId
    title: str
    contexts: list[Context]
    action: Action
    expires_at: dt.datetime | None
    keywords: list[Keyword]
    statuses: list[FilterStatus]

    def is_over(self, now: dt.datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


class KeywordChange(msgspec.Struct, frozen=True, kw_only=True):
    """A keyword to add, or with an id to change or remove. What is None stays, or is as in a new one."""

    id: FilterKeywordId | None = None
    keyword: str | None = None
    whole_word: bool | None = None
    is_removal: bool = False


class FilterChange(msgspec.Struct, frozen=True, kw_only=True):
    """What shall be different. What is None, and an end that is not set, stays, or is as in a new filter."""

    title: str | None = None
    contexts: Sequence[str] | None = None
    action: str | None = None
    expires_at: dt.datetime | UnsetType | None = UNSET
    keywords: Sequence[KeywordChange] = ()
