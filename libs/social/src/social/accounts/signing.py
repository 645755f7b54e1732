"""SQL for changing the keys of those of ours who sign."""

from chassis.db import Reader, Tx
from contracts.ids import AccountId


async def set_public_keys(tx: Tx, account_id: AccountId, pem: str, multikeys: list[dict[str, str]]) -> None:
    await tx.execute(
        """
        UPDATE social.accounts SET public_key_pem = $2, multikeys = $3, updated_at = now() WHERE id = $1 AND is_local
        """,
        account_id,
        pem,
        multikeys,
    )


async def set_private_keys(tx: Tx, account_id: AccountId, pem: str, ed25519_pem: str) -> None:
    await tx.execute(
        "UPDATE social.account_keys SET private_key_pem = $2, ed25519_private_pem = $3 WHERE account_id = $1",
        account_id,
        pem,
        ed25519_pem,
    )


async def local_ids(db: Reader, after: AccountId, limit: int) -> list[AccountId]:
    """Accounts of ours that sign, the server's own among them, by id."""
    rows = await db.fetch(
        """
        SELECT a.id FROM social.accounts a JOIN social.account_keys k ON k.account_id = a.id
        WHERE a.is_local AND a.suspended_at IS NULL AND a.id > $1
        ORDER BY a.id LIMIT $2
        """,
        after,
        limit,
    )
    return [row["id"] for row in rows]
