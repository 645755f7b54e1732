"""How many reports wait."""

from chassis.clock import utc_now
from moderation.metrics import OLDEST_REPORT, OPEN_REPORTS
from moderation.resources import Resources
from social.reports import store as reports


async def measure(res: Resources) -> None:
    count, oldest = await reports.open_ones(res.db)
    OPEN_REPORTS.set(count)
    OLDEST_REPORT.set((utc_now() - oldest).total_seconds() if oldest else 0)
