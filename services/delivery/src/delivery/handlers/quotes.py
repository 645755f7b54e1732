"""Quotes and who may: each is planned once."""

from contracts.events import QuoteAnswered, QuoteAsked, QuoteSettled, StatusPolicyChanged
from delivery import planning
from delivery.handlers.life import heard_from
from delivery.plans import quotes
from delivery.resources import Resources
from delivery.store import bodies
from social.federation import note
from social.quotes import store
from social.quotes.model import PENDING


async def on_asked(res: Resources, event: QuoteAsked) -> None:
    if not event.is_local:
        return
    async with res.db.transaction() as tx:
        asked = await store.by_id(tx, event.quote_id)
        if asked is None or asked.state != PENDING:
            return
        await quotes.ask(tx, res, asked)


async def on_answered(res: Resources, event: QuoteAnswered) -> None:
    await heard_from(res, event.account_id)
    async with res.db.transaction() as tx:
        if plan := await quotes.answer(tx, event):
            await planning.carry_out(tx, res, plan)


async def on_settled(res: Resources, event: QuoteSettled) -> None:
    async with res.db.transaction() as tx:
        await bodies.lock(tx, f"status {event.status_id}")
        known = await store.by_id(tx, event.quote_id)
        if known is not None:
            await quotes.settled(tx, res, known)


async def on_policy_changed(res: Resources, event: StatusPolicyChanged) -> None:
    if not event.is_local:
        return
    async with res.db.transaction() as tx:
        await bodies.lock(tx, f"status {event.status_id}")
        found = await note.materials(tx, [event.status_id])
        if made := found.get(event.status_id):
            await planning.carry_out(tx, res, await quotes.update(tx, res, made, event.changed_at))
