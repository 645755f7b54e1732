"""SQL for severances: how many follows one decision cut."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from chassis.db import Reader, Tx
from contracts.events import RelationshipsSevered
from contracts.ids import SeveranceId


class Severance(msgspec.Struct, frozen=True, kw_only=True):
    id: SeveranceId
    kind: str
    target_name: str
    followers: int
    following: int
    created_at: dt.datetime


COLUMNS = ", ".join(Severance.__struct_fields__)


async def add(tx: Tx, event: RelationshipsSevered) -> None:
    await tx.execute(
        """
        INSERT INTO timeline.severances (id, account_id, kind, target_name, followers, following)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING
        """,
        event.severance_id,
        event.account_id,
        event.kind,
        event.target_name,
        event.followers,
        event.following,
    )


async def many(db: Reader, ids: Sequence[SeveranceId]) -> dict[SeveranceId, Severance]:
    rows = await db.fetch(f"SELECT {COLUMNS} FROM timeline.severances WHERE id = ANY ($1::bigint[])", list(ids))
    return {row["id"]: Severance(**row) for row in rows}
