"""SQL that finds out which inboxes an audience has."""

from chassis.db import Reader
from contracts.ids import AccountId
from delivery.audience import Audience
from delivery.model import Recipient


async def inboxes_of(db: Reader, audience: Audience) -> list[Recipient]:
    """The audience's inboxes elsewhere, each once, shared ones where there are."""
    rows = await db.fetch(
        """
        WITH people AS (
            SELECT f.account_id AS id, false AS named FROM social.follows f WHERE f.target_id = ANY ($1::bigint[])
            UNION ALL
            SELECT p.id, true FROM unnest($2::bigint[]) AS p (id)
            WHERE $3::bigint IS NULL
                OR EXISTS (SELECT FROM social.follows f WHERE f.account_id = p.id AND f.target_id = $3)
        )
        SELECT coalesce(a.shared_inbox_url, a.inbox_url) AS inbox_url, a.domain, bool_or(people.named) AS named
        FROM people
        JOIN social.accounts a ON a.id = people.id
        WHERE NOT a.is_local AND a.suspended_at IS NULL
        GROUP BY 1, 2
        ORDER BY 1, 2
        """,
        list(audience.followers_of),
        list(audience.people),
        audience.only_followers_of,
    )
    return [Recipient(row["inbox_url"], row["domain"], row["named"]) for row in rows]


async def acquaintances_of(db: Reader, account_id: AccountId) -> list[Recipient]:
    """The inboxes of everybody elsewhere who follows the account, is followed by it, or was asked to be."""
    rows = await db.fetch(
        """
        WITH people AS (
            SELECT account_id AS id FROM social.follows WHERE target_id = $1
            UNION
            SELECT target_id FROM social.follows WHERE account_id = $1
            UNION
            SELECT target_id FROM social.follow_requests WHERE account_id = $1
        )
        SELECT DISTINCT coalesce(a.shared_inbox_url, a.inbox_url) AS inbox_url, a.domain
        FROM people
        JOIN social.accounts a ON a.id = people.id
        WHERE NOT a.is_local AND a.suspended_at IS NULL
        ORDER BY 1, 2
        """,
        account_id,
    )
    return [Recipient(row["inbox_url"], row["domain"]) for row in rows]


async def concerned_by_move_of(db: Reader, account_id: AccountId) -> list[Recipient]:
    """The inboxes of everybody elsewhere who follows the account or blocks it."""
    rows = await db.fetch(
        """
        WITH people AS (
            SELECT account_id AS id FROM social.follows WHERE target_id = $1
            UNION
            SELECT account_id FROM social.blocks WHERE target_id = $1
        )
        SELECT DISTINCT coalesce(a.shared_inbox_url, a.inbox_url) AS inbox_url, a.domain
        FROM people
        JOIN social.accounts a ON a.id = people.id
        WHERE NOT a.is_local AND a.suspended_at IS NULL
        ORDER BY 1, 2
        """,
        account_id,
    )
    return [Recipient(row["inbox_url"], row["domain"]) for row in rows]


async def everybody(db: Reader) -> list[Recipient]:
    """Every inbox that we know of."""
    rows = await db.fetch(
        """
        SELECT DISTINCT coalesce(shared_inbox_url, inbox_url) AS inbox_url, domain
        FROM social.accounts
        WHERE NOT is_local
        ORDER BY 1, 2
        """
    )
    return [Recipient(row["inbox_url"], row["domain"]) for row in rows]


async def has_more_followers(db: Reader, account_id: AccountId, number: int) -> bool:
    return bool(
        await db.fetchval(
            "SELECT EXISTS (SELECT FROM social.follows WHERE target_id = $1 OFFSET $2)", account_id, number
        )
    )


async def digests_of_followers(db: Reader, account_id: AccountId) -> dict[str, str]:
    """Of the account's followers on each host, as FEP-8fcf has it."""
    rows = await db.fetch(
        """
        SELECT lower(split_part(a.uri, '/', 3)) AS host,
            bit_xor(('x' || encode(sha256(convert_to(a.uri, 'UTF8')), 'hex'))::bit(256)) AS digest
        FROM social.follows f
        JOIN social.accounts a ON a.id = f.account_id
        WHERE f.target_id = $1 AND NOT a.is_local
        GROUP BY 1
        """,
        account_id,
    )
    return {row["host"]: row["digest"].bytes.hex() for row in rows}
