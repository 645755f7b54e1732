"""Polls elsewhere end, too, for those of ours who voted."""

from chassis.clock import utc_now
from inbox.resources import Resources
from social.polls import actions


async def close_due(res: Resources) -> None:
    async with res.db.transaction() as tx:
        await actions.close_due(tx, utc_now(), is_local=False)
