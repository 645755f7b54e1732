"""A delivery: tried at once, or held for a host that is not well; what comes of it decides what is next."""

import asyncio
import datetime as dt
from collections.abc import Sequence

import msgspec

from chassis.db import Tx
from delivery import rules
from delivery.handlers.board import look
from delivery.jobs import Deliver, Retry
from delivery.metrics import OPENED, OUTCOMES, count_refusal
from delivery.model import (
    Body,
    Challenged,
    Delivered,
    Failed,
    Health,
    Host,
    Postponed,
    Refused,
    Setback,
    State,
    Wait,
    host_of,
)
from delivery.resources import Resources
from delivery.sending import send
from delivery.setbacks import follow
from delivery.store import bodies, held, hosts

Attempt = asyncio.Task[Setback | None]


def waiting(job: Deliver, due_at: dt.datetime | None = None) -> Wait:
    return Wait(
        body_id=job.body_id,
        inbox_url=job.inbox_url,
        host=host_of(job.inbox_url),
        attempts=job.attempts,
        challenged=job.challenged,
        due_at=due_at,
    )


class Carried(msgspec.Struct, frozen=True):
    """What came of several deliveries that were begun together."""

    setbacks: list[Setback]
    late: dict[Attempt, Deliver]
    """Those that take long are still on their way: others shall have their places."""


async def on_deliver(res: Resources, job: Deliver) -> None:
    await _try_together(res, [job])


async def on_retry(res: Resources, job: Retry) -> None:
    await _try_together(res, job.deliveries)


async def _try_together(res: Resources, jobs: Sequence[Deliver]) -> None:
    await look(res)
    carried = await carry(res, jobs)
    if carried.setbacks or carried.late:
        async with res.db.transaction() as tx:
            settled = await settle(tx, res, carried)
        settled.show(res)


async def carry(res: Resources, jobs: Sequence[Deliver]) -> Carried:
    """Begin all of them, but those to hosts that are not well; return when they are done, or take long."""
    tasks = {asyncio.create_task(_deliver(res, job)): job for job in await _not_held(res, jobs)}
    if not tasks:
        return Carried([], {})
    patience = res.settings.delivery_patience_seconds if res.stragglers.have_room_for(len(tasks)) else None
    try:
        done, pending = await asyncio.wait(tasks, timeout=patience)
        if any(task.exception() for task in done) and pending:
            await asyncio.wait(pending)
    except asyncio.CancelledError:
        for task in tasks:
            task.cancel()
        raise
    setbacks = [setback for task in done if (setback := task.result())]
    return Carried(setbacks, {task: job for task, job in tasks.items() if not task.done()})


class Settled(msgspec.Struct, frozen=True):
    """What was written down, for this process to know once it is committed."""

    healths: dict[Host, Health]
    late: dict[Attempt, Deliver]
    due_at: dt.datetime

    def show(self, res: Resources) -> None:
        for host, health in self.healths.items():
            res.board.show_health(host, health)
        for task, job in self.late.items():
            res.stragglers.add(_see_off(res, task, waiting(job, self.due_at)))


async def settle(tx: Tx, res: Resources, carried: Carried) -> Settled:
    """Write down what is to be tried again, and what would have to be if this process died now."""
    now = res.clock()
    healths = await _write_setbacks(tx, res, carried.setbacks, now)
    due_at = now + 2 * dt.timedelta(seconds=res.settings.delivery_deadline_seconds) + res.settings.rules.retries[0]
    if carried.late:
        await held.insure(tx, [waiting(job, due_at) for job in carried.late.values()], now)
    return Settled(healths, carried.late, due_at)


