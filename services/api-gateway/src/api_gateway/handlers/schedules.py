"""Scheduled posts go out when it is time. Taking one off the schedule and posting it is one transaction."""

from typing import Final

import structlog
from prometheus_client import Counter

from api_gateway.posting import publish, safeguard, words
from api_gateway.posting.mentions import mentioned_in
from api_gateway.posting.schedule import author_of
from api_gateway.resources import Resources
from chassis.clock import utc_now
from chassis.db import AWAY
from chassis.errors import Problem
from mastoapi.params import fit
from social.scheduled import store
from social.scheduled.model import Scheduled

log = structlog.get_logger()

AT_ONCE: Final = 50
MOST_FAILURES: Final = 5

DONE = Counter(
    "murmuration_scheduled_posts_total", "Scheduled posts whose time came, by what became of them", ["outcome"]
)


async def publish_due(res: Resources) -> None:
    """All that are due: at a full hour there may be many."""
    while found := await store.due(res.db, utc_now(), AT_ONCE):
        for scheduled in found:
            DONE.labels(await _attempt(res, scheduled)).inc()


async def _attempt(res: Resources, scheduled: Scheduled) -> str:
    """Post it; what can never be posted is dropped, and one that fails in another way holds up no others."""
    try:
        return await _post(res, scheduled)
    except AWAY:
        raise
    except Problem as problem:
        return await _drop(res, scheduled, problem.explanation)
    except Exception as error:  # a fault of ours: it is tried again, but not for ever
        log.exception("scheduled post failed", scheduled_id=scheduled.id)
        if scheduled.failures + 1 >= MOST_FAILURES:
            return await _drop(res, scheduled, repr(error))
        async with res.db.transaction() as tx:
            await store.note_failure(tx, scheduled.id)
        return "failed"


async def _post(res: Resources, scheduled: Scheduled) -> str:
    """By the rules of now: its author, whom it answers and what it names may have changed since."""
    author = await author_of(res.db, scheduled)
    said = words.read(fit(scheduled.params, words.PostStatus), author.user, res.addresses.domain)
    mentions = await mentioned_in(res.db, res.neighbours, said.text)
    safeguard.check(said, mentions.values())
    async with res.db.transaction() as tx:
        if not await store.take_due(tx, scheduled.id, utc_now()):
            return "cancelled"
        await publish.publish(tx, res.addresses, author, said, mentions, utc_now())
    return "posted"


async def _drop(res: Resources, scheduled: Scheduled, reason: str) -> str:
    log.warning("scheduled post dropped", scheduled_id=scheduled.id, reason=reason)
    async with res.db.transaction() as tx:
        await store.take_due(tx, scheduled.id, utc_now())
    return "dropped"
