"""SQL for servers that one person wants nothing from. One function, one statement."""

from collections.abc import Collection

from chassis.db import Reader, Tx
from contracts.ids import AccountId, Domain
from social.domain_blocks.model import Tie, Ties
from social.paging import Page


async def add(tx: Tx, account_id: AccountId, domain: Domain) -> bool:
    """False if it is blocked already."""
    return bool(
        await tx.fetchval(
            """
            INSERT INTO social.account_domain_blocks (account_id, domain) VALUES ($1, $2)
            ON CONFLICT DO NOTHING
            RETURNING true
            """,
            account_id,
            domain,
        )
    )


async def remove(tx: Tx, account_id: AccountId, domain: Domain) -> None:
    await tx.execute(
        "DELETE FROM social.account_domain_blocks WHERE account_id = $1 AND domain = $2", account_id, domain
    )


async def holds_any(db: Reader, account_id: AccountId, domains: Collection[Domain]) -> bool:
    """Whether the account wants nothing from one of these."""
    return bool(
        await db.fetchval(
            """
            SELECT EXISTS (
                SELECT FROM social.account_domain_blocks WHERE account_id = $1 AND domain = ANY ($2::text[])
            )
            """,
            account_id,
            list(domains),
        )
    )


async def of_account(db: Reader, account_id: AccountId, page: Page) -> list[tuple[int, Domain]]:
    """Pairs of the block's id, which pages, and the domain; newest first."""
    rows = await db.fetch(
        """
        SELECT id, domain FROM social.account_domain_blocks
        WHERE account_id = $1 AND ($2::bigint IS NULL OR id < $2) AND ($3::bigint IS NULL OR id > $3)
        ORDER BY id DESC LIMIT $4
        """,
        account_id,
        page.max_id,
        page.after,
        page.limit,
    )
    return [(row["id"], row["domain"]) for row in rows]


async def ties_with(db: Reader, account_id: AccountId, domain: Domain) -> Ties:
    """What a block would cut."""
    row = await db.fetchrow(
        """
        SELECT
            (
                SELECT count(*) FROM social.follows f JOIN social.accounts a ON a.id = f.target_id
                WHERE f.account_id = $1 AND a.domain = $2
            ) AS following,
            (
                SELECT count(*) FROM social.follows f JOIN social.accounts a ON a.id = f.account_id
                WHERE f.target_id = $1 AND a.domain = $2
            ) AS followers
        """,
        account_id,
        domain,
    )
    assert row is not None
    return Ties(**row)


async def cut_ties(tx: Tx, account_id: AccountId, domain: Domain) -> list[Tie]:
    """Remove every follow and request between the account and the server, in both directions."""
    rows = await tx.fetch(
        """
        WITH followed AS (
            DELETE FROM social.follows f USING social.accounts a
            WHERE f.account_id = $1 AND a.id = f.target_id AND a.domain = $2
            RETURNING f.account_id, f.target_id, f.uri
        ), followers AS (
            DELETE FROM social.follows f USING social.accounts a
            WHERE f.target_id = $1 AND a.id = f.account_id AND a.domain = $2
            RETURNING f.account_id, f.target_id, f.uri
        ), asked AS (
            DELETE FROM social.follow_requests f USING social.accounts a
            WHERE f.account_id = $1 AND a.id = f.target_id AND a.domain = $2
            RETURNING f.account_id, f.target_id, f.uri
        ), asking AS (
            DELETE FROM social.follow_requests f USING social.accounts a
            WHERE f.target_id = $1 AND a.id = f.account_id AND a.domain = $2
            RETURNING f.account_id, f.target_id, f.uri
        )
        SELECT * FROM followed
        UNION ALL SELECT * FROM followers
        UNION ALL SELECT * FROM asked
        UNION ALL SELECT * FROM asking
        """,
        account_id,
        domain,
    )
    return [Tie(**row) for row in rows]
