"""A delivery: tried at once, or held for a host that is not well; what comes of it decides what is next."""

from delivery import rules
from delivery.handlers.board import look
from delivery.jobs import Deliver
from delivery.metrics import OPENED, OUTCOMES, count_refusal
from delivery.model import (
    Body,
    Challenged,
    Delivered,
    Failed,
    Health,
    Host,
    Outcome,
    Postponed,
    Refused,
    State,
    host_of,
)
from delivery.resources import Resources
from delivery.sending import send
from delivery.store import bodies, held, hosts


async def on_deliver(res: Resources, job: Deliver) -> None:
    await look(res)
    host = host_of(job.inbox_url)
    if await _is_held(res, job, host):
        return
    async with res.lanes.enter(host) as admitted:
        if not admitted:
            await _slow_down(res, job, host)
        # Meanwhile the host may have been given up.
        elif not await _is_held(res, job, host):
            await _try(res, job, host)


async def _try(res: Resources, job: Deliver, host: Host) -> None:
    body = await _body(res, job)
    if body is None:
        count_refusal("expired")
        return
    await _settle(res, job, host, await send(res, body, job.inbox_url))


async def _body(res: Resources, job: Deliver) -> Body | None:
    """From memory the first time; a later try must know whether the activity was withdrawn."""
    if job.attempts or job.challenged:
        res.bodies.forget(job.body_id)
    return await res.bodies.get(job.body_id, lambda: bodies.by_id(res.db, job.body_id))


async def _is_held(res: Resources, job: Deliver, host: Host) -> bool:
    """Hold the delivery if its host is not to be bothered, or has others waiting."""
    if not res.board.holds(host):
        return False
    async with res.db.transaction() as tx:
        if not await held.holds(tx, host):
            return False
        await held.add(tx, job.body_id, job.inbox_url, host, job.attempts, challenged=job.challenged, now=res.clock())
    OUTCOMES.labels("held").inc()
    return True


async def _slow_down(res: Resources, job: Deliver, host: Host) -> None:
    """Too much waits for this host: from now on it waits in the database, in order."""
    now = res.clock()
    async with res.db.transaction() as tx:
        health = rules.slowed(await hosts.lock(tx, host), now)
        await hosts.set_health(tx, host, health)
        await held.add(tx, job.body_id, job.inbox_url, host, job.attempts, challenged=job.challenged, now=now)
    res.board.show_health(host, health)
    OUTCOMES.labels("held").inc()


async def _settle(res: Resources, job: Deliver, host: Host, outcome: Outcome) -> None:
    match outcome:
        case Delivered():
            res.board.note_success(host, res.clock())
            await _note_life(res, host)
        case Refused():
            await _note_life(res, host)
        case Challenged():
            await _note_life(res, host)
            await _repeat_once(res, job, host)
        case Postponed():
            await _postpone(res, job, host, outcome)
        case Failed():
            await _fail(res, job, host, outcome)


async def _note_life(res: Resources, host: Host) -> None:
    """An answer ends a streak of failures."""
    if not res.board.is_failing(host):
        return
    async with res.db.transaction() as tx:
        health = await hosts.lock(tx, host)
        if health.state is State.FAST:
            health = Health()
            await hosts.set_health(tx, host, health)
    res.board.show_health(host, health)


async def _repeat_once(res: Resources, job: Deliver, host: Host) -> None:
    if job.challenged:
        count_refusal("401")
        return
    now = res.clock()
    due_at = now + res.settings.rules.challenge
    async with res.db.transaction() as tx:
        await held.add(tx, job.body_id, job.inbox_url, host, job.attempts, challenged=True, due_at=due_at, now=now)


async def _postpone(res: Resources, job: Deliver, host: Host, outcome: Postponed) -> None:
    now = res.clock()
    async with res.db.transaction() as tx:
        health = rules.after_postponement(await hosts.lock(tx, host), now, outcome.wait)
        await hosts.set_health(tx, host, health)
        await held.add(tx, job.body_id, job.inbox_url, host, job.attempts, challenged=job.challenged, now=now)
    res.board.show_health(host, health)


async def _fail(res: Resources, job: Deliver, host: Host, outcome: Failed) -> None:
    now, patience, attempts = res.clock(), res.settings.rules, job.attempts + 1
    async with res.db.transaction() as tx:
        before = await hosts.lock(tx, host)
        health = rules.after_failure(before, now, patience, attempts=attempts, chance=res.chance())
        await hosts.set_health(tx, host, health)
        await hosts.set_error(tx, host, outcome.reason, now)
        # A host that is given up is probed with what is oldest; until then each delivery has its own next try.
        due_at = now + rules.retry_wait(patience, attempts, res.chance()) if health.state is State.FAST else None
        await held.add(
            tx, job.body_id, job.inbox_url, host, attempts, challenged=job.challenged, due_at=due_at, now=now
        )
        if health.state is not before.state:
            await held.line_up(tx, host)
            OPENED.inc()
    res.board.show_health(host, health)
