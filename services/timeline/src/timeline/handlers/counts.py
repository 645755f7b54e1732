"""Numbers that clients see are counted again after each change, once for all changes of a moment."""

from collections.abc import Collection

import asyncpg

from chassis.errors import Unavailable
from contracts.events import (
    FollowAccepted,
    FollowRemoved,
    StatusCreated,
    StatusDeleted,
    StatusFavourited,
    StatusUnfavourited,
)
from contracts.ids import AccountId, PollId, StatusId
from social.polls import store as votes
from social.statuses import reading
from timeline.gathering import Batch
from timeline.resources import Resources
from timeline.store import counts

SWEEP = 500


class Vanished(Unavailable):
    """Something was deleted while it was counted"""


async def on_created(res: Resources, event: StatusCreated) -> None:
    status = await reading.by_id(res.db, event.status_id)
    touched = [status.in_reply_to_id, status.reblog_of_id, status.id] if status else []
    await recount(res, [i for i in touched if i is not None], [event.account_id])


async def on_deleted(res: Resources, event: StatusDeleted) -> None:
    touched = (event.in_reply_to_id, event.reblog_of_id, event.quoted_status_id)
    await recount(res, [i for i in touched if i is not None], [event.account_id])


async def on_tapped(res: Resources, event: StatusFavourited | StatusUnfavourited) -> None:
    await recount(res, [event.status_id], [])


async def on_circle_changed(res: Resources, event: FollowAccepted | FollowRemoved) -> None:
    await recount(res, [], [event.account_id, event.target_id])


async def recount_ours(res: Resources) -> None:
    """Deletions of whole accounts leave numbers behind that no event names: now and then all of ours are counted."""
    last = AccountId(-(2**63))
    while found := await counts.local_accounts(res.db, after=last, limit=SWEEP):
        async with res.db.transaction() as tx:
            await counts.lock_counting(tx)
            await counts.set_account_counts(tx, found)
        last = found[-1]


async def recount(
    res: Resources,
    statuses: Collection[StatusId] = (),
    accounts: Collection[AccountId] = (),
    *,
    polls: Collection[PollId] = (),
) -> None:
    """Return once a count that began after this call is written."""
    batch, leads = res.gathering.join(statuses, accounts, polls)
    if not leads:
        await batch.wait()
        return
    with batch.concluded():
        await res.gathering.close(batch)
        await _count(res, batch)


async def _count(res: Resources, batch: Batch) -> None:
    try:
        async with res.db.transaction() as tx:
            await counts.lock_counting(tx)
            await counts.set_status_counts(tx, batch.statuses)
            await counts.set_account_counts(tx, batch.accounts)
            if batch.polls:
                await votes.lock_counting(tx)
                await votes.count_votes(tx, batch.polls)
    except asyncpg.ForeignKeyViolationError as error:
        raise Vanished from error
