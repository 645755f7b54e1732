"""SQL for what a process keeps in memory while it runs."""

from chassis.db import Reader
from contracts.ids import AccountId


async def widely_followed(db: Reader) -> frozenset[AccountId]:
    """Authors whom so many follow that their posts are not written into homes."""
    rows = await db.fetch("SELECT account_id FROM timeline.widely_followed")
    return frozenset(row["account_id"] for row in rows)
