"""SQL for the heartbeat, and for what was missed. One function, one statement."""

import datetime as dt

import msgspec

from chassis.db import Reader, Tx
from contracts.ids import Uri


class Missed(msgspec.Struct, frozen=True, kw_only=True):
    """An account whose posts since that moment may not have come."""

    uri: Uri
    since: dt.datetime


async def last_beat(db: Reader) -> dt.datetime | None:
    beaten_at: dt.datetime | None = await db.fetchval("SELECT beaten_at FROM inbox.heartbeat")
    return beaten_at


async def beat(tx: Tx, now: dt.datetime) -> None:
    await tx.execute(
        """
        INSERT INTO inbox.heartbeat AS h (beaten_at) VALUES ($1)
        ON CONFLICT (is_only) DO UPDATE SET beaten_at = greatest(h.beaten_at, excluded.beaten_at)
        """,
        now,
    )


async def add_followed(tx: Tx, *, since: dt.datetime, now: dt.datetime, apart: dt.timedelta, most: int) -> int:
    """Everybody elsewhere whom people here follow is to be asked, those of one host one after the other.

    Of too many those come first whom most people follow. How many.
    """
    added: int = await tx.fetchval(
        """
        WITH followed AS (
            SELECT a.id, a.domain, count(*) AS followers
            FROM social.follows f
            JOIN social.accounts a ON a.id = f.target_id
            JOIN social.accounts us ON us.id = f.account_id
            WHERE us.is_local AND NOT a.is_local AND a.suspended_at IS NULL AND a.outbox_url IS NOT NULL
            GROUP BY a.id, a.domain
            ORDER BY followers DESC, a.id LIMIT $4
        ), added AS (
            INSERT INTO inbox.missed AS m (account_id, since, due_at)
            SELECT id, $1::timestamptz,
                $2::timestamptz + $3::interval * row_number() OVER (PARTITION BY domain ORDER BY followers DESC, id)
            FROM followed
            ON CONFLICT (account_id) DO UPDATE SET since = least(m.since, excluded.since)
            RETURNING 1
        )
        SELECT count(*) FROM added
        """,
        since,
        now,
        apart,
        most,
    )
    return added


async def take_due(tx: Tx, now: dt.datetime, number: int) -> list[Missed]:
    rows = await tx.fetch(
        """
        WITH due AS (
            DELETE FROM inbox.missed
            WHERE account_id IN (
                SELECT account_id FROM inbox.missed WHERE due_at <= $1
                ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
            )
            RETURNING account_id, since
        )
        SELECT a.uri, due.since FROM due JOIN social.accounts a ON a.id = due.account_id
        """,
        now,
        number,
    )
    return [Missed(**row) for row in rows]
