"""Hashtags: how they were used in the last week, and what they are to the viewer."""

import datetime as dt
from collections.abc import Mapping, Sequence

from msgspec import UNSET

from chassis.clock import utc_now
from chassis.db import Reader
from contracts.ids import AccountId, TagId
from mastoapi.entities import statuses as entities
from mastoapi.present.urls import MediaUrls
from social.tags import following
from social.tags.model import Tag, Ties, Usage

DAYS = 7

Uses = Mapping[tuple[TagId, dt.date], Usage]


async def tags(db: Reader, found: Sequence[Tag], viewer: AccountId | None, urls: MediaUrls) -> list[entities.Tag]:
    """In at most two statements. Without a viewer nothing is said of following and featuring."""
    days = last_days(utc_now())
    ids = [tag.id for tag in found]
    used = await following.days_of(db, ids, days[-1]) if ids else []
    ties = await following.ties_of(db, ids, viewer) if ids and viewer is not None else {}
    by_day = {(usage.tag_id, usage.day): usage for usage in used}
    return [tag_from(tag, days, by_day, ties.get(tag.id), urls) for tag in found]


async def tag(db: Reader, found: Tag, viewer: AccountId | None, urls: MediaUrls) -> entities.Tag:
    [entity] = await tags(db, [found], viewer, urls)
    return entity


def unused(name: str, viewer: AccountId | None, urls: MediaUrls) -> entities.Tag:
    """A hashtag that nobody has written yet: as Mastodon, it has an empty id."""
    entity = tag_from(Tag(id=TagId(0), name=name.lower(), display_name=name), last_days(utc_now()), {}, None, urls)
    said = UNSET if viewer is None else False
    return entities.Tag(id="", name=entity.name, url=entity.url, history=entity.history, following=said, featuring=said)


def last_days(now: dt.datetime) -> list[dt.date]:
    """Today first."""
    return [now.date() - dt.timedelta(days=n) for n in range(DAYS)]


def tag_from(tag: Tag, days: Sequence[dt.date], used: Uses, ties: Ties | None, urls: MediaUrls) -> entities.Tag:
    return entities.Tag(
        id=str(tag.id),
        name=tag.display_name,
        url=urls.tag(tag.name),
        history=[day_from(day, used.get((tag.id, day))) for day in days],
        following=ties.following if ties else UNSET,
        featuring=ties.featuring if ties else UNSET,
    )


def day_from(day: dt.date, usage: Usage | None) -> entities.TagHistory:
    midnight = dt.datetime.combine(day, dt.time(), dt.UTC)
    return entities.TagHistory(
        day=str(int(midnight.timestamp())),
        uses=str(usage.uses if usage else 0),
        accounts=str(usage.accounts if usage else 0),
    )
