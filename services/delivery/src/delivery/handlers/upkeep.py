"""What is too old is given up, and what operators watch is measured."""

import datetime as dt

from delivery.metrics import EXPIRED, HELD, HOSTS
from delivery.model import State
from delivery.resources import Resources
from delivery.store import bodies, overview

AT_ONCE = 5000


async def expire(res: Resources) -> None:
    """Forget activities that nobody waits for any more; what is held of them goes along, counted."""
    before = res.clock() - dt.timedelta(days=res.settings.delivery_days)
    async with res.db.transaction() as tx:
        EXPIRED.inc(await bodies.expire(tx, before, AT_ONCE))


async def measure(res: Resources) -> None:
    totals = await overview.totals(res.db)
    HELD.set(totals.get("held", 0))
    for state in State:
        if state is not State.FAST:
            HOSTS.labels(state).set(totals.get(state, 0))
