"""Votes go to who asked, and our own polls' numbers to who may want them."""

from contracts.events import PollClosed, PollTallied, PollVoted
from delivery import planning
from delivery.handlers.life import heard_from
from delivery.plans import polls
from delivery.resources import Resources
from delivery.store import bodies
from social.federation import note
from social.polls import store
from social.statuses import reading
from social.statuses.model import OPEN


async def on_voted(res: Resources, event: PollVoted) -> None:
    """Who votes in an open poll of ours has a copy of it, and is told of its numbers."""
    if event.is_local:
        async with res.db.transaction() as tx:
            for plan in await polls.votes(tx, event):
                await planning.carry_out(tx, res, plan)
        return
    inbox = await heard_from(res, event.account_id)
    status = await reading.by_id(res.db, event.status_id)
    if inbox and status is not None and status.is_local and status.visibility in OPEN:
        async with res.db.transaction() as tx:
            await planning.remember(tx, status.uri, [inbox])


async def on_counted(res: Resources, event: PollTallied | PollClosed) -> None:
    if not event.is_local:
        return
    async with res.db.transaction() as tx:
        await bodies.lock(tx, f"status {event.status_id}")
        poll = await store.by_id(tx, event.poll_id)
        at = (poll.closed_at or poll.tallied_at) if poll is not None else None
        made = (await note.materials(tx, [event.status_id])).get(event.status_id)
        if at is not None and made is not None:
            await planning.carry_out(tx, res, await polls.tally(tx, res, made, at))
