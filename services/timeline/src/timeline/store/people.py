"""SQL for who of our people looked when."""

from chassis.db import Tx
from contracts.ids import AccountId


async def set_active(tx: Tx, account_id: AccountId) -> None:
    """Note that somebody looked; hourly is often enough."""
    await tx.execute(
        """
        UPDATE social.users SET last_active_at = now()
        WHERE account_id = $1 AND coalesce(last_active_at, '-infinity') < now() - interval '1 hour'
        """,
        account_id,
    )
