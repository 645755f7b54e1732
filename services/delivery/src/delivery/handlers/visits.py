"""Visits: what is held for a host is carried to it in order, or one delivery probes whether it is back."""

import asyncio
import datetime as dt
import itertools
from collections.abc import Sequence

from chassis.db import Tx
from delivery.jobs import Deliver, Retry, Visit
from delivery.model import Challenged, Delivered, Due, Failed, Health, Held, Host, Outcome, Postponed, Refused, State
from delivery.planning import SLICE
from delivery.resources import Resources
from delivery.sending import send
from delivery.store import held, hosts
from delivery.visiting import Result, is_over, judge

LEASE = dt.timedelta(minutes=1)
"""For how long a visitor that died keeps others away. It is renewed with each batch."""
ASKED_AGAIN_AFTER = dt.timedelta(seconds=30)
AT_ONCE = 500


async def call(res: Resources) -> None:
    """Send visitors to hosts whose time has come, and retry what waits for a time of its own."""
    now = res.clock()
    async with res.db.transaction() as tx:
        for host in await hosts.take_due(tx, now, now + ASKED_AGAIN_AFTER, AT_ONCE):
            tx.enqueue(Visit(host=host))
        due = await held.take_due(tx, now, AT_ONCE)
        for at in range(0, len(due), SLICE):
            tx.enqueue(Retry(deliveries=tuple(map(_again, due[at : at + SLICE]))))


def _again(due: Due) -> Deliver:
    return Deliver(body_id=due.body_id, inbox_url=due.inbox_url, attempts=due.attempts, challenged=due.challenged)


async def on_visit(res: Resources, visit: Visit) -> None:
    """Carry batch after batch until nothing is left, the host fails, or others should get a turn."""
    loop = asyncio.get_running_loop()
    leave_at = loop.time() + res.settings.delivery_visit_seconds
    while (health := await _lease(res, visit.host)) is not None:
        started = loop.time()
        waiting = await held.oldest(res.db, visit.host, res.clock(), res.settings.delivery_visit_batch)
        tried = await (_carry(res, waiting) if health.state is State.SLOW else _probe(res, waiting))
        health = await _settle(res, visit.host, tried)
        if is_over(health) or loop.time() >= leave_at:
            break
        await asyncio.sleep(len(tried) / res.settings.delivery_release_per_second - (loop.time() - started))


async def _lease(res: Resources, host: Host) -> Health | None:
    now = res.clock()
    async with res.db.transaction() as tx:
        return await hosts.take_lease(tx, host, now, now + LEASE)


async def _probe(res: Resources, waiting: Sequence[Held]) -> list[tuple[Held, Outcome]]:
    """One delivery alone; where the host fails at it, a second one tells whether that is the delivery's fault."""
    tried: list[tuple[Held, Outcome]] = []
    for delivery in waiting[:2]:
        outcome = await send(res, delivery.body, delivery.inbox_url)
        tried.append((delivery, outcome))
        if not (isinstance(outcome, Failed) and outcome.answered):
            break
    return tried


async def _carry(res: Resources, waiting: Sequence[Held]) -> list[tuple[Held, Outcome]]:
    """Several senders at a time, what one sender said in its order."""
    by_sender: dict[int, list[Held]] = {}
    for delivery in waiting:
        by_sender.setdefault(delivery.body.sender_id, []).append(delivery)
    lanes = await asyncio.gather(*(_carry_in_order(res, deliveries) for deliveries in by_sender.values()))
    return list(itertools.chain.from_iterable(lanes))


async def _carry_in_order(res: Resources, deliveries: Sequence[Held]) -> list[tuple[Held, Outcome]]:
    tried: list[tuple[Held, Outcome]] = []
    for delivery in deliveries:
        outcome = await send(res, delivery.body, delivery.inbox_url)
        tried.append((delivery, outcome))
        if isinstance(outcome, Postponed) or (isinstance(outcome, Failed) and not outcome.answered):
            break
    return tried


async def _settle(res: Resources, host: Host, tried: Sequence[tuple[Held, Outcome]]) -> Health:
    """Write down what came of it. The lease ends with each batch, so that a pause takes effect."""
    now = res.clock()
    async with res.db.transaction() as tx:
        before = (await hosts.lock(tx, {host}))[host]
        result = judge(tried, before, now, res.settings.rules, res.chance())
        await _write(tx, host, result, now)
        after = result.health
        if not is_over(after) or not tried:
            after = Health() if await held.is_queue_empty(tx, host, now) else after
        await hosts.set_healths(tx, {host: after})
        await hosts.end_lease(tx, host)
    for delivery in result.done:
        if delivery.challenged and (delivery, Challenged()) in tried:
            res.ledger.note(delivery.body, delivery.inbox_url, Refused("401"))
    if any(isinstance(outcome, Delivered) for _, outcome in tried):
        res.board.note_success(host, now)
    res.board.show_health(host, after)
    return after


async def _write(tx: Tx, host: Host, result: Result, now: dt.datetime) -> None:
    await held.remove(tx, result.done)
    for stay in result.stay:
        await held.put_aside(tx, stay)
    if result.error:
        await hosts.set_errors(tx, {host: result.error}, now)
