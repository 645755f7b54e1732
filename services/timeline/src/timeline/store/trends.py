"""SQL for what goes round. One function, one statement."""

from collections.abc import Sequence

import msgspec

from chassis.db import Reader, Tx
from contracts.ids import Domain, StatusId
from social.statuses.model import Card
from social.tags.model import Tag
from timeline.trending import LEAST, Post, Standing

TAG = ", ".join(f"t.{name}" for name in Tag.__struct_fields__)
CARD = ", ".join(f"c.{name}" for name in Card.__struct_fields__)


class TrendingCard(msgspec.Struct, frozen=True):
    id: int
    card: Card


async def set_tags(tx: Tx, standings: Sequence[Standing]) -> None:
    """These, and no others."""
    await tx.execute(
        """
        WITH gone AS (DELETE FROM timeline.trending_tags WHERE NOT tag_id = ANY ($1::bigint[]))
        INSERT INTO timeline.trending_tags (tag_id, score, peak, peaked_at)
        SELECT * FROM unnest($1::bigint[], $2::float8[], $3::float8[], $4::timestamptz[])
        ON CONFLICT (tag_id) DO UPDATE
            SET score = excluded.score, peak = excluded.peak, peaked_at = excluded.peaked_at
        """,
        *_columns(standings),
    )


async def set_links(tx: Tx, standings: Sequence[Standing], allowed: Sequence[bool]) -> None:
    """These, and no others. What has faded is kept for its peak, and is allowed no more."""
    await tx.execute(
        """
        WITH gone AS (DELETE FROM timeline.trending_links WHERE NOT card_id = ANY ($1::bigint[]))
        INSERT INTO timeline.trending_links (card_id, score, peak, peaked_at, allowed, language)
        SELECT * FROM unnest($1::bigint[], $2::float8[], $3::float8[], $4::timestamptz[], $5::boolean[], $6::text[])
        ON CONFLICT (card_id) DO UPDATE
            SET score = excluded.score, peak = excluded.peak, peaked_at = excluded.peaked_at,
                allowed = excluded.allowed, language = excluded.language
        """,
        *_columns(standings),
        list(allowed),
        [s.candidate.language for s in standings],
    )


async def set_statuses(tx: Tx, best: Sequence[tuple[Post, float]], *, allowed: bool) -> None:
    """These, and no others. Whatever was allowed by name stays allowed for as long as it goes round."""
    await tx.execute(
        """
        WITH gone AS (DELETE FROM timeline.trending_statuses WHERE NOT status_id = ANY ($1::bigint[]))
        INSERT INTO timeline.trending_statuses AS t (status_id, account_id, language, score, allowed)
        SELECT u.status_id, u.account_id, u.language, u.score, $5::boolean
        FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::float8[]) AS u (status_id, account_id, language, score)
        WHERE EXISTS (SELECT FROM social.statuses s WHERE s.id = u.status_id)
        ON CONFLICT (status_id) DO UPDATE
            SET score = excluded.score, language = excluded.language, allowed = t.allowed OR excluded.allowed
        """,
        [post.id for post, _ in best],
        [post.account_id for post, _ in best],
        [post.language for post, _ in best],
        [score for _, score in best],
        allowed,
    )


async def tapped(db: Reader, *, tapped_since: int, posted_since: int, limited: Sequence[Domain]) -> list[Post]:
    """Posts that may go round and were favourited or boosted of late, and those that went round before."""
    rows = await db.fetch(
        """
        SELECT s.id, s.account_id, s.language, s.created_at, (c.reblogs + c.favourites)::int AS taps
        FROM (
            SELECT f.status_id AS id FROM social.favourites f WHERE f.id >= $2
            UNION SELECT b.reblog_of_id FROM social.statuses b WHERE b.id >= $2 AND b.reblog_of_id IS NOT NULL
            UNION SELECT t.status_id FROM timeline.trending_statuses t
        ) wanted
        JOIN social.statuses s ON s.id = wanted.id
        JOIN social.accounts a ON a.id = s.account_id
        JOIN social.status_counts c ON c.status_id = s.id
        WHERE s.id >= $3 AND s.visibility = 'public' AND s.reblog_of_id IS NULL
            AND NOT s.sensitive AND s.spoiler_text = '' AND s.in_reply_to_id IS NULL AND s.in_reply_to_uri IS NULL
            AND a.discoverable AND a.silenced_at IS NULL AND a.suspended_at IS NULL
            AND NOT EXISTS (
                SELECT FROM unnest($1::text[]) AS p (domain)
                WHERE p.domain IN (a.domain, split_part(a.domain, ':', 1))
                    OR split_part(a.domain, ':', 1) LIKE '%.' || p.domain
            )
        """,
        list(limited),
        tapped_since,
        posted_since,
    )
    return [Post(**row) for row in rows]


async def tags(db: Reader, *, by_default: bool, limit: int, offset: int) -> list[Tag]:
    """What moderators allowed, or with `by_default` did not refuse; the highest first."""
    rows = await db.fetch(
        f"""
        SELECT {TAG}
        FROM timeline.trending_tags k JOIN social.tags t ON t.id = k.tag_id
        WHERE k.score >= {LEAST} AND t.listable AND coalesce(t.trendable, $1::boolean)
        ORDER BY k.score DESC, t.id
        LIMIT $2 OFFSET $3
        """,
        by_default,
        limit,
        offset,
    )
    return [Tag(**row) for row in rows]


async def statuses(db: Reader, limit: int, offset: int) -> list[StatusId]:
    rows = await db.fetch(
        """
        SELECT status_id FROM timeline.trending_statuses WHERE allowed
        ORDER BY score DESC, status_id LIMIT $1 OFFSET $2
        """,
        limit,
        offset,
    )
    return [row["status_id"] for row in rows]


async def links(db: Reader, limit: int, offset: int) -> list[TrendingCard]:
    rows = await db.fetch(
        f"""
        SELECT c.id, {CARD}
        FROM timeline.trending_links k JOIN social.preview_cards c ON c.id = k.card_id
        WHERE k.allowed
        ORDER BY k.score DESC, c.id
        LIMIT $1 OFFSET $2
        """,
        limit,
        offset,
    )
    return [TrendingCard(row["id"], Card(**{k: v for k, v in row.items() if k != "id"})) for row in rows]


def _columns(standings: Sequence[Standing]) -> tuple[list[object], ...]:
    return (
        [s.candidate.id for s in standings],
        [s.score for s in standings],
        [s.peak.score for s in standings],
        [s.peak.at for s in standings],
    )
