"""Keeping this process's board of unwell hosts true."""

from delivery.resources import Resources
from delivery.store import hosts


async def look(res: Resources) -> None:
    """Read the board anew if it is older than a moment, and write down whom deliveries reached, and how."""
    now = res.clock()
    if res.board.must_read(now):
        res.board.show(await hosts.unwell(res.db))
    if successes := res.board.successes_to_note(now):
        async with res.db.transaction() as tx:
            await hosts.add_successes(tx, successes)
    if not res.styles.is_recalled:
        res.styles.recall(await hosts.styles(res.db, res.settings.delivery_remembered_styles))
    if learned := res.styles.take_learned():
        async with res.db.transaction() as tx:
            await hosts.set_styles(tx, learned)
