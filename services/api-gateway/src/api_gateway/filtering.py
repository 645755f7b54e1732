"""How clients say what they want filtered."""

import datetime as dt
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from chassis.db import Reader
from contracts.ids import AccountId, FilterId, FilterKeywordId, FilterStatusId, StatusId
from mastoapi.params import Id
from social.errors import NoSuchRecord, ValidationFailed
from social.filters import store
from social.filters.model import Filter, FilterChange, FilterStatus, Keyword, KeywordChange
from social.statuses import reading

LONGEST: Final = dt.timedelta(days=36_500)


class AskedKeyword(msgspec.Struct, frozen=True):
    id: Id | None = None
    keyword: str | None = None
    whole_word: bool | None = None
    destroy: bool = msgspec.field(name="_destroy", default=False)

    @property
    def change(self) -> KeywordChange:
        return KeywordChange(
            id=FilterKeywordId(self.id) if self.id is not None else None,
            keyword=self.keyword,
            whole_word=self.whole_word,
            is_removal=self.destroy,
        )


class AskedFilter(msgspec.Struct, frozen=True):
    title: str | None = None
    context: list[str] | None = None
    filter_action: str | None = None
    expires_in: str | UnsetType | None = UNSET
    keywords_attributes: list[AskedKeyword] = []

    def change(self, now: dt.datetime) -> FilterChange:
        return FilterChange(
            title=self.title,
            contexts=self.context,
            action=self.filter_action,
            expires_at=end_of(self.expires_in, now),
            keywords=[asked.change for asked in self.keywords_attributes],
        )


class AskedStatus(msgspec.Struct, frozen=True):
    status_id: Id | None = None


class AskedPhrase(msgspec.Struct, frozen=True):
    """A filter of the first version: a keyword, and what would be its filter's."""

    phrase: str | None = None
    context: list[str] | None = None
    irreversible: bool | None = None
    whole_word: bool | None = None
    expires_in: str | UnsetType | None = UNSET

    def change(self, now: dt.datetime) -> FilterChange:
        """Without the keyword. A new filter is called as it."""
        action = None if self.irreversible is None else "hide" if self.irreversible else "warn"
        return FilterChange(contexts=self.context, action=action, expires_at=end_of(self.expires_in, now))

    @property
    def keyword(self) -> KeywordChange:
        return KeywordChange(keyword=self.phrase, whole_word=self.whole_word)


def end_of(expires_in: str | UnsetType | None, now: dt.datetime) -> dt.datetime | UnsetType | None:
    """An empty or null `expires_in` means: for ever."""
    if expires_in is UNSET or isinstance(expires_in, UnsetType):
        return UNSET
    if not expires_in:
        return None
    try:
        seconds = int(float(expires_in))
    except (ValueError, OverflowError) as error:
        raise ValidationFailed("Expires in is not a number") from error
    return now + dt.timedelta(seconds=min(max(seconds, 0), int(LONGEST.total_seconds())))


async def own_filter(db: Reader, filter_id: int, viewer: AccountId) -> Filter:
    found = await store.one(db, viewer, FilterId(filter_id))
    if found is None:
        raise NoSuchRecord
    return found


async def own_keyword(db: Reader, keyword_id: int, viewer: AccountId) -> Keyword:
    found = await store.keyword_of(db, viewer, FilterKeywordId(keyword_id))
    if found is None:
        raise NoSuchRecord
    return found


async def own_filter_status(db: Reader, row_id: int, viewer: AccountId) -> FilterStatus:
    found = await store.status_of(db, viewer, FilterStatusId(row_id))
    if found is None:
        raise NoSuchRecord
    return found


async def visible_status(db: Reader, asked: AskedStatus, viewer: AccountId) -> StatusId:
    found = await reading.visible_to(db, StatusId(asked.status_id or 0), viewer)
    if found is None:
        raise ValidationFailed("Status must exist")
    return found.id
