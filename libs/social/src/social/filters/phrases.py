"""Filters of the first version: each is a keyword, with all that is its filter's."""

import msgspec
from msgspec import UNSET

from chassis.db import Tx
from contracts.ids import AccountId, FilterId
from social.errors import ValidationFailed
from social.filters import actions
from social.filters.model import Filter, FilterChange, Keyword, KeywordChange

SEVERAL = (
    "These parameters cannot be changed from this application because they apply to more than one filter keyword. "
    "Use a more recent application or the web interface."
)


async def create(tx: Tx, account_id: AccountId, change: FilterChange, keyword: KeywordChange) -> FilterId:
    """A filter that is called as its only keyword."""
    title = (keyword.keyword or "")[: actions.LONGEST_TITLE]
    whole = msgspec.structs.replace(change, title=title, keywords=[keyword])
    return await actions.create(tx, account_id, whole)


async def change(tx: Tx, found: Filter, known: Keyword, change: FilterChange, keyword: KeywordChange) -> Keyword:
    """Change one keyword, and its filter if it is the only one there."""
    if len(found.keywords) > 1 and _differs(found, change):
        raise ValidationFailed(SEVERAL)
    await actions.change(tx, found, change)
    return await actions.change_keyword(tx, found.account_id, known, keyword)


async def delete(tx: Tx, found: Filter, known: Keyword) -> None:
    """A filter without anything in it would be invisible to who made it."""
    if len(found.keywords) == 1 and not found.statuses:
        await actions.delete(tx, found)
    else:
        await actions.remove_keyword(tx, found.account_id, known.id)


def _differs(found: Filter, change: FilterChange) -> bool:
    return (
        (change.contexts is not None and set(change.contexts) != set(found.contexts))
        or (change.action is not None and change.action != found.action)
        or (change.expires_at is not UNSET and change.expires_at != found.expires_at)
    )
