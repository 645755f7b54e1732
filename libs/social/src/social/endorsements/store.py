"""SQL for people whom somebody shows on their profile. One function, one statement."""

from chassis.db import Reader, Tx
from contracts.ids import AccountId
from social.paging import Page


async def add(tx: Tx, account_id: AccountId, target_id: AccountId) -> bool:
    """Only whom the account follows: False otherwise. Twice is the same as once."""
    return bool(
        await tx.fetchval(
            """
            INSERT INTO social.endorsements AS e (account_id, target_id)
            SELECT f.account_id, f.target_id FROM social.follows f WHERE f.account_id = $1 AND f.target_id = $2
            ON CONFLICT (account_id, target_id) DO UPDATE SET target_id = e.target_id
            RETURNING true
            """,
            account_id,
            target_id,
        )
    )


async def remove(tx: Tx, account_id: AccountId, target_id: AccountId) -> None:
    await tx.execute("DELETE FROM social.endorsements WHERE account_id = $1 AND target_id = $2", account_id, target_id)


async def of_account(db: Reader, account_id: AccountId, page: Page) -> list[tuple[int, AccountId]]:
    """Pairs of the endorsement's id, which pages, and the account; newest first."""
    rows = await db.fetch(
        """
        SELECT e.id, e.target_id FROM social.endorsements e
        JOIN social.accounts a ON a.id = e.target_id AND a.suspended_at IS NULL
        WHERE e.account_id = $1 AND ($2::bigint IS NULL OR e.id < $2) AND ($3::bigint IS NULL OR e.id > $3)
        ORDER BY e.id DESC LIMIT $4
        """,
        account_id,
        page.max_id,
        page.after,
        page.limit,
    )
    return [(row["id"], row["target_id"]) for row in rows]
