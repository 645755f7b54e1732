"""SQL that lists who follows whom, asks, is blocked or muted. One function, one statement.

Each returns pairs of the row's id, which pages, and an account.
"""

from collections.abc import Sequence

from chassis.db import Reader
from contracts.ids import AccountId
from social.paging import Page


async def followers_of(db: Reader, account_id: AccountId, page: Page) -> list[tuple[int, AccountId]]:
    """Pairs of the follow's id, which pages, and the follower."""
    rows = await db.fetch(
        """
        SELECT id, account_id FROM social.follows
        WHERE target_id = $1 AND ($2::bigint IS NULL OR id < $2) AND ($3::bigint IS NULL OR id > $3)
        ORDER BY id DESC LIMIT $4
        """,
        account_id,
        page.max_id,
        page.after,
        page.limit,
    )
    return [(row["id"], row["account_id"]) for row in rows]


async def following_of(db: Reader, account_id: AccountId, page: Page) -> list[tuple[int, AccountId]]:
    """Pairs of the follow's id, which pages, and the followed."""
    rows = await db.fetch(
        """
        SELECT id, target_id FROM social.follows
        WHERE account_id = $1 AND ($2::bigint IS NULL OR id < $2) AND ($3::bigint IS NULL OR id > $3)
        ORDER BY id DESC LIMIT $4
        """,
        account_id,
        page.max_id,
        page.after,
        page.limit,
    )
    return [(row["id"], row["target_id"]) for row in rows]


async def requests_to(db: Reader, account_id: AccountId, page: Page) -> list[tuple[int, AccountId]]:
    """Pairs of the request's id, which pages, and who asks."""
    rows = await db.fetch(
        """
        SELECT id, account_id FROM social.follow_requests
        WHERE target_id = $1 AND ($2::bigint IS NULL OR id < $2) AND ($3::bigint IS NULL OR id > $3)
        ORDER BY id DESC LIMIT $4
        """,
        account_id,
        page.max_id,
        page.after,
        page.limit,
    )
    return [(row["id"], row["account_id"]) for row in rows]


async def blocked_by(db: Reader, account_id: AccountId, page: Page) -> list[tuple[int, AccountId]]:
    """Whom the account blocks."""
    rows = await db.fetch(
        """
        SELECT id, target_id FROM social.blocks
        WHERE account_id = $1 AND ($2::bigint IS NULL OR id < $2) AND ($3::bigint IS NULL OR id > $3)
        ORDER BY id DESC LIMIT $4
        """,
        account_id,
        page.max_id,
        page.after,
        page.limit,
    )
    return [(row["id"], row["target_id"]) for row in rows]


async def muted_by(db: Reader, account_id: AccountId, page: Page) -> list[tuple[int, AccountId]]:
    """Whom the account mutes."""
    rows = await db.fetch(
        """
        SELECT id, target_id FROM social.mutes
        WHERE account_id = $1 AND (expires_at IS NULL OR expires_at > now())
            AND ($2::bigint IS NULL OR id < $2) AND ($3::bigint IS NULL OR id > $3)
        ORDER BY id DESC LIMIT $4
        """,
        account_id,
        page.max_id,
        page.after,
        page.limit,
    )
    return [(row["id"], row["target_id"]) for row in rows]


async def familiar_followers_of(
    db: Reader, viewer: AccountId, ids: Sequence[AccountId], limit: int
) -> dict[AccountId, list[AccountId]]:
    """Whom the viewer follows among the followers of each account, `limit` each; none of those who hide their circle.

    Accounts that do not exist are absent.
    """
    rows = await db.fetch(
        """
        SELECT a.id, ARRAY(
            SELECT f.account_id
            FROM social.follows mine
            JOIN social.follows f ON f.account_id = mine.target_id AND f.target_id = a.id
            JOIN social.accounts who ON who.id = f.account_id
            WHERE mine.account_id = $1 AND a.hide_collections IS NOT TRUE AND who.hide_collections IS NOT TRUE
                AND who.suspended_at IS NULL
                AND NOT EXISTS (SELECT FROM social.blocks b WHERE b.account_id = a.id AND b.target_id = $1)
            ORDER BY f.id DESC
            LIMIT $3
        ) AS familiar
        FROM social.accounts a
        WHERE a.id = ANY ($2::bigint[]) AND a.suspended_at IS NULL
        """,
        viewer,
        list(ids),
        limit,
    )
    return {row["id"]: row["familiar"] for row in rows}
