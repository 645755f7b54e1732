"""Keeping this process's board of unwell hosts true."""

from delivery.resources import Resources
from delivery.store import hosts, results


async def look(res: Resources) -> None:
    """Read the board anew if it is older than a moment, and write down whom deliveries reached, and how."""
    now = res.clock()
    if res.board.must_read(now):
        res.board.show(await hosts.unwell(res.db))
    await write_down(res)
    if not res.styles.is_recalled:
        res.styles.recall(await hosts.styles(res.db, res.settings.delivery_remembered_styles))
    if learned := res.styles.take_learned():
        async with res.db.transaction() as tx:
            await hosts.set_styles(tx, learned)


async def write_down(res: Resources) -> None:
    """Write down what became of deliveries, once in a while; also of the last ones before a pause."""
    now = res.clock()
    if successes := res.board.successes_to_note(now):
        async with res.db.transaction() as tx:
            await hosts.add_successes(tx, successes)
    if notes := res.ledger.take(now):
        async with res.db.transaction() as tx:
            await results.add_arrivals(tx, notes.arrived)
            await results.add_refusals(tx, notes.refused)
            if notes.hosts:
                await results.add_tries(tx, notes.hosts, now)
