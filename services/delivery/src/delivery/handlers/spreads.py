"""A strand of a large fan-out: the next few inboxes, and then back to the end of the queue."""

from delivery.handlers.board import look
from delivery.handlers.deliveries import carry, settle
from delivery.jobs import Deliver, Spread
from delivery.planning import SLICE
from delivery.resources import Resources
from delivery.store import strands


async def on_spread(res: Resources, job: Spread) -> None:
    """Heard twice, it may deliver again what was on its way, but goes on only once."""
    await look(res)
    inboxes = await strands.inboxes_at(res.db, job.body_id, job.strand, job.position, SLICE)
    carried = await carry(res, [Deliver(body_id=job.body_id, inbox_url=inbox) for inbox in inboxes])
    async with res.db.transaction() as tx:
        settled = await settle(tx, res, carried)
        following = await strands.advance(tx, job.body_id, job.strand, job.position)
        if following is not None:
            tx.enqueue(Spread(body_id=job.body_id, strand=job.strand, position=following))
    settled.show(res)
