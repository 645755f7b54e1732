"""SQL for notifications."""

import datetime as dt
from collections.abc import Collection, Sequence

import asyncpg
import msgspec

from chassis.db import Reader, Row, Tx
from contracts.ids import AccountId, NotificationId, StatusId
from social.errors import NoSuchRecord
from social.paging import Page


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    id: NotificationId
    account_id: AccountId
    type: str
    from_account_id: AccountId
    status_id: StatusId | None
    filtered: bool
    group_key: str | None
    created_at: dt.datetime


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """What happened, by whom. The rows named here take the notification along when they go."""

    type: str
    by: AccountId
    status_id: StatusId | None = None
    boost_id: StatusId | None = None
    favourite_id: int | None = None
    follow_id: int | None = None
    follow_request_id: int | None = None
    group_key: str | None = None
    happened_at: dt.datetime | None = None
    """When the same may happen again, later (an edit): a newer one replaces the older."""


COLUMNS = ", ".join(f"n.{name}" for name in Notification.__struct_fields__)

# The sender (n.from_account_id) is nobody whom the account (n.account_id) wants to hear nothing of.
_WELCOME = """
    NOT EXISTS (
        SELECT FROM social.blocks b
        WHERE (b.account_id = n.account_id AND b.target_id = n.from_account_id)
            OR (b.account_id = n.from_account_id AND b.target_id = n.account_id)
    )
    AND NOT EXISTS (
        SELECT FROM social.mutes m
        WHERE m.account_id = n.account_id AND m.target_id = n.from_account_id AND m.hide_notifications
            AND (m.expires_at IS NULL OR m.expires_at > now())
    )
    AND NOT EXISTS (
        SELECT FROM social.account_domain_blocks d
        JOIN social.accounts a ON a.domain = d.domain
        WHERE d.account_id = n.account_id AND a.id = n.from_account_id
            AND NOT EXISTS (
                SELECT FROM social.follows f WHERE f.account_id = n.account_id AND f.target_id = n.from_account_id
            )
    )
    AND NOT EXISTS (
        SELECT FROM social.conversation_mutes c
        JOIN social.statuses s ON s.conversation_id = c.conversation_id
        WHERE c.account_id = n.account_id AND s.id = n.status_id
    )
"""


async def add(tx: Tx, cause: Cause, receivers: Collection[AccountId], *, limited: bool) -> list[Notification]:
    """Tell those receivers who are ours, want to know and do not know yet; return what is new.

    `limited`: the sender is silenced, so that only those who follow them are told aloud.
    """
    try:
        rows = await _add(tx, cause, receivers, limited=limited)
    except asyncpg.ForeignKeyViolationError as error:
        raise NoSuchRecord from error  # undone between our reading it and our writing
    return [Notification(**row) for row in rows]


async def _add(tx: Tx, cause: Cause, receivers: Collection[AccountId], *, limited: bool) -> list[Row]:
    return await tx.fetch(
        f"""
        INSERT INTO timeline.notifications AS n (
            account_id, type, from_account_id, status_id, boost_id, favourite_id, follow_id, follow_request_id,
            group_key, filtered, created_at
        )
        SELECT n.*
        FROM (
            SELECT u.account_id, $2::text, $3::bigint AS from_account_id, $4::bigint AS status_id, $5::bigint,
                $6::bigint, $7::bigint, $8::bigint, $9::text,
                $10 AND NOT EXISTS (
                    SELECT FROM social.follows f WHERE f.account_id = u.account_id AND f.target_id = $3
                ),
                coalesce($11::timestamptz, now())
            FROM social.users u
            JOIN social.accounts a ON a.id = u.account_id
            WHERE u.account_id = ANY ($1::bigint[]) AND u.account_id <> $3 AND a.suspended_at IS NULL
        ) n
        WHERE {_WELCOME}
        ON CONFLICT (account_id, type, from_account_id, coalesce(status_id, 0), coalesce(report_id, 0)) DO UPDATE
            SET id = excluded.id, created_at = excluded.created_at, dismissed_at = NULL
            WHERE $11::timestamptz > n.created_at
        RETURNING {COLUMNS}
        """,
        list(receivers),
        cause.type,
        cause.by,
        cause.status_id,
        cause.boost_id,
        cause.favourite_id,
        cause.follow_id,
        cause.follow_request_id,
        cause.group_key,
        limited,
        cause.happened_at,
    )


async def favourite_between(db: Reader, status_id: StatusId, account_id: AccountId) -> int | None:
    favourite: int | None = await db.fetchval(
        "SELECT id FROM social.favourites WHERE status_id = $1 AND account_id = $2", status_id, account_id
    )
    return favourite


