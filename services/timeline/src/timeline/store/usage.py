"""SQL that counts how much hashtags and links are used, by day. One function, one statement."""

import datetime as dt
from collections.abc import Sequence

from chassis.db import Reader, Tx
from contracts.ids import Domain
from social.tags.model import Usage
from timeline.trending import Candidate

# The author `a` is seen by everybody; $1 are the domains that only their followers see.
_SEEN = """
    a.silenced_at IS NULL AND a.suspended_at IS NULL
    AND NOT EXISTS (
        SELECT FROM unnest($1::text[]) AS p (domain)
        WHERE p.domain IN (a.domain, split_part(a.domain, ':', 1)) OR split_part(a.domain, ':', 1) LIKE '%.' || p.domain
    )
"""


async def count_tags(
    tx: Tx, day: dt.date, *, between: tuple[int, int], touched_since: int | None, limited: Sequence[Domain]
) -> None:
    """Count the day's public posts by tag: those whose ids lie `between`.

    With `touched_since` only tags of posts from that id on are counted; else all, and what nobody uses is removed.
    """
    await tx.execute(
        f"""
        WITH counted AS (
            SELECT st.tag_id, count(*)::int AS uses, count(DISTINCT s.account_id)::int AS accounts
            FROM social.status_tags st
            JOIN social.statuses s ON s.id = st.status_id
            JOIN social.accounts a ON a.id = s.account_id
            WHERE st.status_id >= $3 AND st.status_id < $4 AND s.visibility = 'public' AND {_SEEN}
                AND ($5::bigint IS NULL OR st.tag_id IN (
                    SELECT recent.tag_id FROM social.status_tags recent WHERE recent.status_id >= $5
                ))
            GROUP BY st.tag_id
        ), gone AS (
            DELETE FROM social.tag_days d
            WHERE $5 IS NULL AND d.day = $2 AND NOT EXISTS (SELECT FROM counted c WHERE c.tag_id = d.tag_id)
        )
        INSERT INTO social.tag_days AS d (tag_id, day, uses, accounts)
        SELECT tag_id, $2::date, uses, accounts FROM counted ORDER BY tag_id
        ON CONFLICT (tag_id, day) DO UPDATE SET uses = excluded.uses, accounts = excluded.accounts
        WHERE (d.uses, d.accounts) IS DISTINCT FROM (excluded.uses, excluded.accounts)
        """,
        list(limited),
        day,
        *between,
        touched_since,
    )


async def forget_days(tx: Tx, before: dt.date) -> None:
    await tx.execute("DELETE FROM social.tag_days WHERE day < $1", before)


async def tags(db: Reader, day: dt.date, fewest: int) -> list[Candidate]:
    """Tags that so many people use on the day, and those that went round before."""
    rows = await db.fetch(
        """
        SELECT t.id, coalesce(today.accounts, 0) AS today, coalesce(before.accounts, 0) AS yesterday,
            known.peak, known.peaked_at, t.trendable
        FROM (
            SELECT tag_id FROM social.tag_days WHERE day = $1 AND accounts >= $2
            UNION
            SELECT tag_id FROM timeline.trending_tags
        ) wanted
        JOIN social.tags t ON t.id = wanted.tag_id
        LEFT JOIN social.tag_days today ON today.tag_id = t.id AND today.day = $1
        LEFT JOIN social.tag_days before ON before.tag_id = t.id AND before.day = $1 - 1
        LEFT JOIN timeline.trending_tags known ON known.tag_id = t.id
        WHERE t.usable
        """,
        day,
        fewest,
    )
    return [Candidate(**row) for row in rows]


async def links(db: Reader, *, since: int, today: int, limited: Sequence[Domain]) -> list[Candidate]:
    """Links of articles in public posts with ids from `since` on, and those that went round before."""
    rows = await db.fetch(
        f"""
        WITH used AS (
            SELECT sc.card_id,
                count(DISTINCT s.account_id) FILTER (WHERE s.id >= $3)::int AS today,
                count(DISTINCT s.account_id) FILTER (WHERE s.id < $3)::int AS yesterday
            FROM social.status_cards sc
            JOIN social.statuses s ON s.id = sc.status_id
            JOIN social.accounts a ON a.id = s.account_id
            WHERE sc.status_id >= $2 AND s.visibility = 'public' AND NOT s.sensitive AND s.spoiler_text = '' AND {_SEEN}
            GROUP BY sc.card_id
        )
        SELECT c.id, coalesce(used.today, 0) AS today, coalesce(used.yesterday, 0) AS yesterday,
            known.peak, known.peaked_at, c.language, c.trendable
        FROM (SELECT card_id FROM used UNION SELECT card_id FROM timeline.trending_links) wanted
        JOIN social.preview_cards c ON c.id = wanted.card_id
        LEFT JOIN used ON used.card_id = c.id
        LEFT JOIN timeline.trending_links known ON known.card_id = c.id
        WHERE c.type = 'link' AND c.title <> '' AND c.description <> '' AND c.provider_name <> ''
        """,
        list(limited),
        since,
        today,
    )
    return [Candidate(**row) for row in rows]


async def link_days(db: Reader, ids: Sequence[int], *, since: int, limited: Sequence[Domain]) -> list[Usage]:
    """How the links were used in public posts with ids from `since` on; `tag_id` is the card's."""
    rows = await db.fetch(
        f"""
        SELECT sc.card_id AS tag_id, (s.created_at AT TIME ZONE 'UTC')::date AS day, count(*)::int AS uses,
            count(DISTINCT s.account_id)::int AS accounts
        FROM social.status_cards sc
        JOIN social.statuses s ON s.id = sc.status_id
        JOIN social.accounts a ON a.id = s.account_id
        WHERE sc.card_id = ANY ($2::bigint[]) AND sc.status_id >= $3 AND s.visibility = 'public' AND {_SEEN}
        GROUP BY 1, 2
        """,
        list(limited),
        list(ids),
        since,
    )
    return [Usage(**row) for row in rows]
