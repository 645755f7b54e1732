"""Relays are asked, and told that we leave."""

from contracts.events import RelayJoined, RelayLeft
from delivery import planning
from delivery.plans import relays
from delivery.resources import Resources
from delivery.store import bodies


async def on_joined(res: Resources, event: RelayJoined) -> None:
    async with res.db.transaction() as tx:
        if plan := await relays.question(tx, res, event.relay_id):
            await planning.carry_out(tx, res, plan)


async def on_left(res: Resources, event: RelayLeft) -> None:
    async with res.db.transaction() as tx:
        await bodies.withdraw(tx, event.follow_uri, res.clock())
        await planning.carry_out(tx, res, relays.farewell(res, event))
