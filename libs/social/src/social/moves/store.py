"""SQL for accounts that move. One function, one statement."""

import datetime as dt
from collections.abc import Sequence

from chassis.db import Reader, Tx
from contracts.ids import AccountId, Uri
from social.moves.model import Muted
from social.relationships.model import Follow
from social.relationships.store import COLUMNS


async def moved_at(db: Reader, account_id: AccountId) -> dt.datetime | None:
    """When it moved the last time, as far as we acted upon it."""
    moment: dt.datetime | None = await db.fetchval("SELECT moved_at FROM social.accounts WHERE id = $1", account_id)
    return moment


async def set_moved(tx: Tx, account_id: AccountId, target_id: AccountId, at: dt.datetime) -> None:
    await tx.execute(
        "UPDATE social.accounts SET moved_to_id = $2, moved_at = $3, updated_at = $3 WHERE id = $1",
        account_id,
        target_id,
        at,
    )


async def set_successor(tx: Tx, account_id: AccountId, uri: Uri | None) -> None:
    """Note whom a remote account calls its successor, if that one agrees; nobody, if it calls nobody."""
    await tx.execute(
        """
        UPDATE social.accounts a
        SET moved_to_id = (
            SELECT t.id FROM social.accounts t WHERE t.uri = $2 AND a.uri = ANY (t.also_known_as) AND t.id <> a.id
        )
        WHERE a.id = $1 AND NOT a.is_local
        """,
        account_id,
        uri,
    )


async def set_aliases(tx: Tx, account_id: AccountId, aliases: Sequence[str]) -> None:
    await tx.execute(
        "UPDATE social.accounts SET also_known_as = $2, updated_at = now() WHERE id = $1 AND is_local",
        account_id,
        list(aliases),
    )


async def local_followers_of(db: Reader, account_id: AccountId, after: int, limit: int) -> list[Follow]:
    """The follows of our people, in their order."""
    rows = await db.fetch(
        f"""
        SELECT {COLUMNS}
        FROM social.follows f JOIN social.accounts a ON a.id = f.account_id
        WHERE f.target_id = $1 AND f.id > $2 AND a.is_local
        ORDER BY f.id LIMIT $3
        """,
        account_id,
        after,
        limit,
    )
    return [Follow(**row) for row in rows]


async def local_blockers_of(db: Reader, account_id: AccountId, after: int, limit: int) -> list[tuple[int, AccountId]]:
    """Our people who block the account: the block, and who."""
    rows = await db.fetch(
        """
        SELECT b.id, b.account_id
        FROM social.blocks b JOIN social.accounts a ON a.id = b.account_id
        WHERE b.target_id = $1 AND b.id > $2 AND a.is_local
        ORDER BY b.id LIMIT $3
        """,
        account_id,
        after,
        limit,
    )
    return [(row["id"], row["account_id"]) for row in rows]


async def muters_of(db: Reader, account_id: AccountId, after: int, limit: int) -> list[Muted]:
    rows = await db.fetch(
        """
        SELECT id, account_id, hide_notifications, expires_at
        FROM social.mutes
        WHERE target_id = $1 AND id > $2 AND (expires_at IS NULL OR expires_at > now())
        ORDER BY id LIMIT $3
        """,
        account_id,
        after,
        limit,
    )
    return [Muted(**row) for row in rows]


async def carry_notes(tx: Tx, account_id: AccountId, target_id: AccountId, remark: str) -> None:
    """What people noted about the one stands, after a remark, before what they noted about the other."""
    await tx.execute(
        r"""
        INSERT INTO social.account_notes AS n (account_id, target_id, comment)
        SELECT o.account_id, $2, $3 || E'\n' || o.comment
        FROM social.account_notes o
        WHERE o.target_id = $1 AND o.account_id <> $2
        ON CONFLICT (account_id, target_id) DO UPDATE SET comment = excluded.comment || E'\n\n' || n.comment
        WHERE strpos(n.comment, excluded.comment) = 0
        """,
        account_id,
        target_id,
        remark,
    )


async def add_remark(tx: Tx, account_id: AccountId, target_id: AccountId, remark: str) -> None:
    """Unless they noted something about them already."""
    await tx.execute(
        "INSERT INTO social.account_notes (account_id, target_id, comment) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        account_id,
        target_id,
        remark,
    )
