"""SQL for list feeds: what belongs into which list."""

import itertools
from collections.abc import Sequence

from chassis.db import Reader
from contracts.ids import AccountId, ListId, StatusId
from social.paging import Page
from timeline.entry import Entry
from timeline.store.homes import ENDLESS, OF_EACH, Chunk, entries_of
from timeline.store.rules import LISTED, WANTED

# The owner follows the author, and wants to see the status, and here; or is the author, on their own list.
_BELONGS = f"(s.account_id = l.account_id OR (f.id IS NOT NULL AND {WANTED})) AND {LISTED}"


async def page_of(db: Reader, list_id: ListId, page: Page) -> list[Entry]:
    """A page of the list, newest first; boosts may repeat. Looks at no more than 800 posts of each author."""
    order = "ASC" if page.forward else "DESC"
    rows = await db.fetch(
        f"""
        SELECT n.id, kept.reblog_of_id
        FROM (
            SELECT newest.id
            FROM social.list_accounts m
            CROSS JOIN LATERAL (
                SELECT s.id
                FROM social.statuses s
                WHERE s.account_id = m.account_id
                    AND ($2::bigint IS NULL OR s.id < $2) AND ($3::bigint IS NULL OR s.id > $3)
                ORDER BY s.id {order}
                LIMIT {OF_EACH}
            ) newest
            WHERE m.list_id = $1
            ORDER BY newest.id {order}
            OFFSET 0
        ) n
        CROSS JOIN LATERAL (
            SELECT s.reblog_of_id
            FROM social.statuses s
            JOIN social.lists l ON l.id = $1
            LEFT JOIN social.follows f ON f.account_id = l.account_id AND f.target_id = s.account_id
            LEFT JOIN social.statuses o ON o.id = s.reblog_of_id
            WHERE s.id = n.id AND {_BELONGS}
            OFFSET 0
        ) kept
        ORDER BY n.id {order}
        LIMIT $4
        """,
        list_id,
        page.max_id,
        page.after,
        page.limit,
    )
    return entries_of(page.newest_first(rows))


async def newest_from(db: Reader, list_id: ListId, authors: Sequence[AccountId], limit: int) -> list[Entry]:
    """What the list has of these authors, newest first."""
    rows = await db.fetch(
        f"""
        SELECT s.id, s.reblog_of_id
        FROM social.lists l
        JOIN social.list_accounts m ON m.list_id = l.id
        CROSS JOIN LATERAL (
            SELECT x.id FROM social.statuses x WHERE x.account_id = m.account_id ORDER BY x.id DESC LIMIT {OF_EACH}
        ) newest
        JOIN social.statuses s ON s.id = newest.id
        LEFT JOIN social.follows f ON f.account_id = l.account_id AND f.target_id = s.account_id
        LEFT JOIN social.statuses o ON o.id = s.reblog_of_id
        WHERE l.id = $1 AND m.account_id = ANY ($2::bigint[]) AND {_BELONGS}
        ORDER BY s.id DESC
        LIMIT $3
        """,
        list_id,
        list(authors),
        limit,
    )
    return entries_of(rows)


async def belonging(db: Reader, list_id: ListId, ids: Sequence[StatusId]) -> set[StatusId]:
    """Which of these statuses belong into the list as things stand."""
    rows = await db.fetch(
        f"""
        SELECT s.id
        FROM social.statuses s
        JOIN social.lists l ON l.id = $1
        JOIN social.list_accounts m ON m.list_id = l.id AND m.account_id = s.account_id
        LEFT JOIN social.follows f ON f.account_id = l.account_id AND f.target_id = s.account_id
        LEFT JOIN social.statuses o ON o.id = s.reblog_of_id
        WHERE s.id = ANY ($2::bigint[]) AND {_BELONGS}
        """,
        list_id,
        list(ids),
    )
    return {row["id"] for row in rows}


async def lists_for(db: Reader, status_id: StatusId, members: Chunk) -> list[ListId]:
    """Those of the lists with its author into which the status belongs."""
    rows = await db.fetch(
        f"""
        SELECT l.id
        FROM social.statuses s
        JOIN social.list_accounts m ON m.account_id = s.account_id
        JOIN social.lists l ON l.id = m.list_id
        JOIN social.users u ON u.account_id = l.account_id
        LEFT JOIN social.follows f ON f.account_id = l.account_id AND f.target_id = s.account_id
        LEFT JOIN social.statuses o ON o.id = s.reblog_of_id
        WHERE s.id = $1 AND m.id > $2 AND m.id <= $3
            AND coalesce(u.last_active_at, u.created_at) > $4 AND {_BELONGS}
        """,
        status_id,
        members.after,
        members.upto,
        members.active_since,
    )
    return [row["id"] for row in rows]


async def lists_with(db: Reader, author: AccountId, members: Chunk) -> list[ListId]:
    """The lists that the author is on, whatever they show."""
    rows = await db.fetch(
        """
        SELECT m.list_id
        FROM social.list_accounts m
        JOIN social.lists l ON l.id = m.list_id
        JOIN social.users u ON u.account_id = l.account_id
        WHERE m.account_id = $1 AND m.id > $2 AND m.id <= $3 AND coalesce(u.last_active_at, u.created_at) > $4
        """,
        author,
        members.after,
        members.upto,
        members.active_since,
    )
    return [row["list_id"] for row in rows]


async def chunks_of(db: Reader, author: AccountId, size: int) -> list[tuple[int, int]]:
    """The author's places on lists in ranges of at most `size`: pairs of an id exclusive and one inclusive."""
    rows = await db.fetch(
        """
        SELECT numbered.id
        FROM (
            SELECT m.id, row_number() OVER (ORDER BY m.id) AS number
            FROM social.list_accounts m
            WHERE m.account_id = $1
        ) numbered
        WHERE numbered.number % $2 = 0
        ORDER BY numbered.id
        """,
        author,
        size,
    )
    return list(itertools.pairwise([0, *(row["id"] for row in rows), ENDLESS]))
