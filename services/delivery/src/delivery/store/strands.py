"""SQL for large fan-outs: to whom they go, and how far each strand of them has come."""

from collections.abc import Sequence

from chassis.db import Reader, Tx
from delivery.model import BodyId


async def add(tx: Tx, body_id: BodyId, inbox_ids: Sequence[int], positions: Sequence[int], *, stride: int) -> None:
    """Write down where an activity goes, and where its strands begin."""
    await tx.execute(
        """
        WITH addressed AS (
            UPDATE delivery.bodies SET inbox_ids = $2 WHERE id = $1
        )
        INSERT INTO delivery.strands (body_id, strand, position, stride)
        SELECT $1, s.number - 1, s.position, $4
        FROM unnest($3::int[]) WITH ORDINALITY AS s (position, number)
        ON CONFLICT (body_id, strand) DO UPDATE SET position = excluded.position, stride = excluded.stride
        """,
        body_id,
        list(inbox_ids),
        list(positions),
        stride,
    )


async def inboxes_at(db: Reader, body_id: BodyId, strand: int, position: int, count: int) -> list[str]:
    """The inboxes whose turn it is; none where the strand has gone on, or the activity was withdrawn."""
    rows = await db.fetch(
        """
        SELECT i.url
        FROM delivery.strands s
        JOIN delivery.bodies b ON b.id = s.body_id
        JOIN delivery.inboxes i ON i.id = ANY (b.inbox_ids[$3 + 1:$3 + $4])
        WHERE s.body_id = $1 AND s.strand = $2 AND s.position = $3 AND b.withdrawn_at IS NULL
        """,
        body_id,
        strand,
        position,
        count,
    )
    return [row["url"] for row in rows]


async def advance(tx: Tx, body_id: BodyId, strand: int, position: int) -> int | None:
    """The strand's next position; None if it ends here, or had gone on before."""
    following: int | None = await tx.fetchval(
        """
        WITH here AS (
            SELECT s.position + s.stride AS next,
                s.position + s.stride < cardinality(b.inbox_ids) AND b.withdrawn_at IS NULL AS goes_on
            FROM delivery.strands s
            JOIN delivery.bodies b ON b.id = s.body_id
            WHERE s.body_id = $1 AND s.strand = $2 AND s.position = $3
            FOR UPDATE OF s
        ), ended AS (
            DELETE FROM delivery.strands s USING here WHERE s.body_id = $1 AND s.strand = $2 AND NOT here.goes_on
        ), moved AS (
            UPDATE delivery.strands s SET position = here.next
            FROM here
            WHERE s.body_id = $1 AND s.strand = $2 AND here.goes_on
        )
        SELECT next FROM here WHERE goes_on
        """,
        body_id,
        strand,
        position,
    )
    return following


async def left(db: Reader) -> int:
    """How many deliveries of large fan-outs have not been begun, about."""
    total: int = await db.fetchval(
        """
        SELECT coalesce(sum((cardinality(b.inbox_ids) - s.position) / w.strands), 0)::bigint
        FROM delivery.strands s
        JOIN delivery.bodies b ON b.id = s.body_id
        JOIN (SELECT body_id, count(*) AS strands FROM delivery.strands GROUP BY body_id) AS w ON w.body_id = s.body_id
        """
    )
    return total
