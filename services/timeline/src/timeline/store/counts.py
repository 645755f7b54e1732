"""SQL that counts again what clients see as numbers."""

from collections.abc import Collection

from chassis.db import Reader, Tx
from contracts.ids import AccountId, StatusId


async def lock_counting(tx: Tx) -> None:
    """One count at a time: of two at once, the older snapshot could write last."""
    await tx.fetchval("SELECT pg_advisory_xact_lock(hashtext('timeline counts'), 0)")


async def set_status_counts(tx: Tx, ids: Collection[StatusId]) -> None:
    """Count replies that anybody may read, boosts, favourites, and quotes that the author agreed to."""
    await tx.execute(
        """
        INSERT INTO social.status_counts (status_id, replies, reblogs, favourites, quotes)
        SELECT s.id,
            (
                SELECT count(*) FROM social.statuses r
                WHERE r.in_reply_to_id = s.id AND r.visibility IN ('public', 'unlisted')
            ),
            (SELECT count(*) FROM social.statuses r WHERE r.reblog_of_id = s.id),
            (SELECT count(*) FROM social.favourites f WHERE f.status_id = s.id),
            (SELECT count(*) FROM social.quotes q WHERE q.quoted_status_id = s.id AND q.state = 'accepted')
        FROM social.statuses s
        WHERE s.id = ANY ($1::bigint[])
        ON CONFLICT (status_id) DO UPDATE
            SET replies = excluded.replies, reblogs = excluded.reblogs, favourites = excluded.favourites,
                quotes = excluded.quotes
        """,
        sorted(ids),
    )


async def set_account_counts(tx: Tx, ids: Collection[AccountId]) -> None:
    """Count what is ours. Of remote accounts we know a part: their own server's word stands, if it gave one."""
    await tx.execute(
        """
        INSERT INTO social.account_counts AS c (account_id, statuses, followers, following, last_status_at)
        SELECT a.id,
            (
                SELECT count(*) FROM social.statuses s
                WHERE s.account_id = a.id AND s.visibility NOT IN ('direct', 'limited')
            ),
            (SELECT count(*) FROM social.follows f WHERE f.target_id = a.id),
            (SELECT count(*) FROM social.follows f WHERE f.account_id = a.id),
            (
                SELECT s.created_at FROM social.statuses s
                WHERE s.account_id = a.id ORDER BY s.id DESC LIMIT 1
            )
        FROM social.accounts a
        WHERE a.id = ANY ($1::bigint[])
        ON CONFLICT (account_id) DO UPDATE
            SET (statuses, followers, following, last_status_at) = (
                SELECT
                    CASE WHEN a.is_local THEN excluded.statuses ELSE greatest(c.statuses, excluded.statuses) END,
                    CASE WHEN a.is_local THEN excluded.followers ELSE greatest(c.followers, excluded.followers) END,
                    CASE WHEN a.is_local THEN excluded.following ELSE greatest(c.following, excluded.following) END,
                    excluded.last_status_at
                FROM social.accounts a WHERE a.id = c.account_id
            )
        """,
        sorted(ids),
    )


async def local_accounts(db: Reader, *, after: AccountId, limit: int) -> list[AccountId]:
    rows = await db.fetch(
        "SELECT id FROM social.accounts WHERE is_local AND id > $1 ORDER BY id LIMIT $2", after, limit
    )
    return [row["id"] for row in rows]
