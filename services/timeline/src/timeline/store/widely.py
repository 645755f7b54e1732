"""SQL for authors whom so many follow that their posts are not written into homes."""

import datetime as dt
from collections.abc import Collection

from chassis.db import Reader, Tx
from contracts.ids import AccountId
from social.paging import Page
from timeline.entry import Entry
from timeline.store.homes import OF_EACH, entries_of
from timeline.store.rules import AT_HOME


async def since(db: Reader, author: AccountId, followers: int) -> dt.datetime | None:
    """Since when so many follow the author; None if they are not known for it, or have fewer by now.

    Followers elsewhere are counted as well: to count those here each time would be dear, and these are no more.
    """
    found: dt.datetime | None = await db.fetchval(
        """
        SELECT w.since
        FROM timeline.widely_followed w
        LEFT JOIN social.account_counts c ON c.account_id = w.account_id
        WHERE w.account_id = $1 AND coalesce(c.followers, 0) >= $2
        """,
        author,
        followers,
    )
    return found


async def add(tx: Tx, author: AccountId) -> None:
    await tx.execute("INSERT INTO timeline.widely_followed (account_id) VALUES ($1) ON CONFLICT DO NOTHING", author)


async def page_of(db: Reader, reader: AccountId, authors: Collection[AccountId], page: Page) -> list[Entry]:
    """What the reader's home has of those of these authors whom the reader follows, newest first.

    Of each, at most 800 posts are looked at.
    """
    # As in `homes.page_of`: OFFSET 0 has the posts looked at one by one, until there are enough.
    order = "ASC" if page.forward else "DESC"
    rows = await db.fetch(
        f"""
        SELECT found.id, found.reblog_of_id
        FROM social.follows f
        CROSS JOIN LATERAL (
            SELECT near.id, kept.reblog_of_id
            FROM (
                SELECT x.id
                FROM social.statuses x
                WHERE x.account_id = f.target_id
                    AND ($3::bigint IS NULL OR x.id < $3) AND ($4::bigint IS NULL OR x.id > $4)
                ORDER BY x.id {order}
                LIMIT {OF_EACH}
            ) near
            CROSS JOIN LATERAL (
                SELECT s.reblog_of_id
                FROM social.statuses s
                LEFT JOIN social.statuses o ON o.id = s.reblog_of_id
                WHERE s.id = near.id AND {AT_HOME}
                OFFSET 0
            ) kept
            ORDER BY near.id {order}
            LIMIT $5
        ) found
        WHERE f.account_id = $1 AND f.target_id = ANY ($2::bigint[])
        ORDER BY found.id {order}
        LIMIT $5
        """,
        reader,
        list(authors),
        page.max_id,
        page.after,
        page.limit,
    )
    return entries_of(page.newest_first(rows))
