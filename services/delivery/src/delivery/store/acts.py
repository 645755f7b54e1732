"""SQL that looks up acts of our people by what they were upon."""

from chassis.db import Reader
from contracts.ids import AccountId, StatusId, Uri


async def favourite_of(db: Reader, account_id: AccountId, status_id: StatusId) -> Uri | None:
    """The id of the Like; None if it was taken back meanwhile."""
    uri: Uri | None = await db.fetchval(
        "SELECT uri FROM social.favourites WHERE status_id = $1 AND account_id = $2", status_id, account_id
    )
    return uri


async def copy_by(db: Reader, status_id: StatusId) -> tuple[Uri, str] | None:
    """The open post of ours that a status from elsewhere boosts or answers, and the inbox of who has it now."""
    row = await db.fetchrow(
        """
        SELECT ours.uri, coalesce(a.shared_inbox_url, a.inbox_url) AS inbox_url
        FROM social.statuses s
        JOIN social.accounts a ON a.id = s.account_id
        JOIN social.statuses ours ON ours.id = coalesce(s.reblog_of_id, s.in_reply_to_id)
        WHERE s.id = $1 AND NOT s.is_local AND ours.is_local AND ours.visibility IN ('public', 'unlisted')
        """,
        status_id,
    )
    return (row["uri"], row["inbox_url"]) if row else None


async def inbox_at(db: Reader, host: str) -> str | None:
    """Where most of what goes to a host is delivered; None if we know nobody there."""
    inbox: str | None = await db.fetchval(
        """
        SELECT coalesce(shared_inbox_url, inbox_url)
        FROM social.accounts
        WHERE domain = $1 AND NOT is_local AND suspended_at IS NULL
        ORDER BY shared_inbox_url IS NULL, id LIMIT 1
        """,
        host,
    )
    return inbox


async def inbox_of_account(db: Reader, account_id: AccountId) -> str | None:
    """The shared inbox of an account elsewhere, or its own."""
    inbox: str | None = await db.fetchval(
        "SELECT coalesce(shared_inbox_url, inbox_url) FROM social.accounts WHERE id = $1 AND NOT is_local", account_id
    )
    return inbox
