"""SQL for hashtags on profiles. One function, one statement."""

from chassis.db import Reader, Tx
from contracts.ids import AccountId, FeaturedTagId, TagId
from social.featured_tags.model import FeaturedTag
from social.tags.model import Tag

COLUMNS = ", ".join(f"t.{name}" for name in Tag.__struct_fields__)
LATELY = 10_000


async def of_account(db: Reader, account_id: AccountId, only: FeaturedTagId | None = None) -> list[FeaturedTag]:
    """The most used first, as far as the last 10,000 posts tell: how much others use a tag costs nothing."""
    rows = await db.fetch(
        f"""
        WITH latest AS MATERIALIZED (
            SELECT s.id, s.created_at FROM social.statuses s
            WHERE s.account_id = $1 AND s.visibility IN ('public', 'unlisted')
            ORDER BY s.id DESC LIMIT {LATELY}
        ), used AS MATERIALIZED (
            SELECT st.tag_id, count(*) AS statuses_count, max(latest.created_at) AS last_status_at
            FROM latest CROSS JOIN LATERAL (
                SELECT tag_id FROM social.status_tags WHERE status_id = latest.id OFFSET 0
            ) st
            GROUP BY st.tag_id
        )
        SELECT f.id, f.tag_id, t.name AS tag, f.name, coalesce(used.statuses_count, 0) AS statuses_count,
            used.last_status_at
        FROM social.featured_tags f
        JOIN social.tags t ON t.id = f.tag_id
        LEFT JOIN used ON used.tag_id = f.tag_id
        WHERE f.account_id = $1 AND ($2::bigint IS NULL OR f.id = $2)
        ORDER BY coalesce(used.statuses_count, 0) DESC, f.id
        """,
        account_id,
        only,
    )
    return [FeaturedTag(**row) for row in rows]


async def most_used_by(db: Reader, account_id: AccountId, limit: int) -> list[Tag]:
    """What the account uses most in its last thousand posts and does not feature."""
    rows = await db.fetch(
        f"""
        WITH latest AS (
            SELECT id FROM social.statuses WHERE account_id = $1 ORDER BY id DESC LIMIT 1000
        )
        SELECT {COLUMNS}
        FROM latest
        JOIN social.status_tags st ON st.status_id = latest.id
        JOIN social.tags t ON t.id = st.tag_id AND t.usable
        WHERE NOT EXISTS (SELECT FROM social.featured_tags f WHERE f.account_id = $1 AND f.tag_id = t.id)
        GROUP BY t.id
        ORDER BY count(*) DESC, t.id
        LIMIT $2
        """,
        account_id,
        limit,
    )
    return [Tag(**row) for row in rows]


async def count_of(db: Reader, account_id: AccountId) -> int:
    count: int = await db.fetchval("SELECT count(*) FROM social.featured_tags WHERE account_id = $1", account_id)
    return count


async def add(tx: Tx, account_id: AccountId, tag_id: TagId, name: str) -> tuple[FeaturedTagId, bool]:
    """Twice is the same as once: the spelling stays. Whether it is new, too."""
    row = await tx.fetchrow(
        """
        INSERT INTO social.featured_tags AS f (account_id, tag_id, name) VALUES ($1, $2, $3)
        ON CONFLICT (account_id, tag_id) DO UPDATE SET name = f.name
        RETURNING f.id, f.xmax = 0 AS is_new
        """,
        account_id,
        tag_id,
        name,
    )
    assert row is not None
    return row["id"], row["is_new"]


async def remove(tx: Tx, account_id: AccountId, featured_id: FeaturedTagId) -> str | None:
    """How it was spelled; None if the account has no such."""
    name: str | None = await tx.fetchval(
        "DELETE FROM social.featured_tags WHERE account_id = $1 AND id = $2 RETURNING name", account_id, featured_id
    )
    return name


async def remove_tag(tx: Tx, account_id: AccountId, tag_id: TagId) -> str | None:
    """How it was spelled; None if the account does not feature it."""
    name: str | None = await tx.fetchval(
        "DELETE FROM social.featured_tags WHERE account_id = $1 AND tag_id = $2 RETURNING name", account_id, tag_id
    )
    return name
