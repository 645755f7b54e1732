"""SQL for walks. One function, one statement."""

import datetime as dt

from chassis.db import Reader, Tx
from contracts.ids import WalkId
from social.statuses.model import Status
from social.walks.model import Walk

COLUMNS = ", ".join(f"w.{name}" for name in Walk.__struct_fields__)


async def by_id(db: Reader, walk_id: WalkId) -> Walk | None:
    row = await db.fetchrow(f"SELECT {COLUMNS} FROM social.thread_walks w WHERE w.id = $1", walk_id)
    return Walk(**row) if row else None


async def of_conversation(db: Reader, conversation_id: int) -> Walk | None:
    row = await db.fetchrow(
        f"SELECT {COLUMNS} FROM social.thread_walks w WHERE w.conversation_id = $1", conversation_id
    )
    return Walk(**row) if row else None


async def add(
    tx: Tx, walk_id: WalkId, status: Status, *, now: dt.datetime, before: dt.datetime, under_way: dt.datetime, most: int
) -> bool:
    """Begin one in place of the last; False if that was begun later than `before`, or `most` are under way."""
    return bool(
        await tx.fetchval(
            """
            INSERT INTO social.thread_walks AS w (id, conversation_id, status_id, started_at)
            SELECT $1, $2, $3, $4
            WHERE (
                SELECT count(*) FROM social.thread_walks x WHERE x.started_at > $6 AND x.finished_at IS NULL
            ) < $7
            ON CONFLICT (conversation_id) DO UPDATE
            SET id = excluded.id, status_id = excluded.status_id, started_at = excluded.started_at,
                finished_at = NULL, found = 0
            WHERE w.started_at <= $5
            RETURNING true
            """,
            walk_id,
            status.conversation_id,
            status.id,
            now,
            before,
            under_way,
            most,
        )
    )


async def add_found(tx: Tx, walk_id: WalkId, number: int) -> None:
    await tx.execute("UPDATE social.thread_walks SET found = found + $2 WHERE id = $1", walk_id, number)


async def finish(tx: Tx, walk_id: WalkId, now: dt.datetime) -> None:
    await tx.execute(
        "UPDATE social.thread_walks SET finished_at = $2 WHERE id = $1 AND finished_at IS NULL", walk_id, now
    )


async def forget(tx: Tx, *, before: dt.datetime) -> None:
    await tx.execute("DELETE FROM social.thread_walks WHERE started_at < $1", before)