async def named_in(db: Reader, status_id: StatusId) -> list[AccountId]:
    """Whom the status mentions by name."""
    rows = await db.fetch("SELECT account_id FROM social.mentions WHERE status_id = $1 AND NOT silent", status_id)
    return [row["account_id"] for row in rows]


async def watchers_of(db: Reader, status_id: StatusId) -> list[AccountId]:
    """Who wants to hear of each post of the author, and is not named in this one anyway."""
    rows = await db.fetch(
        """
        SELECT f.account_id
        FROM social.statuses s
        JOIN social.follows f ON f.target_id = s.account_id AND f.notify
        WHERE s.id = $1 AND NOT EXISTS (
            SELECT FROM social.mentions n WHERE n.status_id = s.id AND n.account_id = f.account_id
        )
        """,
        status_id,
    )
    return [row["account_id"] for row in rows]


async def local_boosters_of(db: Reader, status_id: StatusId) -> list[AccountId]:
    rows = await db.fetch("SELECT account_id FROM social.statuses WHERE reblog_of_id = $1 AND is_local", status_id)
    return [row["account_id"] for row in rows]


_LISTED = f"n.account_id = $1 AND n.dismissed_at IS NULL AND {_WELCOME}"


async def page_of(
    db: Reader,
    account_id: AccountId,
    page: Page,
    *,
    types: Sequence[str] = (),
    exclude_types: Sequence[str] = (),
    sender: AccountId | None = None,
    include_filtered: bool = False,
) -> list[Notification]:
    """Newest first. No types: all of them."""
    order = "ASC" if page.forward else "DESC"
    rows = await db.fetch(
        f"""
        SELECT {COLUMNS}
        FROM timeline.notifications n
        WHERE {_LISTED}
            AND ($2::bigint IS NULL OR n.id < $2) AND ($3::bigint IS NULL OR n.id > $3)
            AND (cardinality($5::text[]) = 0 OR n.type = ANY ($5::text[])) AND n.type <> ALL ($6::text[])
            AND ($7::bigint IS NULL OR n.from_account_id = $7) AND ($8 OR NOT n.filtered)
        ORDER BY n.id {order}
        LIMIT $4
        """,
        account_id,
        page.max_id,
        page.after,
        page.limit,
        list(types),
        list(exclude_types),
        sender,
        include_filtered,
    )
    found = [Notification(**row) for row in rows]
    return found[::-1] if page.forward else found


async def by_id(db: Reader, account_id: AccountId, notification_id: NotificationId) -> Notification | None:
    row = await db.fetchrow(
        f"SELECT {COLUMNS} FROM timeline.notifications n WHERE {_LISTED} AND n.id = $2", account_id, notification_id
    )
    return Notification(**row) if row else None


async def count_unread(
    db: Reader, account_id: AccountId, limit: int, *, types: Sequence[str], exclude_types: Sequence[str]
) -> int:
    """How many came after the marker, at most `limit`."""
    count: int = await db.fetchval(
        f"""
        SELECT count(*)
        FROM (
            SELECT
            FROM timeline.notifications n
            WHERE {_LISTED} AND NOT n.filtered
                AND n.id > coalesce((
                    SELECT m.last_read_id FROM timeline.markers m
                    WHERE m.account_id = $1 AND m.timeline = 'notifications'
                ), 0)
                AND (cardinality($3::text[]) = 0 OR n.type = ANY ($3::text[])) AND n.type <> ALL ($4::text[])
            LIMIT $2
        ) unread
        """,
        account_id,
        limit,
        list(types),
        list(exclude_types),
    )
    return count


async def dismiss(tx: Tx, account_id: AccountId, notification_id: NotificationId) -> bool:
    """Put it away for good; False if there is none."""
    return bool(
        await tx.fetchval(
            """
            UPDATE timeline.notifications SET dismissed_at = coalesce(dismissed_at, now())
            WHERE account_id = $1 AND id = $2
            RETURNING true
            """,
            account_id,
            notification_id,
        )
    )


async def dismiss_all(tx: Tx, account_id: AccountId, *, sender: AccountId | None = None) -> None:
    """Put away all that the account has, or all from one sender."""
    await tx.execute(
        """
        UPDATE timeline.notifications SET dismissed_at = now()
        WHERE account_id = $1 AND dismissed_at IS NULL AND ($2::bigint IS NULL OR from_account_id = $2)
        """,
        account_id,
        sender,
    )
