"""SQL for notifications, one by one."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from chassis.db import Reader, Row, Tx
from contracts.ids import AccountId, NotificationId, ReportId, SeveranceId, StatusId
from social.paging import Page
from social.statuses.model import Standing
from social.statuses.viewing import STANDING, WITH_NUMBERS


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    id: NotificationId
    account_id: AccountId
    type: str
    from_account_id: AccountId
    status_id: StatusId | None
    report_id: ReportId | None
    severance_id: SeveranceId | None
    filtered: bool
    group_key: str | None
    created_at: dt.datetime


_WIDTH = len(Notification.__struct_fields__)
COLUMNS = ", ".join(f"n.{name}" for name in Notification.__struct_fields__)

# The sender (n.from_account_id) is nobody whom the account (n.account_id) wants to hear nothing of.
WELCOME = """
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


LISTED = f"n.account_id = $1 AND n.dismissed_at IS NULL AND {WELCOME}"

ASKED = """
    n.id < coalesce($2::bigint, 9223372036854775807) AND n.id > coalesce($3::bigint, 0)
    AND (cardinality($5::text[]) = 0 OR n.type = ANY ($5::text[])) AND n.type <> ALL ($6::text[])
    AND ($7::bigint IS NULL OR n.from_account_id = $7) AND ($8 OR $7 IS NOT NULL OR NOT n.filtered)
"""

UNREAD = """
    n.id > coalesce((
        SELECT m.last_read_id FROM timeline.markers m WHERE m.account_id = $1 AND m.timeline = 'notifications'
    ), 0)
"""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Which notifications are asked for. Of one sender also those that wait aside, as Mastodon."""

    types: Sequence[str] = ()
    """None at all: every type."""
    exclude_types: Sequence[str] = ()
    sender: AccountId | None = None
    include_filtered: bool = False


def asked(account_id: AccountId, page: Page, choice: Choice) -> Sequence[object]:
    """The parameters of `LISTED` and `ASKED`; $4 is the limit."""
    return (
        account_id,
        page.max_id,
        page.after,
        page.limit,
        list(choice.types),
        list(choice.exclude_types),
        choice.sender,
        choice.include_filtered,
    )


async def page_of(
    db: Reader, account_id: AccountId, page: Page, choice: Choice
) -> tuple[list[Notification], dict[AccountId, Standing]]:
    """Newest first, with how things stand with their senders."""
    order = "ASC" if page.forward else "DESC"
    rows = await db.fetch(
        f"""
        SELECT n.*, {STANDING}
        FROM (
            SELECT {COLUMNS} FROM timeline.notifications n WHERE {LISTED} AND {ASKED} ORDER BY n.id {order} LIMIT $4
        ) n
        JOIN social.accounts a ON a.id = n.from_account_id
        {WITH_NUMBERS}
        ORDER BY n.id DESC
        """,
        *asked(account_id, page, choice),
    )
    found = [_notification(row) for row in rows]
    return found, {one.from_account_id: Standing(*row[_WIDTH:]) for one, row in zip(found, rows, strict=True)}


def _notification(row: Row) -> Notification:
    return Notification(**dict(zip(Notification.__struct_fields__, row, strict=False)))


async def by_id(db: Reader, account_id: AccountId, notification_id: NotificationId) -> Notification | None:
    row = await db.fetchrow(
        f"SELECT {COLUMNS} FROM timeline.notifications n WHERE {LISTED} AND n.id = $2", account_id, notification_id
    )
    return Notification(**row) if row else None


async def count_unread(db: Reader, account_id: AccountId, limit: int, choice: Choice) -> int:
    """How many came after the marker, at most `limit`."""
    count: int = await db.fetchval(
        f"""
        SELECT count(*)
        FROM (SELECT FROM timeline.notifications n WHERE {LISTED} AND {ASKED} AND {UNREAD} LIMIT $4) unread
        """,
        *asked(account_id, Page(limit=limit), choice),
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
