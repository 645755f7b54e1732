"""Pinned posts and featured hashtags: each change is told once."""

from delivery import planning
from delivery.plans import featured
from delivery.plans.featured import Changed
from delivery.resources import Resources


async def on_changed(res: Resources, event: Changed) -> None:
    async with res.db.transaction() as tx:
        if plan := await featured.change(tx, res, event):
            await planning.carry_out(tx, res, plan)
