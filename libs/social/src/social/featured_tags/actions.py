"""Showing hashtags on one's profile."""

from typing import Final

from chassis.db import Tx
from contracts.ids import AccountId, FeaturedTagId
from social.errors import ValidationFailed
from social.featured_tags import store
from social.tags.model import Tag

MOST: Final = 10


async def feature(tx: Tx, account_id: AccountId, tag: Tag, name: str) -> FeaturedTagId:
    """Featuring again changes nothing."""
    added = await store.add(tx, account_id, tag.id, name)
    if await store.count_of(tx, account_id) > MOST:
        raise ValidationFailed("You have already featured the maximum number of hashtags")
    return added
