"""Which apps are told of new notifications."""

from collections.abc import Sequence

from chassis.clock import utc_now
from chassis.db import Tx
from social.push import store
from timeline.jobs import Push
from timeline.store.notifications import Notification


async def push(tx: Tx, made: Sequence[Notification]) -> None:
    """Leave a job for each app that wants to know. All were made by one cause."""
    told = {n.account_id: n for n in made if not n.filtered}
    if not told:
        return
    first = next(iter(told.values()))
    found = await store.to_tell(tx, list(told), alert=first.type, sender=first.from_account_id)
    for account_id, subscription_id in found:
        tx.enqueue(Push(subscription_id=subscription_id, notification_id=told[account_id].id, made_at=utc_now()))