async def _write_setbacks(tx: Tx, res: Resources, setbacks: Sequence[Setback], now: dt.datetime) -> dict[Host, Health]:
    if not setbacks:
        return {}
    before = await hosts.lock(tx, {setback.delivery.host for setback in setbacks})
    healths, waits, errors = dict(before), list[Wait](), dict[Host, str]()
    for setback in setbacks:
        host = setback.delivery.host
        healths[host], wait = follow(setback, healths[host], now, res.settings.rules, res.chance())
        waits.append(wait)
        if isinstance(setback.outcome, Failed):
            errors[host] = setback.outcome.reason
    await hosts.set_healths(tx, healths)
    await hosts.set_errors(tx, errors, now)
    await held.add(tx, waits, now)
    if opened := [host for host in healths if healths[host].state is State.OPEN is not before[host].state]:
        await held.line_up(tx, opened)
        OPENED.inc(len(opened))
    return healths


async def _see_off(res: Resources, task: Attempt, insurance: Wait) -> None:
    """A delivery that took long came to an end; those that do so meanwhile are written down together."""
    res.stragglers.note_end(insurance, await task)
    async with res.stragglers.writing:
        ended = res.stragglers.take_ended()
        if not ended:
            return
        async with res.db.transaction() as tx:
            setbacks = [setback for _, setback in ended if setback]
            healths = await _write_setbacks(tx, res, setbacks, res.clock())
            await held.end_insurance(tx, [insurance for insurance, _ in ended])
        for host, health in healths.items():
            res.board.show_health(host, health)


async def _not_held(res: Resources, jobs: Sequence[Deliver]) -> list[Deliver]:
    """Hold those whose hosts are not to be bothered, or have others waiting."""
    doubtful = [job for job in jobs if res.board.holds(host_of(job.inbox_url))]
    if not doubtful:
        return list(jobs)
    async with res.db.transaction() as tx:
        hosts_held = await held.hold(tx, [waiting(job) for job in doubtful], res.clock())
    OUTCOMES.labels("held").inc(sum(host_of(job.inbox_url) in hosts_held for job in doubtful))
    return [job for job in jobs if host_of(job.inbox_url) not in hosts_held]


async def _deliver(res: Resources, job: Deliver) -> Setback | None:
    host = host_of(job.inbox_url)
    async with res.lanes.enter(host) as admitted:
        if not admitted:
            await _slow_down(res, job, host)
            return None
        # Meanwhile the host may have been given up.
        if not await _not_held(res, [job]):
            return None
        return await _try(res, job, host)


async def _try(res: Resources, job: Deliver, host: Host) -> Setback | None:
    body = await _body(res, job)
    if body is None:
        count_refusal("expired")
        return None
    match outcome := await send(res, body, job.inbox_url):
        case Delivered():
            res.board.note_success(host, res.clock())
            await _note_life(res, host)
            return None
        case Refused():
            await _note_life(res, host)
            return None
        case Challenged():
            await _note_life(res, host)
            if job.challenged:
                count_refusal("401")
                res.ledger.note(body, job.inbox_url, Refused("401"))
                return None
            return Setback(waiting(job), outcome)
        case Postponed() | Failed():
            return Setback(waiting(job), outcome)


async def _body(res: Resources, job: Deliver) -> Body | None:
    """From memory the first time; a later try must know whether the activity was withdrawn."""
    if job.attempts or job.challenged:
        res.bodies.forget(job.body_id)
    return await res.bodies.get(job.body_id, lambda: bodies.by_id(res.db, job.body_id))


async def _slow_down(res: Resources, job: Deliver, host: Host) -> None:
    """Too much waits for this host: from now on it waits in the database, in order."""
    now = res.clock()
    async with res.db.transaction() as tx:
        health = rules.slowed((await hosts.lock(tx, {host}))[host], now)
        await hosts.set_healths(tx, {host: health})
        await held.add(tx, [waiting(job)], now)
    res.board.show_health(host, health)
    OUTCOMES.labels("held").inc()


async def _note_life(res: Resources, host: Host) -> None:
    """An answer ends a streak of failures."""
    if not res.board.is_failing(host):
        return
    async with res.db.transaction() as tx:
        health = (await hosts.lock(tx, {host}))[host]
        if health.state is State.FAST:
            health = Health()
            await hosts.set_healths(tx, {host: health})
    res.board.show_health(host, health)
