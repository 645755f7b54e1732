"""Who fetched a post of ours is unknown here: its server is got to know, so as to hear when the post is deleted."""

import datetime as dt

from chassis.errors import Unavailable
from inbox import fetched
from inbox.fetching.actors import Unreachable
from inbox.fetching.gather import gather_actor, keep
from inbox.handlers import budget
from inbox.jobs import LearnFetcher
from inbox.resources import Resources
from inbox.store import claim
from inbox.verification import address_of
from social.federation import store
from social.federation.arrival import Arrival
from social.statuses import reading

NOT_AGAIN_FOR = dt.timedelta(hours=1)
PATIENCE = dt.timedelta(minutes=2)


class Busy(Unavailable):
    """The other server is being asked just now"""


async def on_learn(res: Resources, job: LearnFetcher) -> None:
    now = dt.datetime.now(dt.UTC)
    if await fetched.domain_of(res, job.key_id) is None and not await _introduce(res, job, now):
        return
    domain = await fetched.domain_of(res, job.key_id)
    if domain is None:
        return
    async with res.db.transaction() as tx:
        found = [await reading.by_id(tx, status_id) for status_id in job.statuses]
        fetched.tell(tx, [status for status in found if status is not None], domain)


async def _introduce(res: Resources, job: LearnFetcher, now: dt.datetime) -> bool:
    """Ask for whose key it is, once in a while for each key; False when nobody can be had."""
    uri = address_of(job.key_id)
    async with res.db.transaction() as tx:
        is_ours_to_do = await claim(tx, f"fetcher {uri}", now=now, until=now + NOT_AGAIN_FOR)
    if not is_ours_to_do:
        if now - job.asked_at < PATIENCE:
            raise Busy
        return False
    if not await budget.affordable(res, [uri]):
        return False
    try:
        found = await gather_actor(res, uri)
    except Unreachable:
        return False
    async with res.db.transaction() as tx:
        await store.lock(tx, found.names)
        await keep(tx, Arrival(addresses=res.addresses, at=now), found)
    return bool(found.actors)
