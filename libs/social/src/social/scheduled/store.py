"""SQL for scheduled posts. One function, one statement."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from chassis.db import Reader, Tx
from contracts.ids import AccountId, AppId, MediaId, ScheduledId
from social.media.store import COLUMNS as FILE
from social.paging import Page
from social.scheduled.model import Load, Scheduled
from social.statuses.model import Attachment

COLUMNS = ", ".join(Scheduled.__struct_fields__)


async def lock_schedule(tx: Tx, account_id: AccountId) -> None:
    """One change of somebody's schedule at a time: two at once would each be the last that fits."""
    await tx.fetchval("SELECT pg_advisory_xact_lock(hashtext('schedule'), hashint8($1))", account_id)


async def load_of(db: Reader, account_id: AccountId, at: dt.datetime, but: ScheduledId | None) -> Load:
    """What the account has scheduled, but for one."""
    row = await db.fetchrow(
        """
        SELECT count(*) AS total,
            count(*) FILTER (
                WHERE (scheduled_at AT TIME ZONE 'UTC')::date = ($2::timestamptz AT TIME ZONE 'UTC')::date
            ) AS that_day
        FROM social.scheduled_statuses
        WHERE account_id = $1 AND id IS DISTINCT FROM $3
        """,
        account_id,
        at,
        but,
    )
    assert row is not None
    return Load(row["total"], row["that_day"])


async def add(
    tx: Tx, account_id: AccountId, app_id: AppId | None, at: dt.datetime, params: dict[str, Any]
) -> ScheduledId:
    scheduled_id: ScheduledId = await tx.fetchval(
        """
        INSERT INTO social.scheduled_statuses (account_id, app_id, scheduled_at, params) VALUES ($1, $2, $3, $4)
        RETURNING id
        """,
        account_id,
        app_id,
        at,
        params,
    )
    return scheduled_id


async def hold_media(tx: Tx, scheduled_id: ScheduledId, account_id: AccountId, ids: Sequence[MediaId]) -> int:
    """Keep the files for this post; how many of them could be."""
    count: int = await tx.fetchval(
        """
        WITH held AS (
            UPDATE social.media_attachments SET scheduled_status_id = $1
            WHERE id = ANY ($3::bigint[]) AND account_id = $2 AND status_id IS NULL AND scheduled_status_id IS NULL
            RETURNING id
        )
        SELECT count(*) FROM held
        """,
        scheduled_id,
        account_id,
        list(ids),
    )
    return count


async def owned(db: Reader, scheduled_id: ScheduledId, account_id: AccountId) -> Scheduled | None:
    row = await db.fetchrow(
        f"SELECT {COLUMNS} FROM social.scheduled_statuses WHERE id = $1 AND account_id = $2", scheduled_id, account_id
    )
    return Scheduled(**row) if row else None


async def page_of(db: Reader, account_id: AccountId, page: Page) -> list[Scheduled]:
    """Newest first."""
    order = "ASC" if page.forward else "DESC"
    rows = await db.fetch(
        f"""
        SELECT {COLUMNS} FROM social.scheduled_statuses
        WHERE account_id = $1 AND ($2::bigint IS NULL OR id < $2) AND ($3::bigint IS NULL OR id > $3)
        ORDER BY id {order} LIMIT $4
        """,
        account_id,
        page.max_id,
        page.after,
        page.limit,
    )
    return page.newest_first([Scheduled(**row) for row in rows])


async def media_of(db: Reader, ids: Sequence[ScheduledId]) -> list[tuple[ScheduledId, Attachment]]:
    """The files that are kept for these posts."""
    rows = await db.fetch(
        f"""
        SELECT m.scheduled_status_id, {FILE} FROM social.media_attachments m
        WHERE m.scheduled_status_id = ANY ($1::bigint[])
        ORDER BY m.id
        """,
        list(ids),
    )
    return [
        (row["scheduled_status_id"], Attachment(**{name: row[name] for name in Attachment.__struct_fields__}))
        for row in rows
    ]


async def set_time(tx: Tx, scheduled_id: ScheduledId, account_id: AccountId, at: dt.datetime) -> bool:
    """False if it is posted or cancelled by now."""
    return bool(
        await tx.fetchval(
            """
            UPDATE social.scheduled_statuses SET scheduled_at = $3 WHERE id = $1 AND account_id = $2
            RETURNING true
            """,
            scheduled_id,
            account_id,
            at,
        )
    )


async def remove(tx: Tx, scheduled_id: ScheduledId, account_id: AccountId) -> bool:
    """False if it is posted or cancelled already. Its files are nobody's for now."""
    return bool(
        await tx.fetchval(
            "DELETE FROM social.scheduled_statuses WHERE id = $1 AND account_id = $2 RETURNING true",
            scheduled_id,
            account_id,
        )
    )


async def due(db: Reader, now: dt.datetime, limit: int) -> list[Scheduled]:
    """Those whose time has come, longest waiting first. What failed waits a while."""
    rows = await db.fetch(
        f"""
        SELECT {COLUMNS} FROM social.scheduled_statuses
        WHERE scheduled_at <= $1 AND scheduled_at + failures * interval '5 min' <= $1
        ORDER BY scheduled_at LIMIT $2
        """,
        now,
        limit,
    )
    return [Scheduled(**row) for row in rows]


async def take_due(tx: Tx, scheduled_id: ScheduledId, now: dt.datetime) -> bool:
    """Take it off the schedule, to be posted in this transaction; False if it was cancelled, posted or put off."""
    return bool(
        await tx.fetchval(
            "DELETE FROM social.scheduled_statuses WHERE id = $1 AND scheduled_at <= $2 RETURNING true",
            scheduled_id,
            now,
        )
    )


async def note_failure(tx: Tx, scheduled_id: ScheduledId) -> None:
    await tx.execute("UPDATE social.scheduled_statuses SET failures = failures + 1 WHERE id = $1", scheduled_id)
