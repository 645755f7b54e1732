"""What is fetched though nobody waits for it is bounded for each host, across all that makes us ask."""

import datetime as dt
from collections import Counter
from collections.abc import Collection

from apcore import jsonld
from chassis.db import Tx
from chassis.errors import Unavailable
from contracts.ids import Uri
from inbox.metrics import UNASKED
from inbox.resources import Resources
from inbox.store import spend

WINDOW = dt.timedelta(minutes=5)
FORWARDS_PER_HOST = 100
"""Of what people of one host say, brought further in that time."""


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


async def may_forward(tx: Tx, author: Uri) -> bool:
    """Whether its author's server has not had too much brought further of late: each word goes to many."""
    name, now = f"forwards {jsonld.host_of(author)}", dt.datetime.now(dt.UTC)
    return (await spend(tx, [name], [1], now=now, window=WINDOW))[name] <= FORWARDS_PER_HOST
