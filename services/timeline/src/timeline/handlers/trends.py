"""From time to time: how much tags are used, and what goes round."""

import datetime as dt

from chassis.clock import utc_now
from social.server import store as server
from timeline.resources import Resources
from timeline.store import trends, usage
from timeline.trending import (
    A_DAY,
    LEAST,
    LINKS,
    TAGS,
    Candidate,
    Rule,
    Standing,
    best_of_each,
    first_id,
    midnight,
    standing,
)

TOUCHED_FOR = dt.timedelta(minutes=15)
TAPPED_FOR = dt.timedelta(hours=1)
POSTED_FOR = dt.timedelta(days=2)
KEPT_DAYS = 30


async def count_used_tags(res: Resources) -> None:
    """Whatever tag a post of the last minutes has is counted again for the day."""
    now = utc_now()
    await _count(res, now, touched_since=first_id(now - TOUCHED_FOR))


async def recount_tags(res: Resources) -> None:
    """Deletions and edits, late posts and new limits tell nobody of their tags: all are counted again."""
    now = utc_now()
    await _count(res, now - A_DAY, touched_since=None)
    await _count(res, now, touched_since=None)
    async with res.db.transaction() as tx:
        await usage.forget_days(tx, (now - KEPT_DAYS * A_DAY).date())


async def refresh(res: Resources) -> None:
    """Score tags, links and posts again."""
    now = utc_now()
    by_default = (await server.about(res.db)).trendable_by_default
    limited = res.policies.value.limited_domains()
    today = first_id(midnight(now))
    tags = await usage.tags(res.db, now.date(), TAGS.fewest)
    links = await usage.links(res.db, since=first_id(midnight(now) - A_DAY), today=today, limited=limited)
    posts = await trends.tapped(
        res.db, tapped_since=first_id(now - TAPPED_FOR), posted_since=first_id(now - POSTED_FOR), limited=limited
    )
    articles = _standings(LINKS, links, now)
    async with res.db.transaction() as tx:
        await trends.set_tags(tx, _standings(TAGS, tags, now))
        await trends.set_links(tx, articles, [_is_allowed(article, by_default=by_default) for article in articles])
        await trends.set_statuses(tx, best_of_each(posts, now), allowed=by_default)


async def _count(res: Resources, within: dt.datetime, *, touched_since: int | None) -> None:
    begin = midnight(within)
    between = (first_id(begin), first_id(begin + A_DAY))
    limited = res.policies.value.limited_domains()
    async with res.db.transaction() as tx:
        await usage.count_tags(tx, begin.date(), between=between, touched_since=touched_since, limited=limited)


def _standings(rule: Rule, candidates: list[Candidate], now: dt.datetime) -> list[Standing]:
    return [found for candidate in candidates if (found := standing(rule, candidate, now))]


def _is_allowed(article: Standing, *, by_default: bool) -> bool:
    decided = article.candidate.trendable
    return article.score >= LEAST and (by_default if decided is None else decided)
