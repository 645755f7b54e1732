"""Announcements appear when they are planned to, and go when they are over."""

from api_gateway.resources import Resources
from chassis.clock import utc_now
from social.announcements import actions


async def keep_time(res: Resources) -> None:
    async with res.db.transaction() as tx:
        await actions.keep_time(tx, utc_now())
