"""SQL for notifications in groups: the same act on the same thing, by several people."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from chassis.db import Reader, Row, Tx
from contracts.ids import AccountId, NotificationId
from social.paging import Page
from timeline.store.notifications import ASKED, COLUMNS, LISTED, UNREAD, Choice, Notification, asked

GROUPABLE = ("favourite", "reblog", "follow", "admin.sign_up")
SAMPLE = 8


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The newest notification of a group, and what is to be said of all of them."""

    newest: Notification
    key: str
    count: int
    sample: Sequence[AccountId]
    min_id: NotificationId
    """The oldest one on this page."""
    latest_at: dt.datetime
    place: NotificationId
    """By which pages are counted."""


_KEY = "CASE WHEN n.type = ANY ($9::text[]) AND n.group_key IS NOT NULL THEN n.group_key ELSE 'ungrouped-' || n.id END"

# What is said of a whole group (`page.key`), as far as this page goes (`lo` to `hi`).
_ABOUT = f"""
    SELECT count(*) AS count, max(n.id) AS newest_id, min(n.id) FILTER (WHERE n.id >= bounds.lo) AS min_id,
        max(n.created_at) AS latest_at, (array_agg(n.from_account_id ORDER BY n.id DESC))[1:{SAMPLE}] AS sample
    FROM timeline.notifications n
    WHERE {LISTED} AND n.group_key = page.key AND n.id <= bounds.hi
"""


async def page_of(db: Reader, account_id: AccountId, page: Page, choice: Choice, grouped: Sequence[str]) -> list[Group]:
    """Newest first, each group once, where its newest notification on the page stands.

    A page that is not full reaches to the end of what was asked for: so do the numbers of its groups.
    """
    order = "ASC" if page.forward else "DESC"
    beyond = ">" if page.forward else "<"
    rows = await db.fetch(
        f"""
        WITH RECURSIVE page AS (
            (
                SELECT {COLUMNS}, {_KEY} AS key, ARRAY[{_KEY}] AS seen
                FROM timeline.notifications n
                WHERE {LISTED} AND {ASKED}
                ORDER BY n.id {order}
                LIMIT 1
            )
            UNION ALL
            SELECT next.*, page.seen || next.key
            FROM page
            CROSS JOIN LATERAL (
                SELECT {COLUMNS}, {_KEY} AS key
                FROM timeline.notifications n
                WHERE {LISTED} AND {ASKED} AND n.id {beyond} page.id AND {_KEY} <> ALL (page.seen)
                ORDER BY n.id {order}
                LIMIT 1
            ) next
            WHERE cardinality(page.seen) < $4
        ), bounds AS (
            SELECT CASE WHEN count(*) < $4 AND NOT $10 THEN coalesce($3 + 1, 0) ELSE min(id) END AS lo,
                CASE WHEN count(*) < $4 AND $10 THEN coalesce($2 - 1, {2**63 - 1}) ELSE max(id) END AS hi
            FROM page
        )
        SELECT {COLUMNS.replace("n.", "page.")}, page.key, about.*
        FROM page
        CROSS JOIN bounds
        CROSS JOIN LATERAL ({_ABOUT}) about
        ORDER BY page.id DESC
        """,
        *asked(account_id, page, choice),
        _groupable(grouped),
        page.forward,
    )
    return [_group(row) for row in rows]


async def by_key(db: Reader, account_id: AccountId, key: str) -> Group | None:
    """The whole group."""
    row = await db.fetchrow(
        f"""
        WITH page AS (
            SELECT {COLUMNS}, coalesce(n.group_key, 'ungrouped-' || n.id) AS key
            FROM timeline.notifications n
            WHERE {LISTED} AND (n.group_key = $2 OR n.id = $3)
            ORDER BY n.id DESC
            LIMIT 1
        ), bounds AS (
            SELECT 0 AS lo, {2**63 - 1} AS hi
        )
        SELECT {COLUMNS.replace("n.", "page.")}, page.key, about.*
        FROM page
        CROSS JOIN bounds
        CROSS JOIN LATERAL ({_ABOUT}) about
        """,
        account_id,
        key,
        _alone(key),
    )
    return _group(row) if row else None


async def senders(db: Reader, account_id: AccountId, key: str, page: Page) -> list[tuple[NotificationId, AccountId]]:
    """Who is in the group, newest first, with the notifications by which pages are counted."""
    order = "ASC" if page.forward else "DESC"
    rows = await db.fetch(
        f"""
        SELECT n.id, n.from_account_id
        FROM timeline.notifications n
        WHERE {LISTED} AND (n.group_key = $2 OR n.id = $3)
            AND ($4::bigint IS NULL OR n.id < $4) AND ($5::bigint IS NULL OR n.id > $5)
        ORDER BY n.id {order}
        LIMIT $6
        """,
        account_id,
        key,
        _alone(key),
        page.max_id,
        page.after,
        page.limit,
    )
    found = [(NotificationId(row["id"]), AccountId(row["from_account_id"])) for row in rows]
    return page.newest_first(found)


async def count_unread(db: Reader, account_id: AccountId, limit: int, choice: Choice, grouped: Sequence[str]) -> int:
    """How many groups have something after the marker, at most `limit`."""
    count: int = await db.fetchval(
        f"""
        SELECT count(*)
        FROM (SELECT DISTINCT {_KEY} FROM timeline.notifications n WHERE {LISTED} AND {ASKED} AND {UNREAD} LIMIT $4) u
        """,
        *asked(account_id, Page(limit=limit), choice),
        _groupable(grouped),
    )
    return count


async def dismiss(tx: Tx, account_id: AccountId, key: str) -> None:
    """Put the group away for good."""
    await tx.execute(
        """
        UPDATE timeline.notifications SET dismissed_at = now()
        WHERE account_id = $1 AND dismissed_at IS NULL AND (group_key = $2 OR id = $3)
        """,
        account_id,
        key,
        _alone(key),
    )


def _groupable(asked_for: Sequence[str]) -> list[str]:
    return [kind for kind in GROUPABLE if kind in asked_for] if asked_for else list(GROUPABLE)


def _alone(key: str) -> int | None:
    """The notification that such a key names, which is in no group."""
    number = key.removeprefix("ungrouped-")
    return int(number) if number != key and number.isdecimal() and len(number) < 19 else None


def _group(row: Row) -> Group:
    newest = Notification(**{name: row[name] for name in Notification.__struct_fields__})
    if not row["count"]:
        return Group(
            newest=newest,
            key=row["key"],
            count=1,
            sample=[newest.from_account_id],
            min_id=newest.id,
            latest_at=newest.created_at,
            place=newest.id,
        )
    return Group(
        newest=msgspec.structs.replace(newest, id=row["newest_id"]),
        key=row["key"],
        count=row["count"],
        sample=row["sample"],
        min_id=row["min_id"],
        latest_at=row["latest_at"],
        place=newest.id,
    )
