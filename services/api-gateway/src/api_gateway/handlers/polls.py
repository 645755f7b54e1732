"""Polls of our people end when it is time, and new votes are told of now and then."""

import datetime as dt
from typing import Final

from prometheus_client import Counter

from api_gateway.resources import Resources
from chassis.clock import utc_now
from social.polls import actions

QUIET: Final = dt.timedelta(minutes=3)
"""How long others hear nothing of further votes; as Mastodon."""
LOOKED_BACK: Final = dt.timedelta(hours=6)
"""Older votes are told of when the poll ends."""

CLOSED = Counter("murmuration_polls_closed_total", "Polls of our people that ended")


async def close_due(res: Resources) -> None:
    async with res.db.transaction() as tx:
        CLOSED.inc(await actions.close_due(tx, utc_now(), is_local=True))


async def tell_tallies(res: Resources) -> None:
    now = utc_now()
    async with res.db.transaction() as tx:
        await actions.tell_tallies(tx, now, quiet=QUIET, since=now - LOOKED_BACK)
