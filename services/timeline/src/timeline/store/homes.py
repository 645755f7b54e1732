"""SQL for home feeds: what belongs into whose."""

import datetime as dt
import itertools
from collections.abc import Sequence

import msgspec

from chassis.db import Reader, Row
from contracts.ids import AccountId, StatusId
from social.paging import Page
from social.statuses.model import Seen
from social.statuses.viewing import LISTED, OF_WANTED, SEEN, WANTED, seen_in
from timeline.entry import Entry
from timeline.store.rules import AT_HOME, TAGGED

ENDLESS = 2**63 - 1
OF_EACH = 800


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    """The local followers of somebody whose follows lie after `after` up to `upto`, and who looked of late."""

    after: int
    upto: int
    active_since: dt.datetime


def entries_of(rows: list[Row]) -> list[Entry]:
    return [Entry(row["id"], row["reblog_of_id"]) for row in rows]


def _candidates(order: str) -> str:
    """The newest of whom and what the reader ($1) follows, and their own, within the page ($2, $3)."""
    return f"""
                SELECT newest.id, followed.id AS follow_id, NULL::bigint AS tag_follow_id
                FROM social.follows followed
                CROSS JOIN LATERAL (
                    SELECT s.id
                    FROM social.statuses s
                    WHERE s.account_id = followed.target_id
                        AND ($2::bigint IS NULL OR s.id < $2) AND ($3::bigint IS NULL OR s.id > $3)
                    ORDER BY s.id {order}
                    LIMIT {OF_EACH}
                ) newest
                WHERE followed.account_id = $1
                UNION ALL
                SELECT newest.id, NULL, followed.id
                FROM social.tag_follows followed
                CROSS JOIN LATERAL (
                    SELECT st.status_id AS id
                    FROM social.status_tags st
                    WHERE st.tag_id = followed.tag_id
                        AND ($2::bigint IS NULL OR st.status_id < $2) AND ($3::bigint IS NULL OR st.status_id > $3)
                    ORDER BY st.status_id {order}
                    LIMIT {OF_EACH}
                ) newest
                WHERE followed.account_id = $1
                UNION ALL
                SELECT s.id, NULL, NULL
                FROM social.statuses s
                WHERE s.account_id = $1 AND ($2::bigint IS NULL OR s.id < $2) AND ($3::bigint IS NULL OR s.id > $3)
    """


async def page_of(db: Reader, reader: AccountId, page: Page) -> list[Entry]:
    """A page of the home feed, newest first; boosts may repeat. Looks at no more than 800 posts of each author."""
    # The ids come from an index and are sorted first; OFFSET 0 keeps the planner from asking of each of them
    # whether it belongs before it knows which are the newest.
    order = "ASC" if page.forward else "DESC"
    rows = await db.fetch(
        f"""
        SELECT n.id, kept.reblog_of_id
        FROM (
            SELECT candidates.id, max(candidates.follow_id) AS follow_id, max(candidates.tag_follow_id) AS tag_follow_id
            FROM (
                {_candidates(order)}
            ) candidates
            GROUP BY candidates.id
            ORDER BY candidates.id {order}
            OFFSET 0
        ) n
        CROSS JOIN LATERAL (
            SELECT s.reblog_of_id
            FROM social.statuses s
            LEFT JOIN social.follows f ON f.id = n.follow_id
            LEFT JOIN social.statuses o ON o.id = s.reblog_of_id
            WHERE s.id = n.id AND (
                s.account_id = $1
                OR (n.follow_id IS NOT NULL AND {AT_HOME})
                OR EXISTS (SELECT FROM social.tag_follows f WHERE f.id = n.tag_follow_id AND {TAGGED})
            )
            OFFSET 0
        ) kept
        ORDER BY n.id {order}
        LIMIT $4
        """,
        reader,
        page.max_id,
        page.after,
        page.limit,
    )
    return entries_of(page.newest_first(rows))


async def newest_from(db: Reader, reader: AccountId, authors: Sequence[AccountId], limit: int) -> list[Entry]:
    """What the reader's home has of these authors, newest first."""
    rows = await db.fetch(
        f"""
        SELECT s.id, s.reblog_of_id
        FROM social.follows f
        CROSS JOIN LATERAL (
            SELECT x.id FROM social.statuses x WHERE x.account_id = f.target_id ORDER BY x.id DESC LIMIT {OF_EACH}
        ) newest
        JOIN social.statuses s ON s.id = newest.id
        LEFT JOIN social.statuses o ON o.id = s.reblog_of_id
        WHERE f.account_id = $1 AND f.target_id = ANY ($2::bigint[]) AND {AT_HOME}
        ORDER BY s.id DESC
        LIMIT $3
        """,
        reader,
        list(authors),
        limit,
    )
    return entries_of(rows)


# Whether the status `s` belongs into the home of the reader ($2) as things stand.
_BELONGS = f"""
    s.account_id = $2
    OR EXISTS (
        SELECT FROM social.follows f LEFT JOIN social.statuses o ON o.id = s.reblog_of_id
        WHERE f.account_id = $2 AND f.target_id = s.account_id AND {AT_HOME}
    )
    OR EXISTS (
        SELECT FROM social.tag_follows f
        JOIN social.status_tags st ON st.tag_id = f.tag_id AND st.status_id = s.id
        LEFT JOIN social.statuses o ON o.id = s.reblog_of_id
        WHERE f.account_id = $2 AND {TAGGED}
    )
"""


