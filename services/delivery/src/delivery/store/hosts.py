"""SQL for hosts and their health."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from apcore.signatures.styles import Style
from chassis.db import Reader, Row, Tx
from delivery.model import Health, Host, State, Unwell

HEALTH = ", ".join(Health.__struct_fields__)
KEPT_ERROR = 200


def _health(row: Row) -> Health:
    columns: dict[str, Any] = {name: row[name] for name in Health.__struct_fields__}
    return Health(**columns | {"state": State(columns["state"])})


async def unwell(db: Reader) -> list[Unwell]:
    rows = await db.fetch(
        """
        SELECT host, state, paused, failures
        FROM delivery.hosts
        WHERE state <> 'fast' OR paused OR failures > 0
        """
    )
    return [
        Unwell(host=row["host"], state=State(row["state"]), paused=row["paused"], failures=row["failures"])
        for row in rows
    ]


async def lock(tx: Tx, hosts: Collection[Host]) -> dict[Host, Health]:
    """The hosts' healths, which nobody else changes until the transaction ends."""
    rows = await tx.fetch(
        f"""
        INSERT INTO delivery.hosts AS h (host)
        SELECT name FROM unnest($1::text[]) AS n (name) ORDER BY name
        ON CONFLICT (host) DO UPDATE SET host = excluded.host
        RETURNING host, {HEALTH}
        """,
        list(hosts),
    )
    return {row["host"]: _health(row) for row in rows}


async def set_healths(tx: Tx, healths: Mapping[Host, Health]) -> None:
    columns = [[getattr(health, name) for health in healths.values()] for name in Health.__struct_fields__]
    await tx.execute(
        f"""
        UPDATE delivery.hosts AS h
        SET ({HEALTH}) = (n.state, n.failures, n.failing_since, n.opened_at, n.probes, n.next_visit_at)
        FROM unnest($1::text[], $2::text[], $3::int[], $4::timestamptz[], $5::timestamptz[], $6::int[],
            $7::timestamptz[]) AS n (host, {HEALTH})
        WHERE h.host = n.host
        """,
        list(healths),
        *columns,
    )


async def set_errors(tx: Tx, errors: Mapping[Host, str], now: dt.datetime) -> None:
    await tx.execute(
        """
        UPDATE delivery.hosts h SET last_error = n.error, last_error_at = $3
        FROM unnest($1::text[], $2::text[]) AS n (host, error)
        WHERE h.host = n.host
        """,
        list(errors),
        [error[:KEPT_ERROR] for error in errors.values()],
        now,
    )


async def add_successes(tx: Tx, successes: Mapping[Host, dt.datetime]) -> None:
    """Note when hosts last took something. A streak of failures ends with it."""
    await tx.execute(
        """
        INSERT INTO delivery.hosts AS h (host, last_success_at)
        SELECT * FROM unnest($1::text[], $2::timestamptz[]) AS s (host, at) ORDER BY host
        ON CONFLICT (host) DO UPDATE
        SET last_success_at = greatest(h.last_success_at, excluded.last_success_at),
            failures = CASE WHEN h.state = 'fast' THEN 0 ELSE h.failures END,
            failing_since = CASE WHEN h.state = 'fast' THEN NULL ELSE h.failing_since END
        """,
        list(successes),
        list(successes.values()),
    )


async def styles(db: Reader, limit: int) -> dict[str, Style]:
    """The hosts that do not take the usual signature, and which they take."""
    rows = await db.fetch(
        "SELECT host, signature_style FROM delivery.hosts WHERE signature_style = 'rfc9421' ORDER BY host LIMIT $1",
        limit,
    )
    return {row["host"]: Style(row["signature_style"]) for row in rows}


async def set_styles(tx: Tx, learned: Mapping[str, Style]) -> None:
    await tx.execute(
        """
        INSERT INTO delivery.hosts AS h (host, signature_style)
        SELECT * FROM unnest($1::text[], $2::text[]) AS s (host, style) ORDER BY host
        ON CONFLICT (host) DO UPDATE SET signature_style = excluded.signature_style
        """,
        list(learned),
        [style.value for style in learned.values()],
    )


