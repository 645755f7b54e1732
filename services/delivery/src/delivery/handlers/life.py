"""Signs of life: a host that says something is worth asking again."""

import datetime as dt

from contracts.ids import AccountId
from delivery.handlers.board import look
from delivery.model import host_of
from delivery.resources import Resources
from delivery.store import acts, hosts


async def heard_from(res: Resources, account_id: AccountId) -> str | None:
    """An account did something: if its server was given up, it is probed soon. Its inbox; None for ours."""
    await look(res)
    inbox = await acts.inbox_of_account(res.db, account_id)
    if inbox is not None and res.board.is_given_up(host_of(inbox)):
        soonest = dt.timedelta(seconds=res.settings.delivery_wake_seconds)
        async with res.db.transaction() as tx:
            await hosts.wake(tx, [host_of(inbox)], res.clock(), soonest)
    return inbox