async def belonging(db: Reader, reader: AccountId, ids: Sequence[StatusId]) -> set[StatusId]:
    """Which of these statuses belong into the reader's home as things stand."""
    rows = await db.fetch(
        f"SELECT s.id FROM social.statuses s WHERE s.id = ANY ($1::bigint[]) AND ({_BELONGS})", list(ids), reader
    )
    return {row["id"] for row in rows}


class Look(msgspec.Struct, frozen=True):
    """What was found of a page that was proposed."""

    seen: dict[StatusId, Seen]
    belonging: set[StatusId]
    own: list[Entry]
    """The reader's own newest within the page, newest first: they belong there in any case."""


async def look(db: Reader, reader: AccountId, ids: Sequence[StatusId], since: dt.datetime, page: Page) -> Look:
    """Whether these statuses belong into the reader's home, the reader's own since then, and what is seen of both."""
    rows = await db.fetch(
        f"""
        WITH own AS MATERIALIZED (
            SELECT s.id
            FROM social.statuses s
            WHERE s.account_id = $2 AND s.id > (floor(extract(epoch FROM $3::timestamptz) * 1000)::bigint << 16)
                AND s.id < coalesce($4::bigint, {ENDLESS}) AND s.id > coalesce($5::bigint, 0)
            ORDER BY s.id DESC
            LIMIT $6
        ), named AS (
            ({LISTED}) UNION SELECT own.id FROM own
        ), {WANTED}
        SELECT {SEEN},
            s.id IN (SELECT own.id FROM own),
            CASE WHEN s.id = ANY ($1::bigint[]) THEN ({_BELONGS}) END
        {OF_WANTED}
        """,
        list(ids),
        reader,
        since,
        page.max_id,
        page.after,
        page.limit,
    )
    return Look(
        seen_in(rows),
        {row[0] for row in rows if row[-1]},
        sorted((Entry(row[0], row[2]) for row in rows if row[-2]), key=lambda entry: entry.id, reverse=True),
    )


async def readers_of(db: Reader, status_id: StatusId, followers: Chunk) -> list[AccountId]:
    """Those of the author's followers into whose home the status belongs."""
    rows = await db.fetch(
        f"""
        SELECT f.account_id
        FROM social.statuses s
        JOIN social.follows f ON f.target_id = s.account_id
        JOIN social.users u ON u.account_id = f.account_id
        LEFT JOIN social.statuses o ON o.id = s.reblog_of_id
        WHERE s.id = $1 AND f.id > $2 AND f.id <= $3
            AND coalesce(u.last_active_at, u.created_at) > $4 AND {AT_HOME}
        """,
        status_id,
        followers.after,
        followers.upto,
        followers.active_since,
    )
    return [row["account_id"] for row in rows]


async def readers_among(db: Reader, status_id: StatusId, accounts: Sequence[AccountId]) -> list[AccountId]:
    """Those of the accounts into whose home the status belongs because they follow its author."""
    rows = await db.fetch(
        f"""
        SELECT f.account_id
        FROM social.statuses s
        JOIN social.follows f ON f.target_id = s.account_id AND f.account_id = ANY ($2::bigint[])
        LEFT JOIN social.statuses o ON o.id = s.reblog_of_id
        WHERE s.id = $1 AND {AT_HOME}
        """,
        status_id,
        list(accounts),
    )
    return [row["account_id"] for row in rows]


async def followers_among(db: Reader, author: AccountId, accounts: Sequence[AccountId]) -> list[AccountId]:
    """Those of the accounts who follow the author, whatever they want to see."""
    rows = await db.fetch(
        "SELECT account_id FROM social.follows WHERE target_id = $1 AND account_id = ANY ($2::bigint[])",
        author,
        list(accounts),
    )
    return [row["account_id"] for row in rows]


async def local_followers(db: Reader, author: AccountId, followers: Chunk) -> list[AccountId]:
    """The author's followers among our people, whatever they want to see."""
    rows = await db.fetch(
        """
        SELECT f.account_id
        FROM social.follows f
        JOIN social.users u ON u.account_id = f.account_id
        WHERE f.target_id = $1 AND f.id > $2 AND f.id <= $3 AND coalesce(u.last_active_at, u.created_at) > $4
        """,
        author,
        followers.after,
        followers.upto,
        followers.active_since,
    )
    return [row["account_id"] for row in rows]


async def has_more_followers(db: Reader, author: AccountId, count: int) -> bool:
    """Whether more than so many of our people follow the author; no more of them are looked at."""
    found: bool = await db.fetchval(
        """
        SELECT EXISTS (
            SELECT FROM social.follows f JOIN social.users u ON u.account_id = f.account_id
            WHERE f.target_id = $1 OFFSET $2
        )
        """,
        author,
        count,
    )
    return found


async def chunks_of(db: Reader, author: AccountId, size: int) -> list[tuple[int, int]]:
    """The author's local follows in ranges of at most `size`: pairs of an id exclusive and one inclusive."""
    rows = await db.fetch(
        """
        SELECT numbered.id
        FROM (
            SELECT f.id, row_number() OVER (ORDER BY f.id) AS number
            FROM social.follows f JOIN social.users u ON u.account_id = f.account_id
            WHERE f.target_id = $1
        ) numbered
        WHERE numbered.number % $2 = 0
        ORDER BY numbered.id
        """,
        author,
        size,
    )
    edges = [0, *(row["id"] for row in rows), ENDLESS]
    return list(itertools.pairwise(edges))


async def boosts_of(db: Reader, status_id: StatusId, limit: int) -> list[StatusId]:
    """The oldest boosts of a status."""
    rows = await db.fetch(
        "SELECT id FROM social.statuses WHERE reblog_of_id = $1 ORDER BY id LIMIT $2", status_id, limit
    )
    return [row["id"] for row in rows]
