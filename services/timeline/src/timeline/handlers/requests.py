"""What waited aside is moved in when its sender is let in."""

from timeline.handlers import conversations
from timeline.jobs import MoveIn
from timeline.resources import Resources
from timeline.signals import NOTIFICATIONS_MERGED
from timeline.store import requests


async def on_let_in(res: Resources, job: MoveIn) -> None:
    async with res.db.transaction() as tx:
        await requests.remove_accepted(tx, job.account_id, job.from_account_id)
        statuses = await requests.move_in(tx, job.account_id, job.from_account_id)
    await conversations.on_said(res, statuses, [job.account_id])
    if not await requests.is_merging(res.db, job.account_id):
        await res.announcer.tell([job.account_id], NOTIFICATIONS_MERGED)
