"""SQL for what waits aside: whose mentions, since when, and what the receiver decides."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from chassis.db import Reader, Tx
from contracts.ids import AccountId, StatusId
from social.paging import Page
from timeline.store.notifications import Notification

WORTH_ASKING = ("mention", "quote")
"""Of other kinds nobody is asked: they wait aside without a word."""

MOST_COUNTED = 100


class Request(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    from_account_id: AccountId
    created_at: dt.datetime
    updated_at: dt.datetime
    notifications_count: int
    last_status_id: StatusId | None


async def note(tx: Tx, made: Sequence[Notification]) -> None:
    """Ask these people about their senders, unless they are asked already."""
    asking = [n for n in made if n.type in WORTH_ASKING]
    if asking:
        await tx.execute(
            """
            INSERT INTO timeline.notification_requests AS r (account_id, from_account_id)
            SELECT * FROM unnest($1::bigint[], $2::bigint[])
            ON CONFLICT (account_id, from_account_id) DO UPDATE SET updated_at = now()
            """,
            [n.account_id for n in asking],
            [n.from_account_id for n in asking],
        )


# Requests (r) that wait for an answer, with what waits (w). What was deleted meanwhile no longer does.
_WAITING = f"""
    FROM timeline.notification_requests r
    CROSS JOIN LATERAL (
        SELECT count(*) AS notifications_count, max(n.status_id) AS last_status_id
        FROM (
            SELECT n.status_id
            FROM timeline.notifications n
            WHERE n.account_id = r.account_id AND n.from_account_id = r.from_account_id
                AND n.dismissed_at IS NULL AND n.filtered AND n.type IN ('mention', 'quote')
            ORDER BY n.id DESC
            LIMIT {MOST_COUNTED}
        ) n
    ) w
    JOIN social.accounts a ON a.id = r.from_account_id AND a.suspended_at IS NULL
    WHERE r.account_id = $1 AND r.accepted_at IS NULL AND w.notifications_count > 0
"""

_COLUMNS = "r.id, r.from_account_id, r.created_at, r.updated_at, w.notifications_count, w.last_status_id"


async def page_of(db: Reader, account_id: AccountId, page: Page) -> list[Request]:
    order = "ASC" if page.forward else "DESC"
    rows = await db.fetch(
        f"""
        SELECT {_COLUMNS} {_WAITING}
            AND ($2::bigint IS NULL OR r.id < $2) AND ($3::bigint IS NULL OR r.id > $3)
        ORDER BY r.id {order}
        LIMIT $4
        """,
        account_id,
        page.max_id,
        page.after,
        page.limit,
    )
    found = [Request(**row) for row in rows]
    return page.newest_first(found)


async def by_id(db: Reader, account_id: AccountId, request_id: int) -> Request | None:
    row = await db.fetchrow(f"SELECT {_COLUMNS} {_WAITING} AND r.id = $2", account_id, request_id)
    return Request(**row) if row else None


async def accept(tx: Tx, account_id: AccountId, ids: Sequence[int]) -> list[AccountId]:
    """Let these senders in from now on; returns whom."""
    rows = await tx.fetch(
        """
        WITH accepted AS (
            UPDATE timeline.notification_requests SET accepted_at = coalesce(accepted_at, now())
            WHERE account_id = $1 AND id = ANY ($2::bigint[])
            RETURNING account_id, from_account_id
        ), permitted AS (
            INSERT INTO timeline.notification_permissions (account_id, from_account_id)
            SELECT account_id, from_account_id FROM accepted
            ON CONFLICT DO NOTHING
        )
        SELECT from_account_id FROM accepted
        """,
        account_id,
        list(ids),
    )
    return [row["from_account_id"] for row in rows]


async def dismiss(tx: Tx, account_id: AccountId, ids: Sequence[int]) -> int:
    """Put away what these senders said, and the question with it."""
    count: int = await tx.fetchval(
        """
        WITH gone AS (
            DELETE FROM timeline.notification_requests
            WHERE account_id = $1 AND id = ANY ($2::bigint[]) AND accepted_at IS NULL
            RETURNING from_account_id
        ), dismissed AS (
            UPDATE timeline.notifications n SET dismissed_at = now()
            FROM gone
            WHERE n.account_id = $1 AND n.from_account_id = gone.from_account_id
                AND n.dismissed_at IS NULL AND n.filtered
        )
        SELECT count(*) FROM gone
        """,
        account_id,
        list(ids),
    )
    return count


async def remove_accepted(tx: Tx, account_id: AccountId, sender: AccountId) -> None:
    """The question is answered. Whoever is just asking it again waits, so that what they put aside is seen after."""
    await tx.execute(
        """
        DELETE FROM timeline.notification_requests
        WHERE account_id = $1 AND from_account_id = $2 AND accepted_at IS NOT NULL
        """,
        account_id,
        sender,
    )


async def move_in(tx: Tx, account_id: AccountId, sender: AccountId) -> list[StatusId]:
    """Take in what waited; returns the statuses among it."""
    rows = await tx.fetch(
        """
        UPDATE timeline.notifications SET filtered = false
        WHERE account_id = $1 AND from_account_id = $2 AND filtered
        RETURNING status_id
        """,
        account_id,
        sender,
    )
    return [row["status_id"] for row in rows if row["status_id"] is not None]


async def is_merging(db: Reader, account_id: AccountId) -> bool:
    """Whether something accepted is not yet moved in."""
    found: bool = await db.fetchval(
        "SELECT EXISTS (SELECT FROM timeline.notification_requests WHERE account_id = $1 AND accepted_at IS NOT NULL)",
        account_id,
    )
    return found


async def pending(db: Reader, account_id: AccountId) -> tuple[int, int]:
    """How many requests wait, and how many notifications in them."""
    row = await db.fetchrow(
        f"""
        SELECT count(*) AS requests, coalesce(sum(notifications_count), 0)::bigint AS notifications
        FROM (SELECT w.notifications_count {_WAITING} LIMIT {MOST_COUNTED}) waiting
        """,
        account_id,
    )
    assert row is not None
    return row["requests"], row["notifications"]
