"""Whoever looks is active, and has a feed kept."""

import datetime as dt

from chassis.clock import utc_now
from mastoapi.viewer import Viewer
from timeline.resources import Resources
from timeline.store import people

OFTEN_ENOUGH = dt.timedelta(hours=1)


async def note_presence(res: Resources, viewer: Viewer) -> None:
    last = viewer.user.last_active_at
    if last is None or utc_now() - last > OFTEN_ENOUGH:
        async with res.db.transaction() as tx:
            await people.set_active(tx, viewer.id)
        # What is remembered of them would have them noted again with each request of the next seconds.
        res.tokens.forget(viewer.id)
