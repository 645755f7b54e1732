"""SQL on the schema of api-gateway. One function, one statement."""

import datetime as dt

from chassis.db import Reader, Tx
from contracts.ids import AccountId, ScheduledId, StatusId


async def add_key(tx: Tx, account_id: AccountId, key: str) -> bool:
    """Claim the key; False if it was used in the last hour. Waits for whoever is using it at this moment."""
    return bool(
        await tx.fetchval(
            """
            INSERT INTO api_gateway.idempotency_keys AS k (account_id, key) VALUES ($1, $2)
            ON CONFLICT (account_id, key) DO UPDATE
            SET created_at = excluded.created_at, status_id = NULL, scheduled_id = NULL
            WHERE k.created_at < excluded.created_at - interval '1 hour'
            RETURNING true
            """,
            account_id,
            key,
        )
    )


async def promise_status(tx: Tx, account_id: AccountId, key: str, at: dt.datetime) -> StatusId | None:
    """Claim the key as above, for a status that is to be written under the id that this returns."""
    found: StatusId | None = await tx.fetchval(
        """
        INSERT INTO api_gateway.idempotency_keys AS k (account_id, key, status_id)
        VALUES ($1, $2, social.snowflake($3))
        ON CONFLICT (account_id, key) DO UPDATE
        SET created_at = excluded.created_at, status_id = excluded.status_id, scheduled_id = NULL
        WHERE k.created_at < excluded.created_at - interval '1 hour'
        RETURNING k.status_id
        """,
        account_id,
        key,
        at,
    )
    return found


async def status_of_key(db: Reader, account_id: AccountId, key: str) -> StatusId | None:
    """What was posted with the key."""
    found: StatusId | None = await db.fetchval(
        "SELECT status_id FROM api_gateway.idempotency_keys WHERE account_id = $1 AND key = $2", account_id, key
    )
    return found


async def set_scheduled_of_key(tx: Tx, account_id: AccountId, key: str, scheduled_id: ScheduledId) -> None:
    await tx.execute(
        "UPDATE api_gateway.idempotency_keys SET scheduled_id = $3 WHERE account_id = $1 AND key = $2",
        account_id,
        key,
        scheduled_id,
    )


async def scheduled_of_key(db: Reader, account_id: AccountId, key: str) -> ScheduledId | None:
    """What was scheduled with the key."""
    found: ScheduledId | None = await db.fetchval(
        "SELECT scheduled_id FROM api_gateway.idempotency_keys WHERE account_id = $1 AND key = $2", account_id, key
    )
    return found


async def remove_old_keys(tx: Tx, before: dt.datetime) -> None:
    await tx.execute("DELETE FROM api_gateway.idempotency_keys WHERE created_at < $1", before)
