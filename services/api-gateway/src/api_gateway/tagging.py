"""Hashtags with what was done with them in the last week."""

import datetime as dt
from collections.abc import Sequence

from chassis.clock import utc_now
from chassis.db import Reader
from mastoapi.entities.statuses import Tag as TagEntity
from mastoapi.entities.statuses import TagHistory
from mastoapi.present import MediaUrls
from social.tags import store
from social.tags.model import Tag, Usage

DAYS = 7


async def presented(db: Reader, tags: Sequence[Tag], urls: MediaUrls) -> list[TagEntity]:
    today = utc_now().replace(hour=0, minute=0, second=0, microsecond=0)
    days = [today - dt.timedelta(days=n) for n in range(DAYS)]
    used = await store.usage_of(db, [tag.id for tag in tags], days[-1]) if tags else []
    by_day = {(usage.tag_id, usage.day): usage for usage in used}
    return [
        TagEntity(
            id=str(tag.id),
            name=tag.display_name,
            url=urls.tag(tag.name),
            history=[_day(day, by_day.get((tag.id, day.date()))) for day in days],
        )
        for tag in tags
    ]


def _day(day: dt.datetime, usage: Usage | None) -> TagHistory:
    return TagHistory(
        day=str(int(day.timestamp())),
        uses=str(usage.uses if usage else 0),
        accounts=str(usage.accounts if usage else 0),
    )
