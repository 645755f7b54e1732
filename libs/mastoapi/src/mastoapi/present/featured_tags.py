"""Hashtags on profiles as clients see them."""

import datetime as dt

from mastoapi.entities.accounts import FeaturedTag as FeaturedTagEntity
from mastoapi.present.urls import MediaUrls
from social.accounts.model import Account
from social.featured_tags.model import FeaturedTag


def featured_tag_from(found: FeaturedTag, account: Account, urls: MediaUrls) -> FeaturedTagEntity:
    last = found.last_status_at
    return FeaturedTagEntity(
        id=str(found.id),
        name=found.name,
        url=urls.tagged_by(account, found.tag),
        statuses_count=str(found.statuses_count),
        last_status_at=last.astimezone(dt.UTC).date().isoformat() if last is not None else None,
    )
