"""SQL for notification policies: whose notifications somebody wants, has put aside, or refuses."""

from collections.abc import Mapping

from chassis.db import Reader, Tx
from contracts.ids import AccountId
from timeline.verdicts import Wishes

_NAMES = Wishes.__struct_fields__
_COLUMNS = ", ".join(_NAMES)


async def of_account(db: Reader, account_id: AccountId) -> Wishes:
    """What it said, or what everybody has who said nothing."""
    row = await db.fetchrow(f"SELECT {_COLUMNS} FROM timeline.notification_policies WHERE account_id = $1", account_id)
    return Wishes(**row) if row else Wishes()


async def change(tx: Tx, account_id: AccountId, changes: Mapping[str, str]) -> Wishes:
    """What is not named stays as it is."""
    row = await tx.fetchrow(
        f"""
        INSERT INTO timeline.notification_policies AS p (account_id, {_COLUMNS})
        VALUES ($1, {", ".join(f"coalesce(${i}, ${i + len(_NAMES)})" for i in range(2, 2 + len(_NAMES)))})
        ON CONFLICT (account_id) DO UPDATE
            SET {", ".join(f"{name} = coalesce(${i}, p.{name})" for i, name in enumerate(_NAMES, 2))}
        RETURNING {_COLUMNS}
        """,
        account_id,
        *(changes.get(name) for name in _NAMES),
        *(getattr(Wishes(), name) for name in _NAMES),
    )
    assert row is not None
    return Wishes(**row)
