"""SQL for markers: how far somebody has read."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from chassis.db import Reader, Tx
from contracts.ids import AccountId


class Marker(msgspec.Struct, frozen=True, kw_only=True):
    timeline: str
    last_read_id: int
    version: int
    updated_at: dt.datetime


async def of_account(db: Reader, account_id: AccountId, timelines: Sequence[str]) -> dict[str, Marker]:
    rows = await db.fetch(
        """
        SELECT timeline, last_read_id, version, updated_at
        FROM timeline.markers
        WHERE account_id = $1 AND timeline = ANY ($2::text[])
        """,
        account_id,
        list(timelines),
    )
    return {row["timeline"]: Marker(**row) for row in rows}


async def set_marker(tx: Tx, account_id: AccountId, timeline: str, last_read_id: int, version: int) -> Marker | None:
    """Move the marker that stood at `version` (0: nowhere yet); None if somebody else moved it meanwhile."""
    row = await tx.fetchrow(
        """
        INSERT INTO timeline.markers AS m (account_id, timeline, last_read_id) VALUES ($1, $2, $3)
        ON CONFLICT (account_id, timeline) DO UPDATE
            SET last_read_id = excluded.last_read_id, version = m.version + 1, updated_at = now()
            WHERE m.version = $4
        RETURNING timeline, last_read_id, version, updated_at
        """,
        account_id,
        timeline,
        last_read_id,
        version,
    )
    return Marker(**row) if row else None
