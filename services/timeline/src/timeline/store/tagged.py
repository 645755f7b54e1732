"""SQL for hashtags that people follow: whose home a public post comes into for their sake."""

import itertools
from collections.abc import Sequence

from chassis.db import Reader
from contracts.ids import AccountId, StatusId, TagId
from timeline.entry import Entry
from timeline.store.homes import ENDLESS, Chunk, entries_of
from timeline.store.rules import TAGGED


async def readers_of(db: Reader, status_id: StatusId, follows: Chunk) -> list[AccountId]:
    """Those who follow a tag of the status and into whose home it belongs for that."""
    rows = await db.fetch(
        f"""
        SELECT DISTINCT f.account_id
        FROM social.statuses s
        JOIN social.status_tags st ON st.status_id = s.id
        JOIN social.tag_follows f ON f.tag_id = st.tag_id
        JOIN social.users u ON u.account_id = f.account_id
        LEFT JOIN social.statuses o ON o.id = s.reblog_of_id
        WHERE s.id = $1 AND f.id > $2 AND f.id <= $3 AND coalesce(u.last_active_at, u.created_at) > $4 AND {TAGGED}
        """,
        status_id,
        follows.after,
        follows.upto,
        follows.active_since,
    )
    return [row["account_id"] for row in rows]


async def followers_of(db: Reader, names: Sequence[str], follows: Chunk) -> list[AccountId]:
    """Those who follow one of the tags, whatever they want to see."""
    rows = await db.fetch(
        """
        SELECT DISTINCT f.account_id
        FROM social.tags t
        JOIN social.tag_follows f ON f.tag_id = t.id
        JOIN social.users u ON u.account_id = f.account_id
        WHERE t.name = ANY ($1::text[]) AND f.id > $2 AND f.id <= $3 AND coalesce(u.last_active_at, u.created_at) > $4
        """,
        list(names),
        follows.after,
        follows.upto,
        follows.active_since,
    )
    return [row["account_id"] for row in rows]


async def chunks_of(db: Reader, names: Sequence[str], size: int) -> list[tuple[int, int]]:
    """The follows of the tags in ranges of at most `size`: pairs of an id exclusive and one inclusive."""
    rows = await db.fetch(
        """
        SELECT numbered.id
        FROM (
            SELECT f.id, row_number() OVER (ORDER BY f.id) AS number
            FROM social.tags t JOIN social.tag_follows f ON f.tag_id = t.id
            WHERE t.name = ANY ($1::text[])
        ) numbered
        WHERE numbered.number % $2 = 0
        ORDER BY numbered.id
        """,
        list(names),
        size,
    )
    return list(itertools.pairwise([0, *(row["id"] for row in rows), ENDLESS]))


async def newest_with(db: Reader, reader: AccountId, tag_id: TagId, limit: int) -> list[Entry]:
    """What a follow of the tag brings into the reader's home, newest first."""
    rows = await db.fetch(
        f"""
        SELECT s.id, s.reblog_of_id
        FROM social.tag_follows f
        JOIN social.status_tags st ON st.tag_id = f.tag_id
        JOIN social.statuses s ON s.id = st.status_id
        LEFT JOIN social.statuses o ON o.id = s.reblog_of_id
        WHERE f.account_id = $1 AND f.tag_id = $2 AND {TAGGED}
        ORDER BY st.status_id DESC
        LIMIT $3
        """,
        reader,
        tag_id,
        limit,
    )
    return entries_of(rows)
