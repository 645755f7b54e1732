"""SQL that lists who follows whom, asks, is blocked or muted. One function, one statement.

Each returns pairs of the row's id, which pages, and an account.
"""

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
