"""Signs of life: a host that says something is worth asking again."""

import datetime as dt

from contracts.ids import AccountId
from delivery.handlers.board import look
from delivery.model import host_of
from delivery.resources import Resources
from delivery.store import acts, hosts


async def heard_from(res: Resources, account_id: AccountId) -> None:
    """An account did something. If its server was given up, it is probed soon."""
    await look(res)
    if not res.board.anyone_is_away():
        return
    if inbox := await acts.inbox_of_account(res.db, account_id):
        soonest = dt.timedelta(seconds=res.settings.delivery_wake_seconds)
        async with res.db.transaction() as tx:
            await hosts.wake(tx, [host_of(inbox)], res.clock(), soonest)
