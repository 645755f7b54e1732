"""Clearing away: drafts nobody posted, files nothing names, old and unwanted copies."""

import datetime as dt

from contracts.events import PolicyChanged
from media.jobs import discard
from media.resources import Resources
from media.store import cached, files
from social.policies import store as policies

UNATTACHED_FOR = dt.timedelta(hours=24)
UNCHECKED_FOR = dt.timedelta(hours=1)
"""Longer than any upload takes between its files and its row."""
AT_ONCE = 2000


async def unattached(res: Resources) -> None:
    """A draft may be posted for a day; so may what a deleted status left, for those who write it anew."""
    async with res.db.transaction() as tx:
        await files.forget_attached(tx)
        await files.note_unattached(tx)
        keys = await files.remove_unattached(tx, age=UNATTACHED_FOR, limit=AT_ONCE)
        discard(tx, keys)


async def nameless(res: Resources) -> None:
    """Files whose row was deleted, by us or with an account, or never written."""
    async with res.db.transaction() as tx:
        keys = await files.check(tx, age=UNCHECKED_FOR, limit=AT_ONCE)
        discard(tx, keys)


async def old_copies(res: Resources) -> None:
    age = dt.timedelta(days=res.settings.remote_media_days)
    async with res.db.transaction() as tx:
        keys = await cached.remove_old(tx, age=age, limit=AT_ONCE)
        discard(tx, keys)


async def on_policy(res: Resources, event: PolicyChanged) -> None:
    """What is not shown any more is not kept either."""
    known = await policies.everything(res.db, is_limited=res.settings.limited_federation)
    if known.may_fetch_media(event.domain):
        return
    removed = AT_ONCE
    while removed == AT_ONCE:
        async with res.db.transaction() as tx:
            keys = await cached.remove_of_domain(tx, event.domain, limit=AT_ONCE)
            discard(tx, [key for key in keys if key])
        removed = len(keys)
