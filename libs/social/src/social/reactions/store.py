"""SQL for reactions. One function, one statement."""

from chassis.db import Reader, Tx
from contracts.ids import AccountId, EmojiId, StatusId, Uri
from social.reactions.model import MOST_OF_ONE

# Emoji under the row `s`, the most frequent first. Only our own posts have any.
UNDER_STATUS = """
    CASE WHEN s.is_local THEN (
        SELECT jsonb_agg(to_jsonb(counted))
        FROM (
            SELECT r.name, r.emoji_id, count(*) AS count
            FROM social.reactions r JOIN social.accounts a ON a.id = r.account_id
            WHERE r.status_id = s.id AND a.suspended_at IS NULL
            GROUP BY r.name, r.emoji_id
            ORDER BY count(*) DESC, min(r.id)
            LIMIT 50
        ) AS counted
    ) END
"""


async def add(
    tx: Tx, status_id: StatusId, account_id: AccountId, name: str, emoji_id: EmojiId | None, uri: Uri
) -> bool:
    """False if it was there already, or would be one too many."""
    return bool(
        await tx.fetchval(
            """
            INSERT INTO social.reactions (status_id, account_id, name, emoji_id, uri)
            SELECT $1, $2, $3, $4, $5
            WHERE (SELECT count(*) FROM social.reactions WHERE status_id = $1 AND account_id = $2) < $6
            ON CONFLICT (status_id, account_id, name) DO NOTHING
            RETURNING true
            """,
            status_id,
            account_id,
            name,
            emoji_id,
            uri,
            MOST_OF_ONE,
        )
    )


async def remove(tx: Tx, status_id: StatusId, account_id: AccountId, uri: Uri, name: str | None) -> Uri | None:
    """Take back the one of that id or, where it is known under another, of that name; the id it had."""
    gone: Uri | None = await tx.fetchval(
        """
        DELETE FROM social.reactions
        WHERE status_id = $1 AND account_id = $2 AND (uri = $3 OR name = $4)
        RETURNING uri
        """,
        status_id,
        account_id,
        uri,
        name,
    )
    return gone


async def latest_of(db: Reader, status_id: StatusId, account_id: AccountId) -> Uri | None:
    """The id of the account's last reaction to the status that still stands."""
    found: Uri | None = await db.fetchval(
        "SELECT uri FROM social.reactions WHERE status_id = $1 AND account_id = $2 ORDER BY id DESC LIMIT 1",
        status_id,
        account_id,
    )
    return found


async def status_under(db: Reader, account_id: AccountId, uri: Uri) -> StatusId | None:
    """What the account reacted to by the activity of that id."""
    found: StatusId | None = await db.fetchval(
        "SELECT status_id FROM social.reactions WHERE uri = $1 AND account_id = $2", uri, account_id
    )
    return found