async def take_due(tx: Tx, now: dt.datetime, again_at: dt.datetime, limit: int) -> list[Host]:
    """Hosts that are to be visited now. Until `again_at` they are not named again."""
    rows = await tx.fetch(
        """
        UPDATE delivery.hosts h SET next_visit_at = $2
        FROM (
            SELECT host FROM delivery.hosts
            WHERE state <> 'fast' AND NOT paused AND next_visit_at <= $1
                AND (leased_until IS NULL OR leased_until <= $1)
            ORDER BY next_visit_at LIMIT $3
            FOR UPDATE SKIP LOCKED
        ) AS due
        WHERE h.host = due.host
        RETURNING h.host
        """,
        now,
        again_at,
        limit,
    )
    return [row["host"] for row in rows]


async def take_lease(tx: Tx, host: Host, now: dt.datetime, until: dt.datetime) -> Health | None:
    """Become the host's only visitor; None if there is one, or nobody is to visit."""
    row = await tx.fetchrow(
        f"""
        UPDATE delivery.hosts SET leased_until = $3
        WHERE host = $1 AND state <> 'fast' AND NOT paused AND (leased_until IS NULL OR leased_until <= $2)
        RETURNING {HEALTH}
        """,
        host,
        now,
        until,
    )
    return _health(row) if row else None


async def end_lease(tx: Tx, host: Host) -> None:
    await tx.execute("UPDATE delivery.hosts SET leased_until = NULL WHERE host = $1", host)


async def wake(tx: Tx, hosts: Sequence[Host], now: dt.datetime, soonest: dt.timedelta) -> list[Host]:
    """Probe hosts that showed signs of life, unless they were given up a moment ago."""
    rows = await tx.fetch(
        """
        UPDATE delivery.hosts SET next_visit_at = $2
        WHERE host = ANY ($1::text[]) AND state = 'open' AND next_visit_at > $2
            AND coalesce(last_error_at, opened_at) <= $2 - $3::interval
        RETURNING host
        """,
        list(hosts),
        now,
        soonest,
    )
    return [row["host"] for row in rows]


async def visit_now(tx: Tx, host: Host, now: dt.datetime) -> bool:
    """Send a visitor at once, whatever the host's turn was; False where nobody has to be sent."""
    return bool(
        await tx.fetchval(
            """
            UPDATE delivery.hosts SET next_visit_at = $2 WHERE host = $1 AND state <> 'fast' AND NOT paused
            RETURNING true
            """,
            host,
            now,
        )
    )


async def forget(tx: Tx, *, quiet_since: dt.datetime, now: dt.datetime, limit: int) -> int:
    """Drop hosts of which nothing was heard for long and for which nothing waits: without a row they are well."""
    count: int = await tx.fetchval(
        """
        WITH forgotten AS (
            DELETE FROM delivery.hosts
            WHERE host IN (
                SELECT h.host FROM delivery.hosts h
                WHERE NOT h.paused AND (h.leased_until IS NULL OR h.leased_until <= $2)
                    AND coalesce(greatest(h.last_success_at, h.last_error_at, h.opened_at), '-infinity') < $1
                    AND NOT EXISTS (SELECT FROM delivery.held w WHERE w.host = h.host)
                LIMIT $3
                FOR UPDATE SKIP LOCKED
            )
            RETURNING host
        )
        SELECT count(*) FROM forgotten
        """,
        quiet_since,
        now,
        limit,
    )
    return count


async def set_paused(tx: Tx, host: Host, *, paused: bool, now: dt.datetime) -> None:
    """Hold everything for the host until an operator says otherwise; afterwards what was held goes first."""
    await tx.execute(
        """
        INSERT INTO delivery.hosts AS h (host, state, paused, next_visit_at) VALUES ($1, 'slow', $2, $3)
        ON CONFLICT (host) DO UPDATE
        SET paused = excluded.paused, next_visit_at = excluded.next_visit_at,
            state = CASE WHEN h.state = 'fast' THEN 'slow' ELSE h.state END
        """,
        host,
        paused,
        now,
    )
