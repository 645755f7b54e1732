"""SQL that takes an account of ours away. One function, one statement."""

import datetime as dt
from typing import Any

from chassis.db import Reader, Tx
from contracts.ids import AccountId, Uri


async def set_shut(tx: Tx, account_id: AccountId, now: dt.datetime) -> None:
    """Nobody sees it any more."""
    await tx.execute(
        "UPDATE social.accounts SET suspended_at = coalesce(suspended_at, $2) WHERE id = $1 AND is_local",
        account_id,
        now,
    )


async def remove_user(tx: Tx, account_id: AccountId) -> None:
    await tx.execute("DELETE FROM social.users WHERE account_id = $1", account_id)


async def remove_statuses(tx: Tx, account_id: AccountId, limit: int) -> int:
    """The newest ones; how many."""
    removed: int = await tx.fetchval(
        """
        WITH newest AS (
            SELECT id FROM social.statuses WHERE account_id = $1 ORDER BY id DESC LIMIT $2
        ), gone AS (
            DELETE FROM social.statuses s USING newest WHERE s.id = newest.id AND s.is_local RETURNING s.id
        )
        SELECT count(*) FROM gone
        """,
        account_id,
        limit,
    )
    return removed


async def row_of(db: Reader, account_id: AccountId) -> dict[str, Any] | None:
    """Everything that the account's row holds."""
    row: dict[str, Any] | None = await db.fetchval(
        "SELECT to_jsonb(a) FROM social.accounts a WHERE a.id = $1 AND a.is_local", account_id
    )
    return row


async def keys_of(db: Reader, account_id: AccountId) -> dict[str, Any] | None:
    keys: dict[str, Any] | None = await db.fetchval(
        "SELECT to_jsonb(k) FROM social.account_keys k WHERE k.account_id = $1", account_id
    )
    return keys


async def remove(tx: Tx, account_id: AccountId) -> None:
    """With all that hangs on it, in every schema."""
    await tx.execute("DELETE FROM social.accounts WHERE id = $1 AND is_local", account_id)


async def add_remnant(tx: Tx, row: dict[str, Any]) -> None:
    """What keeps its number and its name from anybody else."""
    await tx.execute(
        """
        INSERT INTO social.accounts
        SELECT r.* FROM jsonb_populate_record(NULL::social.accounts, $1::jsonb) r
        """,
        row,
    )


async def add_keys(tx: Tx, keys: dict[str, Any]) -> None:
    await tx.execute(
        """
        INSERT INTO social.account_keys
        SELECT r.* FROM jsonb_populate_record(NULL::social.account_keys, $1::jsonb) r
        """,
        keys,
    )


async def is_deleted(db: Reader, uri: Uri) -> bool:
    """Whether the account took itself away."""
    return bool(
        await db.fetchval(
            "SELECT EXISTS (SELECT FROM social.tombstones WHERE uri = $1 AND actor_uri = $1)",
            uri,
        )
    )


async def remove_keys(tx: Tx, *, deleted_before: dt.datetime) -> None:
    """Nobody waits any more for what they would sign. Delivery alone knows that, and does it."""
    await tx.execute(
        """
        DELETE FROM social.account_keys k
        USING social.accounts a, social.tombstones t
        WHERE k.account_id = a.id AND a.is_local AND a.suspended_at IS NOT NULL
            AND t.uri = a.uri AND t.actor_uri = a.uri AND t.created_at < $1
        """,
        deleted_before,
    )
