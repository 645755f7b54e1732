"""What is fetched though nobody waits for it is bounded for each host, across all that makes us ask."""

import datetime as dt
from collections import Counter
from collections.abc import Collection

from apcore import jsonld
from chassis.errors import Unavailable
from inbox.metrics import UNASKED
from inbox.resources import Resources
from inbox.store import spend

WINDOW = dt.timedelta(minutes=5)


class AskedEnough(Unavailable):
    """The other server was asked for a lot already"""


async def affordable(res: Resources, urls: Collection[str]) -> list[str]:
    """Those that may be asked for now."""
    hosts = Counter(jsonld.host_of(url) for url in urls)
    if not hosts:
        return []
    async with res.db.transaction() as tx:
        now = dt.datetime.now(dt.UTC)
        spent = await spend(tx, list(hosts), list(hosts.values()), now=now, window=WINDOW)
    found = [url for url in urls if spent[jsonld.host_of(url)] <= res.settings.unasked_per_host]
    UNASKED.labels("asked").inc(len(found))
    UNASKED.labels("too_much").inc(len(urls) - len(found))
    return found


async def check(res: Resources, url: str) -> None:
    """Raises AskedEnough when it has to wait."""
    if not await affordable(res, [url]):
        raise AskedEnough
