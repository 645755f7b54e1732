"""SQL for what became of deliveries."""

import datetime as dt
from collections.abc import Mapping

import msgspec

from chassis.db import Reader, Tx
from contracts.ids import Uri
from delivery.model import BodyId, Host


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that waits, and for what."""

    inbox_url: str
    host: str
    state: str
    last_error: str | None
    next_try_at: dt.datetime | None


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that never will arrive."""

    inbox_url: str
    reason: str


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """An activity about something, and how far it has come."""

    id: BodyId
    activity_uri: Uri
    type: str | None
    created_at: dt.datetime
    withdrawn_at: dt.datetime | None
    planned: int
    arrived: int
    waiting: int
    refused: int


async def add_arrivals(tx: Tx, arrived: Mapping[BodyId, int]) -> None:
    """Of activities that are still known."""
    await tx.execute(
        """
        INSERT INTO delivery.arrivals AS a (body_id, arrived)
        SELECT b.id, n.arrived
        FROM unnest($1::bigint[], $2::int[]) AS n (id, arrived)
        JOIN delivery.bodies b ON b.id = n.id
        ORDER BY b.id
        FOR KEY SHARE OF b
        ON CONFLICT (body_id) DO UPDATE SET arrived = a.arrived + excluded.arrived
        """,
        list(arrived),
        list(arrived.values()),
    )


async def add_refusals(tx: Tx, refused: Mapping[tuple[BodyId, str], str]) -> None:
    await tx.execute(
        """
        INSERT INTO delivery.refusals (body_id, inbox_url, reason)
        SELECT b.id, n.inbox_url, n.reason
        FROM unnest($1::bigint[], $2::text[], $3::text[]) AS n (id, inbox_url, reason)
        JOIN delivery.bodies b ON b.id = n.id
        ORDER BY b.id, n.inbox_url
        FOR KEY SHARE OF b
        ON CONFLICT (body_id, inbox_url) DO UPDATE SET reason = excluded.reason
        """,
        [body_id for body_id, _ in refused],
        [inbox_url for _, inbox_url in refused],
        list(refused.values()),
    )


async def add_tries(tx: Tx, hosts: Mapping[Host, tuple[int, int]], now: dt.datetime) -> None:
    """Count what arrived and what failed; what was counted a day ago counts half from now on."""
    await tx.execute(
        """
        INSERT INTO delivery.hosts AS h (host, arrived, failed, counted_at)
        SELECT n.host, n.arrived, n.failed, $4
        FROM unnest($1::text[], $2::int[], $3::int[]) AS n (host, arrived, failed)
        ORDER BY n.host
        ON CONFLICT (host) DO UPDATE
        SET counted_at = excluded.counted_at,
            arrived = excluded.arrived
                + h.arrived * coalesce(0.5 ^ (extract(epoch FROM excluded.counted_at - h.counted_at) / 86400), 0),
            failed = excluded.failed
                + h.failed * coalesce(0.5 ^ (extract(epoch FROM excluded.counted_at - h.counted_at) / 86400), 0)
        """,
        list(hosts),
        [arrived for arrived, _ in hosts.values()],
        [failed for _, failed in hosts.values()],
        now,
    )


async def sent_about(db: Reader, about: Uri) -> list[Sent]:
    """Every activity about an object that is still known, oldest first."""
    rows = await db.fetch(
        """
        SELECT b.id, b.activity_uri, convert_from(b.content, 'UTF8')::jsonb ->> 'type' AS type,
            b.created_at, b.withdrawn_at, b.planned, least(coalesce(a.arrived, 0), b.planned) AS arrived,
            (SELECT count(*) FROM delivery.held h WHERE h.body_id = b.id) AS waiting,
            (SELECT count(*) FROM delivery.refusals r WHERE r.body_id = b.id) AS refused
        FROM delivery.bodies b
        LEFT JOIN delivery.arrivals a ON a.body_id = b.id
        WHERE b.object_uri = $1
        ORDER BY b.id
        """,
        about,
    )
    return [Sent(**row) for row in rows]


async def waiting_of(db: Reader, body_id: BodyId, limit: int) -> list[Waiting]:
    rows = await db.fetch(
        """
        SELECT w.inbox_url, w.host, CASE WHEN h.paused THEN 'paused' ELSE coalesce(h.state, 'fast') END AS state,
            h.last_error, coalesce(w.due_at, CASE WHEN NOT h.paused THEN h.next_visit_at END) AS next_try_at
        FROM delivery.held w
        LEFT JOIN delivery.hosts h ON h.host = w.host
        WHERE w.body_id = $1
        ORDER BY w.inbox_url
        LIMIT $2
        """,
        body_id,
        limit,
    )
    return [Waiting(**row) for row in rows]


async def refusals_of(db: Reader, body_id: BodyId, limit: int) -> list[Refusal]:
    rows = await db.fetch(
        "SELECT inbox_url, reason FROM delivery.refusals WHERE body_id = $1 ORDER BY inbox_url LIMIT $2", body_id, limit
    )
    return [Refusal(**row) for row in rows]


async def drop_held(tx: Tx, host: Host) -> int:
    """Give up all that waits for a host; how much that was."""
    dropped: int = await tx.fetchval(
        """
        WITH gone AS (
            DELETE FROM delivery.held WHERE host = $1 RETURNING body_id, inbox_url
        ), noted AS (
            INSERT INTO delivery.refusals (body_id, inbox_url, reason)
            SELECT g.body_id, g.inbox_url, 'dropped' FROM gone g JOIN delivery.bodies b ON b.id = g.body_id
            ON CONFLICT (body_id, inbox_url) DO NOTHING
        )
        SELECT count(*) FROM gone
        """,
        host,
    )
    return dropped
