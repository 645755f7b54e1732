"""Showing hashtags on one's profile."""

from typing import Final

from chassis.clock import utc_now
from chassis.db import Tx
from contracts.events import TagFeatured, TagUnfeatured
from contracts.ids import AccountId, FeaturedTagId
from social.errors import ValidationFailed
from social.featured_tags import store
from social.tags.model import Tag

MOST: Final = 10


async def feature(tx: Tx, account_id: AccountId, tag: Tag, name: str) -> FeaturedTagId:
    """Featuring again changes nothing."""
    added, is_new = await store.add(tx, account_id, tag.id, name)
    if await store.count_of(tx, account_id) > MOST:
        raise ValidationFailed("You have already featured the maximum number of hashtags")
    if is_new:
        tx.emit(TagFeatured(account_id=account_id, name=name, featured_at=utc_now()))
    return added


async def unfeature(tx: Tx, account_id: AccountId, featured_id: FeaturedTagId) -> bool:
    """False if the account has no such."""
    return _gone(tx, account_id, await store.remove(tx, account_id, featured_id))


async def unfeature_tag(tx: Tx, account_id: AccountId, tag: Tag) -> bool:
    """False if the account does not feature it."""
    return _gone(tx, account_id, await store.remove_tag(tx, account_id, tag.id))


def _gone(tx: Tx, account_id: AccountId, name: str | None) -> bool:
    if name is not None:
        tx.emit(TagUnfeatured(account_id=account_id, name=name, unfeatured_at=utc_now()))
    return name is not None
