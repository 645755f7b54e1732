"""Posts and boosts of our people go out; those of others tell who has a copy of ours."""

from contracts.events import StatusCreated, StatusDeleted, StatusEdited, StatusFetched
from delivery import planning
from delivery.handlers.life import heard_from
from delivery.plans import statuses
from delivery.resources import Resources
from delivery.store import acts, bodies
from social.accounts import store as accounts
from social.federation import note
from social.statuses import reading


async def on_created(res: Resources, event: StatusCreated) -> None:
    if event.is_local:
        await _on_posted(res, event)
    else:
        await heard_from(res, event.account_id)
        await _on_seen(res, event)


async def _on_posted(res: Resources, event: StatusCreated) -> None:
    async with res.db.transaction() as tx:
        await bodies.lock(tx, f"status {event.status_id}")
        found = await note.materials(tx, [event.status_id])
        if (made := found.get(event.status_id)) is None:
            return
        if made.full.status.reblog_of_id is None:
            await planning.carry_out(tx, res, await statuses.creation(tx, res, made))
        elif original := statuses.original_of(made, found):
            plan = await statuses.boost(tx, res, made, original)
            await planning.carry_out(tx, res, plan)
            await statuses.remember_readers(tx, original, plan)


async def _on_seen(res: Resources, event: StatusCreated) -> None:
    if copy := await acts.copy_by(res.db, event.status_id):
        async with res.db.transaction() as tx:
            await planning.remember(tx, copy[0], [copy[1]])


async def on_fetched(res: Resources, event: StatusFetched) -> None:
    inbox = await acts.inbox_at(res.db, event.host)
    if inbox is not None and await reading.by_id(res.db, event.status_id) is not None:
        async with res.db.transaction() as tx:
            await bodies.lock(tx, f"status {event.status_id}")
            await planning.remember(tx, event.uri, [inbox])


async def on_edited(res: Resources, event: StatusEdited) -> None:
    if not event.is_local:
        return
    async with res.db.transaction() as tx:
        await bodies.lock(tx, f"status {event.status_id}")
        found = await note.materials(tx, [event.status_id])
        if made := found.get(event.status_id):
            await planning.carry_out(tx, res, await statuses.edit(tx, res, made))


async def on_deleted(res: Resources, event: StatusDeleted) -> None:
    if not event.is_local:
        return
    async with res.db.transaction() as tx:
        await bodies.lock(tx, f"status {event.status_id}")
        author = await accounts.by_id(tx, event.account_id)
        if author is None:
            return
        plan = await statuses.deletion(tx, res, author, event)
        await bodies.withdraw(tx, event.uri, res.clock())
        await planning.carry_out(tx, res, plan)
        await bodies.forget_reached(tx, event.uri)
