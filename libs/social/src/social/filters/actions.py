"""Making, changing and removing filters."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from msgspec import UNSET

from chassis.db import Reader, Tx
from contracts.events import FiltersChanged
from contracts.ids import AccountId, FilterId, FilterKeywordId, StatusId
from social.errors import NoSuchRecord, ValidationFailed
from social.filters import store
from social.filters.model import (
    ACTIONS,
    CONTEXTS,
    Action,
    Context,
    Filter,
    FilterChange,
    FilterStatus,
    Keyword,
    KeywordChange,
)

LONGEST_TITLE: Final = 256
LONGEST_KEYWORD: Final = 512
# Each is looked for in each post that its owner reads.
MOST_FILTERS: Final = 256
MOST_RULES: Final = 1_000


async def create(tx: Tx, account_id: AccountId, change: FilterChange) -> FilterId:
    title, contexts, action = _checked(change, "", (), "warn")
    expires_at = None if change.expires_at is UNSET else change.expires_at
    filter_id = await store.add(tx, account_id, title=title, contexts=contexts, action=action, expires_at=expires_at)
    await _change_keywords(tx, filter_id, {}, change.keywords)
    await _changed(tx, account_id)
    return filter_id


async def change(tx: Tx, found: Filter, change: FilterChange) -> None:
    title, contexts, action = _checked(change, found.title, found.contexts, found.action)
    expires_at = found.expires_at if change.expires_at is UNSET else change.expires_at
    await store.set_filter(tx, found.id, title=title, contexts=contexts, action=action, expires_at=expires_at)
    await _change_keywords(tx, found.id, {keyword.id: keyword for keyword in found.keywords}, change.keywords)
    await _changed(tx, found.account_id)


async def delete(tx: Tx, found: Filter) -> None:
    await store.remove(tx, found.id)
    tx.emit(FiltersChanged(account_id=found.account_id))


async def add_keyword(tx: Tx, found: Filter, asked: KeywordChange) -> Keyword:
    keyword = await store.add_keyword(
        tx, found.id, _word(asked.keyword, "Keyword"), whole_word=asked.whole_word is not False
    )
    await _changed(tx, found.account_id)
    return keyword


async def change_keyword(tx: Tx, account_id: AccountId, known: Keyword, asked: KeywordChange) -> Keyword:
    changed = _merged(known, asked, "Keyword")
    await store.set_keyword(tx, changed.id, changed.keyword, whole_word=changed.whole_word)
    tx.emit(FiltersChanged(account_id=account_id))
    return changed


async def remove_keyword(tx: Tx, account_id: AccountId, keyword_id: FilterKeywordId) -> None:
    await store.remove_keyword(tx, keyword_id)
    tx.emit(FiltersChanged(account_id=account_id))


async def add_status(tx: Tx, found: Filter, status_id: StatusId) -> FilterStatus:
    """The caller has made sure that the filter's owner may see the post."""
    added = await store.add_status(tx, found.id, status_id)
    if added is None:
        raise ValidationFailed("Status has already been taken")
    await _changed(tx, found.account_id)
    return added


async def remove_status(tx: Tx, account_id: AccountId, found: FilterStatus) -> None:
    await store.remove_status(tx, found.id)
    tx.emit(FiltersChanged(account_id=account_id))


def _checked(
    change: FilterChange, title: str, contexts: Sequence[Context], action: Action
) -> tuple[str, Sequence[str], str]:
    """What the filter will be, if that is valid; told in Mastodon's words if not."""
    title = title if change.title is None else change.title.strip()
    wanted = contexts if change.contexts is None else [c for c in dict.fromkeys(change.contexts) if c]
    wanted_action = action if change.action is None else change.action
    wrong = []
    if not title:
        wrong.append("Title can't be blank")
    if len(title) > LONGEST_TITLE:
        wrong.append(f"Title is too long (maximum is {LONGEST_TITLE} characters)")
    if not wanted:
        wrong.append("Context can't be blank")
    if not wanted or not set(wanted) <= set(CONTEXTS):
        wrong.append("Context None or invalid context supplied")
    if wanted_action not in ACTIONS:
        wrong.append("Action is not included in the list")
    if wrong:
        raise ValidationFailed(", ".join(wrong))
    return title, wanted, wanted_action


async def _change_keywords(
    tx: Tx, filter_id: FilterId, known: Mapping[FilterKeywordId, Keyword], asked: Sequence[KeywordChange]
) -> None:
    if len(asked) > MOST_RULES:
        raise ValidationFailed(f"Keywords are too many (maximum is {MOST_RULES})")
    for one in asked:
        if one.id is not None and one.id not in known:
            raise NoSuchRecord
        if one.id is None and not one.is_removal:
            word = _word(one.keyword, "Keywords keyword")
            await store.add_keyword(tx, filter_id, word, whole_word=one.whole_word is not False)
        elif one.id is not None and one.is_removal:
            await store.remove_keyword(tx, one.id)
        elif one.id is not None:
            changed = _merged(known[one.id], one, "Keywords keyword")
            await store.set_keyword(tx, changed.id, changed.keyword, whole_word=changed.whole_word)


def _merged(known: Keyword, asked: KeywordChange, called: str) -> Keyword:
    return msgspec.structs.replace(
        known,
        keyword=known.keyword if asked.keyword is None else _word(asked.keyword, called),
        whole_word=known.whole_word if asked.whole_word is None else asked.whole_word,
    )


def _word(keyword: str | None, called: str) -> str:
    word = (keyword or "").strip()
    if not word:
        raise ValidationFailed(f"{called} can't be blank")
    if len(word) > LONGEST_KEYWORD:
        raise ValidationFailed(f"{called} is too long (maximum is {LONGEST_KEYWORD} characters)")
    return word


async def _changed(tx: Tx, account_id: AccountId) -> None:
    await _check_size(tx, account_id)
    tx.emit(FiltersChanged(account_id=account_id))


async def _check_size(db: Reader, account_id: AccountId) -> None:
    filters, rules = await store.size_of(db, account_id)
    if filters > MOST_FILTERS or rules > MOST_RULES:
        raise ValidationFailed(f"You have too many filters (maximum is {MOST_FILTERS}, with {MOST_RULES} keywords)")
