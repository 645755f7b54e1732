"""SQL for operators: how hosts fare and what waits."""

import datetime as dt

import msgspec

from chassis.db import Reader
from delivery.model import Host


class HostReport(msgspec.Struct, frozen=True, kw_only=True):
    """One host, as `/internal/hosts` shows it."""

    host: Host
    state: str
    paused: bool
    failures: int
    failing_since: dt.datetime | None
    opened_at: dt.datetime | None
    next_visit_at: dt.datetime | None
    last_success_at: dt.datetime | None
    last_error: str | None
    last_error_at: dt.datetime | None
    held: int
    oldest_held_at: dt.datetime | None


async def hosts(db: Reader, *, unwell_only: bool, after: str, limit: int) -> list[HostReport]:
    """Hosts by name, from after that name on."""
    rows = await db.fetch(
        """
        SELECT h.host, h.state, h.paused, h.failures, h.failing_since, h.opened_at, h.next_visit_at,
            h.last_success_at, h.last_error, h.last_error_at, w.held, w.oldest_held_at
        FROM delivery.hosts h
        CROSS JOIN LATERAL (
            SELECT count(*) AS held, min(w.held_at) AS oldest_held_at FROM delivery.held w WHERE w.host = h.host
        ) AS w
        WHERE h.host > $2 AND (NOT $1 OR h.state <> 'fast' OR h.paused OR h.failures > 0 OR w.held > 0)
        ORDER BY h.host
        LIMIT $3
        """,
        unwell_only,
        after,
        limit,
    )
    return [HostReport(**row) for row in rows]


async def host(db: Reader, name: Host) -> HostReport | None:
    row = await db.fetchrow(
        """
        SELECT h.host, h.state, h.paused, h.failures, h.failing_since, h.opened_at, h.next_visit_at,
            h.last_success_at, h.last_error, h.last_error_at,
            (SELECT count(*) FROM delivery.held w WHERE w.host = h.host) AS held,
            (SELECT min(w.held_at) FROM delivery.held w WHERE w.host = h.host) AS oldest_held_at
        FROM delivery.hosts h
        WHERE h.host = $1
        """,
        name,
    )
    return HostReport(**row) if row else None


async def totals(db: Reader) -> dict[str, int]:
    """How many hosts are in each state, and under `held` how many deliveries wait."""
    rows = await db.fetch(
        """
        SELECT state AS name, count(*) AS count FROM delivery.hosts WHERE state <> 'fast' GROUP BY state
        UNION ALL
        SELECT 'held', count(*) FROM delivery.held
        """
    )
    return {row["name"]: row["count"] for row in rows}
