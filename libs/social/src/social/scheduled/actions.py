"""What can happen to a scheduled post before its time."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from chassis.db import Tx
from contracts.ids import AccountId, AppId, MediaId, ScheduledId
from social.errors import NoSuchRecord, ValidationFailed
from social.scheduled import store
from social.scheduled.model import objection


async def schedule(
    tx: Tx,
    account_id: AccountId,
    app_id: AppId | None,
    at: dt.datetime,
    params: dict[str, Any],
    media_ids: Sequence[MediaId],
    now: dt.datetime,
) -> ScheduledId:
    """Keep the words and files for that moment."""
    await _check(tx, account_id, at, now)
    scheduled_id = await store.add(tx, account_id, app_id, at, params)
    if await store.hold_media(tx, scheduled_id, account_id, media_ids) < len(media_ids):
        raise ValidationFailed("Media attachments could not be found or are attached to another post")
    return scheduled_id


async def put_off(tx: Tx, scheduled_id: ScheduledId, account_id: AccountId, at: dt.datetime, now: dt.datetime) -> None:
    """Post it at another time, if it was not posted meanwhile."""
    await _check(tx, account_id, at, now, but=scheduled_id)
    if not await store.set_time(tx, scheduled_id, account_id, at):
        raise NoSuchRecord


async def cancel(tx: Tx, scheduled_id: ScheduledId, account_id: AccountId) -> None:
    if not await store.remove(tx, scheduled_id, account_id):
        raise NoSuchRecord


async def _check(
    tx: Tx, account_id: AccountId, at: dt.datetime, now: dt.datetime, but: ScheduledId | None = None
) -> None:
    await store.lock_schedule(tx, account_id)
    if reason := objection(at, now, await store.load_of(tx, account_id, at, but)):
        raise ValidationFailed(reason)
