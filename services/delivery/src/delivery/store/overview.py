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
    success_ratio: float | None
    """Of the tries of about a day."""
    held: int
    oldest_held_at: dt.datetime | None


REPORT = """
    h.host, h.state, h.paused, h.failures, h.failing_since, h.opened_at, h.next_visit_at,
    h.last_success_at, h.last_error, h.last_error_at, h.arrived / nullif(h.arrived + h.failed, 0) AS success_ratio
"""


async def hosts(db: Reader, *, unwell_only: bool, after: str, limit: int) -> list[HostReport]:
    """Hosts by name, from after that name on."""
    rows = await db.fetch(
        f"""
        SELECT {REPORT}, w.held, w.oldest_held_at
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


async def furthest_behind(db: Reader, *, state: str | None, limit: int) -> list[HostReport]:
    """Hosts for which something waits, that which has waited longest first; of one state if one is named."""
    rows = await db.fetch(
        f"""
        SELECT {REPORT}, w.held, w.oldest_held_at
        FROM (
            SELECT host, count(*) AS held, min(held_at) AS oldest_held_at FROM delivery.held GROUP BY host
        ) AS w
        JOIN delivery.hosts h ON h.host = w.host
        WHERE $1::text IS NULL OR h.state = $1 OR (h.paused AND $1 = 'paused')
        ORDER BY w.oldest_held_at, h.host
        LIMIT $2
        """,
        state,
        limit,
    )
    return [HostReport(**row) for row in rows]


async def host(db: Reader, name: Host) -> HostReport | None:
    row = await db.fetchrow(
        f"""
        SELECT {REPORT},
            (SELECT count(*) FROM delivery.held w WHERE w.host = h.host) AS held,
            (SELECT min(w.held_at) FROM delivery.held w WHERE w.host = h.host) AS oldest_held_at
        FROM delivery.hosts h
        WHERE h.host = $1
        """,
        name,
    )
    return HostReport(**row) if row else None


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """What is held for all hosts that fare alike."""

    lane: str
    held: int
    oldest_held_at: dt.datetime


async def lanes(db: Reader) -> list[Lane]:
    """What is held, by the state of its host; `paused` where somebody told us to wait."""
    rows = await db.fetch(
        """
        SELECT CASE WHEN h.paused THEN 'paused' ELSE coalesce(h.state, 'fast') END AS lane,
            count(*) AS held, min(w.held_at) AS oldest_held_at
        FROM delivery.held w
        LEFT JOIN delivery.hosts h ON h.host = w.host
        GROUP BY 1
        """
    )
    return [Lane(**row) for row in rows]


async def states(db: Reader) -> dict[str, int]:
    """How many hosts are in each state; `paused` where somebody told us to wait."""
    rows = await db.fetch(
        """
        SELECT CASE WHEN paused THEN 'paused' ELSE state END AS state, count(*) AS hosts
        FROM delivery.hosts
        GROUP BY 1
        """
    )
    return {row["state"]: row["hosts"] for row in rows}
