"""What a filter is: words and posts that one person does not want to meet, and where not."""

import datetime as dt
from typing import Final, Literal

import msgspec

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
