"""Favourites, follows, blocks, profiles and reports: each is planned once."""

from chassis.db import Tx
from contracts.events import (
    AccountDeleted,
    AccountKeysRotated,
    AccountMoved,
    AccountSanctioned,
    AccountUpdated,
    BlockCreated,
    BlockRemoved,
    FollowAccepted,
    FollowRemoved,
    FollowRequested,
    ReportFiled,
    StatusFavourited,
    StatusUnfavourited,
)
from delivery import planning
from delivery.handlers.life import heard_from
from delivery.planning import Plan
from delivery.plans import people
from delivery.resources import Resources
from delivery.store import bodies
from social.reports import store as reports
from social.statuses import reading
from social.statuses.model import OPEN


async def on_favourited(res: Resources, event: StatusFavourited) -> None:
    status = await reading.by_id(res.db, event.status_id)
    if event.is_local and status is not None:
        async with res.db.transaction() as tx:
            await _carry_out(tx, res, await people.favourite(tx, event.account_id, status))
    elif not event.is_local:
        inbox = await heard_from(res, event.account_id)
        if inbox and status is not None and status.is_local and status.visibility in OPEN:
            async with res.db.transaction() as tx:
                await planning.remember(tx, status.uri, [inbox])


async def on_unfavourited(res: Resources, event: StatusUnfavourited) -> None:
    if not event.is_local:
        return
    async with res.db.transaction() as tx:
        await bodies.withdraw(tx, event.uri, res.clock())
        if status := await reading.by_id(tx, event.status_id):
            await _carry_out(tx, res, await people.unfavourite(tx, event.account_id, status, event.uri))


async def on_follow_requested(res: Resources, event: FollowRequested) -> None:
    await heard_from(res, event.account_id)
    async with res.db.transaction() as tx:
        await _carry_out(tx, res, await people.request(tx, event))


async def on_follow_accepted(res: Resources, event: FollowAccepted) -> None:
    await heard_from(res, event.account_id)
    async with res.db.transaction() as tx:
        await _carry_out(tx, res, await people.acceptance(tx, event))


async def on_follow_removed(res: Resources, event: FollowRemoved) -> None:
    async with res.db.transaction() as tx:
        await bodies.withdraw(tx, event.uri, res.clock())
        await _carry_out(tx, res, await people.removal(tx, event))


async def on_block_created(res: Resources, event: BlockCreated) -> None:
    async with res.db.transaction() as tx:
        await _carry_out(tx, res, await people.blocking(tx, event))


async def on_block_removed(res: Resources, event: BlockRemoved) -> None:
    async with res.db.transaction() as tx:
        await bodies.withdraw(tx, event.uri, res.clock())
        await _carry_out(tx, res, await people.blocking(tx, event))


async def on_account_updated(res: Resources, event: AccountUpdated) -> None:
    if not event.is_local:
        await heard_from(res, event.account_id)
        return
    async with res.db.transaction() as tx:
        await _carry_out(tx, res, await people.profile(tx, res, event.account_id))


async def on_account_changed(res: Resources, event: AccountSanctioned | AccountKeysRotated) -> None:
    async with res.db.transaction() as tx:
        await _carry_out(tx, res, await people.profile(tx, res, event.account_id))


async def on_account_deleted(res: Resources, event: AccountDeleted) -> None:
    if not event.is_local:
        return
    async with res.db.transaction() as tx:
        await _carry_out(tx, res, await people.farewell(tx, event.account_id, event.uri))


async def on_account_moved(res: Resources, event: AccountMoved) -> None:
    async with res.db.transaction() as tx:
        await _carry_out(tx, res, await people.moving(tx, event))


async def on_report_filed(res: Resources, event: ReportFiled) -> None:
    if not event.forward:
        return
    async with res.db.transaction() as tx:
        if filed := await reports.by_id(tx, event.report_id):
            await _carry_out(tx, res, await people.report(tx, res, filed, event.forward_to))


async def _carry_out(tx: Tx, res: Resources, plan: Plan | None) -> None:
    if plan is not None:
        await planning.carry_out(tx, res, plan)
