"""When an account moves, what our people have with it follows: batch after batch, each one a transaction."""

from typing import Final, assert_never

from api_gateway.jobs import CarryOver, Part
from api_gateway.resources import Resources
from chassis.clock import utc_now
from chassis.db import Tx
from contracts.events import AccountMoved
from social.accounts import store as accounts
from social.accounts.model import Account
from social.moves import actions

AT_ONCE: Final = 50
ORDER: Final = list(Part)


async def on_moved(res: Resources, event: AccountMoved) -> None:
    async with res.db.transaction() as tx:
        tx.enqueue(CarryOver(account_id=event.account_id, target_id=event.target_id))


async def on_carry_over(res: Resources, job: CarryOver) -> None:
    """What is done is done: a batch that is repeated finds nothing left of it. Where it moved on, this ends."""
    async with res.db.transaction() as tx:
        people = await accounts.many(tx, [job.account_id, job.target_id])
        old, new = people.get(job.account_id), people.get(job.target_id)
        if old is None or new is None or old.moved_to_id != new.id:
            return
        further = await _carry(tx, job, old, new)
        if following := _next(job, further):
            tx.enqueue(following)


async def _carry(tx: Tx, job: CarryOver, old: Account, new: Account) -> int | None:
    match job.part:
        case Part.NOTES:
            await actions.carry_notes(tx, old, new)
            return None
        case Part.BLOCKS:
            return await actions.carry_blocks(tx, old, new, job.after, AT_ONCE, utc_now())
        case Part.MUTES:
            return await actions.carry_mutes(tx, old, new, job.after, AT_ONCE)
        case Part.FOLLOWERS:
            return await actions.carry_followers(tx, old, new, job.after, AT_ONCE, utc_now())
        case _:
            assert_never(job.part)


def _next(job: CarryOver, further: int | None) -> CarryOver | None:
    """The rest of this part, else the next part."""
    place = ORDER.index(job.part) + (further is None)
    if place == len(ORDER):
        return None
    return CarryOver(account_id=job.account_id, target_id=job.target_id, part=ORDER[place], after=further or 0)
