"""Links that go round, with how much they were shared in the last week."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from contracts.ids import TagId
from mastoapi import present
from mastoapi.entities.discovery import TrendsLink
from mastoapi.present.cards import card_from
from mastoapi.present.tags import day_from, last_days
from timeline.resources import Resources
from timeline.store import usage
from timeline.store.trends import TrendingCard
from timeline.trending import first_id


async def shown(res: Resources, found: Sequence[TrendingCard], now: dt.datetime) -> list[TrendsLink]:
    if not found:
        return []
    days = last_days(now)
    since = first_id(dt.datetime.combine(days[-1], dt.time(), dt.UTC))
    limited = res.policies.value.limited_domains()
    used = await usage.link_days(res.db, [link.id for link in found], since=since, limited=limited)
    by_day = {(use.tag_id, use.day): use for use in used}
    named = sorted({link.card.author_account_id for link in found if link.card.author_account_id is not None})
    authors = {author.id: author for author in await present.accounts(res.db, named, res.urls)}
    return [
        TrendsLink(
            **msgspec.structs.asdict(card_from(link.card, authors.get(str(link.card.author_account_id)), res.urls)),
            history=[day_from(day, by_day.get((TagId(link.id), day))) for day in days],
        )
        for link in found
    ]
