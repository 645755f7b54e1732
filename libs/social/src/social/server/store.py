"""SQL for what the server says of itself. One function, one statement."""

import datetime as dt
from typing import Any

from chassis.db import Reader, Row, Tx
from contracts.ids import Domain
from social.server.model import About, Rule, Terms, Totals, Week


async def now(db: Reader) -> dt.datetime:
    """By the database's own clock."""
    at: dt.datetime = await db.fetchval("SELECT clock_timestamp()")
    return at


async def about(db: Reader) -> About:
    rows = await db.fetch("SELECT key, value FROM social.server_settings")
    return About.of({row["key"]: row["value"] for row in rows})


async def set_setting(tx: Tx, key: str, value: Any) -> None:
    await tx.execute(
        """
        INSERT INTO social.server_settings (key, value) VALUES ($1, $2)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value
        """,
        key,
        value,
    )


_TERMS = """
    SELECT t.effective_date, t.content, (
        SELECT min(later.effective_date) FROM social.terms_of_service later
        WHERE later.effective_date > t.effective_date
    ) AS succeeded_by
    FROM social.terms_of_service t
"""


async def terms_in_force(db: Reader, day: dt.date) -> Terms | None:
    """The newest that hold; before any do, the first that will."""
    row = await db.fetchrow(
        f"""
        {_TERMS}
        ORDER BY t.effective_date > $1, CASE WHEN t.effective_date > $1 THEN t.effective_date END,
            t.effective_date DESC
        LIMIT 1
        """,
        day,
    )
    return _terms(row)


async def terms_from(db: Reader, day: dt.date) -> Terms | None:
    return _terms(await db.fetchrow(f"{_TERMS} WHERE t.effective_date = $1", day))


async def set_terms(tx: Tx, day: dt.date, content: str) -> None:
    await tx.execute(
        """
        INSERT INTO social.terms_of_service (effective_date, content) VALUES ($1, $2)
        ON CONFLICT (effective_date) DO UPDATE SET content = excluded.content
        """,
        day,
        content,
    )


def _terms(row: Row | None) -> Terms | None:
    return Terms(**row) if row else None


async def rules(db: Reader) -> list[Rule]:
    rows = await db.fetch("SELECT id, text, hint FROM social.rules ORDER BY position, id")
    return [Rule(**row) for row in rows]


async def totals(db: Reader, now: dt.datetime) -> Totals:
    """Everybody who can sign in counts as a user; statuses are those that timeline counted."""
    row = await db.fetchrow(
        """
        SELECT
            (SELECT count(*) FROM social.users WHERE confirmed_at IS NOT NULL AND disabled_at IS NULL) AS users,
            (SELECT count(*) FROM social.users WHERE last_active_at > $1::timestamptz - interval '30 days')
                AS active_month,
            (SELECT count(*) FROM social.users WHERE last_active_at > $1::timestamptz - interval '180 days')
                AS active_halfyear,
            (
                SELECT coalesce(sum(c.statuses), 0)::bigint
                FROM social.users u JOIN social.account_counts c ON c.account_id = u.account_id
            ) AS local_statuses,
            (SELECT count(DISTINCT domain) FROM social.accounts WHERE domain IS NOT NULL) AS domains
        """,
        now,
    )
    assert row is not None
    return Totals(**row)


async def peers(db: Reader) -> list[Domain]:
    """Servers we know somebody of, but for those we have nothing to do with."""
    rows = await db.fetch(
        """
        SELECT DISTINCT a.domain
        FROM social.accounts a
        WHERE a.domain IS NOT NULL AND NOT EXISTS (
            SELECT FROM social.domain_policies p WHERE p.domain = a.domain AND p.severity = 'suspend'
        )
        ORDER BY a.domain
        """
    )
    return [row["domain"] for row in rows]


async def weeks(db: Reader, now: dt.datetime, count: int) -> list[Week]:
    """The newest first. Somebody's sign-in is known for the week they were last seen in."""
    rows = await db.fetch(
        """
        WITH weeks AS (
            SELECT date_trunc('week', $1::timestamptz, 'UTC') - n * interval '7 days' AS starts_at
            FROM generate_series(0, $2::int - 1) AS n
        )
        SELECT w.starts_at,
            (
                SELECT count(*) FROM social.users u JOIN social.statuses s ON s.account_id = u.account_id
                WHERE s.id >= (floor(extract(epoch FROM w.starts_at) * 1000)::bigint << 16)
                    AND s.id < (floor(extract(epoch FROM w.starts_at + interval '7 days') * 1000)::bigint << 16)
            ) AS statuses,
            (
                SELECT count(*) FROM social.users u
                WHERE u.last_active_at >= w.starts_at AND u.last_active_at < w.starts_at + interval '7 days'
            ) AS logins,
            (
                SELECT count(*) FROM social.users u
                WHERE u.created_at >= w.starts_at AND u.created_at < w.starts_at + interval '7 days'
            ) AS registrations
        FROM weeks w
        ORDER BY w.starts_at DESC
        """,
        now,
        count,
    )
    return [Week(**row) for row in rows]
