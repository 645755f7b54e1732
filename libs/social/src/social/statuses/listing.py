"""SQL that finds statuses by what people did with them. One function, one statement."""

from chassis.db import Reader
from contracts.ids import AccountId, StatusId
from social.paging import Page


async def favourites_of(db: Reader, account_id: AccountId, page: Page) -> list[tuple[int, StatusId]]:
    """Pairs of the favourite's id, which pages, and the status."""
    order = "ASC" if page.forward else "DESC"
    rows = await db.fetch(
        f"""
        SELECT id, status_id FROM social.favourites
        WHERE account_id = $1 AND ($2::bigint IS NULL OR id < $2) AND ($3::bigint IS NULL OR id > $3)
        ORDER BY id {order} LIMIT $4
        """,
        account_id,
        page.max_id,
        page.after,
        page.limit,
    )
    return page.newest_first([(row["id"], row["status_id"]) for row in rows])


async def bookmarks_of(db: Reader, account_id: AccountId, page: Page) -> list[tuple[int, StatusId]]:
    """Pairs of the bookmark's id, which pages, and the status."""
    order = "ASC" if page.forward else "DESC"
    rows = await db.fetch(
        f"""
        SELECT id, status_id FROM social.bookmarks
        WHERE account_id = $1 AND ($2::bigint IS NULL OR id < $2) AND ($3::bigint IS NULL OR id > $3)
        ORDER BY id {order} LIMIT $4
        """,
        account_id,
        page.max_id,
        page.after,
        page.limit,
    )
    return page.newest_first([(row["id"], row["status_id"]) for row in rows])


async def count_pins(db: Reader, account_id: AccountId) -> int:
    count: int = await db.fetchval("SELECT count(*) FROM social.status_pins WHERE account_id = $1", account_id)
    return count


async def favourited_by(db: Reader, status_id: StatusId, page: Page) -> list[tuple[int, AccountId]]:
    """Pairs of the favourite's id, which pages, and the account."""
    rows = await db.fetch(
        """
        SELECT f.id, f.account_id
        FROM social.favourites f JOIN social.accounts a ON a.id = f.account_id
        WHERE f.status_id = $1 AND a.suspended_at IS NULL
            AND ($2::bigint IS NULL OR f.id < $2) AND ($3::bigint IS NULL OR f.id > $3)
        ORDER BY f.id DESC LIMIT $4
        """,
        status_id,
        page.max_id,
        page.after,
        page.limit,
    )
    return [(row["id"], row["account_id"]) for row in rows]


async def reblogged_by(db: Reader, status_id: StatusId, page: Page) -> list[tuple[int, AccountId]]:
    """Pairs of the boost's id, which pages, and the account; only boosts that anybody may see."""
    rows = await db.fetch(
        """
        SELECT s.id, s.account_id
        FROM social.statuses s JOIN social.accounts a ON a.id = s.account_id
        WHERE s.reblog_of_id = $1 AND s.visibility IN ('public', 'unlisted') AND a.suspended_at IS NULL
            AND ($2::bigint IS NULL OR s.id < $2) AND ($3::bigint IS NULL OR s.id > $3)
        ORDER BY s.id DESC LIMIT $4
        """,
        status_id,
        page.max_id,
        page.after,
        page.limit,
    )
    return [(row["id"], row["account_id"]) for row in rows]
